"""Change-point models of daily energy by outside temperature (ASHRAE RP-1050; 1P to 5P).

| shape | kWh a day at temperature T |
|---|---|
| 1P | a |
| 3PC | a + b (T - c)+ |
| 3PH | a + b (c - T)+ |
| 4P | a + b1 (c - T)+ + b2 (T - c)+ |
| 5P | a + b1 (c1 - T)+ + b2 (T - c2)+, c1 < c2 |

Each shape is fitted by least squares at every change point of a 0.5 K grid, then of a 0.05 K grid
around the best. Slopes below zero are no candidates: energy that falls as it grows hotter or
colder is no cooling or heating. BIC chooses between shapes, each change point a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence
from collector.analysis.fit import FitStatistics, Floats, fit_statistics
from collector.analysis.observations import (
    Conditions,
    Interval,
    Observations,
    beyond_span,
    beyond_temperatures,
    observations,
    values_at,
)
from collector.analysis.ols import LeastSquares, least_squares
from collector.analysis.ramps import (
    COOLING,
    HEATING,
    LEAST_POINTS,
    Shape,
    change_points,
    degree_columns,
)

SHAPES: tuple[Shape, ...] = ("1P", "3PC", "3PH", "4P", "5P")
PARAMETERS: Mapping[Shape, int] = {"1P": 1, "3PC": 3, "3PH": 3, "4P": 4, "5P": 5}
BASE = "base"
LEAST_R_SQUARED = 0.5
"""Below it less than half of what varies is the weather's."""
LEAST_SPREAD_K = 1.0
"""Temperatures within less than this say nothing of what temperature does."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shape that was tried: the smaller ``bic`` fits better for its parameters."""

    shape: Shape
    bic: float
    cv_rmse: float


