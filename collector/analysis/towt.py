"""Hourly energy by hour of the week and outside temperature (TOWT; LBNL, CalTRACK hourly).

kWh of an hour = a term for its hour of the week + a line of the temperature in pieces, with its
own pieces for occupied and unoccupied hours. An hour of the week is occupied when more than 65 %
of its residuals against a degree-day model (HDD below 10 °C, CDD above 18.3 °C) are positive.
The pieces break at the CalTRACK temperatures; a piece with fewer than 20 hours joins its
neighbour, from the outside in. Without temperatures only the terms of the week are left (TOW).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from collector.analysis.evidence import Evidence
from collector.analysis.fit import FitStatistics, Floats, fit_statistics
from collector.analysis.frame import index_of
from collector.analysis.observations import (
    Conditions,
    Interval,
    Observations,
    beyond_span,
    beyond_temperatures,
    observations,
    values_at,
)
from collector.analysis.ols import least_squares

HOURS = 168
BREAKS_C = (-1.1, 7.2, 12.8, 18.3, 23.9, 32.2)
"""CalTRACK's 30, 45, 55, 65, 75 and 90 °F (OpenDSM source)."""
LEAST_IN_BIN = 20
OCCUPIED_ABOVE = 0.65
"""Share of positive residuals from which an hour of the week is occupied (OpenDSM, nmecr)."""
HEATING_BELOW_C, COOLING_ABOVE_C = 10.0, 18.3
"""Bases of the degree-day model of occupancy: CalTRACK's 50 and 65 °F."""
LEAST_SPREAD_K = 1.0
"""Temperatures within less than this say nothing of what temperature does."""
LEAST_HOURS = 4 * HOURS
"""Four weeks: each hour of the week is seen four times."""

Weeks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The line of temperature for one half of the hours: where it breaks and its slopes.

    ``kwh_per_k`` has one slope more than ``breaks_c``; an empty one stands for no temperature.
    ``rank`` counts the slopes that the hours tell apart.
    """

    breaks_c: tuple[float, ...]
    kwh_per_k: tuple[float, ...]
    rank: int

    def kwh(self, temperature_c: Floats) -> Floats:
        """The energy of the line at those temperatures, up to a constant of the week."""
        if not self.kwh_per_k:
            return np.zeros_like(temperature_c)
        columns = piece_columns(temperature_c, self.breaks_c)
        return np.asarray(columns @ np.array(self.kwh_per_k), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class TowtFit:
    """``week_kwh`` (168, from Monday 0:00; NaN where never seen), ``occupied`` (168) and lines.

    Each line counts from 0 °C, so the terms of the week are the energy at 0 °C.
    """

    week_kwh: Floats
    occupied: npt.NDArray[np.bool_]
    when_occupied: Pieces
    when_unoccupied: Pieces
    coldest_c: float | None
    warmest_c: float | None
    interval: Interval
    statistics: FitStatistics
    evidence: Evidence

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must be told of this model, in plain words."""
        unseen = int(np.isnan(self.week_kwh).sum())
        return (f"{unseen} hours of the week were never known",) if unseen else ()

    def predict(self, index: pd.DatetimeIndex, temperature_c: Floats | None = None) -> Floats:
        """Energy (kWh) of those hours; NaN where the hour or its temperature was never known.

        Raises ``ValueError`` without temperatures where the model has lines of them.
        """
        hours = hour_of_week(index)
        kwh = self.week_kwh[hours]
        if self.coldest_c is None:
            return kwh
        if temperature_c is None:
            raise ValueError("this model needs the outside temperature")
        busy = self.occupied[hours]
        lines = self.when_occupied.kwh(temperature_c), self.when_unoccupied.kwh(temperature_c)
        return kwh + np.where(busy, *lines)

    def expected(self, conditions: Conditions) -> pd.Series[float]:
        """Energy expected under conditions of hours; ``ValueError`` without their temperature."""
        celsius = None
        if conditions.temperature_c is not None:
            celsius = values_at(conditions.temperature_c, conditions.index)
        kwh = self.predict(conditions.index, celsius)
        return pd.Series(kwh, index=conditions.index, name="expected_kwh")

    def beyond(self, conditions: Conditions) -> pd.Series[bool]:
        """Which points are colder or warmer than the model has seen by more than a margin."""
        celsius, index = conditions.temperature_c, conditions.index
        return beyond_span(celsius, index, self.coldest_c, self.warmest_c)

    def outside(self, conditions: Conditions) -> str:
        """Why the model is stretched beyond what it has seen by these conditions; "" if not."""
        return beyond_temperatures(conditions.temperature_c, self.coldest_c, self.warmest_c)


