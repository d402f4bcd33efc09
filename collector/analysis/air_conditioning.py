"""Cooling and heating inside a load: what temperature adds, and what peers do without.

From the change-point model: cooling kWh = slope x degree days above the change point over the
period, heating alike. It is energy that goes with the temperature, mostly air conditioning, but
also compressors and cooling water.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import pandas as pd

from collector.analysis.change_point import ChangePointFit, fit_change_point
from collector.analysis.student_t import t_two_sided

CONFIDENCE = 0.90


@dataclass(frozen=True, slots=True, eq=False)
class WeatherUse:
    """kWh over the known days that go with heat and cold; ranges by the slope's 90 % interval.

    ``total_kwh`` is what the model expects over the same days, shares are of it.
    """

    fit: ChangePointFit
    days: int
    total_kwh: float
    cooling_kwh: float
    cooling_low_kwh: float
    cooling_high_kwh: float
    heating_kwh: float
    heating_low_kwh: float
    heating_high_kwh: float
    cooling_degree_days: float
    heating_degree_days: float

    @property
    def cooling_share(self) -> float:
        """Energy that goes with heat, of all, 0 to 1."""
        return self.cooling_kwh / self.total_kwh

    @property
    def heating_share(self) -> float:
        """Energy that goes with cold, of all, 0 to 1."""
        return self.heating_kwh / self.total_kwh


def weather_use(
    daily_kwh: pd.Series[float], temperature_c: pd.Series[float], fit: ChangePointFit | None = None
) -> WeatherUse:
    """What goes with the weather of a year of days (daily means, deg C, by naive midnight).

    Where the plant closes give its working days alone (others NaN): days off would pull the base
    down and the slopes up. ``fit`` None fits the days themselves. Raises ``ValueError`` as
    ``fit_change_point`` does, and for no known day.
    """
    model = fit or fit_change_point(daily_kwh, temperature_c)
    celsius = np.asarray(temperature_c.reindex(daily_kwh.index), dtype=np.float64)
    celsius = celsius[np.isfinite(celsius) & np.asarray(daily_kwh.notna())]
    if not celsius.size:
        raise ValueError("no day has both an energy and a temperature")
    above, below = model.cooling_above_c, model.heating_below_c
    cdd = 0.0 if above is None else float(np.maximum(celsius - above, 0.0).sum())
    hdd = 0.0 if below is None else float(np.maximum(below - celsius, 0.0).sum())
    reach = t_two_sided(CONFIDENCE, model.statistics.degrees_of_freedom)
    cooling = _ranged(model.cooling_kwh_per_k, model.cooling_error_kwh_per_k * reach, cdd)
    heating = _ranged(model.heating_kwh_per_k, model.heating_error_kwh_per_k * reach, hdd)
    return WeatherUse(
        model, celsius.size, float(model.predict(celsius).sum()), *cooling, *heating, cdd, hdd
    )


def _ranged(slope: float, error: float, degree_days: float) -> tuple[float, float, float]:
    low, high = max(slope - error, 0.0), slope + error
    return slope * degree_days, low * degree_days, high * degree_days


def cooling_above_peers_kwh(own: WeatherUse, peers: Sequence[WeatherUse]) -> float:
    """KWh of cooling beyond what the middle peer would take for the same energy; 0 if none.

    Peers are alike circuits or sites of the same weather. Raises ``ValueError`` for fewer than
    two.
    """
    if len(peers) < 2:
        raise ValueError("two peers at least are needed to compare with")
    usual = median(peer.cooling_share for peer in peers)
    return max(0.0, (own.cooling_share - usual) * own.total_kwh)
