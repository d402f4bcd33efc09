"""Demand of any load: bounds that hold whatever the plant does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.billing.demand import measured_demand
from collector.tariffs.days import TariffDays
from tests.collector.billing.loads import NEW_YORK, month_of, shipped

US = shipped("example-us-tou-ratchet")
QUARTERS = US.demand[1]
HALVES = replace(QUARTERS, interval_minutes=30)
DAYS = TariffDays(US)
kw = st.lists(st.floats(0, 1000, allow_nan=False), min_size=1, max_size=200)


@settings(max_examples=20, deadline=None)
@given(kw=kw)
def test_longer_windows_never_find_more(kw: list[float]) -> None:
    """Quarters >= sliding half hours >= fixed half hours >= the mean of the month."""
    load = month_of("2025-02", lambda number: kw[number % len(kw)], 15, NEW_YORK)
    quarters = measured_demand(load, QUARTERS, DAYS)
    sliding = measured_demand(load, replace(HALVES, window="sliding"), DAYS)
    fixed = measured_demand(load, HALVES, DAYS)
    assert quarters is not None
    assert sliding is not None
    assert fixed is not None
    assert quarters >= sliding >= fixed >= load.kwh / (28 * 24)


@settings(max_examples=20, deadline=None)
@given(kw=kw)
def test_half_hours_of_quarters_are_those_of_half_hours(kw: list[float]) -> None:
    """The demand of 30 minutes does not depend on whether slots have 15 or 30."""
    quarters = month_of("2025-02", lambda number: kw[number % len(kw)], 15, NEW_YORK)
    slots = quarters.all_slots
    halves = tuple(
        replace(one, end_ms=two.end_ms, milli_wh=(one.milli_wh or 0) + (two.milli_wh or 0))
        for one, two in zip(slots[::2], slots[1::2], strict=True)
    )
    of_halves = measured_demand(replace(quarters, all_slots=halves), HALVES, DAYS)
    assert of_halves == measured_demand(quarters, HALVES, DAYS)


def test_a_window_with_a_missing_part_counts_what_is_known() -> None:
    """A quarter of 400 kW beside a missing one is 200 kW in half an hour, never 400."""
    load = month_of("2025-02", lambda number: 400.0 if number == 40 else 10.0, 15, NEW_YORK)
    slots = tuple(slot for number, slot in enumerate(load.all_slots) if number != 41)
    assert measured_demand(replace(load, all_slots=slots), HALVES, DAYS) == Decimal(200)
