"""Figures of months and years from their days, worked by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.base_load import theil_sen
from collector.figures.periods import (
    DayBook,
    DayOfMeter,
    FigureSpan,
    change_percent,
    period_fields,
    year_before,
)

APRIL = FigureSpan(date(2025, 4, 1), date(2025, 5, 1), date(2025, 4, 1))
MAY = FigureSpan(date(2025, 5, 1), date(2025, 6, 1), date(2025, 4, 1))


def day(on: date, kwh: float = 100.0, peak_kw: float = 10.0, **figures: float) -> DayOfMeter:
    """A day known as a whole."""
    return DayOfMeter(on, kwh, 1.0, peak_kw, None, {"coverage": 1.0, **figures})


def days(first: date, count: int, **figures: float) -> Iterable[DayOfMeter]:
    """So many days alike."""
    return [day(first + timedelta(days=number), **figures) for number in range(count)]


def fields(book: DayBook, span: FigureSpan, under_law: bool = False) -> dict[str, float | str]:
    """The figures of a period that has some."""
    found = period_fields(book, span, under_law)
    assert found is not None
    return found


def test_a_month_adds_its_days_up() -> None:
    """Thirty days of 100 kWh at a mean of 4 kW, one with a peak of 16: a load factor of 0.25."""
    held = [*days(APRIL.first, 29, mean_kw=4.0), day(date(2025, 4, 30), peak_kw=16.0, mean_kw=4.0)]
    found = fields(DayBook(held), APRIL)
    assert found["kwh"] == 3000.0
    assert found["peak_kw"] == 16.0
    assert found["load_factor"] == 0.25
    assert found["cum_kwh"] == 3000.0
    assert found["coverage"] == 1.0
    assert "gj" not in found


def test_the_year_so_far_begins_with_the_fiscal_year() -> None:
    """May's sum since April leaves March out."""
    found = fields(DayBook(days(date(2025, 3, 1), 92)), MAY)
    assert found["kwh"] == 3100.0
    assert found["cum_kwh"] == 6100.0


def test_last_year_is_compared_by_the_days_known_so_far() -> None:
    """Ten days of April against the same ten a year before, and 1 % less as the target."""
    book = DayBook([*days(date(2024, 4, 1), 30, kwh=200.0), *days(APRIL.first, 10)])
    found = fields(book, APRIL)
    assert found["kwh_last_year"] == 2000.0
    assert found["kwh_target"] == 1980.0
    assert found["cum_kwh_last_year"] == 2000.0


def test_too_little_of_last_year_is_not_compared_with() -> None:
    """28 of 30 days are under 95 %: nothing is said."""
    book = DayBook([*days(date(2024, 4, 3), 28), *days(APRIL.first, 30)])
    assert not {"kwh_last_year", "kwh_target", "cum_kwh_last_year"} & fields(book, APRIL).keys()
    enough = DayBook([*days(date(2024, 4, 2), 29), *days(APRIL.first, 30)])
    assert fields(enough, APRIL)["kwh_last_year"] == 2900.0


def test_the_29th_of_february_has_no_day_before() -> None:
    """It is left out of the comparison."""
    assert year_before(date(2028, 2, 29)) is None
    assert year_before(date(2028, 2, 28)) == date(2027, 2, 28)


def test_off_hours_less_what_was_left_on_are_standby() -> None:
    """A day of which off hours are not known is left out of both."""
    held = [
        day(date(2025, 4, 1), night_kwh=20.0, off_hours_kwh=30.0, after_hours_kwh=5.0),
        day(date(2025, 4, 2), night_kwh=20.0, off_hours_kwh=30.0),
        day(date(2025, 4, 3), night_kwh=20.0),
    ]
    found = fields(DayBook(held), APRIL)
    assert (found["off_kwh"], found["standby_kwh"], found["night_kwh"]) == (60.0, 55.0, 60.0)


def test_the_months_power_factor_is_that_of_its_sums() -> None:
    """Not the mean of the days': 60 of (60, 80) and 100 of (100, 0) are 160 of (160, 80)."""
    held = [
        day(date(2025, 4, 1), pf_kwh=60.0, pf_kvarh=80.0),
        day(date(2025, 4, 2), pf_kwh=100.0, pf_kvarh=0.0),
    ]
    assert fields(DayBook(held), APRIL)["power_factor_percent"] == pytest.approx(
        100 * 160 / (160**2 + 80**2) ** 0.5
    )


def test_primary_energy_is_by_the_energy_law() -> None:
    """1 MWh is 8.64 GJ and 0.222912 kL of crude oil (METI FAQ; 0.0258 kL/GJ)."""
    found = fields(DayBook([day(APRIL.first, kwh=1000.0)]), APRIL, under_law=True)
    assert found["gj"] == 8.64
    assert found["crude_oil_kl"] == 0.222912


def test_a_month_without_a_day_has_no_figures() -> None:
    """Nothing is made out of nothing."""
    assert period_fields(DayBook(days(MAY.first, 3)), APRIL, False) is None


def test_the_base_is_the_days_median_and_its_change_that_of_sixty_days() -> None:
    """A base that rises by 0.1 kW a day from 10 kW: over April, 10 to 12.9 kW, 29 %."""
    held = [day(APRIL.first + timedelta(days=n), base_kw=10 + n / 10) for n in range(30)]
    found = fields(DayBook(held), APRIL)
    assert found["base_kw"] == pytest.approx(11.45)
    assert found["base_change_percent"] == pytest.approx(29.0)


def test_days_before_the_last_sixty_change_nothing() -> None:
    """April's bases are out of sight at the end of June, but for the 2nd of May on."""
    span = FigureSpan(date(2025, 6, 1), date(2025, 7, 1), APRIL.first)
    june = days(date(2025, 5, 2), 60, base_kw=10.0)
    found = fields(DayBook([*days(APRIL.first, 31, base_kw=99.0), *june]), span)
    assert found["base_change_percent"] == 0.0


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(1, 100), min_size=3, max_size=60))
def test_the_change_is_the_slope_of_the_analysis(bases: list[float]) -> None:
    """Theil-Sen over all pairs of days, as ``collector.analysis`` works it out."""
    minima = [(APRIL.first + timedelta(days=n), kw) for n, kw in enumerate(bases)]
    x, y = np.arange(len(bases), dtype=np.float64), np.array(bases)
    slope = theil_sen(x, y)
    start = float(np.median(y - slope * x))
    expected = 100 * slope * (len(bases) - 1) / start if start > 0 else None
    found = change_percent(minima)
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-6)


def test_two_days_are_no_trend() -> None:
    """Three at least."""
    assert change_percent([(APRIL.first, 1.0), (MAY.first, 2.0)]) is None
