"""Change-point models: known plants are recovered, and statsmodels agrees given the points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.change_point import fit_change_point, fit_shape
from collector.analysis.observations import Conditions
from collector.analysis.ramps import Shape
from tests.collector.analysis.weather_year import noise, weather, year_of_days

DAYS = year_of_days()
CELSIUS = weather(DAYS)
SIGMA = 25.0


def _load(
    base: float,
    heating: float = 0.0,
    below: float = 0.0,
    cooling: float = 0.0,
    above: float = 0.0,
    sigma: float = SIGMA,
    seed: int = 0,
) -> pd.Series[float]:
    ramps = heating * (below - CELSIUS).clip(lower=0) + cooling * (CELSIUS - above).clip(lower=0)
    return base + ramps + noise(DAYS, sigma, seed)


@pytest.mark.parametrize(
    ("shape", "load"),
    [
        ("1P", _load(1000.0)),
        ("3PC", _load(1000.0, cooling=30.0, above=20.0)),
        ("3PH", _load(1000.0, heating=30.0, below=12.0)),
        ("4P", _load(1000.0, heating=20.0, below=16.0, cooling=35.0, above=16.0)),
        ("5P", _load(1000.0, heating=25.0, below=10.0, cooling=30.0, above=21.0)),
    ],
)
def test_the_shape_of_a_plant_is_found(shape: Shape, load: pd.Series[float]) -> None:
    """Of a plant of each shape BIC chooses that shape, and its base within a percent."""
    fit = fit_change_point(load, CELSIUS)
    assert fit.shape == shape
    assert fit.base_kwh == pytest.approx(1000.0, abs=12.0)
    assert fit.candidates[0].shape == shape
    assert [c.bic for c in fit.candidates] == sorted(c.bic for c in fit.candidates)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(15.0, 50.0),
    st.floats(18.0, 23.0),
    st.floats(15.0, 50.0),
    st.floats(7.0, 13.0),
    st.integers(0, 1000),
)
def test_slopes_and_change_points_are_recovered(
    cooling: float, above: float, heating: float, below: float, seed: int
) -> None:
    """Of noisy 5P plants slopes come within five errors and change points within 2.5 K."""
    fit = fit_shape(_load(1000.0, heating, below, cooling, above, seed=seed), CELSIUS, "5P")
    assert fit.cooling_above_c == pytest.approx(above, abs=2.5)
    assert fit.heating_below_c == pytest.approx(below, abs=2.5)
    reach = 5.0 * (fit.cooling_error_kwh_per_k + 0.05 * cooling)
    assert fit.cooling_kwh_per_k == pytest.approx(cooling, abs=reach)
    reach = 5.0 * (fit.heating_error_kwh_per_k + 0.05 * heating)
    assert fit.heating_kwh_per_k == pytest.approx(heating, abs=reach)
    assert fit.statistics.rmse == pytest.approx(SIGMA, rel=0.2)


def test_a_plant_without_noise_is_found_exactly() -> None:
    """Change points on the fine grid come back to the digit, and so do base and slopes."""
    fit = fit_change_point(_load(800.0, 20.0, 9.25, 31.0, 19.85, sigma=0.0), CELSIUS)
    assert (fit.shape, fit.heating_below_c, fit.cooling_above_c) == ("5P", 9.25, 19.85)
    found = (fit.base_kwh, fit.heating_kwh_per_k, fit.cooling_kwh_per_k)
    assert found == pytest.approx((800.0, 20.0, 31.0))
    assert fit.statistics.cv_rmse < 1e-9


def test_given_the_change_points_statsmodels_agrees() -> None:
    """Base, slopes and their errors are those of statsmodels on the degree days of the base."""
    load = _load(1000.0, 25.0, 10.0, 30.0, 21.0)
    fit = fit_shape(load, CELSIUS, "5P")
    assert fit.heating_below_c is not None
    assert fit.cooling_above_c is not None
    hdd = (fit.heating_below_c - CELSIUS).clip(lower=0)
    cdd = (CELSIUS - fit.cooling_above_c).clip(lower=0)
    theirs = sm.OLS(load, sm.add_constant(pd.DataFrame({"h": hdd, "c": cdd}))).fit()
    ours = [fit.base_kwh, fit.heating_kwh_per_k, fit.cooling_kwh_per_k]
    errors = [fit.base_error_kwh, fit.heating_error_kwh_per_k, fit.cooling_error_kwh_per_k]
    assert ours == pytest.approx(list(theirs.params))
    assert errors == pytest.approx(list(theirs.bse))
    assert fit.statistics.r_squared == pytest.approx(theirs.rsquared)
    # The two change points are parameters too: ln 365 each beyond statsmodels' own.
    assert fit.statistics.bic == pytest.approx(theirs.bic + 2.0 * np.log(365.0))
    assert (fit.statistics.n, fit.statistics.p) == (365, 5)


def test_the_search_finds_what_trying_every_point_finds() -> None:
    """The squares left are no more than at any change point of a plain search by statsmodels."""
    load = _load(1000.0, cooling=12.0, above=18.0, sigma=60.0, seed=5)
    fit = fit_shape(load, CELSIUS, "3PC")
    tried = [
        sm.OLS(load, sm.add_constant((CELSIUS - c).clip(lower=0))).fit().ssr
        for c in np.arange(8.0, 27.0, 0.5)
    ]
    assert fit.statistics.sse <= min(tried) + 1e-6


def test_a_load_that_falls_with_heat_has_no_cooling() -> None:
    """Slopes below zero are no candidates: such a load is flat or heated, never cooled."""
    fit = fit_change_point(1500.0 - 10.0 * CELSIUS + noise(DAYS, 5.0, 1), CELSIUS)
    assert fit.shape == "3PH"
    assert fit.cooling_kwh_per_k == 0.0
    with pytest.raises(ValueError, match="no shape fits"):
        fit_shape(1500.0 - 10.0 * CELSIUS, CELSIUS, "3PC")


def test_predictions_follow_the_three_parts() -> None:
    """Below, between and above the change points, and unknown where the temperature is."""
    fit = fit_change_point(_load(800.0, 20.0, 10.0, 30.0, 20.0, sigma=0.0), CELSIUS)
    kwh = fit.predict(np.array([5.0, 15.0, 25.0, np.nan]))
    assert kwh[:3] == pytest.approx([900.0, 800.0, 950.0])
    assert np.isnan(kwh[3])


def test_unknown_days_are_left_out_and_counted() -> None:
    """Days without energy or temperature are not used, and the evidence says how many."""
    load, celsius = _load(1000.0, cooling=30.0, above=20.0), CELSIUS.copy()
    load.iloc[10:20] = np.nan
    celsius.iloc[100:105] = np.nan
    fit = fit_change_point(load, celsius)
    assert (fit.statistics.n, fit.evidence.known_slots, fit.evidence.slots) == (350, 350, 365)
    assert fit.evidence.coverage == pytest.approx(350 / 365)
    assert (str(fit.evidence.start.date()), str(fit.evidence.end.date())) == (
        "2025-04-01",
        "2026-04-01",
    )


def test_twelve_months_are_enough() -> None:
    """Months are points too: a cooled plant's year of twelve is a model of months."""
    index = pd.date_range("2025-04-01", periods=12, freq="MS")
    celsius = pd.Series([14, 19, 22, 27, 28, 24, 18, 12, 7, 5, 6, 9.0], index=index)
    kwh = 30_000.0 + 900.0 * (celsius - 18.0).clip(lower=0)
    fit = fit_change_point(kwh, celsius)
    assert (fit.shape, fit.interval) == ("3PC", "monthly")
    assert fit.cooling_kwh_per_k == pytest.approx(900.0)
    assert str(fit.evidence.end.date()) == "2026-04-01"


