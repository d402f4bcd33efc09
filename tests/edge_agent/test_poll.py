"""The station that polls: readings out, faults told once, neighbours unharmed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from edge_agent import poll
from edge_agent.config import AgentSettings, PollSettings
from edge_agent.errors import (
    AgentError,
    BadAnswerError,
    LinkDownError,
    RefusedError,
    SilentMeterError,
    StopError,
)
from edge_agent.poll import Circuit, run_once
from tests.edge_agent.bench import (
    START_MS,
    HandClock,
    ScriptedLink,
    Shelf,
    bus,
    counting_words,
    meter,
)
from tests.edge_agent.modbus_server import Unit, serving

SILENT = SilentMeterError("unit gave no answer", "check the wiring")

OPTIONAL = """
vendor = "Acme"
models = ["One"]
verification = "manual"
sources = [{ title = "Manual", where = "acme.example" }]
factory = { unit_id = 1, baud = 9600, parity = "N", stop_bits = 1 }
counter = { step_wh = 1 }
[reading]
function = 3
format = "u16"
word_order = "big"
max_registers = 10
max_gap = 2
timeout_ms = 300
[registers]
voltage_l1_v = { address = 0 }
current_l1_a = { address = 3 }
frequency_hz = { address = 20, optional = true }
"""


class Units:
    """Answers for several units, each with a fault of its own or none."""

    def __init__(self) -> None:
        self.faults: dict[int, AgentError] = {}

    def __call__(self, unit: int, function: int, address: int, count: int) -> Iterable[int]:
        """Fail as ``faults`` says, else give each register its own address."""
        if unit in self.faults:
            raise self.faults[unit]
        return counting_words(unit, function, address, count)


@pytest.fixture
def own_profile(tmp_path: Path) -> str:
    """A profile with a gap and an optional register."""
    path = tmp_path / "acme.toml"
    path.write_text(OPTIONAL, encoding="utf-8")
    return str(path)


def test_one_reading_per_meter_at_the_middle_of_its_requests() -> None:
    """The instant is halfway between the first request and the last answer."""
    clock, shelf = HandClock(), Shelf()

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        clock.advance(0.1)
        return counting_words(unit, function, address, count)

    link = ScriptedLink(answer)
    report = run_once(bus(link, meter("a", 1), meter("b", 2)), shelf, clock)
    assert [(r.site, r.meter, r.at_ms) for r in shelf.readings] == [
        ("plant", "a", START_MS + 100),
        ("plant", "b", START_MS + 300),
    ]
    assert report.readings == tuple(shelf.readings)
    assert report.faults == ()
    assert link.asked == [(1, 3, 0, 20), (1, 3, 512, 8), (2, 3, 0, 20), (2, 3, 512, 8)]


def test_a_clock_step_during_a_poll_does_not_move_its_middle() -> None:
    """The length of a poll is taken from the stopwatch, not from the wall clock."""
    clock, shelf = HandClock(), Shelf()

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        clock.at_ms += 3_600_000
        clock.seconds += 0.05
        return counting_words(unit, function, address, count)

    run_once(bus(ScriptedLink(answer), meter()), shelf, clock)
    assert shelf.readings[0].at_ms == START_MS + 50


def test_no_two_readings_of_a_meter_share_an_instant() -> None:
    """Polls within one millisecond, and after a clock that went back, are told apart."""
    clock, shelf = HandClock(), Shelf()
    one = bus(ScriptedLink(counting_words), meter())
    for step_ms in (0, 0, 1, 10_000, -10_001, 0):
        clock.at_ms += step_ms
        run_once(one, shelf, clock)
    instants = [reading.at_ms - START_MS for reading in shelf.readings]
    assert instants == [0, 1, 2, 10_001, 3, 4]


def test_ratios_are_applied() -> None:
    """Secondary values become primary ones by the meter's CT and VT ratio."""
    shelf = Shelf()
    plain, scaled = meter("a", 1), meter("b", 2, ct_ratio=20.0, vt_ratio=60.0)
    run_once(bus(ScriptedLink(counting_words), plain, scaled), shelf, HandClock())
    one, two = (reading.values for reading in shelf.readings)
    assert two["voltage_l1_l2_v"] == one["voltage_l1_l2_v"] * 60
    assert two["current_l1_a"] == one["current_l1_a"] * 20
    assert two["active_power_w"] == one["active_power_w"] * 1_200
    assert two["active_energy_import_wh"] == one["active_energy_import_wh"] * 1_200
    assert two["frequency_hz"] == one["frequency_hz"]


