"""What goes with heat and cold, and what peers do without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from collector.analysis.air_conditioning import cooling_above_peers_kwh, weather_use
from tests.collector.analysis.weather_year import noise, weather, year_of_days

DAYS = year_of_days()
CELSIUS = weather(DAYS)
ABOVE = (CELSIUS - 20.0).clip(lower=0)
BELOW = (8.0 - CELSIUS).clip(lower=0)


def _use(cooling: float, heating: float = 0.0, sigma: float = 0.0) -> pd.Series[float]:
    return 500.0 + cooling * ABOVE + heating * BELOW + noise(DAYS, sigma, 3)


def test_cooling_and_heating_are_what_was_put_in() -> None:
    """Without noise both come back to the kWh, with their degree days and shares."""
    found = weather_use(_use(20.0, 15.0), CELSIUS)
    assert found.cooling_kwh == pytest.approx(20.0 * ABOVE.sum())
    assert found.heating_kwh == pytest.approx(15.0 * BELOW.sum())
    assert found.cooling_degree_days == pytest.approx(ABOVE.sum())
    assert found.total_kwh == pytest.approx(_use(20.0, 15.0).sum())
    assert found.cooling_share == pytest.approx(found.cooling_kwh / found.total_kwh)
    assert found.heating_share == pytest.approx(found.heating_kwh / found.total_kwh)


def test_the_range_holds_the_truth() -> None:
    """With noise the 90 % range of the slope holds what was put in, give or take the base."""
    found = weather_use(_use(20.0, sigma=25.0), CELSIUS)
    true = float(20.0 * ABOVE.sum())
    assert found.cooling_low_kwh < found.cooling_kwh < found.cooling_high_kwh
    assert found.cooling_kwh == pytest.approx(true, rel=0.15)


def test_a_flat_load_has_neither() -> None:
    """A load that the weather does not move has no cooling, heating or degree days."""
    found = weather_use(_use(0.0, sigma=10.0), CELSIUS)
    assert (found.fit.shape, found.cooling_kwh, found.heating_kwh) == ("1P", 0.0, 0.0)
    assert found.cooling_degree_days == 0.0


def test_unknown_days_are_left_out() -> None:
    """Days without energy or temperature are in none of the sums."""
    kwh, celsius = _use(20.0), CELSIUS.copy()
    kwh.iloc[:10] = np.nan
    celsius.iloc[20:25] = np.nan
    assert weather_use(kwh, celsius).days == 350


def test_above_the_middle_peer() -> None:
    """A circuit that cools twice as much as its peers has the difference above them."""
    peers = [weather_use(_use(slope), CELSIUS) for slope in (9.0, 10.0, 11.0)]
    own = weather_use(_use(20.0), CELSIUS)
    expected = own.cooling_kwh - peers[1].cooling_share * own.total_kwh
    assert cooling_above_peers_kwh(own, peers) == pytest.approx(expected)
    assert cooling_above_peers_kwh(peers[0], [own, peers[1]]) == 0.0


def test_wrong_inputs_are_refused() -> None:
    """One peer is no comparison, and a fit of other days needs days of its own."""
    own = weather_use(_use(20.0), CELSIUS)
    with pytest.raises(ValueError, match="two peers"):
        cooling_above_peers_kwh(own, [own])
    with pytest.raises(ValueError, match="both an energy and a temperature"):
        weather_use(_use(20.0) * np.nan, CELSIUS, own.fit)
