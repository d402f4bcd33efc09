"""What the monthly report needs: the month, the one before, last year's, and twelve of demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from collector.accounts.span import Span
from collector.analysis.base_load import base_load_of
from collector.analysis.demand import MonthMaximum, monthly_maxima
from collector.analysis.frame import half_hours, index_of, power_kw
from collector.analysis.grid import day_grid
from collector.analysis.load_factor import load_factor_of
from collector.analysis.typical_day import GROUPS, Group, groups_of
from collector.analysis.unusual import unusual_days
from collector.errors import CollectorError
from collector.gather.account_book import account_of
from collector.reporting.gathering.daily import contract_kw_on, known
from collector.reporting.gathering.heads import head_of
from collector.reporting.gathering.month_bill import contract_outlook, month_bill
from collector.reporting.gathering.open_findings import open_findings
from collector.reporting.gathering.overviews import overview_of
from collector.reporting.gathering.target_year import target_year
from collector.reporting.kind import Request, Step
from collector.reporting.sources import Sources
from collector.reports.monthly.data import (
    CircuitMonth,
    GroupDays,
    Known,
    MonthlyData,
    MonthPeak,
    MonthSums,
    NotableDay,
)
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER, UNMEASURED_METER
from collector.site_config import SiteSettings
from collector.tariffs.series import months_on

BILL, CALENDAR = "bill", "calendar"
MOST_UNUSUAL = 5
_YEAR = 12


@dataclass(frozen=True, slots=True)
class _Seen:
    """The site's half hours and days of the month and the thirteen months before it."""

    site: SiteSettings
    slots: pd.DataFrame
    days: pd.DataFrame
    kinds: pd.Series[str]


def gather_monthly(sources: Sources, request: Request, step: Step) -> MonthlyData:
    """The monthly report's data. Raises ``CollectorError`` for an unknown option."""
    site = sources.site(request.site)
    month, by_bill = request.first, _by_bill(request)
    spans = [_month(site, months_on(month, back), by_bill) for back in (0, -1, -_YEAR)]
    span, before, last_year = spans
    seen = _seen(sources, site, last_year.first, span.end)
    step("load", 0.3)
    data = MonthlyData(
        head=head_of(sources, site),
        span=span,
        by_bill=by_bill,
        overview=overview_of(sources, site, span),
        this=_sums(seen, span),
        month_before=_known_sums(seen, before),
        year_before=_known_sums(seen, last_year),
        account=account_of(sources, site, span, None),
        target=target_year(sources, site, span.end),
        contract_kw=contract_kw_on(site, span.last),
        circuits=tuple(_circuits(sources, site, (span, before, last_year))),
        notable=_notable(seen, span),
    )
    step("bill", 0.6)
    data = _with_bills(data, sources, seen, month)
    step("findings", 0.8)
    found = open_findings(sources, site, span.end)
    return replace(data, findings=found or (), findings_known=found is not None)


def _with_bills(data: MonthlyData, sources: Sources, seen: _Seen, month: date) -> MonthlyData:
    site = seen.site
    bill, before, last_year = (
        month_bill(sources, site, months_on(month, back)) for back in (0, -1, -_YEAR)
    )
    maxima = monthly_maxima(seen.slots, site.billing_day)
    maxima = tuple(one for one in maxima if one.month <= month)
    return replace(
        data,
        bill=bill.bill,
        no_bill=bill.why_not,
        bill_before=last_year.bill,
        bill_month_before=before.bill,
        peaks=tuple(_peak(seen, one) for one in maxima[-_YEAR - 1 :]),
        contract=contract_outlook(site, maxima, month, bill),
    )


def _by_bill(request: Request) -> bool:
    text = request.options.get("month", CALENDAR)
    if text not in (BILL, CALENDAR):
        raise CollectorError(f"the option month={text} is not known", "write calendar or bill")
    return text == BILL


def _month(site: SiteSettings, month: date, by_bill: bool) -> Span:
    if not by_bill:
        return Span(month, months_on(month, 1), f"{month:%Y-%m}")
    calendar = calendar_of(site)
    window = calendar.billing_month_named(month)
    edges = (calendar.date_of(window.start_ms), calendar.date_of(window.end_ms))
    return Span(*edges, f"{month:%Y-%m}")


def _seen(sources: Sources, site: SiteSettings, first: date, end: date) -> _Seen:
    # A calendar month may begin in the middle of a billing month: that one is read whole.
    begins = min(first, months_on(first.replace(day=1), -1).replace(day=site.billing_day))
    frames = sources.frames
    return _Seen(
        site,
        half_hours(frames.slots(site.id, SITE_METER, begins, end)),
        frames.days(site.id, SITE_METER, begins, end),
        frames.day_kinds(site.id, begins, end),
    )


def _known_sums(seen: _Seen, span: Span) -> MonthSums | None:
    found = _sums(seen, span)
    return found if found.known_days else None


def _sums(seen: _Seen, span: Span) -> MonthSums:
    days, slots = _days_in(seen.days, span), _slots_in(seen, span)
    booked = days["kwh"].notna()
    known_days = int(booked.sum())
    has_power = bool(slots["kwh"].notna().any())
    factor = load_factor_of(slots) if has_power else None
    return MonthSums(
        span=span,
        known_days=known_days,
        kwh=_sum(days["kwh"]),
        co2_kg=_sum(days["co2_kg"]) if days["co2_kg"][booked].notna().all() else None,
        energy_cost=_sum(days["energy_cost"])
        if days["energy_cost"][booked].notna().all()
        else None,
        peak_kw=known(float(power_kw(slots).max())) if has_power else None,
        load_factor=factor.lf_peak if factor else None,
        base_kw=_base_kw(slots),
        groups=tuple(_groups(seen, span, days)),
    )


