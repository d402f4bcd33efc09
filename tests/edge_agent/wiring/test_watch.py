"""Wiring for life: verdicts begin and end by two judgements in a row, in bounded memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import count

import pytest

from edge_agent.config.meters import Wiring
from edge_agent.contract.reading import Reading
from edge_agent.wiring import Change, MeterFacts, Watch

FACTS = MeterFacts("3P4W", rated_current_a=100, generates=False)
START_MS = 1_764_288_000_000
MINUTE_MS = 60_000


def _values(kw: float = 4.0, reversed_phase: str = "") -> dict[str, float]:
    values: dict[str, float] = {}
    for phase in ("l1", "l2", "l3"):
        watts = 1000 * kw * (-1 if phase == reversed_phase else 1)
        values |= {f"voltage_{phase}_v": 230.0, f"current_{phase}_a": abs(watts) / 218.5}
        values |= {f"active_power_{phase}_w": watts, f"reactive_power_{phase}_var": 0.33 * watts}
    values["active_power_w"] = sum(values[f"active_power_{n}_w"] for n in ("l1", "l2", "l3"))
    return values


class _Plant:
    """Readings of meters, minute by minute, into a watch."""

    def __init__(self, *meters: str, below: Mapping[str, str] | None = None) -> None:
        self.watch = Watch(dict.fromkeys(meters, FACTS), below or {})
        self.minutes: Iterator[int] = count()

    def run(self, minutes: int, values: Mapping[str, Mapping[str, float]]) -> tuple[Change, ...]:
        """So many minutes of ``values`` by meter; what changed."""
        for _ in range(minutes):
            at_ms = START_MS + MINUTE_MS * next(self.minutes)
            for meter, row in values.items():
                self.watch.take(Reading("plant", meter, at_ms, row))
        return self.watch.changes()


def _told(changes: tuple[Change, ...]) -> list[tuple[str, bool, str, tuple[str, ...]]]:
    return [(one.meter, one.began, one.verdict.kind, one.verdict.phases) for one in changes]


def test_a_verdict_begins_with_the_second_judgement() -> None:
    """A quarter of an hour is no verdict yet; half an hour is, and it is told once."""
    plant = _Plant("press")
    wrong = {"press": _values(reversed_phase="l2")}
    assert plant.run(17, wrong) == ()
    assert _told(plant.run(16, wrong)) == [("press", True, "reversed_ct", ("L2",))]
    assert plant.run(60, wrong) == ()


def test_a_verdict_ends_when_it_is_twice_not_given() -> None:
    """After the fitter was there, it takes half an hour of load to say so."""
    plant = _Plant("press")
    plant.run(40, {"press": _values(reversed_phase="l2")})
    # The window in which the fitter worked holds some of both.
    assert _told(plant.run(50, {"press": _values()})) == [("press", False, "reversed_ct", ("L2",))]
    assert plant.watch.standing()["press"].verdicts == ()


def test_a_night_without_load_ends_nothing() -> None:
    """What cannot be seen is not gone."""
    plant = _Plant("press")
    plant.run(40, {"press": _values(reversed_phase="l2")})
    assert plant.run(600, {"press": _values(kw=0.01)}) == ()
    (verdict,) = plant.watch.standing()["press"].verdicts
    assert verdict.phases == ("L2",)


def test_a_single_odd_quarter_of_an_hour_is_no_verdict() -> None:
    """A fitter who tries something brings no alarm."""
    plant = _Plant("press")
    changes = plant.run(16, {"press": _values()})
    changes += plant.run(15, {"press": _values(reversed_phase="l1")})
    changes += plant.run(60, {"press": _values()})
    assert changes == ()


def test_a_healthy_meter_is_judged_and_stands_clean() -> None:
    """Its judgement is there for the page, without verdicts."""
    plant = _Plant("press")
    assert plant.run(40, {"press": _values()}) == ()
    assert plant.watch.standing()["press"].healthy


def test_before_the_first_judgement_nothing_stands() -> None:
    """A page then says that it was not judged yet."""
    plant = _Plant("press")
    plant.run(5, {"press": _values()})
    assert plant.watch.standing() == {}


def test_unknown_meters_are_passed_over() -> None:
    """A meter without facts costs nothing and changes nothing."""
    plant = _Plant("press")
    assert plant.run(40, {"other": _values(reversed_phase="l1")}) == ()
    assert plant.watch.standing() == {}


def test_quantities_polled_at_paces_of_their_own_are_put_together() -> None:
    """Power each second and voltages each minute are one picture; counters are never carried."""
    plant = _Plant("press")
    wrong = _values(reversed_phase="l3")
    slow = {name: value for name, value in wrong.items() if name.startswith("voltage")}
    fast = {name: value for name, value in wrong.items() if name not in slow}
    changes: tuple[Change, ...] = ()
    for second in range(2400):
        at_ms = START_MS + 1000 * second
        row = fast if second % 60 else slow | {"active_energy_import_wh": 1e6 + 4 * second / 3.6}
        plant.watch.take(Reading("plant", "press", at_ms, row))
        changes += plant.watch.changes()
    assert _told(changes) == [("press", True, "reversed_ct", ("L3",))]
    looks = {row.check: row.done for row in plant.watch.standing()["press"].looked_at}
    assert looks["voltages"]
    assert looks["product"]


def _with_counter(kw: float, minutes: Iterator[int], factor: float = 1.0) -> dict[str, float]:
    wh = factor * 3 * kw * 1000 / 60 * next(minutes)
    return _values(kw) | {"active_energy_import_wh": 5e6 + wh, "active_energy_export_wh": 0.0}


def test_a_counter_out_of_step_is_found_in_life() -> None:
    """Half the energy that power says, over two windows."""
    plant, minutes = _Plant("press"), count()
    changes: tuple[Change, ...] = ()
    for _ in range(35):
        changes += plant.run(1, {"press": _with_counter(4.0, minutes, 0.5)})
    assert _told(changes) == [("press", True, "energy_vs_power", ())]


BELOW = {"press": "main", "mixer": "main"}


def test_children_that_carry_more_than_their_parent_are_found() -> None:
    """The verdict stands on the meter above, after two quarter-hours."""
    plant = _Plant("main", "press", "mixer", below=BELOW)
    rows = {"main": _values(8.0), "press": _values(6.0), "mixer": _values(4.0)}
    assert _told(plant.run(50, rows)) == [("main", True, "parent_vs_children", ())]
    judgement = plant.watch.standing()["main"]
    (verdict,) = judgement.verdicts
    assert "main: 24.0 kW; below it together 30.0 kW (press: 18.0 kW, mixer: 12.0 kW)" in (
        verdict.evidence
    )
    assert "family" in {row.check for row in judgement.looked_at}


def test_children_that_carry_less_are_the_unmeasured_remainder() -> None:
    """Nothing is wrong with a parent of more."""
    plant = _Plant("main", "press", "mixer", below=BELOW)
    rows = {"main": _values(12.0), "press": _values(6.0), "mixer": _values(4.0)}
    assert plant.run(60, rows) == ()


def test_a_family_with_a_silent_member_is_not_compared() -> None:
    """What is not known of one child cannot be added up."""
    plant = _Plant("main", "press", "mixer", below=BELOW)
    assert plant.run(60, {"main": _values(4.0), "press": _values(6.0)}) == ()


def _sun(minute: int, roofs: tuple[str, ...], phases: str, backwards: str) -> dict[str, float]:
    """A plant with solar power on ``roofs`` from 7 to 17 h, more than it needs."""
    by_day = 7 <= minute / 60 % 24 < 17
    values: dict[str, float] = {}
    for phase in (f"l{number}" for number in phases):
        watts = 4000.0 - (9000.0 if by_day and phase in roofs else 0.0)
        volts = 100.0 if phases == "12" else 230.0
        values |= {f"voltage_{phase}_v": volts, f"current_{phase}_a": abs(watts) / volts}
        values |= {f"active_power_{phase}_w": watts * (-1 if phase == backwards else 1)}
    return values


ALL = ("l1", "l2", "l3")


@pytest.mark.parametrize(
    ("wiring", "roofs", "backwards", "phases"),
    [
        ("3P4W", ALL, "", None),
        ("3P4W", ("l2",), "", None),
        ("3P4W", ALL, "l2", ("L2",)),
        ("3P4W", ("l1",), "l2", None),
        ("3P4W", (), "l3", ("L3",)),
        ("1P3W", ("l1", "l2"), "", None),
        ("1P3W", ("l1",), "", None),
        ("1P3W", ("l1", "l2"), "l1", ("L1", "L2")),
    ],
)
def test_where_the_plant_generates_a_whole_day_tells_a_reversed_ct(
    wiring: Wiring, roofs: tuple[str, ...], backwards: str, phases: tuple[str, ...] | None
) -> None:
    """Against the others by night as by day; a roof on one phase is so by day only."""
    facts = MeterFacts(wiring, rated_current_a=100, generates=True)
    watch = Watch({"m": facts}, {})
    for minute in range(2 * 1440):
        at_ms = START_MS + MINUTE_MS * minute
        row = _sun(minute, roofs, "12" if wiring == "1P3W" else "123", backwards)
        watch.take(Reading("plant", "m", at_ms, row))
    told = [] if phases is None else [("m", True, "reversed_ct", phases)]
    assert _told(watch.changes()) == told


def test_memory_stays_the_same() -> None:
    """A day at one reading a second takes no more room than the first minutes."""
    plant = _Plant("press")
    row = _values()

    def run(seconds: range) -> None:
        for second in seconds:
            plant.watch.take(Reading("plant", "press", START_MS + 1000 * second, row))

    run(range(1000))
    before = sys.getallocatedblocks()
    run(range(1000, 8200))
    assert sys.getallocatedblocks() - before < 300


def test_a_clock_that_steps_back_does_no_harm() -> None:
    """An hour back: the watch goes on, and finds what there is."""
    plant = _Plant("press")
    wrong = _values(reversed_phase="l2")
    for step in (0, -60):
        for minute in range(45):
            at_ms = START_MS + MINUTE_MS * (minute + step)
            plant.watch.take(Reading("plant", "press", at_ms, wrong))
    assert _told(plant.watch.changes()) == [("press", True, "reversed_ct", ("L2",))]
