"""The headline figures of the daily report."""

from __future__ import annotations

from collector.reports.daily.data import MONTHS_BEFORE
from collector.reports.daily.view import DailyView
from collector.reports.money import money
from collector.reports.numbers import ABSENT, as_given, energy, mass, percent, plain, power
from collector.reports.report import Figure, Meaning


def figures(view: DailyView) -> tuple[Figure, ...]:
    """Energy, money, CO2, largest demand, standby at night, the month's largest demand."""
    return (
        _energy(view),
        _cost(view),
        _co2(view),
        _peak(view),
        _night(view),
        _month_peak(view),
    )


def _energy(view: DailyView) -> Figure:
    data = view.data
    value, unit = energy(data.kwh)
    if data.kwh is None:
        return Figure(view.say("energy"), value, unit, view.say("no_figure"), "energy")
    usual = data.typical.kwh if data.typical else None
    if not usual:
        note = view.say("no_usual", group=view.group)
    else:
        change = data.kwh / usual - 1
        key = "usual_more" if change >= 0 else "usual_less"
        note = view.say(key, share=percent(abs(change)), group=view.group)
    return Figure(view.say("energy"), value, unit, note, "energy")


def _cost(view: DailyView) -> Figure:
    data = view.data
    value, unit = money(data.cost, data.currency or "JPY", view.language)
    if data.cost is None:
        note = view.say("no_figure" if data.kwh is None else "no_cost")
        return Figure(view.say("cost"), value, unit, note, "cost")
    price = plain(data.cost / data.kwh, 4, 2) if data.kwh else ABSENT
    note = view.say("cost_note", price=price, unit=unit)
    return Figure(view.say("cost"), value, unit, note, "cost")


def _co2(view: DailyView) -> Figure:
    data = view.data
    value, unit = mass(data.co2_kg)
    if data.co2_kg is None:
        note = view.say("no_figure" if data.kwh is None else "no_co2")
    elif len(data.factors) == 1:
        note = view.say("co2_note", value=str(data.factors[0].value))
    else:
        note = view.say("co2_notes", n=len(data.factors))
    badge = view.say("provisional") if data.provisional else ""
    return Figure(view.say("co2"), value, unit, note, "co2", badge)


def _peak(view: DailyView) -> Figure:
    peak, contract_kw = view.data.peak, view.data.contract_kw
    if peak is None or peak.kw is None:
        return Figure(view.say("peak"), ABSENT, "kW", view.say("no_figure"), "energy")
    when = view.half_hour(peak.at_ms)
    note, share = view.say("no_contract", when=when), None
    if contract_kw:
        share = peak.kw / contract_kw
        names = {"share": percent(share), "contract": as_given(contract_kw), "when": when}
        note = view.say("share_of_contract", **names)
    meaning: Meaning = "alarm" if share is not None and share > 1 else "energy"
    return Figure(view.say("peak"), power(peak.kw), "kW", note, meaning)


def _night(view: DailyView) -> Figure:
    data = view.data
    usual = data.typical.night_kw if data.typical else None
    if data.night_kw is None:
        note = view.say("no_figure")
    elif usual is None:
        note = view.say("night_note")
    else:
        note = view.say("night_usual", kw=power(usual))
    return Figure(view.say("night"), power(data.night_kw), "kW", note, "energy")


def _month_peak(view: DailyView) -> Figure:
    data = view.data
    if data.month_peak_kw is None or data.month_peak_at_ms is None:
        return Figure(view.say("month_peak"), ABSENT, "kW", view.say("no_figure"), "energy")
    when = view.dates.short(view.dates.day_of(data.month_peak_at_ms))
    note = when
    meaning: Meaning = "energy"
    if data.year_peak_kw is not None:
        above = data.month_peak_kw > data.year_peak_kw
        key = "month_peak_above" if above else "month_peak_below"
        note = view.say(key, when=when, kw=power(data.year_peak_kw), n=data.year_months)
        meaning = "alarm" if above and data.year_months >= MONTHS_BEFORE else "energy"
    value = power(data.month_peak_kw)
    return Figure(view.say("month_peak"), value, "kW", note, meaning)
