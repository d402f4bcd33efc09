"""Slots of files: units, and none over another."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import StopError
from collector.imports.slots import (
    Slot,
    SlotFile,
    hours_of,
    unit_named,
    without_overlaps,
)
from collector.imports.table import Refusal
from collector.imports.taking_in import require_slots


@pytest.mark.parametrize(
    ("unit", "figure", "milli"),
    [
        ("kWh", "1.2345678", 1_234_568),
        ("Wh", "1.5", 1500),
        ("MWh", "0.001", 1_000_000),
        ("kW", "1", 500_000),
        ("W", "3", 1500),
        ("kvarh", "2", 2_000_000),
    ],
)
def test_units(unit: str, figure: str, milli: int) -> None:
    """A figure of half an hour in milli-Wh, rounded once; a power is times its hours."""
    assert unit_named(unit).milli_of(Decimal(figure), 1_800_000) == milli
    assert unit_named(unit.lower()).name == unit


def test_units_that_are_none() -> None:
    """An unknown unit is refused with those there are; another medium has its own alone."""
    with pytest.raises(StopError, match="kcal is not a unit of energy or power"):
        unit_named("kcal")
    with pytest.raises(StopError, match="write --unit m3"):
        unit_named("kWh", "m3")
    assert unit_named("m3", "m3").milli_of(Decimal("1.5"), 0) == 1500


def test_slot_within_a_long_one() -> None:
    """A slot far behind the one that covers it is found, and both are refused."""
    refusals: list[Refusal] = []
    slots = [Slot(0, 100, 1, 2), Slot(10, 20, 1, 3), Slot(30, 40, 1, 4), Slot(100, 110, 1, 5)]
    assert without_overlaps(slots, [], refusals) == (Slot(100, 110, 1, 5),)
    assert sorted(refusal.line for refusal in refusals) == [2, 3, 4]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10), st.integers(0, 2)), max_size=30))
def test_what_is_left_never_overlaps(drawn: list[tuple[int, int, int]]) -> None:
    """Slots left do not touch, and every line is either left, refused or said to be a twin."""
    slots = [Slot(at, at + length, milli, line) for line, (at, length, milli) in enumerate(drawn)]
    notices: list[str] = []
    refusals: list[Refusal] = []
    left = without_overlaps(slots, notices, refusals)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(left))
    lines = {slot.line for slot in left} | {refusal.line for refusal in refusals}
    twins = len(slots) - len({slot[:3] for slot in slots})
    assert len(lines) == len(slots) - twins
    assert bool(notices) == (twins > 0)


def test_hours_without_slots() -> None:
    """The hours between first and last that no slot covers."""
    slots = [Slot(0, 3_600_000, 1), Slot(7_200_000, 9_000_000, 1), Slot(9_000_000, 9_900_000, 1)]
    assert hours_of(slots) == 1.0


def test_file_without_a_slot_is_refused() -> None:
    """When nothing could be taken, the first reason is told."""
    with pytest.raises(StopError, match=r"nothing in it can be taken: line 2: bad"):
        require_slots(SlotFile("f", (), (), (Refusal(2, "bad"),)))
