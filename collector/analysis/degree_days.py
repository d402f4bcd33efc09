"""Degree days: how far and how long it was warmer or colder than a base.

CDD_b = (T - b)+ and HDD_b = (b - T)+, summed over days (K·d). From hourly means a day of cold
morning and warm noon has both; from daily means it may have neither. Which was taken is part of
the result. The base is not assumed to be 18 °C: it is the change point of the fitted load
(``fit_change_point``), or chosen by ``fitted_base``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from collector.analysis.change_point import fit_shape
from collector.analysis.frame import index_of, local_days
from collector.analysis.observations import daily_temperature

Means = Literal["hourly", "daily"]
Season = Literal["cooling", "heating"]
LEAST_HOURS = 20


@dataclass(frozen=True, slots=True, eq=False)
class DegreeDays:
    """Degree days by local day (K·d, naive midnight; NaN where temperatures are missing)."""

    base_c: float
    season: Season
    means: Means
    by_day: pd.Series[float]

    @property
    def total(self) -> float:
        """All days together (K·d); unknown days are not in it, see ``unknown_days``."""
        return float(self.by_day.sum())

    @property
    def unknown_days(self) -> int:
        """Days without enough temperatures."""
        return int(self.by_day.isna().sum())


def degree_days_of(
    temperature_c: pd.Series[float], base_c: float, season: Season, means: Means = "hourly"
) -> DegreeDays:
    """Degree days of a temperature series (deg C, index in the site's zone, hourly or finer).

    A day with fewer than 20 known hours is unknown. Raises ``ValueError`` for an empty series, or
    one without a time zone.
    """
    if temperature_c.empty:
        raise ValueError("there are no temperatures: import a series for the site")
    if means == "daily":
        return DegreeDays(
            base_c, season, means, above(daily_temperature(temperature_c), base_c, season)
        )
    known = daily_temperature(temperature_c, LEAST_HOURS).notna()
    beyond = above(temperature_c, base_c, season)
    by_day = beyond.groupby(local_days(index_of(temperature_c))).mean().where(known)
    return DegreeDays(base_c, season, means, by_day)


def above(temperature_c: pd.Series[float], base_c: float, season: Season) -> pd.Series[float]:
    """How far each temperature is above (cooling) or below (heating) the base (K), else 0."""
    beyond = temperature_c - base_c if season == "cooling" else base_c - temperature_c
    return beyond.clip(lower=0.0)


def fitted_base(
    daily_kwh: pd.Series[float], temperature_c: pd.Series[float], season: Season
) -> float:
    """The base (deg C) whose degree days of daily means explain the daily energy best.

    ``temperature_c`` are daily means. Raises ``ValueError`` where no base gives a rising load.
    """
    fit = fit_shape(daily_kwh, temperature_c, "3PC" if season == "cooling" else "3PH")
    base = fit.cooling_above_c if season == "cooling" else fit.heating_below_c
    if base is None:
        raise ValueError(f"the load does not rise with {season}: there is no base to find")
    return float(np.round(base, 3))
