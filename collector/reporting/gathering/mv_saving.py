"""The saving of the M&V report, its course, and what it is in CO2 and crude oil."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pandas as pd

from collector.accounts.contracts import Contract, contract_on, contracts_of
from collector.accounts.energy_law import HEAT_VALUES, KL_PER_GJ, HeatValue
from collector.accounts.methods import Applied, Factors, Lookup, own_method
from collector.analysis.baselines import Baseline
from collector.analysis.cusum import cusum_of
from collector.analysis.limits import rules
from collector.analysis.savings import Adjustment, avoided
from collector.analysis.savings import Band as Range
from collector.analysis.savings import Savings as Avoided
from collector.analysis.student_t import t_two_sided
from collector.reporting.gathering.mv_days import Days
from collector.reports.mv.data import Adjusted, DayPoint, Window
from collector.reports.mv.saving import Band, CarbonPart, FactorPart, HeatPart, Noticed, Savings
from collector.site_config import SiteSettings

LASTING = timedelta(days=3)


def avoided_of(base: Baseline, after: Days, adjusted: Sequence[Adjusted]) -> Avoided:
    """The analysis' saving of the reporting period. Raises ``ValueError`` as ``avoided`` does."""
    adjustments = [
        Adjustment(f"{row.first}", row.reason, row.first, row.end, row.kwh) for row in adjusted
    ]
    return avoided(base, after.kwh, after.conditions, adjustments)


def savings_of(base: Baseline, found: Avoided) -> Savings:
    """The saving as the report tells it."""
    limits, statistics = rules(), base.model.statistics
    degrees = max(statistics.effective_n - statistics.p, 1.0)
    return Savings(
        kwh=found.kwh,
        expected_kwh=found.expected_kwh,
        actual_kwh=found.actual_kwh,
        adjustments_kwh=found.adjustments_kwh,
        share=found.share,
        at_68=_band(found.at_68, degrees),
        at_90=_band(found.at_90, degrees),
        points=found.points,
        months=found.months,
        k=found.k_factor,
        k_source=limits.k_source,
        most_uncertain=limits.most_uncertain,
        uncertain_source="ASHRAE Guideline 14-2014",
        beyond_share=found.beyond_share,
        most_beyond=limits.most_beyond,
        proven=found.proven,
        noticed=tuple(_noticed(found.by_point, statistics.rmse)),
    )


def _band(found: Range, degrees: float) -> Band:
    return Band(
        *(found.confidence, t_two_sided(found.confidence, degrees), found.uncertainty_kwh),
        *(found.low_kwh, found.high_kwh, found.fraction),
    )


def _noticed(by_point: pd.DataFrame, sigma_kwh: float) -> Iterator[Noticed]:
    if not sigma_kwh > 0.0:
        return
    for change in cusum_of(by_point["actual_kwh"], by_point["expected_kwh"], sigma_kwh).changes:
        since, seen = change.since.date(), change.seen_at.date()
        # One odd day is an outlier, not a change that lasts.
        if seen - since >= LASTING:
            yield Noticed(change.direction, since, seen, change.kwh_a_point)


def with_carbon(
    site: SiteSettings, factors: Factors, window: Window, told: bool
) -> tuple[Window, CarbonPart]:
    """Each day with its factor and heat value, and the whole by factor; nothing unless ``told``."""
    method = own_method(site.co2_method)
    if not told:
        return window, CarbonPart(method)
    contracts, lookup = contracts_of(site), Lookup(factors)
    counted = [point for point in window.days if point.used or point.adjusted_kwh]
    applied = {p.day: _applied(contracts, lookup, method, p.day) for p in counted}
    days = tuple(_with_factor(point, applied.get(point.day)) for point in window.days)
    pairs = [(point, applied[point.day]) for point in days if point.day in applied]
    bare = next(
        (point.day for point, _ in pairs if contract_on(contracts, point.day) is None), None
    )
    missing = next((found.reason or method for _, found in pairs if found.factor is None), "")
    return replace(window, days=days), CarbonPart(
        method, tuple(_factor_parts(pairs)), tuple(_heat_parts(days, set(applied))), missing, bare
    )


def _applied(contracts: tuple[Contract, ...], lookup: Lookup, method: str, day: date) -> Applied:
    contract = contract_on(contracts, day)
    if contract is None:
        return Applied(None, "missing", f"no contract on {day}")
    return lookup.applied(contract, method, day)


def _with_factor(point: DayPoint, found: Applied | None) -> DayPoint:
    heat = _heat(point.day)
    kg = None if found is None or found.factor is None else float(found.factor.kg_per_kwh)
    return replace(point, kg_per_kwh=kg, kl_per_kwh=float(heat.gj_per_mwh * KL_PER_GJ) / 1000)


def _heat(day: date) -> HeatValue:
    return next(value for value in HEAT_VALUES if value.first <= day < value.end)


def _factor_parts(pairs: Sequence[tuple[DayPoint, Applied]]) -> Iterator[FactorPart]:
    def key_of(pair: tuple[DayPoint, Applied]) -> tuple[str, str]:
        factor = pair[1].factor
        return (factor.id if factor else "", pair[1].status)

    for _, group in groupby(pairs, key=key_of):
        held = list(group)
        applied = held[0][1]
        factor = applied.factor
        if factor is None:
            continue
        kwh = sum(point.avoided_kwh for point, _ in held)
        kg = float(factor.kg_per_kwh)
        yield FactorPart(
            *(factor.id, factor.method, factor.source.publisher, factor.source.title, kg),
            *(applied.status, applied.reason, held[0][0].day, _after(held[-1][0].day)),
            *(kwh, kwh * kg / 1000),
        )


def _heat_parts(days: Sequence[DayPoint], counted: set[date]) -> Iterator[HeatPart]:
    held = (point for point in days if point.day in counted)
    for value, group in groupby(held, key=lambda point: _heat(point.day)):
        points = list(group)
        kwh = sum(point.avoided_kwh for point in points)
        gj = float(value.gj_per_mwh)
        yield HeatPart(
            *(gj, float(KL_PER_GJ), value.source, points[0].day, _after(points[-1].day)),
            *(kwh, kwh / 1000 * gj * float(KL_PER_GJ)),
        )


def _after(day: date) -> date:
    return day + timedelta(days=1)
