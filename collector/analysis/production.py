"""Energy by production: what is used anyway, and what each unit more costs.

y = a + sum of b_k X_k, weather beside where asked for. ``a`` is the fixed energy (固定分), ``b_k``
the marginal kWh per unit. Plain kWh per unit misleads at low output, because ``a`` is then shared
by few units: so the share of ``a`` stands next to every intensity.
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
    beyond_span,
    beyond_temperatures,
    observations,
    values_at,
)
from collector.analysis.ols import Coefficient, least_squares

LEAST_POINTS = 10
"""Baseline points a small plant needs (rule of thumb of EnPI tools: 10 to 12)."""
COOLING, HEATING = "cooling_k", "heating_k"
FIXED = "fixed_kwh"


@dataclass(frozen=True, slots=True, eq=False)
class ProductionFit:
    """Energy of a point (day or month) by output. Units: kWh, and kWh per unit of each product.

    ``fixed`` is the constant, ``products`` one coefficient for each column of production,
    ``weather`` those of degrees above and below the bases where these take part. ``ranges`` are
    the least and largest amount seen of each, ``coldest_c`` and ``warmest_c`` the temperatures,
    None where none were given. ``caveats`` say what to doubt.
    """

    fixed: Coefficient
    products: tuple[Coefficient, ...]
    weather: tuple[Coefficient, ...]
    cooling_above_c: float | None
    heating_below_c: float | None
    coldest_c: float | None
    warmest_c: float | None
    ranges: Mapping[str, tuple[float, float]]
    means: Mapping[str, float]
    interval: Interval
    statistics: FitStatistics
    evidence: Evidence

    @property
    def fixed_share(self) -> float:
        """The share of the energy that was used whatever was made, 0 to 1 of a sound model."""
        return self.fixed.value / self.statistics.mean

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must be told of this model, in plain words."""
        said = []
        if self.fixed.low <= 0.0:
            said.append("the fixed energy is not known to differ from zero")
        said += [
            f"{one.name}: energy is not shown to rise with it"
            for one in self.products
            if one.low <= 0.0
        ]
        if self.statistics.r_squared < 0.75:
            said.append(f"R² is {self.statistics.r_squared:.2f}, below 0.75")
        return tuple(said)

    def kwh_at(self, amounts: Mapping[str, float]) -> float:
        """Energy (kWh a point) at those amounts, weather as it was on average.

        Raises ``ValueError`` for a product that is missing.
        """
        missing = [one.name for one in self.products if one.name not in amounts]
        if missing:
            raise ValueError(f"an amount is needed for {', '.join(missing)}")
        kwh = self.fixed.value + sum(one.value * amounts[one.name] for one in self.products)
        return kwh + sum(one.value * self.means[one.name] for one in self.weather)

    def intensity_at(self, product: str, amount: float) -> float:
        """KWh per unit at an output of one product (above zero), the others as on average.

        Raises ``ValueError`` for an amount not above zero, or a product that is none.
        """
        if amount <= 0.0:
            raise ValueError("an intensity needs an output above zero")
        if product not in self.ranges:
            raise ValueError(f"{product} is none of the products of this model")
        return self.kwh_at({**self.means, product: amount}) / amount

    def expected(self, conditions: Conditions) -> pd.Series[float]:
        """Energy expected under conditions; ``ValueError`` without their production or weather."""
        columns = _drivers(
            conditions.production,
            conditions.temperature_c,
            self.cooling_above_c,
            self.heating_below_c,
        )
        kwh = np.full(len(conditions.index), self.fixed.value)
        for one in (*self.products, *self.weather):
            if one.name not in columns:
                raise ValueError(f"this model needs {one.name}")
            kwh += one.value * values_at(columns[one.name], conditions.index)
        return pd.Series(kwh, index=conditions.index, name="expected_kwh")

    def beyond(self, conditions: Conditions) -> pd.Series[bool]:
        """Which points are of a temperature or an amount that the model has never seen."""
        index, made = conditions.index, conditions.production
        found = beyond_span(conditions.temperature_c, index, self.coldest_c, self.warmest_c)
        if made is not None:
            for name, (low, high) in self.ranges.items():
                found |= beyond_span(made[name], index, low, high)
        return found

    def outside(self, conditions: Conditions) -> str:
        """Why the model is stretched beyond what it has seen by these conditions; "" if not."""
        heat = beyond_temperatures(conditions.temperature_c, self.coldest_c, self.warmest_c)
        said = [heat] if heat else []
        if conditions.production is not None:
            said += [
                _beyond(conditions.production[name], name, *self.ranges[name])
                for name in self.ranges
            ]
        return "; ".join(each for each in said if each)


