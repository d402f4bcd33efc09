"""The headline figures of the monthly report."""

from __future__ import annotations

from collector.reports.changes import change_of
from collector.reports.money import money
from collector.reports.monthly.view import MonthlyView
from collector.reports.numbers import ABSENT, as_given, energy, mass, percent, plain, power
from collector.reports.report import Figure, Meaning


def figures(view: MonthlyView) -> tuple[Figure, ...]:
    """Energy, bill, CO2, largest demand, load factor, base load."""
    return (
        _energy(view),
        _bill(view),
        _co2(view),
        _peak(view),
        _load_factor(view),
        _base(view),
    )


def _energy(view: MonthlyView) -> Figure:
    value, unit = energy(view.data.this.kwh)
    return Figure(view.say("energy"), value, unit, _against(view, "kwh"), "energy")


def _against(view: MonthlyView, field: str) -> str:
    """The change on last year, else on the month before."""
    data = view.data
    now = getattr(data.this, field)
    if now is None:
        return view.say("no_figure")
    for before, more, less in (
        (data.year_before, "more", "less"),
        (data.month_before, "more_before", "less_before"),
    ):
        change = change_of(now, getattr(before, field)) if before else None
        if change is not None:
            return view.say(more if change >= 0 else less, share=percent(abs(change)))
    return ""


def _bill(view: MonthlyView) -> Figure:
    bill, this = view.data.bill, view.data.this
    if bill is None:
        value, unit = money(this.energy_cost, "JPY", view.language)
        return Figure(view.say("energy_charge"), value, unit, view.say("no_bill_note"), "cost")
    value, unit = money(bill.total, bill.currency, view.language)
    kwh = sum(line.quantity for line in bill.lines_of("energy"))
    price = plain(bill.total / kwh, 4, 2) if kwh else ABSENT
    share = percent(bill.amount("demand") / bill.total) if bill.total else ABSENT
    note = view.say("bill_price", price=price, unit=unit, share=share)
    return Figure(view.say("bill"), value, unit, note, "cost")


def _co2(view: MonthlyView) -> Figure:
    kg = view.data.this.co2_kg
    value, unit = mass(kg)
    note = view.say("no_co2") if kg is None else _against(view, "co2_kg")
    return Figure(view.say("co2"), value, unit, note, "co2", view.site.co2_badge())


def _peak(view: MonthlyView) -> Figure:
    kw, contract_kw = view.data.this.peak_kw, view.data.contract_kw
    if kw is None:
        return Figure(view.say("peak"), ABSENT, "kW", view.say("no_figure"), "energy")
    share, share_of = None, view.say("no_contract")
    if contract_kw:
        share = kw / contract_kw
        names = {"share": percent(share), "contract": as_given(contract_kw)}
        share_of = view.say("share_of_contract", **names)
    meaning: Meaning = "alarm" if share is not None and share > 1 else "energy"
    note = _against(view, "peak_kw")
    return Figure(view.say("peak"), power(kw), "kW", note, meaning, share=share, share_of=share_of)


def _load_factor(view: MonthlyView) -> Figure:
    share = view.data.this.load_factor
    note = view.say("no_figure" if share is None else "load_factor_note")
    return Figure(view.say("load_factor"), percent(share), "%", note, "energy")


def _base(view: MonthlyView) -> Figure:
    kw = view.data.this.base_kw
    facts = view.site.facts
    note = view.say("no_figure")
    if kw is not None:
        share = kw / facts.mean_kw if facts.mean_kw else None
        note = view.say("base_note", share=percent(share))
    return Figure(view.say("base"), power(kw), "kW", note, "energy")
