"""Baselines of the M&V report: the models that the drivers allow, the best of them, its terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import pandas as pd

from collector.analysis.baselines import Baseline, Kind, baseline
from collector.analysis.change_point import ChangePointFit
from collector.analysis.fit import FitStatistics
from collector.analysis.limits import Check
from collector.analysis.model import Model as Fitted
from collector.analysis.observations import Conditions
from collector.analysis.ols import Coefficient
from collector.analysis.operating_states import EVERY, StatesFit
from collector.analysis.production import COOLING, ProductionFit
from collector.analysis.student_t import t_two_sided
from collector.reports.mv.data import (
    Candidate,
    CheckRow,
    Driver,
    Model,
    Option,
    Statistics,
    Term,
)

CONFIDENCE = 0.95
_BY_DRIVERS: Mapping[tuple[Driver, ...], Kind] = {
    ("temperature",): "change_point",
    ("production",): "production",
    ("temperature", "production"): "production",
    ("calendar",): "states",
    ("temperature", "calendar"): "states",
}
"""Which model goes by those drivers and no others."""


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """The best baseline, None where none could be fitted, and all that were tried."""

    best: Baseline | None
    candidates: tuple[Candidate, ...]


def tried(
    kwh: pd.Series[float],
    conditions: Conditions,
    drivers: tuple[Driver, ...],
    option: Option,
    months: float,
) -> Tried:
    """Every model the drivers allow, fitted to daily energy (kWh) under its conditions.

    With ``drivers`` that one alone, else those of all that is known. The one with the smallest
    CV(RMSE) is the best, among those that hold every limit where any does.
    """
    fits: list[Baseline] = []
    names: list[tuple[Kind, Baseline | None, str]] = []
    for kind in _kinds(conditions, drivers):
        under = _only(conditions, drivers)
        try:
            fit = baseline(kwh, under, kind=kind, option=option, reporting_months=months)
        except ValueError as error:
            names.append((kind, None, str(error)))
        else:
            fits.append(fit)
            names.append((kind, fit, ""))
    best = min(fits, key=lambda fit: (not fit.ok, fit.model.statistics.cv_rmse), default=None)
    return Tried(best, tuple(_candidate(*each, best) for each in names))


def _candidate(kind: Kind, fit: Baseline | None, why: str, best: Baseline | None) -> Candidate:
    if fit is None:
        return Candidate(kind, None, False, why)
    return Candidate(kind, statistics_of(fit.model.statistics), fit is best, why)


def _kinds(conditions: Conditions, drivers: tuple[Driver, ...]) -> Iterator[Kind]:
    if drivers:
        yield _BY_DRIVERS[drivers]
        return
    yield "states"
    if conditions.temperature_c is not None:
        yield "change_point"
    if conditions.production is not None:
        yield "production"


def _only(conditions: Conditions, drivers: tuple[Driver, ...]) -> Conditions:
    if not drivers:
        return conditions
    return Conditions(
        conditions.index,
        conditions.temperature_c if "temperature" in drivers else None,
        conditions.production if "production" in drivers else None,
        conditions.states if "calendar" in drivers else None,
    )


def statistics_of(fit: FitStatistics) -> Statistics:
    """The fit's figures as the report tells them."""
    return Statistics(
        *(fit.n, fit.p, fit.mean, fit.rmse, fit.r_squared, fit.cv_rmse, fit.nmbe),
        *(fit.autocorrelation, fit.effective_n),
    )


def check_row(check: Check) -> CheckRow:
    """A limit held against the baseline, as the report tells it."""
    limit = check.limit
    return CheckRow(
        *(limit.of, check.figure, limit.at_least, limit.at_most, limit.must, limit.source),
        passed=check.passed,
    )


def model_of(fitted: Fitted) -> Model:
    """The fitted baseline as a sum of terms. Raises ``TypeError`` for a model of hours."""
    if isinstance(fitted, ChangePointFit):
        kind, terms = "change_point", tuple(_change_point(fitted))
    elif isinstance(fitted, StatesFit):
        kind, terms = "states", tuple(_states(fitted))
    elif isinstance(fitted, ProductionFit):
        kind, terms = "production", tuple(_production(fitted))
    else:
        raise TypeError(f"{type(fitted).__name__} is no model of days")
    return Model(kind, _drivers(terms), terms, statistics_of(fitted.statistics))


def _drivers(terms: tuple[Term, ...]) -> tuple[Driver, ...]:
    kinds = {term.kind for term in terms}
    found = (
        ("temperature", bool(kinds & {"heating", "cooling"})),
        ("production", "product" in kinds),
        ("calendar", "state" in kinds),
    )
    return tuple(cast(Driver, driver) for driver, takes_part in found if takes_part)


def _change_point(fit: ChangePointFit) -> Iterator[Term]:
    t = t_two_sided(CONFIDENCE, fit.statistics.degrees_of_freedom)
    yield _ranged("fixed", fit.base_kwh, fit.base_error_kwh * t)
    if fit.heating_below_c is not None:
        reach = fit.heating_error_kwh_per_k * t
        yield _ranged("heating", fit.heating_kwh_per_k, reach, fit.heating_below_c)
    if fit.cooling_above_c is not None:
        reach = fit.cooling_error_kwh_per_k * t
        yield _ranged("cooling", fit.cooling_kwh_per_k, reach, fit.cooling_above_c)


def _ranged(kind: str, value: float, reach: float, at_c: float | None = None) -> Term:
    return Term(kind, value, "", at_c, value - reach, value + reach)  # type: ignore[arg-type]


def _states(fit: StatesFit) -> Iterator[Term]:
    if set(fit.state_kwh) == {EVERY}:
        yield Term("fixed", fit.state_kwh[EVERY])
    else:
        yield from (Term("state", kwh, state) for state, kwh in fit.state_kwh.items())
    if fit.heating_below_c is not None:
        yield Term("heating", fit.heating_kwh_per_k, at_c=fit.heating_below_c)
    if fit.cooling_above_c is not None:
        yield Term("cooling", fit.cooling_kwh_per_k, at_c=fit.cooling_above_c)


def _production(fit: ProductionFit) -> Iterator[Term]:
    yield Term("fixed", fit.fixed.value, low=fit.fixed.low, high=fit.fixed.high)
    for one in fit.products:
        yield Term("product", one.value, one.name, low=one.low, high=one.high)
    for one in fit.weather:
        yield _weather(fit, one)


def _weather(fit: ProductionFit, one: Coefficient) -> Term:
    cooling = one.name == COOLING
    at_c = fit.cooling_above_c if cooling else fit.heating_below_c
    return Term("cooling" if cooling else "heating", one.value, "", at_c, one.low, one.high)
