"""Hour of week and temperature: against a plain regression of statsmodels, and the steel year."""

from __future__ import annotations

from datetime import datetime
from statistics import correlation, fmean

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]

from collector.analysis.observations import Conditions, hourly_kwh
from collector.analysis.towt import fit_towt, hour_of_week, piece_columns
from tests.collector.analysis.weather_year import noise, weather, year_of_hours
from tests.collector.steel import CSV, steel_half_hours, steel_rows

HOURS = year_of_hours()
CELSIUS = weather(HOURS)
WORKING = (HOURS.day_of_week < 5) & (HOURS.hour >= 8) & (HOURS.hour < 18)


def _load(sigma: float = 4.0, seed: int = 0) -> pd.Series[float]:
    cooling = (CELSIUS - 18.3).clip(lower=0).to_numpy()
    kwh = 40.0 + WORKING * (80.0 + 4.0 * cooling) + 0.5 * cooling
    return pd.Series(kwh + noise(HOURS, sigma, seed), index=HOURS)


def test_occupied_hours_are_the_working_ones() -> None:
    """The 65 % rule marks Monday to Friday 8 to 18 and nothing else."""
    fit = fit_towt(_load(), CELSIUS)
    week = np.arange(168)
    working = (week // 24 < 5) & (week % 24 >= 8) & (week % 24 < 18)
    assert (fit.occupied == working).all()


def test_a_plain_regression_gives_the_same() -> None:
    """Predictions and squares left are those of statsmodels with 168 dummies and all pieces."""
    load, celsius = _load().iloc[:2400], np.asarray(CELSIUS, dtype=np.float64)[:2400]
    fit = fit_towt(load, CELSIUS)
    week = hour_of_week(HOURS[:2400])
    busy = fit.occupied[week]
    sides = (fit.when_occupied, busy), (fit.when_unoccupied, ~busy)
    pieces = [piece_columns(celsius, side.breaks_c) * mask[:, None] for side, mask in sides]
    design = np.column_stack([np.eye(168)[week], *pieces])
    theirs = sm.OLS(load.to_numpy(), design).fit(method="qr")
    assert fit.predict(HOURS[:2400], celsius) == pytest.approx(theirs.fittedvalues, abs=1e-6)
    assert fit.statistics.sse == pytest.approx(theirs.ssr)
    assert fit.statistics.p == design.shape[1] == theirs.df_model + 1
    assert fit.statistics.bic == pytest.approx(theirs.bic)


def test_cooling_of_working_hours_is_found_apart() -> None:
    """The slope above 18.3 °C is 4.5 kWh per K while working and 0.5 else, as was put in."""
    fit = fit_towt(_load(), CELSIUS)
    for side, slope, reach in ((fit.when_occupied, 4.5, 0.2), (fit.when_unoccupied, 0.5, 0.1)):
        place = side.breaks_c.index(18.3)
        assert side.kwh_per_k[place + 1] == pytest.approx(slope, abs=reach)


def test_thin_pieces_join_from_the_outside_in() -> None:
    """A piece at the cold or hot end with fewer than 20 hours is no piece of its own."""
    fit = fit_towt(_load(), CELSIUS)
    for side, mask in ((fit.when_occupied, WORKING), (fit.when_unoccupied, ~WORKING)):
        celsius = np.asarray(CELSIUS, dtype=np.float64)[mask]
        assert (celsius <= side.breaks_c[0]).sum() >= 20
        assert (celsius > side.breaks_c[-1]).sum() >= 20


def test_pieces_add_up_to_the_temperature() -> None:
    """The columns of the pieces are the temperature, cut where the breaks are."""
    celsius = np.array([-5.0, 0.0, 10.0, 20.0, 40.0])
    columns = piece_columns(celsius, (0.0, 15.0))
    assert columns.sum(axis=1) == pytest.approx(celsius)
    assert columns[4].tolist() == [0.0, 15.0, 25.0]


@pytest.mark.skipif(not CSV.exists(), reason="the steel year's file is not there")
def test_the_steel_year_by_the_week_alone() -> None:
    """Without temperatures the model is the mean of each hour of the week, of a real plant."""
    hourly = hourly_kwh(steel_half_hours())
    fit = fit_towt(hourly)
    by_hand = hourly.groupby([hourly.index.day_of_week, hourly.index.hour]).mean()  # type: ignore[attr-defined]
    assert fit.week_kwh == pytest.approx(by_hand.to_numpy())
    assert (fit.statistics.n, fit.statistics.p) == (8760, 168)
    predicted = fit.expected(Conditions(pd.DatetimeIndex(hourly.index)))
    assert predicted.sum() == pytest.approx(959_636.71)
    assert fit.statistics.r_squared > 0.5
    assert fit.statistics.autocorrelation > 0.5


@pytest.mark.skipif(not CSV.exists(), reason="the steel year's file is not there")
def test_the_steel_years_scatter_in_plain_python() -> None:
    """CV(RMSE), R² and lag-1 correlation of that model, worked out of the file's rows alone."""
    hourly: dict[datetime, float] = {}
    for start, kwh, _, _ in steel_rows():
        hour = start.replace(minute=0)
        hourly[hour] = hourly.get(hour, 0.0) + kwh
    weeks: dict[tuple[int, int], list[float]] = {}
    for hour, kwh in hourly.items():
        weeks.setdefault((hour.weekday(), hour.hour), []).append(kwh)
    means = {key: fmean(values) for key, values in weeks.items()}
    rest = [kwh - means[hour.weekday(), hour.hour] for hour, kwh in hourly.items()]
    of = fit_towt(hourly_kwh(steel_half_hours())).statistics
    mean = fmean(hourly.values())
    left = sum(each**2 for each in rest)
    assert of.cv_rmse == pytest.approx((left / (8760 - 168)) ** 0.5 / mean)
    assert of.r_squared == pytest.approx(1 - left / sum((k - mean) ** 2 for k in hourly.values()))
    assert of.autocorrelation == pytest.approx(correlation(rest[:-1], rest[1:]))


def test_an_hour_never_seen_is_unknown() -> None:
    """A plant that was never read on Sundays has no Sundays to expect."""
    load = _load()
    load[HOURS.day_of_week == 6] = np.nan
    fit = fit_towt(load, CELSIUS)
    kwh = fit.expected(Conditions(HOURS, temperature_c=CELSIUS))
    assert kwh[HOURS.day_of_week == 6].isna().all()
    assert kwh[HOURS.day_of_week != 6].notna().all()
    assert fit.statistics.p < 168 + 14


def test_conditions_must_carry_what_the_model_goes_by() -> None:
    """A model with temperature refuses conditions without; outside what it saw it says so."""
    fit = fit_towt(_load(), CELSIUS)
    with pytest.raises(ValueError, match="needs the outside temperature"):
        fit.expected(Conditions(HOURS))
    assert "has seen" in fit.outside(Conditions(HOURS, temperature_c=CELSIUS + 20.0))
    assert fit.outside(Conditions(HOURS, temperature_c=CELSIUS)) == ""
    assert not fit.beyond(Conditions(HOURS)).any()
    assert fit.beyond(Conditions(HOURS, temperature_c=CELSIUS + 20.0)).any()


def test_wrong_points_are_refused() -> None:
    """Too few hours, days instead of hours, no zone, a constant temperature, net export."""
    load = _load()
    with pytest.raises(ValueError, match="672 are needed"):
        fit_towt(load.iloc[:600])
    with pytest.raises(ValueError, match="takes hours"):
        fit_towt(pd.Series(1.0, index=pd.date_range("2023-01-01", periods=800, tz="Asia/Tokyo")))
    with pytest.raises(ValueError, match="time zone"):
        fit_towt(load.tz_localize(None))
    with pytest.raises(ValueError, match="hardly varies"):
        fit_towt(load, CELSIUS * 0.0 + 20.0)
    with pytest.raises(ValueError, match="below zero"):
        fit_towt(load - 100.0)