def fit_towt(
    hourly_kwh: pd.Series[float], temperature_c: pd.Series[float] | None = None
) -> TowtFit:
    """The model of hourly energy (kWh, index of hours in the site's zone) by week and temperature.

    ``temperature_c`` are hourly means by the same index; None fits the week alone. Unknown hours
    are NaN and left out. Raises ``ValueError`` for less than four weeks of known hours, an energy
    below zero, an index without a zone, or points that are no hours.
    """
    index_of(hourly_kwh)
    drivers = {} if temperature_c is None else {"temperature_c": temperature_c}
    points = observations(hourly_kwh, drivers, LEAST_HOURS)
    if points.interval != "hourly":
        raise ValueError("this model takes hours: add slots up to hours first")
    week = hour_of_week(points.index)
    celsius = points.drivers.get("temperature_c")
    if celsius is not None and np.ptp(celsius) < LEAST_SPREAD_K:
        raise ValueError("the temperature hardly varies: leave it out, or take a longer period")
    occupied = _occupied(points.kwh, week, celsius)
    busy = occupied[week]
    halves = [_half(points.kwh, week, celsius, busy), _half(points.kwh, week, celsius, ~busy)]
    return _result(points, week, occupied, halves)


def _result(
    points: Observations,
    week: Weeks,
    occupied: npt.NDArray[np.bool_],
    halves: list[Pieces],
) -> TowtFit:
    celsius = points.drivers.get("temperature_c")
    line = np.zeros_like(points.kwh)
    if celsius is not None:
        line = np.where(occupied[week], *(half.kwh(celsius) for half in halves))
    terms = _week_means(points.kwh - line, week)
    predicted = terms[week] + line
    p = int(np.isfinite(terms).sum()) + sum(half.rank for half in halves)
    residuals = points.on_the_grid(points.kwh - predicted)
    return TowtFit(
        week_kwh=terms,
        occupied=occupied,
        when_occupied=halves[0],
        when_unoccupied=halves[1],
        coldest_c=None if celsius is None else float(celsius.min()),
        warmest_c=None if celsius is None else float(celsius.max()),
        interval="hourly",
        statistics=fit_statistics(points.kwh, predicted, p, residuals),
        evidence=points.evidence,
    )


def hour_of_week(index: pd.DatetimeIndex) -> Weeks:
    """The hour of the week by the clock on the wall, 0 to 167 from Monday 0:00."""
    return np.asarray(index.day_of_week * 24 + index.hour, dtype=np.int64)


def piece_columns(temperature_c: Floats, breaks_c: tuple[float, ...]) -> Floats:
    """The temperature split at the breaks (n x breaks + 1), columns that add up to it."""
    edges = [-np.inf, *breaks_c, np.inf]
    columns = [
        np.clip(temperature_c, low, high) - (0.0 if low == -np.inf else low)
        for low, high in pairwise(edges)
    ]
    return np.column_stack(columns)


def _half(kwh: Floats, week: Weeks, celsius: Floats | None, mask: npt.NDArray[np.bool_]) -> Pieces:
    """The line of the hours in the mask: terms of the week taken out of both sides first."""
    if celsius is None or not mask.any():
        return Pieces((), (), 0)
    breaks = _breaks(celsius[mask])
    columns = _within_week(piece_columns(celsius[mask], breaks), week[mask])
    rest = _within_week(kwh[mask][:, None], week[mask])[:, 0]
    slopes, _, rank, _ = np.linalg.lstsq(columns, rest, rcond=None)
    return Pieces(breaks, tuple(float(slope) for slope in slopes), int(rank))


def _breaks(celsius: Floats) -> tuple[float, ...]:
    breaks = list(BREAKS_C)
    while breaks and (celsius <= breaks[0]).sum() < LEAST_IN_BIN:
        breaks.pop(0)
    while breaks and (celsius > breaks[-1]).sum() < LEAST_IN_BIN:
        breaks.pop()
    return tuple(breaks)


def _within_week(columns: Floats, week: Weeks) -> Floats:
    counts = np.maximum(np.bincount(week, minlength=HOURS), 1)
    means = [np.bincount(week, column, HOURS) / counts for column in columns.T]
    return columns - np.column_stack(means)[week]


def _week_means(kwh: Floats, week: Weeks) -> Floats:
    counts = np.bincount(week, minlength=HOURS)
    sums = np.bincount(week, kwh, HOURS)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _occupied(kwh: Floats, week: Weeks, celsius: Floats | None) -> npt.NDArray[np.bool_]:
    above = (kwh > _by_degree_days(kwh, celsius)).astype(np.float64)
    share = _week_means(above, week)
    return np.nan_to_num(share, nan=0.0) > OCCUPIED_ABOVE


def _by_degree_days(kwh: Floats, celsius: Floats | None) -> Floats:
    if celsius is None:
        return np.full_like(kwh, kwh.mean())
    columns = {"constant": np.ones_like(kwh)}
    for name, beyond in (
        ("hdd", np.maximum(HEATING_BELOW_C - celsius, 0.0)),
        ("cdd", np.maximum(celsius - COOLING_ABOVE_C, 0.0)),
    ):
        if (beyond > 0.0).sum() >= LEAST_IN_BIN and np.ptp(beyond) > 0.0:
            columns[name] = beyond
    return least_squares(kwh, columns).predicted
