"""Twelve months of demand and of base load, and what the demand charge hangs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collector.reports.money import money
from collector.reports.monthly.data import ContractOutlook, MonthPeak
from collector.reports.monthly.view import MonthlyView
from collector.reports.numbers import as_given, plain, power
from collector.reports.report import Bar, BarChart, BarPart, LegendEntry, Note, Section

_HOURS_A_YEAR = 8760
_TOLD_FROM_KW = 0.1


def demand(view: MonthlyView) -> Section:
    """The months' largest demands as bars, and what they mean for the contract power."""
    title, peaks = view.say("demand"), view.data.peaks
    if not peaks:
        return Section(title, blocks=(Note(view.say("no_demand"), kind="empty"),))
    chart = _chart(view, "demand_bars", lambda month: month.peak_kw)
    outlook = view.data.contract
    notes = tuple(_notes(view, outlook)) if outlook else ()
    return Section(title, blocks=(chart, *notes))


def base_load(view: MonthlyView) -> Section:
    """The months' base loads as bars, and what changed over the year."""
    title = view.say("base_title")
    if not any(month.base_kw is not None for month in view.data.peaks):
        note = Note(view.say("no_days"), view.say("no_days_hint"), "empty")
        return Section(title, blocks=(note,))
    chart = _chart(view, "base_bars", lambda month: month.base_kw)
    return Section(title, _base_lead(view), (chart,))


def _chart(view: MonthlyView, key: str, value: Callable[[MonthPeak], float | None]) -> BarChart:
    bars = tuple(_bars(view, value))
    return BarChart(
        title=view.say(key),
        description="; ".join(bar.text for bar in bars),
        unit="kW",
        series=(LegendEntry(view.say(key), "solid", "energy"),),
        bars=bars,
    )


def _bars(view: MonthlyView, value: Callable[[MonthPeak], float | None]) -> Iterator[Bar]:
    firsts = [month.month for month in view.data.peaks]
    words = {first: label for first, _, label in view.dates.months(firsts)}
    for month in view.data.peaks:
        kw = value(month)
        label, short = words[month.month]
        text = view.say("month_kw", month=view.month(month.month), kw=power(kw))
        part = None if kw is None else BarPart(kw)
        yield Bar(label, short, text, (part,), muted=not month.whole)


def _notes(view: MonthlyView, outlook: ContractOutlook) -> Iterator[Note]:
    names = {
        "kw": as_given(outlook.kw),
        "month": view.month(outlook.set_by),
        "demand": power(outlook.demand_kw),
    }
    yield Note(view.say("agreed" if outlook.agreed else "set_by", **names))
    if not outlook.agreed:
        yield _next(view, outlook)
    if outlook.one_kw_a_year:
        amount, unit = money(outlook.one_kw_a_year, outlook.currency, view.language)
        yield Note(view.say("one_kw", amount=amount, unit=unit))
    if outlook.missing:
        yield Note(view.say("missing_months", n=outlook.missing), kind="warning")
    if outlook.negotiated:
        yield Note(view.say("negotiated"), kind="warning")


def _next(view: MonthlyView, outlook: ContractOutlook) -> Note:
    names = {
        "kw": as_given(outlook.next_kw),
        "month": view.month(outlook.next_set_by),
        "until": view.month(outlook.counts_until),
    }
    if outlook.next_kw < outlook.kw:
        del names["until"]
        return Note(view.say("next_lower", **names))
    return Note(view.say("next", **names))


def _base_lead(view: MonthlyView) -> str:
    first, last = view.data.peaks[0], view.data.peaks[-1]
    a_year = (last.month.year - first.month.year) * 12 + last.month.month - first.month.month == 12
    if not a_year or first.base_kw is None or last.base_kw is None:
        return ""
    kw = last.base_kw - first.base_kw
    if abs(kw) < _TOLD_FROM_KW:
        return ""
    kwh = plain(abs(kw) * _HOURS_A_YEAR, 3, 0)
    return view.say("base_lead_up" if kw > 0 else "base_lead_down", kw=power(abs(kw)), kwh=kwh)
