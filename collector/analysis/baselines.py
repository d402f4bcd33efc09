"""A baseline: the model of the time before a measure, and whether it may carry a saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from collector.analysis.change_point import fit_change_point
from collector.analysis.limits import Check, checks
from collector.analysis.model import Model
from collector.analysis.observations import Conditions, interval_of, points_of
from collector.analysis.operating_states import fit_states
from collector.analysis.production import fit_production
from collector.analysis.production_weather import fit_production_weather
from collector.analysis.towt import fit_towt

Option = Literal["B", "C"]
"""IPMVP: the sub-meter of the equipment (B), or the whole site's meter (C)."""
Kind = Literal["towt", "production", "change_point", "states"]


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A model of the time before, and whether it may carry a saving."""

    model: Model
    option: Option
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every limit that must hold does."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the baseline is refused, one line each."""
        return tuple(each.why for each in self.checks if each.limit.must and not each.passed)

    @property
    def advice(self) -> tuple[str, ...]:
        """What is advised and does not hold, one line each."""
        return tuple(each.why for each in self.checks if not each.limit.must and not each.passed)


def baseline(
    kwh: pd.Series[float],
    conditions: Conditions,
    *,
    kind: Kind | None = None,
    option: Option = "C",
    reporting_months: float = 12.0,
) -> Baseline:
    """The baseline of energy (kWh by hour, day or month) under its conditions.

    ``kind`` None takes the model the data allows: hours by TOWT, production (and weather where it
    helps) where there is any, else operating states (and weather), else temperature, else the
    plain mean. Raises ``ValueError`` where the model cannot be fitted (too few points, nothing
    that varies, energy below zero).
    """
    fitted = _fitted(kwh, conditions, kind or _kind(kwh, conditions))
    return judged(fitted, option, reporting_months)


def judged(model: Model, option: Option = "C", reporting_months: float = 12.0) -> Baseline:
    """A model held against the limits for a reporting period of so many months.

    The limit of CV(RMSE) by that length is the whole building's, so it binds option C alone.
    """
    statistics, evidence = model.statistics, model.evidence
    figures = {
        "coverage": evidence.coverage,
        "points": float(statistics.n),
        "days": (evidence.end - evidence.start).total_seconds() / 86_400,
        "cv_rmse": statistics.cv_rmse,
        "nmbe": abs(statistics.nmbe),
    }
    whole_building = reporting_months if option == "C" else None
    if statistics.p > 1:
        figures["r_squared"] = statistics.r_squared
    return Baseline(model, option, checks(figures, model.interval, whole_building))


def _kind(kwh: pd.Series[float], conditions: Conditions) -> Kind:
    if interval_of(points_of(kwh)) == "hourly":
        return "towt"
    if conditions.production is not None and not conditions.production.empty:
        return "production"
    only_weather = conditions.states is None and conditions.temperature_c is not None
    return "change_point" if only_weather else "states"


def _fitted(kwh: pd.Series[float], conditions: Conditions, kind: Kind) -> Model:
    celsius = conditions.temperature_c
    if kind == "towt":
        return fit_towt(kwh, celsius)
    if kind == "states":
        return fit_states(kwh, conditions.states, celsius)
    if kind == "production":
        if conditions.production is None:
            raise ValueError("there is no production: import a series of amounts for the site")
        if celsius is None:
            return fit_production(kwh, conditions.production)
        return fit_production_weather(kwh, conditions.production, celsius)
    if celsius is None:
        raise ValueError("there are no temperatures: import a series for the site")
    return fit_change_point(kwh, celsius)
