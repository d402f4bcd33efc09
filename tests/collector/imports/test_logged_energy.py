"""The energy of a logged counter: samples, slots, days, qualities."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.errors import StopError
from collector.imports.logged_energy import energy_of, logged_counter
from collector.imports.table import Row, Table
from collector.rollup.counters import CounterFacts

TOKYO = ZoneInfo("Asia/Tokyo")
MINUTE_MS = 60_000
MIDNIGHT_MS = 1_774_969_200_000
"""2026-04-01 00:00 in Tokyo."""


def table(*counts: Decimal | int | None, every_minutes: int = 10) -> Table:
    """A table of counts from midnight on."""
    rows = tuple(
        Row(
            MIDNIGHT_MS + place * every_minutes * MINUTE_MS,
            (None if count is None else Decimal(count),),
            place + 2,
        )
        for place, count in enumerate(counts)
    )
    return Table("file.csv", rows, (), ())


def test_counts_become_watt_hours() -> None:
    """Counts are scaled exactly; rows without a count are no samples."""
    counter = logged_counter(table(1, None, 3), Decimal("0.1"))
    assert counter.samples == ((MIDNIGHT_MS, 0.1), (MIDNIGHT_MS + 20 * MINUTE_MS, 0.3))
    assert counter.gap_limit_ms == 30 * MINUTE_MS
    assert logged_counter(table(1, 2, every_minutes=1), Decimal(1)).gap_limit_ms == 15 * MINUTE_MS


def test_tables_without_energy_are_refused() -> None:
    """One count has no difference, and a counter is never below zero."""
    with pytest.raises(StopError, match="fewer than two rows hold a count"):
        logged_counter(table(1, None), Decimal(1))
    with pytest.raises(StopError, match="line 3: a counter cannot be at -1"):
        logged_counter(table(1, -1), Decimal(1))


@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=200),
    st.sampled_from([1, 7, 10, 30]),
    st.sampled_from([15, 30]),
)
@example([0, 45_046, 45_046, 1, 1, 1, 1, 1, 1, 1, 1], 1, 15)  # one sample is left of it
def test_slots_days_and_curve_are_the_same_energy(
    steps: list[int], every_minutes: int, slot_minutes: int
) -> None:
    """Whatever the counter does, slots and days add up to the curve to the milli-Wh."""
    counts = [sum(steps[: place + 1]) for place in range(len(steps))]
    counter = logged_counter(table(*counts, every_minutes=every_minutes), Decimal("0.37"))
    found = energy_of(counter, CounterFacts(), TOKYO, slot_minutes, counter.gap_limit_ms)
    days = sum(day.energy.milli_wh for day in found.days if day.energy)
    assert found.milli_wh == days == found.curve.milli_wh[-1]
    assert 0 <= found.estimated_milli_wh <= found.milli_wh
    assert 0 <= found.coverage <= 1
    assert {slot.end_ms - slot.start_ms for slot in found.slots} <= {slot_minutes * MINUTE_MS}
