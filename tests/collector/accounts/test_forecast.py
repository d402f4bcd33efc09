"""What a year will have used at its end."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.account import DayEnergy
from collector.accounts.forecast import forecast
from collector.accounts.span import Span
from tests.collector.accounts.books import KWH, days_of

FY2025 = Span(date(2025, 4, 1), date(2026, 4, 1))
LAST = days_of(date(2024, 4, 1), [100] * 180 + [200] * 185)
"""Last year: 100 kWh a day in summer, 200 in winter."""


def total(days: tuple[DayEnergy, ...]) -> float:
    """KWh of the days together."""
    return sum(day.milli_wh for day in days) / KWH


def test_the_rest_of_last_year_scaled_by_the_year_so_far() -> None:
    """10 % less in the first 60 days: the other 305 days of last year less 10 %."""
    days = (*LAST, *days_of(FY2025.first, [90] * 60))
    found = forecast(days, FY2025, date(2025, 5, 31))
    assert found is not None
    assert (found.method, found.known, found.ratio) == ("same_months", 60, Fraction(9, 10))
    assert total(found.days) == 0.9 * (120 * 100 + 185 * 200)
    assert found.days[0].day == date(2025, 5, 31)
    assert found.days[-1].day == date(2026, 3, 31)


def test_the_range_comes_from_the_best_and_the_worst_fortnight() -> None:
    """30 days of 80 and 100: ratios of 0.8 and 1.0 are the ends, 0.9 the middle."""
    days = (*LAST, *days_of(FY2025.first, [80] * 15 + [100] * 15))
    found = forecast(days, FY2025, date(2025, 5, 1))
    assert found is not None
    rest = 150 * 100 + 185 * 200
    assert total(found.low) == 0.8 * rest
    assert total(found.days) == 0.9 * rest
    assert total(found.high) == rest


def test_without_last_year_a_straight_line() -> None:
    """The mean of the known days for each day to come, and it says so."""
    days = days_of(FY2025.first, [80] * 15 + [100] * 15)
    found = forecast(days, FY2025, date(2025, 5, 1))
    assert found is not None
    assert (found.method, found.ratio) == ("straight_line", None)
    assert total(found.days) == 90 * 335
    assert (total(found.low), total(found.high)) == (80 * 335, 100 * 335)


def test_a_last_year_with_too_many_holes_is_not_used() -> None:
    """Under 95 % of its days it would only look like knowledge."""
    days = (*LAST[:340], *days_of(FY2025.first, [90] * 60))
    found = forecast(days, FY2025, date(2025, 5, 31))
    assert found is not None
    assert found.method == "straight_line"


def test_nothing_is_forecast_from_less_than_thirty_days() -> None:
    """Nor when the year is over."""
    days = (*LAST, *days_of(FY2025.first, [90] * 29))
    assert forecast(days, FY2025, date(2025, 4, 30)) is None
    assert forecast(LAST, Span(date(2024, 4, 1), date(2025, 4, 1)), date(2025, 4, 1)) is None


def test_the_day_that_is_not_over_does_not_count() -> None:
    """A part of today would pull the forecast down."""
    days = (*LAST, *days_of(FY2025.first, [100] * 60 + [1]))
    found = forecast(days, FY2025, date(2025, 5, 31))
    assert found is not None
    assert found.ratio == 1


def test_a_leap_day_has_a_day_before_it() -> None:
    """29 February is compared with 28 February of the year before."""
    year = Span(date(2027, 4, 1), date(2028, 4, 1))
    days = (*days_of(date(2026, 4, 1), [100] * 365), *days_of(year.first, [100] * 60))
    found = forecast(days, year, date(2027, 5, 31))
    assert found is not None
    assert total(found.days) == 100 * 306


@given(
    st.lists(st.integers(min_value=0, max_value=10**12), min_size=30, max_size=200),
    st.booleans(),
)
def test_the_range_holds_the_forecast(energies: list[int], with_last: bool) -> None:
    """Low <= expected <= high, and every day to come is there once."""
    first = FY2025.first
    days = tuple(DayEnergy(first + timedelta(n), one) for n, one in enumerate(energies))
    end = first + timedelta(len(energies))
    found = forecast((*(LAST if with_last else ()), *days), FY2025, end)
    assert found is not None
    assert total(found.low) <= total(found.days) <= total(found.high)
    assert [day.day for day in found.days] == list(Span(end, FY2025.end).days())
