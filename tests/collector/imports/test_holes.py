"""Holes of imported series in the curve."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.imports.holes import holes_between, with_holes
from collector.imports.slots import Slot
from collector.imports.taking_in import counter
from collector.rollup.counters import CounterFacts, EnergyCurve, energy_curve
from collector.rollup.energy import slot_energies
from collector.rollup.periods import Window

SLOT_MS = 1_800_000


def slot(number: int, kwh: int = 5) -> Slot:
    """The half hour of that number since 1970."""
    return Slot(number * SLOT_MS, (number + 1) * SLOT_MS, kwh * 1_000_000)


def curve_of(slots: list[Slot]) -> EnergyCurve:
    """The curve that the engine makes of the imported counter."""
    samples = sorted(counter(slots).items())
    return energy_curve(samples, CounterFacts(step_wh=0.001), SLOT_MS)


def test_hole_is_missing_whatever_its_length() -> None:
    """A hole of one slot and one of many are missing; the slots beside them are measured."""
    slots = [slot(0), slot(1), slot(3), slot(9), slot(10)]
    holes = holes_between(slots)
    assert holes == [Window(2 * SLOT_MS, 3 * SLOT_MS), Window(4 * SLOT_MS, 9 * SLOT_MS)]
    curve = with_holes(curve_of(slots), holes)
    edges = [number * SLOT_MS for number in range(12)]
    found = slot_energies(curve, edges)
    assert [energy.start_ms // SLOT_MS for energy in found] == [0, 1, 3, 9, 10]
    assert {(energy.milli_wh, energy.coverage) for energy in found} == {(5_000_000, 1.0)}


def test_hole_within_a_bridge_cuts_it() -> None:
    """What was estimated around a hole stays so; the hole itself is missing."""
    curve = energy_curve([(0, 0.0), (10 * SLOT_MS, 100.0)], CounterFacts(), SLOT_MS)
    cut = with_holes(curve, [Window(2 * SLOT_MS, 3 * SLOT_MS), Window(5 * SLOT_MS, 6 * SLOT_MS)])
    assert [(b.from_ms // SLOT_MS, b.to_ms // SLOT_MS, b.quality) for b in cut.bridges] == [
        (0, 2, "estimated"),
        (2, 3, "missing"),
        (3, 5, "estimated"),
        (5, 6, "missing"),
        (6, 10, "estimated"),
    ]


def test_holes_outside_of_the_curve_change_nothing() -> None:
    """A hole before, after or beside a curve without samples leaves it as it is."""
    curve = curve_of([slot(5), slot(6)])
    assert with_holes(curve, [Window(0, SLOT_MS), Window(9 * SLOT_MS, 10 * SLOT_MS)]) == curve
    assert with_holes(EnergyCurve((), ()), [Window(0, 9)]) == EnergyCurve((), ())


@given(st.sets(st.integers(0, 60), min_size=2, max_size=40), st.data())
def test_imported_slots_come_back_exactly(numbers: set[int], data: st.DataObject) -> None:
    """Through counter and engine every imported slot is itself, and nothing else is known."""
    slots = [slot(number, data.draw(st.integers(0, 500))) for number in sorted(numbers)]
    curve = with_holes(curve_of(slots), holes_between(slots))
    edges = [number * SLOT_MS for number in range(62)]
    found = {energy.start_ms: energy for energy in slot_energies(curve, edges)}
    assert {start: energy.milli_wh for start, energy in found.items()} == {
        one.start_ms: one.milli_wh for one in slots
    }
    assert all(energy.measured_ms == SLOT_MS for energy in found.values())
