"""Energy by operating state."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]

from collector.analysis.change_point import fit_change_point
from collector.analysis.observations import Conditions
from collector.analysis.operating_states import fit_states
from tests.collector.analysis.weather_year import noise, weather, year_of_days

DAYS = year_of_days("2025-01-06", 28)


def _by_weekday(days: pd.DatetimeIndex) -> pd.Series[str]:
    return pd.Series(["running" if day.day_of_week < 5 else "closed" for day in days], index=days)


STATES = _by_weekday(DAYS)
KWH = pd.Series(np.where(DAYS.day_of_week < 5, 100.0, 20.0), index=DAYS)


def test_each_state_has_its_mean() -> None:
    """Twenty working and eight closed days give their means and count two parameters."""
    draw = KWH + np.tile([1.0, -1.0], 14)
    fit = fit_states(draw, STATES)
    assert fit.state_kwh["running"] == pytest.approx(draw[STATES == "running"].mean())
    assert dict(fit.points) == {"running": 20, "closed": 8}
    assert (fit.statistics.n, fit.statistics.p) == (28, 2)


def test_without_states_it_is_the_mean() -> None:
    """All points are one state where none is named."""
    fit = fit_states(KWH)
    assert dict(fit.state_kwh) == {"all": pytest.approx(KWH.mean())}
    assert fit.expected(Conditions(DAYS)).tolist() == pytest.approx([KWH.mean()] * 28)


def test_a_state_hardly_seen_is_left_out() -> None:
    """Two days of a state carry no mean: they are not used, and later ones are unknown."""
    states = STATES.copy()
    states.iloc[:2] = "test run"
    fit = fit_states(KWH, states)
    assert "test run" not in fit.state_kwh
    assert fit.evidence.known_slots == 26
    assert fit.expected(Conditions(DAYS, states=states)).isna().sum() == 2
    assert fit.outside(Conditions(DAYS, states=states)) == "never seen before: test run"
    assert fit.outside(Conditions(DAYS, states=STATES)) == ""
    assert fit.beyond(Conditions(DAYS, states=states)).tolist() == (states == "test run").tolist()
    assert not fit.beyond(Conditions(DAYS, states=STATES)).any()


def test_unknown_states_are_unknown_energy() -> None:
    """A day whose state nobody knows has nothing to expect."""
    states = STATES.copy()
    states.iloc[5] = None
    fit = fit_states(KWH + np.tile([1.0, -1.0], 14), states)
    assert fit.statistics.n == 27
    assert fit.expected(Conditions(DAYS, states=states)).isna().sum() == 1


def test_weather_shows_beside_the_states() -> None:
    """A plant that closes at weekends hides its cooling from temperature alone, not from both."""
    days = year_of_days()
    celsius = weather(days)
    states = _by_weekday(days)
    kwh = states.map({"running": 1500.0, "closed": 300.0}).astype("float64")
    kwh = kwh + 20.0 * (celsius - 21.0).clip(lower=0) + noise(days, 30.0, 4)
    fit = fit_states(kwh, states, celsius)
    assert fit.cooling_above_c == pytest.approx(21.0, abs=1.5)
    assert fit.cooling_kwh_per_k == pytest.approx(20.0, abs=3.0)
    assert (fit.heating_below_c, fit.heating_kwh_per_k) == (None, 0.0)
    assert fit.state_kwh["closed"] == pytest.approx(300.0, abs=15.0)
    assert fit.statistics.p == 4
    assert fit.statistics.bic < fit_states(kwh, states).statistics.bic
    assert fit_change_point(kwh, celsius).statistics.cv_rmse > 5.0 * fit.statistics.cv_rmse
    expected = fit.expected(Conditions(days, temperature_c=celsius, states=states))
    assert float(expected.sum()) == pytest.approx(float(kwh.sum()))
    hot = Conditions(days, temperature_c=celsius + 15.0, states=states)
    assert "the model has seen" in fit.outside(hot)
    with pytest.raises(ValueError, match="needs the outside temperature"):
        fit.expected(Conditions(days, states=states))


def test_given_the_change_point_statsmodels_agrees() -> None:
    """Energies of the states and the slope are statsmodels' on dummies and degree days."""
    days = year_of_days()
    celsius = weather(days)
    states = _by_weekday(days)
    kwh = states.map({"running": 1500.0, "closed": 300.0}).astype("float64")
    kwh = kwh + 20.0 * (celsius - 21.0).clip(lower=0) + noise(days, 30.0, 4)
    fit = fit_states(kwh, states, celsius)
    assert fit.cooling_above_c is not None
    design = pd.DataFrame({name: (states == name).astype("float64") for name in fit.state_kwh})
    design["cdd"] = (celsius - fit.cooling_above_c).clip(lower=0)
    theirs = sm.OLS(kwh, design).fit()
    ours = [*fit.state_kwh.values(), fit.cooling_kwh_per_k]
    assert ours == pytest.approx(list(theirs.params))


def test_weather_that_is_hardly_known_plays_no_part() -> None:
    """With a third of the temperatures missing all days are used, by their states alone."""
    days = year_of_days()
    celsius = weather(days)
    celsius.iloc[:120] = np.nan
    states = _by_weekday(days)
    kwh = states.map({"running": 1500.0, "closed": 300.0}).astype("float64")
    fit = fit_states(kwh + 20.0 * (weather(days) - 21.0).clip(lower=0), states, celsius)
    assert not fit.weather
    assert fit.statistics.n == 365


def test_a_state_below_zero_is_told() -> None:
    """Where a shared slope pushes a state below zero a reader is told of it."""
    days = year_of_days()
    celsius = weather(days)
    states = _by_weekday(days)
    cooling = 40.0 * (celsius - 15.0).clip(lower=0) * (states == "running")
    fit = fit_states(cooling + 1.0, states, celsius)
    assert fit.caveats == ("the energy of closed is below zero",)
    assert fit_states(KWH, STATES).caveats == ()


def test_wrong_inputs_are_refused() -> None:
    """Too few points, and conditions that lack the states the model goes by."""
    with pytest.raises(ValueError, match="only 5 points"):
        fit_states(KWH.iloc[:5])
    with pytest.raises(ValueError, match="needs the operating state"):
        fit_states(KWH, STATES).expected(Conditions(DAYS))
