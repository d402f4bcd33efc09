"""Energy by operating state, and by weather where it shows: plants and equipment that close.

y = energy of the point's state (``working``, ``closed`` …) + b1 (c1 - T)+ + b2 (T - c2)+. Where
days off and working days differ much, temperature alone explains little; beside the states it may
explain much. The slopes are the same in every state. With one state it is the plain mean, the
before and after of equipment with no other driver (IPMVP option B). BIC chooses whether heating,
cooling, both or neither take part, each change point a parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from collector.analysis.ramps import COOLING, HEATING, Shape, change_points, degree_columns

LEAST_POINTS = 10
LEAST_OF_A_STATE = 3
TEMPERATURE_KNOWN = 0.9
"""The share of points whose temperature must be known for the weather to take part."""
EVERY = "all"
"""The one state of points that have none named."""
CELSIUS = "temperature_c"
_SHAPES: tuple[Shape, ...] = ("3PC", "3PH", "5P")
_Bases = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class StatesFit:
    """``state_kwh`` and ``points`` of each state; a point is an hour, day or month.

    ``state_kwh`` is the energy between the change points, the mean where weather plays no part:
    then slopes (kWh a point per K) are 0 and change points None. ``coldest_c`` and ``warmest_c``
    are the temperatures seen, None where they were not looked at.
    """

    state_kwh: Mapping[str, float]
    points: Mapping[str, int]
    heating_kwh_per_k: float
    cooling_kwh_per_k: float
    heating_below_c: float | None
    cooling_above_c: float | None
    coldest_c: float | None
    warmest_c: float | None
    interval: Interval
    statistics: FitStatistics
    evidence: Evidence

    @property
    def weather(self) -> bool:
        """Whether the outside temperature takes part."""
        return self.heating_below_c is not None or self.cooling_above_c is not None

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must be told of this model, in plain words."""
        below = [state for state, kwh in self.state_kwh.items() if kwh < 0.0]
        return (f"the energy of {', '.join(below)} is below zero",) if below else ()

    def expected(self, conditions: Conditions) -> pd.Series[float]:
        """Energy expected in those states, NaN in one that was never seen.

        Raises ``ValueError`` where the model goes by states or temperature and the conditions
        have none.
        """
        if conditions.states is None and set(self.state_kwh) != {EVERY}:
            raise ValueError("this model needs the operating state of each point")
        states = _states(conditions.states, conditions.index, set(self.state_kwh) == {EVERY})
        kwh = states.map(dict(self.state_kwh)).astype("float64").rename("expected_kwh")
        if not self.weather:
            return kwh
        if conditions.temperature_c is None:
            raise ValueError("this model needs the outside temperature")
        celsius = values_at(conditions.temperature_c, conditions.index)
        degrees = degree_columns(celsius, self.heating_below_c, self.cooling_above_c)
        slopes = {HEATING: self.heating_kwh_per_k, COOLING: self.cooling_kwh_per_k}
        return kwh + sum(slopes[name] * column for name, column in degrees.items())

    def beyond(self, conditions: Conditions) -> pd.Series[bool]:
        """Which points are of a state or a temperature that the model has never seen."""
        celsius, index = conditions.temperature_c, conditions.index
        found = beyond_span(celsius, index, self.coldest_c, self.warmest_c)
        if conditions.states is None or set(self.state_kwh) == {EVERY}:
            return found
        states = conditions.states.reindex(index)
        return found | (states.notna() & ~states.isin(list(self.state_kwh)))

    def outside(self, conditions: Conditions) -> str:
        """Which states and temperatures the model has never seen; "" if none."""
        heat = beyond_temperatures(conditions.temperature_c, self.coldest_c, self.warmest_c)
        said = [heat] if heat else []
        if conditions.states is not None and set(self.state_kwh) != {EVERY}:
            unseen = set(conditions.states.dropna()) - set(self.state_kwh)
            said += [f"never seen before: {', '.join(sorted(unseen))}"] if unseen else []
        return "; ".join(said)


def fit_states(
    kwh: pd.Series[float],
    states: pd.Series[str] | None = None,
    temperature_c: pd.Series[float] | None = None,
) -> StatesFit:
    """The energy (kWh a point) of each state; without states, of all points.

    ``temperature_c`` (mean of each point) is used where 90 % of it is known and it helps. A state
    with fewer than 3 known points is left out and its points are not used. Raises ``ValueError``
    for fewer than 10 known points, or an energy below zero.
    """
    named = _states(states, pd.DatetimeIndex(kwh.index), states is None)
    known = kwh.notna().groupby(named).sum()
    kept = [str(state) for state, count in known.items() if count >= LEAST_OF_A_STATE]
    used = kwh.where(named.isin(kept))
    points = observations(used, _usable(used, temperature_c), LEAST_POINTS)
    dummies = _dummies(named.reindex(points.index), kept)
    tried = [_fitted(points, dummies, bases) for bases in _all_bases(points, dummies)]
    linear, statistics, bases = min(tried, key=lambda fit: fit[1].bic)
    values = {one.name: one.value for one in linear.coefficients}
    celsius = points.drivers.get(CELSIUS)
    return StatesFit(
        state_kwh={state: values[state] for state in dummies},
        points={state: int(column.sum()) for state, column in dummies.items()},
        heating_kwh_per_k=values.get(HEATING, 0.0),
        cooling_kwh_per_k=values.get(COOLING, 0.0),
        heating_below_c=bases[0],
        cooling_above_c=bases[1],
        coldest_c=None if celsius is None else float(celsius.min()),
        warmest_c=None if celsius is None else float(celsius.max()),
        interval=points.interval,
        statistics=statistics,
        evidence=points.evidence,
    )


def _usable(
    kwh: pd.Series[float], temperature_c: pd.Series[float] | None
) -> dict[str, pd.Series[float]]:
    if temperature_c is None:
        return {}
    celsius = temperature_c.reindex(kwh.index)
    known = celsius[kwh.notna()].notna().mean()
    return {CELSIUS: celsius} if known >= TEMPERATURE_KNOWN else {}


def _dummies(states: pd.Series[str], kept: list[str]) -> dict[str, Floats]:
    columns = {state: np.asarray(states == state, dtype=np.float64) for state in kept}
    return {state: column for state, column in columns.items() if column.any()}


def _all_bases(points: Observations, dummies: dict[str, Floats]) -> Iterator[_Bases]:
    """No weather, and the change points of each shape that has slopes above zero."""
    yield None, None
    celsius = points.drivers.get(CELSIUS)
    if celsius is None:
        return
    beside = np.column_stack(list(dummies.values()))
    for shape in _SHAPES:
        bases = change_points(celsius, points.kwh, beside, shape)
        if bases is not None:
            yield bases


def _fitted(
    points: Observations, dummies: dict[str, Floats], bases: _Bases
) -> tuple[LeastSquares, FitStatistics, _Bases]:
    degrees: dict[str, Floats] = {}
    if bases != (None, None):
        degrees = degree_columns(points.drivers[CELSIUS], *bases)
    linear = least_squares(points.kwh, {**dummies, **degrees})
    residuals = points.on_the_grid(points.kwh - linear.predicted)
    p = len(dummies) + 2 * len(degrees)
    return linear, fit_statistics(points.kwh, linear.predicted, p, residuals), bases


def _states(
    states: pd.Series[str] | None, index: pd.DatetimeIndex, one_state: bool
) -> pd.Series[str]:
    if one_state or states is None:
        return pd.Series(EVERY, index=index, dtype=object)
    return states.reindex(index).astype(object)