def fit_production(
    kwh: pd.Series[float],
    production: pd.DataFrame,
    *,
    temperature_c: pd.Series[float] | None = None,
    cooling_above_c: float | None = None,
    heating_below_c: float | None = None,
    bases_fitted: bool = False,
) -> ProductionFit:
    """Energy (kWh a day or month) by the amounts of each product, all by the same index.

    With ``temperature_c`` (means of the points) and a base on either side, degrees beyond it (K)
    take part; a base that was found in the same points counts as a parameter (``bases_fitted``).
    Unknown points are NaN and left out. Raises ``ValueError`` for fewer than 10 known
    points, an amount or energy below zero, or a product that does not vary by itself.
    """
    if production.empty or not len(production.columns):
        raise ValueError("there is no production: import a series of amounts for the site")
    columns = _drivers(production, temperature_c, cooling_above_c, heating_below_c)
    points = observations(kwh, columns, max(LEAST_POINTS, len(columns) + 2))
    _refuse_negative(production)
    linear = least_squares(points.kwh, {FIXED: np.ones_like(points.kwh), **points.drivers})
    by_name = {one.name: one for one in linear.coefficients}
    residuals = points.on_the_grid(points.kwh - linear.predicted)
    names = [str(name) for name in production.columns]
    seen = _seen(temperature_c, points.index)
    p = len(by_name) + bases_fitted * (len(by_name) - len(names) - 1)
    return ProductionFit(
        fixed=by_name[FIXED],
        products=tuple(by_name[name] for name in names),
        weather=tuple(by_name[name] for name in (COOLING, HEATING) if name in by_name),
        cooling_above_c=cooling_above_c if COOLING in by_name else None,
        heating_below_c=heating_below_c if HEATING in by_name else None,
        coldest_c=seen[0],
        warmest_c=seen[1],
        ranges={name: _range(points.drivers[name]) for name in names},
        means={name: float(values.mean()) for name, values in points.drivers.items()},
        interval=points.interval,
        statistics=fit_statistics(points.kwh, linear.predicted, p, residuals),
        evidence=points.evidence,
    )


def _beyond(amounts: pd.Series[float], name: str, low: float, high: float) -> str:
    margin = 0.1 * (high - low)
    if not (amounts.min() < low - margin or amounts.max() > high + margin):
        return ""
    return (
        f"{name} of {amounts.min():g} to {amounts.max():g}, the model has seen {low:g} to {high:g}"
    )


def _seen(
    temperature_c: pd.Series[float] | None, index: pd.DatetimeIndex
) -> tuple[float | None, float | None]:
    if temperature_c is None or not temperature_c.reindex(index).notna().any():
        return None, None
    celsius = temperature_c.reindex(index)
    return float(celsius.min()), float(celsius.max())


def _range(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _refuse_negative(production: pd.DataFrame) -> None:
    negative = [str(name) for name in production if (production[name] < 0.0).any()]
    if negative:
        raise ValueError(f"{', '.join(negative)}: an amount is below zero")


def _drivers(
    production: pd.DataFrame | None,
    temperature_c: pd.Series[float] | None,
    cooling_above_c: float | None,
    heating_below_c: float | None,
) -> dict[str, pd.Series[float]]:
    columns: dict[str, pd.Series[float]] = {}
    if production is not None:
        columns = {str(name): production[name].astype(np.float64) for name in production}
    if temperature_c is not None and cooling_above_c is not None:
        columns[COOLING] = (temperature_c - cooling_above_c).clip(lower=0.0)
    if temperature_c is not None and heating_below_c is not None:
        columns[HEATING] = (heating_below_c - temperature_c).clip(lower=0.0)
    return columns
