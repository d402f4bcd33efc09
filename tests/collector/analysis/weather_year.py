"""A made year of weather and loads that are known to the last figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from collector.analysis.fit import Floats

ZONE = "Asia/Tokyo"


def year_of_days(first: str = "2025-04-01", days: int = 365) -> pd.DatetimeIndex:
    """Naive midnights, as daily series have them."""
    return pd.date_range(first, periods=days, freq="D", name="start")


def year_of_hours(first: str = "2025-04-01", days: int = 365) -> pd.DatetimeIndex:
    """The starts of hours in the site's zone."""
    return pd.date_range(first, periods=24 * days, freq="h", tz=ZONE, name="start")


def weather(index: pd.DatetimeIndex, seed: int = 0) -> pd.Series[float]:
    """Temperatures (deg C) of a Japanese plain: 4 in January, 27 in August, days that differ."""
    draw = np.random.default_rng(seed)
    day = np.asarray(index.day_of_year, dtype=np.float64)
    by_day = draw.normal(0.0, 2.5, int(day.max()) + 1)
    hours = np.asarray(index.hour, dtype=np.float64)
    swing = 0.0 if (hours == 0.0).all() else 4.0 * np.sin(2.0 * np.pi * (hours - 9.0) / 24.0)
    celsius = 15.5 + 11.5 * np.sin(2.0 * np.pi * (day - 117.0) / 365.0)
    return pd.Series(celsius + by_day[day.astype(int)] + swing, index=index)


def noise(index: pd.DatetimeIndex, sigma: float, seed: int) -> Floats:
    """Independent normal noise (kWh)."""
    return np.random.default_rng(seed + 1000).normal(0.0, sigma, len(index))