def test_a_slower_meter_is_polled_when_due() -> None:
    """A meter of 60 s among those of 10 s is read at its own marks of the wall clock."""
    clock, shelf = HandClock(at_ms=1_780_000_040_000), Shelf()
    one = bus(ScriptedLink(counting_words), meter("fast", 1), meter("slow", 2, every_s=60))
    slow_at = []
    for jitter_ms in (0, 3, 0, 12, -4, 0, 0, 0, 0, 0, 2, 0, 0):
        clock.at_ms += jitter_ms
        run_once(one, shelf, clock)
        clock.at_ms += 10_000 - jitter_ms
        slow_at = [r.at_ms for r in shelf.readings if r.meter == "slow"]
    assert sum(reading.meter == "fast" for reading in shelf.readings) == 13
    assert [round(at / 10_000) % 6 for at in slow_at] == [2, 0, 0]


def test_a_slower_meter_that_failed_is_tried_at_the_next_poll() -> None:
    """A meter of an hour does not lose the hour to one lost answer."""
    units, clock, shelf = Units(), HandClock(), Shelf()
    units.faults[1] = SILENT
    one = bus(ScriptedLink(units), meter("slow", 1, every_s=3_600))
    run_once(one, shelf, clock)
    units.faults.clear()
    for _ in range(3):
        clock.advance(10)
        run_once(one, shelf, clock)
    assert [reading.at_ms - START_MS for reading in shelf.readings] == [10_000]


def test_alignment_shifts_a_slower_meters_marks() -> None:
    """With ``align_s`` the marks of a slower meter lie as much later."""
    clock, shelf = HandClock(at_ms=1_780_000_000_000 // 60_000 * 60_000 + 60_000), Shelf()
    shifted = PollSettings(every_s=10, align_s=30)
    one = bus(ScriptedLink(counting_words), meter("slow", 1, every_s=60), poll=shifted)
    for _ in range(13):
        run_once(one, shelf, clock)
        clock.advance(10)
    assert [reading.at_ms // 1_000 % 60 for reading in shelf.readings] == [0, 30, 30]


@pytest.mark.parametrize(
    "error",
    [SILENT, RefusedError("refused", "see the profile", 4), BadAnswerError("short", "two masters")],
)
def test_a_failing_meter_does_not_stop_the_others(error: AgentError) -> None:
    """The report names the meter and its hint; its neighbours are read."""
    units, shelf = Units(), Shelf()
    units.faults[2] = error
    rows = [meter("a", 1), meter("b", 2), meter("c", 3)]
    report = run_once(bus(ScriptedLink(units), *rows), shelf, HandClock())
    assert [reading.meter for reading in report.readings] == ["a", "c"]
    assert [(f.meter, f.message, f.hint) for f in report.faults] == [
        ("b", error.message, error.hint)
    ]


def test_one_retry_saves_a_reading() -> None:
    """A request that fails once is asked once more in the same poll."""
    answers: list[AgentError | None] = [SILENT, None, None]

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        error = answers.pop(0)
        if error:
            raise error
        return counting_words(unit, function, address, count)

    report = run_once(bus(ScriptedLink(answer), meter()), Shelf(), HandClock())
    assert (len(report.readings), report.faults, answers) == (1, (), [])


def test_a_dead_unit_is_asked_ever_less() -> None:
    """After three failed polls a unit is only probed: after 2, 4, 8 ... 300 s."""
    units, clock = Units(), HandClock()
    units.faults[2] = SILENT
    link = ScriptedLink(units)
    one = bus(link, meter("a", 1), meter("b", 2), poll=PollSettings(every_s=1))
    asked_at = []
    for second in range(1_400):
        before = sum(unit == 2 for unit, *_ in link.asked)
        report = run_once(one, Shelf(), clock)
        asked = sum(unit == 2 for unit, *_ in link.asked) - before
        asked_at += [second] * asked
        assert [reading.meter for reading in report.readings] == ["a"]
        assert [fault.meter for fault in report.faults] == ["b"]
        clock.advance(1)
    assert asked_at == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 812, 1112]
    assert one.meters[1].polls_failed == 1_400


def test_a_unit_that_comes_back_is_read_as_before() -> None:
    """The first answered probe closes the circuit."""
    units, clock = Units(), HandClock()
    units.faults[1] = SILENT
    one = bus(ScriptedLink(units), meter())
    for _ in range(10):
        run_once(one, Shelf(), clock)
        clock.advance(10)
    units.faults.clear()
    clock.advance(300)
    shelf = Shelf()
    for _ in range(3):
        run_once(one, shelf, clock)
        clock.advance(1)
    assert len(shelf.readings) == 3
    assert one.meters[0].circuit == Circuit(probe_at_s=one.meters[0].circuit.probe_at_s)


def test_a_fault_is_told_when_it_begins_and_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However long it lasts: one line down, one line back; a new kind of fault is one more."""
    caplog.set_level(logging.INFO, logger="edge_agent.poll")
    units, clock = Units(), HandClock()
    one = bus(ScriptedLink(units), meter("press", 1), meter("b", 2))
    for fault in [
        None,
        SILENT,
        SILENT,
        SILENT,
        RefusedError("refused: busy", "less", 6),
        None,
        None,
    ]:
        units.faults = {1: fault} if fault else {}
        run_once(one, Shelf(), clock)
        clock.advance(400)
    assert [record.getMessage() for record in caplog.records] == [
        "meter press: unit gave no answer (check the wiring)",
        "meter press: refused: busy (less)",
        "meter press: back after 4 failed polls",
    ]


def test_a_link_that_is_away_is_one_line_for_all_its_meters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The first meter finds out, no other is asked, each counts as failed, one line is told."""
    caplog.set_level(logging.INFO, logger="edge_agent.poll")
    units, clock = Units(), HandClock()
    units.faults = dict.fromkeys((1, 2), LinkDownError("no cable", "plug it in"))
    link = ScriptedLink(units)
    one = bus(link, meter("a", 1), meter("b", 2))
    for _ in range(3):
        report = run_once(one, Shelf(), clock)
        assert [(fault.meter, fault.message) for fault in report.faults] == [
            ("a", "no cable"),
            ("b", "no cable"),
        ]
        clock.advance(10)
    assert [unit for unit, *_ in link.asked] == [1, 1, 1]
    units.faults.clear()
    assert len(run_once(one, Shelf(), clock).readings) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "link bus: no cable (plug it in)",
        "link bus: back after 6 failed polls",
    ]