def test_stretching_is_told() -> None:
    """Conditions hotter than the model has seen are named; alike ones are not."""
    fit = fit_change_point(_load(1000.0, cooling=30.0, above=20.0), CELSIUS)
    hot = Conditions(DAYS, temperature_c=CELSIUS + 12.0)
    assert "the model has seen" in fit.outside(hot)
    assert fit.outside(Conditions(DAYS, temperature_c=CELSIUS)) == ""
    assert fit.outside(Conditions(DAYS)) == ""


def test_conditions_without_temperature_are_refused() -> None:
    """A model of temperature cannot expect anything without one."""
    fit = fit_change_point(_load(1000.0, cooling=30.0, above=20.0), CELSIUS)
    with pytest.raises(ValueError, match="needs the outside temperature"):
        fit.expected(Conditions(DAYS))


def test_what_to_doubt_is_told() -> None:
    """A base below zero (a load that bends, of ramps that do not) and a low R² are caveats."""
    bent = fit_shape(0.5 * (CELSIUS - 15.5) ** 2, CELSIUS, "4P")
    assert bent.base_kwh < 0.0
    assert bent.caveats == ("the base is below zero: fit working days and days off apart",)
    wild = fit_change_point(_load(2000.0, cooling=30.0, above=20.0, sigma=150.0), CELSIUS)
    assert any(said.startswith("temperature explains R² 0.") for said in wild.caveats)
    assert fit_change_point(_load(1000.0, cooling=30.0, above=20.0), CELSIUS).caveats == ()


def test_too_few_days_are_refused() -> None:
    """Nine known days are no model, and the message says how many there are."""
    with pytest.raises(ValueError, match="only 9 points have a known energy beside temperature_c"):
        fit_change_point(_load(1000.0).iloc[:9], CELSIUS.iloc[:9])


def test_all_unknown_is_refused() -> None:
    """A year of gaps is an error, no model of nothing."""
    with pytest.raises(ValueError, match="only 0 points"):
        fit_change_point(_load(1000.0) * np.nan, CELSIUS)


def test_a_constant_temperature_is_refused() -> None:
    """Temperatures that do not vary carry no model."""
    with pytest.raises(ValueError, match="hardly varies"):
        fit_change_point(_load(1000.0), CELSIUS * 0.0 + 20.0)


def test_energy_below_zero_is_refused() -> None:
    """Net export is no consumption to model."""
    load = _load(1000.0)
    load.iloc[3] = -1.0
    with pytest.raises(ValueError, match="below zero"):
        fit_change_point(load, CELSIUS)


def test_points_out_of_order_or_of_odd_length_are_refused() -> None:
    """A model needs times in order, and hours, days or months."""
    load = _load(1000.0)
    with pytest.raises(ValueError, match="in order"):
        fit_change_point(load.iloc[::-1], CELSIUS)
    with pytest.raises(ValueError, match="hours, days or months"):
        fit_change_point(load.iloc[::2], CELSIUS)
    with pytest.raises(ValueError, match="DatetimeIndex"):
        fit_change_point(load.reset_index(drop=True), CELSIUS)
