"""Gathers the M&V report: both periods read once, the baseline, the saving where it may be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from collector.accounts.span import Span
from collector.analysis.baselines import Baseline
from collector.analysis.savings import KNOWN, calendar_months
from collector.analysis.savings import Savings as Avoided
from collector.errors import CollectorError
from collector.findings.yearly import YEAR_DAYS
from collector.gather.account_book import checked_site, pending_of
from collector.reporting.gathering.heads import head_of
from collector.reporting.gathering.mv_adjustments import adjustments_of
from collector.reporting.gathering.mv_days import (
    Days,
    days_of,
    reaches_of,
    window_of,
    with_adjustments,
)
from collector.reporting.gathering.mv_meters import meters_of
from collector.reporting.gathering.mv_model import Tried, check_row, model_of, tried
from collector.reporting.gathering.mv_options import Asked, asked_of
from collector.reporting.gathering.mv_saving import avoided_of, savings_of, with_carbon
from collector.reporting.kind import Request, Step
from collector.reporting.sources import Sources
from collector.reports.mv.data import (
    Adjusted,
    CheckRow,
    Model,
    MvData,
    Named,
    Promised,
    Reach,
    Window,
    Withheld,
)
from collector.reports.mv.saving import CarbonPart, Savings
from collector.site_config import SiteSettings


@dataclass(frozen=True, slots=True, eq=False)
class _Periods:
    """Both periods as they were read, the models tried, and what the best expects of each."""

    before: Days
    after: Days
    fits: Tried
    expected_before: pd.Series[float] | None
    expected_after: pd.Series[float] | None

    @property
    def model(self) -> Model | None:
        """The best model as the report tells it."""
        return None if self.fits.best is None else model_of(self.fits.best.model)

    @property
    def checks(self) -> tuple[CheckRow, ...]:
        """Its limits."""
        best = self.fits.best
        return () if best is None else tuple(check_row(each) for each in best.checks)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """The saving with its CO2, None and empty where it may not be told; ``withheld`` says why."""

    saving: Savings | None
    withheld: tuple[Withheld, ...]
    reporting: Window
    carbon: CarbonPart


def mv_data(sources: Sources, request: Request, step: Step) -> MvData:
    """Everything the report says.

    Raises ``CollectorError`` for wrong options, a file of adjustments with faults, and a baseline
    of which no energy is known.
    """
    site = checked_site(sources.settings, request.site)
    asked = asked_of(sources, site, request)
    adjusted = adjustments_of(request.options.get("adjustments", "").strip(), asked.reporting)
    step("days", 0.1)
    periods = _periods(sources, site, asked)
    step("saving", 0.7)
    told = _told(sources, site, periods, adjusted)
    products = _products(site, periods.before)
    whole = Span(asked.baseline.first, max(asked.baseline.end, asked.reporting.end))
    return MvData(
        *(head_of(sources, site), asked.option, asked.circuit, _name(site, asked.circuit)),
        baseline=window_of(periods.before, periods.expected_before),
        reporting=told.reporting,
        shortened=asked.shortened,
        asked_drivers=asked.drivers,
        products=products,
        model=periods.model,
        candidates=periods.fits.candidates,
        checks=periods.checks,
        reaches=_reaches(periods, products),
        known_at_least=KNOWN,
        withheld=told.withheld,
        saving=told.saving,
        carbon=told.carbon,
        adjustments=adjusted,
        meters=meters_of(sources, site, asked.circuit, whole),
        factor_snapshot=sources.library.factors.snapshot_id,
        promised=_promised(asked, told),
        pending=pending_of(sources, site),
    )


def _reaches(periods: _Periods, products: dict[str, tuple[Named, str]]) -> tuple[Reach, ...]:
    if periods.model is None:
        return ()
    units = {name: unit for name, (_, unit) in products.items()}
    return reaches_of(periods.before, periods.after, periods.model.drivers, units)


def _periods(sources: Sources, site: SiteSettings, asked: Asked) -> _Periods:
    before, after = (
        days_of(sources.frames, site.id, asked.circuit, span)
        for span in (asked.baseline, asked.reporting)
    )
    _refuse_unknown(site, asked, before)
    months = calendar_months(after.evidence.start, after.evidence.end)
    fits = tried(before.kwh, before.conditions, asked.drivers, asked.option, months)
    return _Periods(before, after, fits, _expected(fits.best, before), _expected(fits.best, after))


def _refuse_unknown(site: SiteSettings, asked: Asked, before: Days) -> None:
    """A baseline of which nothing is known, or not what it is to go by, is a slip of the pen."""
    under, span = before.conditions, asked.baseline
    if not before.kwh.notna().any():
        what = f"no whole day of {asked.circuit or site.id} is known in the baseline {span}"
        raise CollectorError(what, "choose a baseline of which the store has totals")
    if "temperature" in asked.drivers and under.temperature_c is None:
        hint = f"collector weather import {site.id} FILE --by NAME, or choose other drivers"
        raise CollectorError(f"{site.id} has no temperature in the baseline {span}", hint)
    if "production" in asked.drivers and under.production is None:
        hint = f"collector meters import {site.id} METER FILE --kind production --by NAME"
        raise CollectorError(f"{site.id} has no production in the baseline {span}", hint)


def _expected(best: Baseline | None, days: Days) -> pd.Series[float] | None:
    if best is None:
        return None
    try:
        return best.model.expected(days.conditions)
    except ValueError:  # what the model goes by is not known of this period at all
        return None


def _told(
    sources: Sources, site: SiteSettings, periods: _Periods, adjusted: tuple[Adjusted, ...]
) -> _Told:
    found = _avoided(periods, adjusted)
    withheld = tuple(_withheld(periods, found))
    window = with_adjustments(window_of(periods.after, periods.expected_after), adjusted)
    told = found is not None and not withheld
    window, carbon = with_carbon(site, sources.library.factors, window, told)
    best = periods.fits.best
    if not told or found is None or best is None:
        return _Told(None, withheld, window, carbon)
    return _Told(savings_of(best, found), (), window, carbon)


def _avoided(periods: _Periods, adjusted: tuple[Adjusted, ...]) -> Avoided | None:
    best = periods.fits.best
    if best is None or periods.expected_after is None:
        return None
    try:
        return avoided_of(best, periods.after, adjusted)
    except ValueError:  # fewer than two days, or none of which both sides are known
        return None


def _withheld(periods: _Periods, found: Avoided | None) -> Iterator[Withheld]:
    before, after = periods.before, periods.after
    best = periods.fits.best
    if best is None:
        yield Withheld("no_model", float(before.kwh.notna().sum()))
    else:
        failing = (check for check in best.checks if check.limit.must and not check.passed)
        for check in failing:
            yield Withheld("check", check.figure, check=check_row(check))
    for name, days in (("baseline_known", before), ("reporting_known", after)):
        closed = next((gate for gate in days.gates if not gate.passed), None)
        if closed is not None:
            yield Withheld(name, closed.figure, closed.limit)  # type: ignore[arg-type]
    if best is not None and found is None:
        yield Withheld("no_points")
    if found is not None and found.evidence.coverage < KNOWN:
        yield Withheld("reporting_days", found.evidence.coverage, KNOWN)


def _products(site: SiteSettings, before: Days) -> dict[str, tuple[Named, str]]:
    made = before.conditions.production
    held = set() if made is None else {str(name) for name in made.columns}
    return {
        meter.id: (Named(meter.name, meter.name_en), meter.unit)
        for meter in site.meters
        if meter.id in held
    }


def _name(site: SiteSettings, circuit: str) -> Named:
    for meter in site.meters:
        if circuit and meter.id == circuit:
            return Named(meter.name, meter.name_en)
    return Named(site.name, site.name_en)


def _promised(asked: Asked, told: _Told) -> Promised | None:
    promise = asked.promise
    if promise is None:
        return None
    share = (told.saving.points if told.saving else asked.reporting.length) / YEAR_DAYS
    kwh = (promise.low_kwh, promise.mid_kwh, promise.high_kwh)
    return Promised(asked.finding, promise.done_on, *(value * share for value in kwh))