def test_a_dead_unit_in_its_pause_does_not_say_that_the_link_works(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The unit is not asked, so nothing is known of the link: it stays told as away."""
    units, clock = Units(), HandClock()
    units.faults = {1: SILENT}
    one = bus(ScriptedLink(units), meter("dead", 1), meter("b", 2))
    for _ in range(3):
        run_once(one, Shelf(), clock)
    caplog.set_level(logging.INFO, logger="edge_agent.poll")
    caplog.clear()
    units.faults[2] = LinkDownError("no cable", "plug it in")
    for _ in range(3):
        run_once(one, Shelf(), clock)
        clock.advance(0.1)
    assert [record.getMessage() for record in caplog.records] == ["link bus: no cable (plug it in)"]


def test_what_was_read_before_the_link_went_is_kept() -> None:
    """Values of the blocks that did answer are put, though the next block found no link."""

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        if address:
            raise LinkDownError("cable pulled", "plug it in")
        return counting_words(unit, function, address, count)

    shelf = Shelf()
    report = run_once(bus(ScriptedLink(answer), meter()), shelf, HandClock())
    assert "frequency_hz" in shelf.readings[0].values
    assert "active_energy_import_wh" not in shelf.readings[0].values
    assert [fault.message for fault in report.faults] == ["cable pulled"]


@pytest.mark.parametrize("error", [RefusedError("refused", "hint", 2), SILENT])
def test_a_refused_optional_block_is_left_out_for_an_hour(
    own_profile: str, error: AgentError
) -> None:
    """Only that block is disabled; it is no fault, and it is tried again later."""

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        if address == 20:
            raise error
        return counting_words(unit, function, address, count)

    clock, link = HandClock(), ScriptedLink(answer)
    one = bus(link, meter(profile=own_profile))
    for _ in range(5):
        report = run_once(one, Shelf(), clock)
        assert report.faults == ()
        assert set(report.readings[0].values) == {"voltage_l1_v", "current_l1_a"}
        clock.advance(600)
    tried = sum(address == 20 for _, _, address, _ in link.asked)
    assert tried in (1, 2)  # a silent one is asked once more in the same poll
    clock.advance(1_000)
    run_once(one, Shelf(), clock)
    assert sum(address == 20 for _, _, address, _ in link.asked) == 2 * tried


def test_a_refused_gap_is_not_read_again(own_profile: str) -> None:
    """A meter that refuses a gap is read without gaps, in the same poll and from then on."""

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        if address <= 1 < address + count:
            raise RefusedError("illegal address", "see the profile", 2)
        return counting_words(unit, function, address, count)

    link = ScriptedLink(answer)
    one, shelf = bus(link, meter(profile=own_profile)), Shelf()
    for _ in range(2):
        assert run_once(one, shelf, HandClock()).faults == ()
    assert link.asked == [
        (1, 3, 0, 4),
        *[(1, 3, 0, 1), (1, 3, 3, 1), (1, 3, 20, 1)] * 2,
    ]
    assert dict(shelf.readings[0].values) == {
        "voltage_l1_v": 0,
        "current_l1_a": 3,
        "frequency_hz": 20,
    }


def test_a_wrong_count_of_words_is_a_fault_of_that_meter() -> None:
    """A link that gives too few words costs the block, not the station."""
    link = ScriptedLink(lambda *_: [1, 2, 3])
    report = run_once(bus(link, meter()), Shelf(), HandClock())
    assert report.readings == ()
    assert "3 registers came where 20 were asked for" in report.faults[0].message


@pytest.mark.parametrize(
    ("link", "expected_ms"),
    [
        ({}, [1_000, 1_000]),
        ({"timeout_ms": 250}, [250, 250]),
        ({"kind": "rtu", "host": "", "device": "/dev/x", "baud": 9_600}, [561, 534]),
        ({"kind": "rtu", "host": "", "device": "/dev/x", "baud": 1_200}, [986, 766]),
    ],
)
def test_time_limits(link: dict[str, Any], expected_ms: list[int]) -> None:
    """The link's own limit, a second over a network, or the profile's and the time on the wire."""
    scripted = ScriptedLink(counting_words)
    run_once(bus(scripted, meter(), **link), Shelf(), HandClock())
    assert scripted.timeouts_ms == expected_ms


def _settings(*profiles: str) -> AgentSettings:
    return AgentSettings.model_validate(
        {
            "agent": {"id": "a", "site": "plant"},
            "mqtt": {"url": "mqtt://127.0.0.1"},
            "links": [
                {"id": "one", "kind": "tcp", "host": "127.0.0.1"},
                {"id": "two", "kind": "rtu", "device": "/dev/ttyUSB0"},
            ],
            "meters": [
                {"id": f"m{at}", "link": "one" if at else "two", "unit_id": at + 1, "profile": name}
                for at, name in enumerate(profiles)
            ],
        }
    )


def test_buses_are_gathered_from_the_settings() -> None:
    """One bus per link, each meter on its own, each unit with the silence its profile wants."""
    gaps: dict[str, object] = {}
    link = ScriptedLink(counting_words)

    def opener(settings: object, gaps_ms: object) -> ScriptedLink:
        gaps[settings.id] = gaps_ms  # type: ignore[attr-defined]
        return link

    buses = poll.gather(_settings("eastron_sdm630", "omron_km_n1", "schneider_iem3155"), opener)
    named = [(b.settings.id, [m.settings.id for m in b.meters]) for b in buses]
    assert named == [("one", ["m1", "m2"]), ("two", ["m0"])]
    assert gaps == {"one": {2: 200, 3: 20}, "two": {1: 60}}
    buses[0].close()
    assert link.closed


def test_an_unknown_profile_stops_the_gathering() -> None:
    """Without its profile a meter cannot be read: the agent does not start."""
    with pytest.raises(StopError, match="no profile acme"):
        poll.gather(_settings("acme"))


@pytest.mark.parametrize("kind", ["tcp", "rtu-over-tcp", "rtu"])
def test_a_whole_line_of_real_modbus(kind: str) -> None:
    """Over a real server: two live meters are read while a dead and a refusing one are told."""
    units = {1: Unit(), 2: Unit(silent=True), 3: Unit(refuses=4), 4: Unit()}
    rows = [meter(f"m{unit}", unit) for unit in units]
    with serving(kind, units) as server:  # type: ignore[arg-type]
        link = server.link(timeout_ms=60)
        one = poll.assemble("plant", link, rows, PollSettings())
        shelf = Shelf()
        report = run_once(one, shelf, HandClock())
        one.close()
    assert [reading.meter for reading in shelf.readings] == ["m1", "m4"]
    assert [fault.meter for fault in report.faults] == ["m2", "m3"]
    assert shelf.readings[0].values["current_l1_a"] == (6 * 65_536 + 7) / 1_000
