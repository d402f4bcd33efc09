"""Energy by production: fixed energy, energy a unit, and weather beside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]

from collector.analysis.observations import Conditions
from collector.analysis.production import fit_production
from collector.analysis.production_weather import fit_production_weather
from tests.collector.analysis.weather_year import noise, weather, year_of_days

DAYS = year_of_days()
CELSIUS = weather(DAYS)


def _made(seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {"pieces": draw.uniform(200.0, 900.0, 365), "tonnes": draw.uniform(1.0, 6.0, 365)},
        index=DAYS,
    )


MADE = _made()
KWH = 600.0 + 1.5 * MADE["pieces"] + 80.0 * MADE["tonnes"] + noise(DAYS, 40.0, 0)


def test_the_plant_is_recovered_as_statsmodels_does() -> None:
    """Fixed energy and energy a unit are statsmodels', and the truth lies in their intervals."""
    fit = fit_production(KWH, MADE)
    theirs = sm.OLS(KWH, sm.add_constant(MADE)).fit()
    ours = [fit.fixed.value, *(one.value for one in fit.products)]
    assert ours == pytest.approx(list(theirs.params))
    assert (fit.fixed.low, fit.fixed.high) == pytest.approx(tuple(theirs.conf_int().iloc[0]))
    for one, truth in zip((fit.fixed, *fit.products), (600.0, 1.5, 80.0), strict=True):
        assert one.low < truth < one.high
    assert fit.caveats == ()


def test_the_fixed_share_and_intensities() -> None:
    """Of 600 kWh + 1.5 a piece: 7.5 kWh a piece at 100 pieces, 2.1 at 1,000."""
    index = year_of_days(days=12)
    made = pd.DataFrame({"pieces": np.linspace(100.0, 1000.0, 12)}, index=index)
    fit = fit_production(600.0 + 1.5 * made["pieces"], made)
    assert fit.intensity_at("pieces", 100.0) == pytest.approx(7.5)
    assert fit.intensity_at("pieces", 1000.0) == pytest.approx(2.1)
    assert fit.fixed_share == pytest.approx(600.0 / (600.0 + 1.5 * 550.0))
    assert fit.kwh_at({"pieces": 400.0}) == pytest.approx(1200.0)


def test_weather_is_taken_where_it_helps() -> None:
    """A cooled plant's base of cooling is found beside its production, and counts as fitted."""
    kwh = KWH + 25.0 * (CELSIUS - 20.0).clip(lower=0)
    fit = fit_production_weather(kwh, MADE, CELSIUS)
    assert fit.cooling_above_c == pytest.approx(20.0, abs=1.5)
    assert fit.heating_below_c is None
    assert [one.name for one in fit.weather] == ["cooling_k"]
    assert fit.weather[0].value == pytest.approx(25.0, abs=3.0)
    assert fit.statistics.p == 5
    assert fit.statistics.bic < fit_production(kwh, MADE).statistics.bic


def test_weather_is_left_out_where_it_does_not() -> None:
    """A plant that does not feel the weather has a model without."""
    fit = fit_production_weather(KWH, MADE, CELSIUS)
    assert fit.weather == ()
    assert fit.statistics.p == 3


def test_what_is_expected_follows_the_conditions() -> None:
    """Energy expected of given amounts and temperatures is the model's sum."""
    kwh = KWH + 25.0 * (CELSIUS - 20.0).clip(lower=0)
    fit = fit_production_weather(kwh, MADE, CELSIUS)
    expected = fit.expected(Conditions(DAYS, temperature_c=CELSIUS, production=MADE))
    assert float(expected.sum()) == pytest.approx(float(kwh.sum()))
    with pytest.raises(ValueError, match="needs cooling_k"):
        fit.expected(Conditions(DAYS, production=MADE))
    with pytest.raises(ValueError, match="needs pieces"):
        fit.expected(Conditions(DAYS, temperature_c=CELSIUS))


def test_an_unproven_fixed_energy_is_told() -> None:
    """Where the interval of the fixed energy holds zero, or R² is low, a caveat says so."""
    draw = np.random.default_rng(1)
    index = year_of_days(days=20)
    made = pd.DataFrame({"pieces": draw.uniform(900.0, 1000.0, 20)}, index=index)
    fit = fit_production(made["pieces"] + draw.normal(0.0, 200.0, 20), made)
    assert any("not known to differ from zero" in said for said in fit.caveats)
    assert any("below 0.75" in said for said in fit.caveats)
    assert any("pieces: energy is not shown to rise" in said for said in fit.caveats)


def test_output_beyond_what_was_seen_is_told() -> None:
    """Twice the output is outside the model, and the product is named."""
    fit = fit_production(KWH, MADE)
    assert "pieces of" in fit.outside(Conditions(DAYS, production=MADE * 2.0))
    assert fit.outside(Conditions(DAYS, production=MADE)) == ""
    assert fit.beyond(Conditions(DAYS, production=MADE * 2.0)).any()
    assert not fit.beyond(Conditions(DAYS, production=MADE)).any()


def test_cold_beyond_what_was_seen_is_told() -> None:
    """A baseline of the warm half year says so when it is asked of the winter, weather or not."""
    warm = CELSIUS.iloc[:180]
    for kwh in (KWH, KWH + 25.0 * (CELSIUS - 20.0).clip(lower=0)):
        fit = fit_production_weather(kwh.iloc[:180], MADE, warm)
        winter = Conditions(DAYS[200:], temperature_c=CELSIUS.iloc[200:], production=MADE)
        assert "the model has seen" in fit.outside(winter)
        assert fit.outside(Conditions(DAYS[:180], temperature_c=warm, production=MADE)) == ""


def test_wrong_production_is_refused() -> None:
    """None at all, a constant one, a negative one, too few points, a product that is none."""
    with pytest.raises(ValueError, match="there is no production"):
        fit_production(KWH, pd.DataFrame(index=DAYS))
    with pytest.raises(ValueError, match="pieces does not vary"):
        fit_production(KWH, pd.DataFrame({"pieces": 5.0}, index=DAYS))
    with pytest.raises(ValueError, match="pieces: an amount is below zero"):
        fit_production(KWH, MADE.assign(pieces=-MADE["pieces"]))
    with pytest.raises(ValueError, match="only 9 points"):
        fit_production(KWH.iloc[:9], MADE.iloc[:9])
    fit = fit_production(KWH, MADE)
    with pytest.raises(ValueError, match="none of the products"):
        fit.intensity_at("lots", 3.0)
    with pytest.raises(ValueError, match="above zero"):
        fit.intensity_at("pieces", 0.0)
    with pytest.raises(ValueError, match="an amount is needed for tonnes"):
        fit.kwh_at({"pieces": 3.0})