@dataclass(frozen=True, slots=True, eq=False)
class ChangePointFit:
    """Daily energy by temperature. Slopes are 0 and change points None where the shape has none.

    ``base_kwh`` (a point, mostly a day) is what is used between the change points, the slopes
    kWh a point per K beyond them. Standard errors are those given the change points.
    ``candidates`` are all shapes that were tried, best first.
    """

    shape: Shape
    base_kwh: float
    heating_kwh_per_k: float
    cooling_kwh_per_k: float
    heating_below_c: float | None
    cooling_above_c: float | None
    base_error_kwh: float
    heating_error_kwh_per_k: float
    cooling_error_kwh_per_k: float
    coldest_c: float
    warmest_c: float
    interval: Interval
    statistics: FitStatistics
    evidence: Evidence
    candidates: tuple[Candidate, ...] = ()

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must be told of this model, in plain words."""
        said = []
        if self.base_kwh < 0.0:
            said.append("the base is below zero: fit working days and days off apart")
        if self.shape != "1P" and self.statistics.r_squared < LEAST_R_SQUARED:
            said.append(f"temperature explains R² {self.statistics.r_squared:.2f} of it")
        return tuple(said)

    def predict(self, temperature_c: Floats) -> Floats:
        """Energy (kWh a point) at those temperatures (deg C); NaN stays NaN."""
        kwh = np.where(np.isnan(temperature_c), np.nan, self.base_kwh)
        if self.heating_below_c is not None:
            kwh += self.heating_kwh_per_k * np.maximum(self.heating_below_c - temperature_c, 0.0)
        if self.cooling_above_c is not None:
            kwh += self.cooling_kwh_per_k * np.maximum(temperature_c - self.cooling_above_c, 0.0)
        return kwh

    def expected(self, conditions: Conditions) -> pd.Series[float]:
        """Energy expected under conditions that hold a temperature; ``ValueError`` without."""
        if conditions.temperature_c is None:
            raise ValueError("this model needs the outside temperature")
        celsius = values_at(conditions.temperature_c, conditions.index)
        return pd.Series(self.predict(celsius), index=conditions.index, name="expected_kwh")

    def beyond(self, conditions: Conditions) -> pd.Series[bool]:
        """Which points are colder or warmer than the model has seen by more than a margin."""
        celsius, index = conditions.temperature_c, conditions.index
        return beyond_span(celsius, index, self.coldest_c, self.warmest_c)

    def outside(self, conditions: Conditions) -> str:
        """Why the model is stretched beyond what it has seen by these conditions; "" if not."""
        return beyond_temperatures(conditions.temperature_c, self.coldest_c, self.warmest_c)


def fit_change_point(
    daily_kwh: pd.Series[float],
    temperature_c: pd.Series[float],
    shapes: tuple[Shape, ...] = SHAPES,
) -> ChangePointFit:
    """The best shape by BIC for energy (kWh a day or month) and its mean temperature (deg C).

    Both by the same index of days (naive midnight) or months; unknown points are NaN and left
    out. Raises ``ValueError`` for fewer than 10 known points, an energy below zero, temperatures
    within 1 K, or where no shape asked for fits with slopes above zero.
    """
    points = _points(daily_kwh, temperature_c)
    fits = [fit for shape in shapes if (fit := _fitted(points, shape)) is not None]
    if not fits:
        raise ValueError("the load does not rise with the temperature's distance: no shape fits")
    fits.sort(key=lambda fit: fit[1].bic)
    tried = tuple(Candidate(fit[0], fit[1].bic, fit[1].cv_rmse) for fit in fits)
    return _result(points, *fits[0], tried)


def fit_shape(
    daily_kwh: pd.Series[float], temperature_c: pd.Series[float], shape: Shape
) -> ChangePointFit:
    """The best fit of one shape; inputs and errors as of ``fit_change_point``."""
    return fit_change_point(daily_kwh, temperature_c, (shape,))


def _points(daily_kwh: pd.Series[float], temperature_c: pd.Series[float]) -> Observations:
    points = observations(daily_kwh, {"temperature_c": temperature_c}, LEAST_POINTS)
    celsius = points.drivers["temperature_c"]
    if np.ptp(celsius) < LEAST_SPREAD_K:
        raise ValueError("the temperature hardly varies: a longer period is needed, or no model")
    return points


_Fitted = tuple[Shape, FitStatistics, LeastSquares, float | None, float | None]


def _fitted(points: Observations, shape: Shape) -> _Fitted | None:
    celsius = points.drivers["temperature_c"]
    found = change_points(celsius, points.kwh, np.ones((celsius.size, 1)), shape)
    if found is None:
        return None
    below, above = found
    columns = {BASE: np.ones_like(celsius), **degree_columns(celsius, below, above)}
    linear = least_squares(points.kwh, columns)
    residuals = points.on_the_grid(points.kwh - linear.predicted)
    statistics = fit_statistics(points.kwh, linear.predicted, PARAMETERS[shape], residuals)
    return shape, statistics, linear, below, above


def _result(
    points: Observations,
    shape: Shape,
    statistics: FitStatistics,
    linear: LeastSquares,
    below: float | None,
    above: float | None,
    tried: tuple[Candidate, ...],
) -> ChangePointFit:
    celsius = points.drivers["temperature_c"]
    by_name = {c.name: (c.value, c.standard_error) for c in linear.coefficients}
    heating, cooling = by_name.get(HEATING, (0.0, 0.0)), by_name.get(COOLING, (0.0, 0.0))
    return ChangePointFit(
        shape=shape,
        base_kwh=by_name[BASE][0],
        heating_kwh_per_k=heating[0],
        cooling_kwh_per_k=cooling[0],
        heating_below_c=None if below is None else float(below),
        cooling_above_c=None if above is None else float(above),
        base_error_kwh=by_name[BASE][1],
        heating_error_kwh_per_k=heating[1],
        cooling_error_kwh_per_k=cooling[1],
        coldest_c=float(celsius.min()),
        warmest_c=float(celsius.max()),
        interval=points.interval,
        statistics=statistics,
        evidence=points.evidence,
        candidates=tried,
    )