def _groups(seen: _Seen, span: Span, days: pd.DataFrame) -> Iterator[GroupDays]:
    slots = _slots_in(seen, span)
    if days.empty or slots.empty:
        return
    grid = day_grid(slots)
    kwh = days["kwh"].reindex(grid.dates).to_numpy(dtype=np.float64)
    groups = groups_of(grid.dates, seen.kinds)
    for group in dict.fromkeys(GROUPS.values()):
        held = (groups == group) & ~np.isnan(kwh) & grid.whole
        if not (groups == group).any():
            continue
        yield GroupDays(
            group,
            int(held.sum()),
            float(kwh[held].mean()) if held.any() else None,
            float(np.median(grid.min_kw[held])) if held.any() else None,
        )


def _peak(seen: _Seen, found: MonthMaximum) -> MonthPeak:
    span = Span(found.first, found.end)
    return MonthPeak(
        month=found.month,
        peak_kw=found.peak_kw,
        at_ms=round(found.at.timestamp() * 1000),
        whole=found.whole,
        base_kw=_base_kw(_slots_in(seen, span)),
    )


def _circuits(
    sources: Sources, site: SiteSettings, spans: tuple[Span, Span, Span]
) -> Iterator[CircuitMonth]:
    meters = [meter for meter in site.meters if meter.medium == "electricity"]
    parents = {meter.id: meter.parent for meter in meters}
    for meter in meters:
        level, above = 0, parents[meter.id]
        while above in parents and level < len(parents):
            level, above = level + 1, parents[above]
        sums = _energies(sources, site, meter.id, spans)
        yield CircuitMonth(meter.name, level, *sums, meter.name_en)
    sums = _energies(sources, site, UNMEASURED_METER, spans)
    if sums[0] is not None and len(meters) > 1:
        yield CircuitMonth("", 1, *sums, "", rest=True)


def _energies(
    sources: Sources, site: SiteSettings, meter: str, spans: Sequence[Span]
) -> tuple[Known, Known, Known]:
    days = sources.frames.days
    this, before, last_year = (
        _sum(days(site.id, meter, span.first, span.end)["kwh"]) for span in spans
    )
    return this, before, last_year


def _notable(seen: _Seen, span: Span) -> tuple[NotableDay, ...]:
    days, slots = _days_in(seen.days, span), _slots_in(seen, span)
    kwh = dict(zip(_dates(days), map(known, days["kwh"]), strict=True))
    if slots["kwh"].notna().sum() == 0:
        return ()
    grid = day_grid(slots)
    groups: Mapping[date, Group] = {
        stamp.date(): group
        for stamp, group in zip(grid.dates, groups_of(grid.dates, seen.kinds), strict=True)
    }
    found = [*_extremes(kwh, groups), _largest_demand(slots, kwh, groups)]
    unusual = unusual_days(seen.slots, seen.kinds).days
    for day in [one for one in unusual if span.holds(one.day)][:MOST_UNUSUAL]:
        found.append(
            NotableDay(
                day.day, "unusual", groups[day.day], kwh.get(day.day),
                apart_kwh=day.kwh, from_slot=day.first_slot, to_slot=day.end_slot,
            )
        )  # fmt: skip
    return tuple(found)


def _extremes(kwh: Mapping[date, Known], groups: Mapping[date, Group]) -> Iterator[NotableDay]:
    working = [(value, day) for day, value in kwh.items() if value and groups[day] == "working"]
    off = [(value, day) for day, value in kwh.items() if value and groups[day] == "off"]
    if len(working) > 1:
        yield NotableDay(max(working)[1], "most", "working", max(working)[0])
        yield NotableDay(min(working)[1], "least", "working", min(working)[0])
    if off:
        yield NotableDay(max(off)[1], "most", "off", max(off)[0])


def _largest_demand(
    slots: pd.DataFrame, kwh: Mapping[date, Known], groups: Mapping[date, Group]
) -> NotableDay:
    kw = power_kw(slots).to_numpy()
    place = int(np.nanargmax(kw))
    at = index_of(slots)[place]
    slot = at.hour * 2 + at.minute // 30
    return NotableDay(
        at.date(), "peak", groups[at.date()], kwh.get(at.date()), float(kw[place]),
        from_slot=slot, to_slot=slot + 1,
    )  # fmt: skip


def _dates(days: pd.DataFrame) -> list[date]:
    return [pd.Timestamp(stamp).date() for stamp in days.index]


def _slots_in(seen: _Seen, span: Span) -> pd.DataFrame:
    zone = seen.site.zone
    first, end = (pd.Timestamp(day).tz_localize(zone) for day in (span.first, span.end))
    index = index_of(seen.slots)
    return seen.slots.loc[np.asarray((index >= first) & (index < end))]


def _days_in(days: pd.DataFrame, span: Span) -> pd.DataFrame:
    index = days.index
    inside = (index >= pd.Timestamp(span.first)) & (index < pd.Timestamp(span.end))
    return days.loc[np.asarray(inside)]


def _base_kw(slots: pd.DataFrame) -> Known:
    try:
        return base_load_of(slots).kw
    except ValueError:
        return None


def _sum(values: pd.Series[float]) -> Known:
    return known(float(values.sum(min_count=1)))
