"""Degree days from hourly and from daily means, and the base that a load shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]

from collector.analysis.degree_days import Means, degree_days_of, fitted_base
from collector.analysis.observations import daily_temperature
from tests.collector.analysis.weather_year import (
    noise,
    weather,
    year_of_days,
    year_of_hours,
)

HOURS = pd.date_range("2025-05-01", periods=48, freq="h", tz="Asia/Tokyo")


def test_a_day_of_cold_morning_and_warm_noon() -> None:
    """Half a day at 14 and half at 26 °C, base 20: 3 K·d of both by hours, none by days."""
    celsius = pd.Series(np.tile([14.0] * 12 + [26.0] * 12, 2), index=HOURS)
    assert degree_days_of(celsius, 20.0, "cooling").by_day.tolist() == [3.0, 3.0]
    assert degree_days_of(celsius, 20.0, "heating").by_day.tolist() == [3.0, 3.0]
    assert degree_days_of(celsius, 20.0, "cooling", "daily").total == 0.0
    assert degree_days_of(celsius, 18.0, "cooling", "daily").total == pytest.approx(4.0)


def test_what_was_taken_is_said() -> None:
    """Base, season and kind of means stand in the result."""
    found = degree_days_of(pd.Series(25.0, index=HOURS), 20.0, "cooling", "daily")
    assert (found.base_c, found.season, found.means) == (20.0, "cooling", "daily")


def test_a_day_with_too_few_hours_is_unknown() -> None:
    """Five missing hours leave a day without degree days, and it is counted."""
    celsius = pd.Series(25.0, index=HOURS)
    celsius.iloc[:5] = np.nan
    both: tuple[Means, ...] = ("hourly", "daily")
    for means in both:
        found = degree_days_of(celsius, 20.0, "cooling", means)
        assert (found.total, found.unknown_days) == (5.0, 1)


def test_the_fitted_base_is_the_best_one() -> None:
    """The base found leaves no more squares than any base of a search by statsmodels."""
    days = year_of_days()
    celsius = weather(days)
    kwh = 900.0 + 22.0 * (celsius - 19.0).clip(lower=0) + noise(days, 30.0, 2)
    base = fitted_base(kwh, celsius, "cooling")
    assert base == pytest.approx(19.0, abs=1.5)

    def left(c: float) -> float:
        return float(sm.OLS(kwh, sm.add_constant((celsius - c).clip(lower=0))).fit().ssr)

    assert left(base) <= min(left(c) for c in np.arange(15.0, 24.0, 0.5)) + 1e-6


def test_daily_degree_days_explain_the_load_they_made() -> None:
    """A load made of a base and degree days of daily means is given back by statsmodels on ours."""
    hours = year_of_hours()
    celsius = weather(hours)
    cdd = degree_days_of(celsius, 20.0, "cooling", "daily").by_day
    kwh = 700.0 + 18.0 * (daily_temperature(celsius) - 20.0).clip(lower=0)
    theirs = sm.OLS(kwh, sm.add_constant(cdd.to_numpy())).fit()
    assert list(theirs.params) == pytest.approx([700.0, 18.0])


def test_no_temperatures_are_refused() -> None:
    """Without a series there is nothing to sum, and the line says what to do."""
    with pytest.raises(ValueError, match="import a series"):
        degree_days_of(pd.Series(dtype=float, index=HOURS[:0]), 20.0, "cooling")


def test_a_load_without_cooling_has_no_base() -> None:
    """Where energy falls with heat there is no base to find."""
    days = year_of_days()
    celsius = weather(days)
    with pytest.raises(ValueError, match="no shape fits"):
        fitted_base(2000.0 - 20.0 * celsius, celsius, "cooling")
