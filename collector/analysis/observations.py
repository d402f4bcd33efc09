"""The points a model is fitted to: energy beside what drives it, aligned, unknown ones left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence
from collector.analysis.fit import Floats
from collector.analysis.frame import index_of, local_days, slot_hours

Interval = Literal["hourly", "daily", "monthly"]


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What energy is expected from, over an index of points (hours, days or months).

    ``temperature_c`` outside (mean of each point), ``production`` a column of amounts for each
    product, ``states`` the name of the operating state of each point (say ``working``). Each has
    the index of the points, or is None where it plays no part; a missing value is NaN.
    """

    index: pd.DatetimeIndex
    temperature_c: pd.Series[float] | None = None
    production: pd.DataFrame | None = None
    states: pd.Series[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Known points alone. ``index`` (n) of ``all_points``, ``kwh`` (n), ``drivers`` (n each)."""

    index: pd.DatetimeIndex
    all_points: pd.DatetimeIndex
    interval: Interval
    kwh: Floats
    drivers: Mapping[str, Floats]

    @property
    def evidence(self) -> Evidence:
        """The window, and the share of its points that are known and were used.

        What was bridged inside a point cannot be seen any more: ``estimated`` is 0, see that of
        the slots.
        """
        step = STEPS[self.interval]
        return Evidence(
            start=self.all_points[0].to_pydatetime(),
            end=(self.all_points[-1] + step).to_pydatetime(),
            slots=len(self.all_points),
            known_slots=len(self.index),
            coverage=len(self.index) / len(self.all_points),
            estimated=0.0,
        )

    def on_the_grid(self, values: Floats) -> Floats:
        """Values of the known points on all points, NaN between."""
        grid = np.full(len(self.all_points), np.nan)
        grid[self.all_points.get_indexer(self.index)] = values
        return grid


def beyond_span(
    values: pd.Series[float] | None,
    index: pd.DatetimeIndex,
    low: float | None,
    high: float | None,
) -> pd.Series[bool]:
    """Which points of the index lie a tenth of the span from low to high or more beyond it.

    Unknown values do not; without values or a span none does.
    """
    if values is None or low is None or high is None:
        return pd.Series(False, index=index)
    held, margin = values_at(values, index), 0.1 * (high - low)
    return pd.Series((held < low - margin) | (held > high + margin), index=index)


def beyond_temperatures(
    temperature_c: pd.Series[float] | None, coldest_c: float | None, warmest_c: float | None
) -> str:
    """Why temperatures (deg C) lie beyond what a model has seen; "" where they do not.

    A tenth of the seen span beyond either end is still within. None of either is nothing to tell.
    """
    if temperature_c is None or coldest_c is None or warmest_c is None:
        return ""
    low, high = temperature_c.min(), temperature_c.max()
    margin = 0.1 * (warmest_c - coldest_c)
    # Unknown temperatures compare as within: they are not expected anything of.
    if not (low < coldest_c - margin or high > warmest_c + margin):
        return ""
    return (
        f"temperatures of {low:.1f} to {high:.1f} °C, "
        f"the model has seen {coldest_c:.1f} to {warmest_c:.1f} °C"
    )


STEPS: Mapping[Interval, pd.DateOffset | pd.Timedelta] = {
    "hourly": pd.Timedelta(hours=1),
    "daily": pd.DateOffset(days=1),
    "monthly": pd.DateOffset(months=1),
}


def observations(
    kwh: pd.Series[float], drivers: Mapping[str, pd.Series[float]], least: int
) -> Observations:
    """Energy (kWh a point) beside its drivers, both by the index of points.

    Points of which anything is unknown are left out and counted. Raises ``ValueError`` for fewer
    than ``least`` points left, or an energy below zero.
    """
    index = points_of(kwh)
    values = np.asarray(kwh, dtype=np.float64)
    beside = {name: values_at(series, index) for name, series in drivers.items()}
    known = np.isfinite(values)
    for driver in beside.values():
        known &= np.isfinite(driver)
    if known.sum() < least:
        raise ValueError(_too_few(int(known.sum()), least, list(drivers)))
    if (values[known] < 0.0).any():
        raise ValueError("an energy is below zero: a model takes consumption, without export")
    return Observations(
        index=index[known],
        all_points=index,
        interval=interval_of(index),
        kwh=values[known],
        drivers={name: driver[known] for name, driver in beside.items()},
    )


def values_at(series: pd.Series[float], index: pd.DatetimeIndex) -> Floats:
    """The values of a series at those points, NaN where it has none."""
    return np.asarray(series.reindex(index), dtype=np.float64)


def _too_few(known: int, least: int, drivers: list[str]) -> str:
    beside = f" beside {', '.join(drivers)}" if drivers else ""
    return f"only {known} points have a known energy{beside}: {least} are needed"


def points_of(series: pd.Series[float] | pd.DataFrame) -> pd.DatetimeIndex:
    """The index of points. Raises ``ValueError`` when it is none of rising, distinct times."""
    index = series.index
    if not isinstance(index, pd.DatetimeIndex):
        raise ValueError("a model needs its points by time: a DatetimeIndex")
    if not index.is_monotonic_increasing or not index.is_unique:
        raise ValueError("the points of a model must be in order, each once")
    return index


def interval_of(index: pd.DatetimeIndex) -> Interval:
    """What a point stands for, by the usual distance between points.

    Raises ``ValueError`` for fewer than two points, or another distance.
    """
    if len(index) < 2:
        raise ValueError("two points at least are needed")
    hours = float(np.median(np.diff(index.asi8).astype(np.float64)))
    hours /= pd.Timedelta(hours=1) / pd.Timedelta(1, unit=index.unit)
    if hours == 1.0:
        return "hourly"
    if 23.0 <= hours <= 25.0:
        return "daily"
    if 27 * 24 <= hours <= 32 * 24:
        return "monthly"
    raise ValueError("points must be hours, days or months: add them up to one of these")


def daily_kwh(slots: pd.DataFrame) -> pd.Series[float]:
    """Energy of each local day (kWh by naive midnight), NaN where any slot of it is unknown."""
    kwh = slots["kwh"]
    grouped = kwh.groupby(local_days(index_of(slots)))
    total = grouped.sum()
    return _named(total.where(grouped.count() == grouped.size()), "kwh")


def hourly_kwh(slots: pd.DataFrame) -> pd.Series[float]:
    """Energy of each hour (kWh, site time), NaN where any slot of it is unknown."""
    parts = round(1.0 / slot_hours(slots))
    return _named(slots["kwh"].resample("1h").sum(min_count=parts), "kwh")


def daily_temperature(temperature_c: pd.Series[float], least_hours: int = 20) -> pd.Series[float]:
    """Mean of each local day (deg C by naive midnight), NaN below ``least_hours`` known hours."""
    index = index_of(temperature_c)
    grouped = temperature_c.groupby(local_days(index))
    hours = grouped.count() * (24.0 / _samples_a_day(index))
    return _named(grouped.mean().where(hours >= least_hours), "temperature_c")


def _samples_a_day(index: pd.DatetimeIndex) -> float:
    if len(index) < 2:
        return 24.0
    return float(pd.Timedelta(days=1) / (index[1] - index[0]))


def _named(series: pd.Series[float], name: str) -> pd.Series[float]:
    named = series.astype(np.float64).rename(name)
    named.index.name = "start"
    return named
