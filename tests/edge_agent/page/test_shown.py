"""How things are shown: figures, the phasor picture, where a reading waits, jobs."""

from __future__ import annotations

import math
import re
import threading
from typing import Any

import pytest

from edge_agent.errors import RetryLaterError, SkipMeterError
from edge_agent.page.figures import digits, large_figures, shown, span, value_table
from edge_agent.page.html import html_of
from edge_agent.page.jobs import Jobs, Progress
from edge_agent.page.picture import phasor_picture
from edge_agent.page.steps.sending import stages
from edge_agent.page.work_shown import work_shown
from edge_agent.wiring import phasors
from edge_agent.words import said
from tests.edge_agent.bench import HandClock


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.00012, "0.000"),
        (0.9312, "0.931"),
        (49.9931, "49.99"),
        (230.06, "230.1"),
        (-4123.4, "-4,123"),
        (1234567.0, "1,234,567"),
        (math.inf, "—"),
    ],
)
def test_figures_have_four_digits(value: float, text: str) -> None:
    """Thousands apart, no more places than a display has."""
    assert digits(value) == text


def test_energies_and_powers_are_in_kilo() -> None:
    """The unit stands beside the figure; counters keep a place."""
    assert shown("active_power_w", -4012.0) == ("-4.012", "kW")
    assert shown("active_energy_import_wh", 812_443_900.0) == ("812,443.9", "kWh")
    assert shown("voltage_l1_v", 121.26) == ("121.3", "V")
    assert shown("something_else", 1.0) == ("1.000", "")


def test_times_are_said_as_people_say_them() -> None:
    """Seconds, minutes, hours."""
    assert [span(s) for s in (0.2, 40, 130, 7300)] == [
        "less than a second",
        "40 s",
        "2 min",
        "2 h",
    ]


STAR = {f"voltage_l{n}_v": 230.0 for n in (1, 2, 3)} | {f"current_l{n}_a": 10.0 for n in (1, 2, 3)}
POWER = {f"active_power_l{n}_w": 2_300.0 for n in (1, 2, 3)} | {
    f"reactive_power_l{n}_var": 0.0 for n in (1, 2, 3)
}


def test_the_picture_shows_each_arrow_where_it_points() -> None:
    """L1 up, L2 to the lower right, L3 to the lower left; a current beside its voltage."""
    picture = html_of(phasor_picture(phasors({**STAR, **POWER}, "3P4W")), "en")
    ends = re.findall(r'x2="([\d.]+)" y2="([\d.]+)"></line><polygon', picture)
    assert len(ends) == 6
    (x1, y1), (x2, y2), (x3, y3) = [(float(x) - 168, 168 - float(y)) for x, y in ends[:3]]
    assert (round(x1), round(y1)) == (0, 124)
    assert (round(x2), round(y2)) == (107, -62)
    assert (round(x3), round(y3)) == (-107, -62)
    assert "I2 10.00 A ∠ -120°" in picture


def test_a_meter_without_neutral_shows_no_zeros_of_phases() -> None:
    """What a three-wire meter fills with zeros is left out; a real zero stays."""
    values = {"voltage_l1_v": 0.0, "active_power_l1_w": 0.0, "voltage_l1_l2_v": 210.0}
    values |= {"current_l1_a": 5.0, "active_power_w": 900.0, "voltage_ln_avg_v": 0.0}
    text = html_of(value_table({**values, "active_energy_export_wh": 0.0}, "en"), "en")
    assert "Voltage to neutral" not in text
    assert "Voltage L-N, mean" not in text
    assert "Active energy, export" in text
    assert "Voltage L1-L2" in html_of(large_figures(values, "en"), "en")


def test_what_the_agent_counts_is_not_among_what_the_meter_measures() -> None:
    """The line's own figures have a table of their own."""
    assert "odbus" not in html_of(value_table({"modbus_answers_count": 3.0}, "en"), "en")


def _health(**more: Any) -> dict[str, Any]:
    broker = {"connected": True, "fault": ""}
    outbox = {"fault": "", "held": 0, "readings": 3}
    return {"meters": {"press": {"fault": ""}}, "broker": broker, "outbox": outbox, **more}


