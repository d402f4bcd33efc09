"""Loads: energy is the exact sum of power, and a pure function of time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.load import (
    MINUTE_MS,
    UJ_PER_KWH,
    UJ_PER_WH,
    Interval,
    IntervalLoad,
    MinuteLoad,
    ShapedLoad,
)
from simulators.shapes import SHAPES
from simulators.shapes.day import Calendar, Hours
from tests.simulators.small_plant import HOUR_MS, MONDAY_MS, shaped

DAY_MS = 24 * HOUR_MS
moments = st.integers(0, 10 * DAY_MS).map(lambda offset: MONDAY_MS + offset)


@settings(max_examples=50, deadline=None)
@given(st.lists(moments, min_size=2, max_size=8))
def test_energy_never_falls_and_forgets_the_order_of_questions(asked: list[int]) -> None:
    """Asked in any order, a load gives what a fresh one gives in order of time."""
    load, fresh = shaped(), shaped()
    answers = {at_ms: load.energy_uj(at_ms) for at_ms in asked}
    in_order = {at_ms: fresh.energy_uj(at_ms) for at_ms in sorted(asked)}
    assert answers == in_order
    energies = list(in_order.values())
    assert energies == sorted(energies)


@settings(max_examples=50, deadline=None)
@given(moments, st.integers(1, MINUTE_MS))
def test_energy_is_the_sum_of_power(at_ms: int, step_ms: int) -> None:
    """Within a minute energy grows by power times time, to the last microjoule."""
    load = shaped()
    minute = at_ms - at_ms % MINUTE_MS
    grown = load.energy_uj(minute + step_ms) - load.energy_uj(minute)
    assert grown == load.power_mw(minute) * step_ms


def test_energy_counts_from_the_start() -> None:
    """At its start a load has drawn nothing, wherever in the day that is; before it, it refuses."""
    start_ms = MONDAY_MS + 9 * HOUR_MS + 12_345
    zone = ZoneInfo("Asia/Tokyo")
    load = MinuteLoad(ShapedLoad(SHAPES["flat"], 3.6), Calendar(), Hours(), zone, start_ms)
    assert load.energy_uj(start_ms) == 0
    assert load.energy_uj(start_ms + 1000) == UJ_PER_WH
    with pytest.raises(ValueError, match="before the load's start"):
        load.energy_uj(start_ms - 1)


def test_a_jump_over_months_equals_the_walk() -> None:
    """Jumping far ahead and back gives the same energies as walking there day by day."""
    far, walked = shaped(), shaped()
    ahead = far.energy_uj(MONDAY_MS + 90 * DAY_MS)
    back = far.energy_uj(MONDAY_MS + 3 * DAY_MS)
    by_day = [walked.energy_uj(MONDAY_MS + day * DAY_MS) for day in range(91)]
    assert (back, ahead) == (by_day[3], by_day[90])


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_days_of_a_clock_change(day: int, hours: int) -> None:
    """In a zone with summer time the short day has 23 hours and working hours stay local."""
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, day, tzinfo=zone)
    start_ms = int(start.timestamp() * 1000)
    load = ShapedLoad(SHAPES["lighting"], 10)
    open_daily = Calendar(half_weekdays=frozenset(), closed_weekdays=frozenset())
    minutes = MinuteLoad(load, open_daily, Hours(), zone, start_ms)
    end_ms = int(datetime(2026, 3, day + 1, tzinfo=zone).timestamp() * 1000)
    assert end_ms - start_ms == hours * HOUR_MS
    opens_ms = int(datetime(2026, 3, day, 7, 30, tzinfo=zone).timestamp() * 1000)
    assert (minutes.power_mw(opens_ms - 1), minutes.power_mw(opens_ms)) == (0, 10_000_000)
    assert minutes.energy_uj(end_ms) == round(10 * 10.5 * UJ_PER_KWH)


def test_a_long_day_has_25_hours() -> None:
    """The night in which clocks go back has one hour more of the same load."""
    zone = ZoneInfo("Europe/Berlin")
    start_ms = int(datetime(2026, 10, 25, tzinfo=zone).timestamp() * 1000)
    load = MinuteLoad(ShapedLoad(SHAPES["flat"], 1), Calendar(), Hours(), zone, start_ms)
    next_ms = int(datetime(2026, 10, 26, tzinfo=zone).timestamp() * 1000)
    assert load.energy_uj(next_ms) == 25 * UJ_PER_KWH


def test_intervals_are_drawn_evenly() -> None:
    """Energy is linear inside an interval and stands still in gaps and after the last one."""
    intervals = [Interval(0, 1000, 2.0), Interval(1000, 2000, 0.0), Interval(3000, 4000, 1.0)]
    load = IntervalLoad(intervals, 0)
    kwh = [load.energy_uj(at_ms) / UJ_PER_KWH for at_ms in (0, 250, 1000, 2500, 3500, 4000, 9000)]
    assert kwh == [0, 0.5, 2, 2, 2.5, 3, 3]
    assert load.power_mw(500) == 2 * UJ_PER_KWH // 1000
    assert [load.power_mw(at_ms) for at_ms in (1500, 2500, 4000)] == [0, 0, 0]


def test_intervals_count_from_a_later_start() -> None:
    """A load that starts inside its data counts from there and refuses what was before."""
    load = IntervalLoad([Interval(0, 1000, 2.0), Interval(1000, 2000, 4.0)], 500)
    assert load.energy_uj(1500) == 3 * UJ_PER_KWH
    with pytest.raises(ValueError, match="before the load's start"):
        load.power_mw(499)
    assert IntervalLoad([Interval(1000, 2000, 4.0)], 500).power_mw(600) == 0
