"""The consultant pack's data: every frame is read once, every analysis made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from collector.accounts.span import Span
from collector.analysis.demand import MonthMaximum, monthly_maxima
from collector.analysis.frame import half_hours
from collector.analysis.site_load import SiteLoad
from collector.errors import CollectorError
from collector.findings.carbon import kl_per_kwh
from collector.reporting.gathering.bill_year import BillYear, bill_year
from collector.reporting.gathering.consultant_circuits import circuits_of
from collector.reporting.gathering.consultant_demand import demand_of, power_of
from collector.reporting.gathering.consultant_equipment import compressors_of, transformers_of
from collector.reporting.gathering.consultant_models import models_of
from collector.reporting.gathering.consultant_proposals import proposals_of
from collector.reporting.gathering.consultant_shape import operating_in, profile_of, working_of
from collector.reporting.gathering.heads import head_of
from collector.reporting.kind import Request, Step
from collector.reporting.option_values import whole_of
from collector.reporting.sources import Sources
from collector.reports.consultant.data import ConsultantData, MonthRow, Sums
from collector.site_config import SiteSettings

PICTURES = 5
"""So many proposals show their picture when the options do not say."""


def gather_consultant(sources: Sources, request: Request, step: Step) -> ConsultantData:
    """The pack's data. Raises ``CollectorError`` for an option that is none, or an unknown load."""
    site = sources.site(request.site)
    pictures = whole_of(request.options, "pictures", 0, 99)
    span = Span(request.first, request.end, request.asked)
    load = _in_half_hours(sources.frames.site_load(site.id, span.first, span.end))
    _require_load(load)
    step("load", 0.3)
    found = proposals_of(sources, site, load, request.options)
    step("proposals", 0.6)
    maxima = monthly_maxima(load.slots, load.billing_day)
    billed = bill_year(sources, site, [one.month for one in maxima if one.whole])
    step("bills", 0.75)
    runs = operating_in(site, load)
    return ConsultantData(
        head=head_of(sources, site),
        span=span,
        sums=_sums(site, load, billed),
        months=tuple(_months(load, maxima, billed)),
        profile=profile_of(load),
        demand=demand_of(site, load, maxima, found.one_kw, request.options),
        circuits=circuits_of(load, runs),
        working=working_of(site, load, runs),
        models=models_of(load, site),
        power=power_of(sources, site, load),
        transformers=transformers_of(site, load),
        compressors=compressors_of(site, load),
        proposals=found,
        pictures=PICTURES if pictures is None else pictures,
    )


def _require_load(load: SiteLoad) -> None:
    if not load.slots["kwh"].notna().any():
        message = f"site {load.site} has no known half hour from {load.first} to {load.end}"
        raise CollectorError(message, "choose a period with readings: collector summarise")


def _in_half_hours(load: SiteLoad) -> SiteLoad:
    """Quarter hours become half hours once, for all that follows."""
    rest = load.unmeasured
    return replace(
        load,
        slots=half_hours(load.slots),
        circuits=tuple(replace(one, slots=half_hours(one.slots)) for one in load.circuits),
        unmeasured=None if rest is None else half_hours(rest),
    )


def _sums(site: SiteSettings, load: SiteLoad, billed: BillYear) -> Sums:
    days = load.days
    booked = days["kwh"].notna()
    kwh = _total(days.loc[booked, "kwh"])
    each = [kl_per_kwh(day.date()) for day in days.index[booked]]
    bills = list(billed.bills.values())
    return Sums(
        known_days=int(booked.sum()),
        kwh=kwh,
        kl=None if kwh is None else float(np.dot(days.loc[booked, "kwh"], each)),
        co2_kg=_total(days.loc[booked, "co2_kg"]),
        co2_method=site.co2_method,
        bill=sum((one.total for one in bills), Decimal(0)) if bills else None,
        billed_months=len(bills),
        energy_cost=_total(days.loc[booked, "energy_cost"]),
        currency=bills[0].currency if bills else "JPY",
        no_bill=billed.why,
    )


def _months(
    load: SiteLoad, maxima: tuple[MonthMaximum, ...], billed: BillYear
) -> Iterator[MonthRow]:
    for one in maxima:
        days = _between(load.days, one.first, one.end)
        booked = days[days["kwh"].notna()]
        bill = billed.bills.get(one.month)
        yield MonthRow(
            month=one.month,
            first=one.first,
            end=one.end,
            whole=one.whole,
            known_days=len(booked),
            kwh=_total(booked["kwh"]),
            co2_kg=_total(booked["co2_kg"]),
            peak_kw=one.peak_kw,
            at_ms=round(one.at.timestamp() * 1000),
            coverage=one.evidence.coverage,
            bill=bill.total if bill else None,
        )


def _between(days: pd.DataFrame, first: date, end: date) -> pd.DataFrame:
    held = (days.index >= pd.Timestamp(first)) & (days.index < pd.Timestamp(end))
    return days.loc[held]


def _total(values: pd.Series[float]) -> float | None:
    if values.empty or values.isna().any():
        return None
    return float(values.sum())