NOW_MS = 1_780_000_000_000


@pytest.mark.parametrize(
    ("health", "newest_ms", "stored_ms", "passed", "trouble"),
    [
        (_health(), NOW_MS, NOW_MS - 1000, "1111", ""),
        (_health(), None, None, "0110", ""),
        (_health(), NOW_MS - 5_000, None, "1110", ""),
        (_health(), NOW_MS - 120_000, None, "1110", "no receipt has come for 2 min"),
        (_health(meters={"press": {"fault": "unit 3 is silent"}}), None, None, "0110", "silent"),
        (_health(meters={}), None, None, "0110", ""),
        (
            _health(broker={"connected": False, "fault": "connection refused"}),
            NOW_MS,
            None,
            "1100",
            "connection refused",
        ),
        (_health(broker={"connected": False}), NOW_MS, None, "1100", "not connected yet"),
        (_health(outbox={"held": 7}), NOW_MS, None, "1010", "7 readings wait for a right clock"),
        (_health(outbox={"fault": "the disk is full"}), NOW_MS, None, "1010", "disk is full"),
    ],
)
def test_where_a_reading_waits_is_told(
    health: dict[str, Any],
    newest_ms: int | None,
    stored_ms: int | None,
    passed: str,
    trouble: str,
) -> None:
    """Meter, clock and disk, broker, collector: each stage says what is wrong there."""
    rows = stages(health, "press", newest_ms, stored_ms, NOW_MS)
    assert "".join(str(int(row.passed)) for row in rows) == passed
    troubles = [row.trouble for row in rows if row.trouble]
    assert (trouble in troubles[0]) if trouble else troubles == []


def test_one_job_at_a_time_and_its_state_stays() -> None:
    """A second one is refused while the first is at it; errors become one line."""
    jobs, go_on = Jobs(HandClock().monotonic_s), threading.Event()

    def work(_told: object, _stopped: object) -> None:
        go_on.wait(10)

    jobs.start("scan", said("Find the meter"), work)
    with pytest.raises(RetryLaterError, match="still running: Find the meter"):
        jobs.start("other", "x", lambda told, stopped: None)
    go_on.set()
    assert jobs.wait(10)
    state = jobs.state("scan")
    assert state is not None
    assert state.done
    assert jobs.state("other") is None


def test_a_job_that_fails_says_why() -> None:
    """Ours with their hint; a fault of the program as such."""

    def silent(_told: object, _stopped: object) -> None:
        raise SkipMeterError("unit 3 is silent", "check A/B")

    def broken(_told: object, _stopped: object) -> None:
        raise ZeroDivisionError("x")

    for work, error, hint in (
        (silent, "unit 3 is silent", "check A/B"),
        (broken, "ZeroDivisionError: x", "report this line"),
    ):
        jobs = Jobs(HandClock().monotonic_s)
        jobs.start("identify", "x", work)
        assert jobs.wait(10)
        state = jobs.state()
        assert state is not None
        assert state.error == error
        assert hint in state.hint
        assert error in html_of(work_shown(state, "/identify"), "en")


def test_a_job_tells_how_far_it_is_and_stops_when_asked() -> None:
    """The share, the time left, and which readings pause meanwhile."""
    jobs, told_once = Jobs(HandClock().monotonic_s), threading.Event()

    def work(told: Any, stopped: Any) -> None:
        told(Progress(0.25, 40.0, "unit 9"))
        told_once.set()
        while not stopped():
            threading.Event().wait(0.01)

    jobs.start("scan", said("Find the meter"), work, pauses="rs485")
    assert told_once.wait(10)
    text = html_of(work_shown(jobs.state(), "/find"), "en")
    assert 'value="0.250"' in text
    assert "Readings of line rs485 pause for about 40 s." in text
    assert "no energy is lost" in text
    jobs.stop()
    assert jobs.wait(10)
    state = jobs.state()
    assert state is not None
    assert state.stopped
    assert 'data-goto="/find"' in html_of(work_shown(state, "/find"), "en")
