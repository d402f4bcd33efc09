"""Page one: eight figures, the sum of all proposals and the best five."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from collector.findings.finding import Finding, Range
from collector.findings.overlap import Total
from collector.reports.consultant.view import View, begun, ends, is_nothing, middle, ranged
from collector.reports.money import money
from collector.reports.numbers import ABSENT, as_given, energy, mass, percent, plain, power
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Figure,
    Meaning,
    Note,
    Row,
    Section,
    Table,
)
from collector.reports.words import method_name

BEST = 5


def figures(view: View) -> tuple[Figure, ...]:
    """What the plant uses."""
    return (
        _energy(view),
        _money(view),
        _co2(view),
        _oil(view),
        _peak(view),
        _load_factor(view),
        _base(view),
        _standby(view),
    )


def in_short(view: View) -> Section:
    """The sum of the proposals that wait, and the best five."""
    held, title = view.data.proposals, view.say("short")
    if held.why_not:
        note = Note(view.say("no_prices"), held.why_not, "empty")
        return Section(title, blocks=(note,))
    if held.total is None or not held.waiting:
        note = Note(view.say("no_proposals"), view.say("no_proposals_hint"), "empty")
        return Section(title, blocks=(note,))
    found = [one.finding for one in held.waiting if one.finding]
    lead = view.say("short_lead", n=len(found))
    blocks: list[Block] = [_table(view, found[:BEST])]
    return Section(title, lead, tuple(blocks), figures=tuple(_sums(view, held.total)))


def sum_figure(
    view: View, key: str, amount: Range, unit: str, meaning: Meaning, of: float | None = None
) -> Figure:
    """A range as a figure: the most likely amount, low and high below it."""
    if is_nothing(amount):
        return Figure(view.say(key), ABSENT, unit, view.say("none"), meaning)
    note = view.say("range", **ends(amount))
    if of:
        note = view.say("of_use", share=percent(amount.mid / of), **ends(amount))
    return Figure(view.say(key), middle(amount), unit, note, meaning)


def carbon_figure(view: View, key: str, co2_t: Range, kl: Range) -> Figure:
    """Tonnes of CO2 as a range, and below them the crude oil."""
    figure = sum_figure(view, key, co2_t, "t-CO₂", "co2")
    if is_nothing(kl):
        return figure
    note = view.say("co2_and_oil", co2=figure.note, kl=middle(kl), **ends(kl))
    return replace(figure, note=note)


def _sums(view: View, total: Total) -> Iterator[Figure]:
    sums = view.data.sums
    whole = view.data.span.length in (365, 366) and sums.known_days >= 0.9 * view.data.span.length
    yield sum_figure(view, "sum_yen", total.yen, view.unit, "cost")
    yield sum_figure(view, "sum_kwh", total.kwh, "kWh", "energy", sums.kwh if whole else None)
    yield carbon_figure(view, "sum_co2", total.co2_t, total.crude_oil_kl)


def _table(view: View, found: list[Finding]) -> Table:
    """The ranges of energy stand in each block; a payback has a column where one is known."""
    costed = any(one.payback_years for one in found)
    columns = (
        Column(view.say("measure"), align="left"),
        Column(view.say("yen_col")),
        Column(view.say("range_col")),
        Column(view.say("kwh_col")),
        Column(view.say("co2_col")),
        *((Column(view.say("payback_col")),) if costed else ()),
        Column(view.say("confidence"), align="left"),
    )
    return Table(view.say("short"), columns, tuple(_row(view, one, costed) for one in found))


def _row(view: View, one: Finding, costed: bool) -> Row:
    years = one.payback_years
    payback = Cell(middle(years, 2), years.mid if years else None)
    return Row(
        (
            Cell(begun(one.text("measure", view.language))),
            *ranged(view, one.yen),
            ranged(view, one.kwh)[0],
            Cell(middle(one.co2_t), one.co2_t.mid),
            *((payback,) if costed else ()),
            Cell(view.say(one.confidence)),
        )
    )


def _energy(view: View) -> Figure:
    value, unit = energy(view.data.sums.kwh)
    coverage = percent(view.data.profile.evidence.coverage)
    note = view.say("energy_note", known=view.data.sums.known_days, coverage=coverage)
    return Figure(view.say("energy"), value, unit, note, "energy")


def _money(view: View) -> Figure:
    sums = view.data.sums
    if sums.bill is None:
        value, unit = money(sums.energy_cost, sums.currency, view.language)
        return Figure(view.say("energy_charge"), value, unit, view.say("no_bill_note"), "cost")
    value, unit = money(sums.bill, sums.currency, view.language)
    billed = [row.kwh for row in view.data.months if row.bill is not None]
    kwh = sum(one for one in billed if one is not None)
    whole = kwh and all(one is not None for one in billed)
    price = plain(float(sums.bill) / kwh, 4, 2) if whole else ABSENT
    note = view.say("bill_note", n=sums.billed_months, price=price, unit=unit)
    return Figure(view.say("bill"), value, unit, note, "cost")


def _co2(view: View) -> Figure:
    sums = view.data.sums
    value, unit = mass(sums.co2_kg)
    known = sums.co2_kg is not None
    method = method_name(sums.co2_method, view.language)
    note = view.say("co2_note", method=method) if known else view.say("no_co2")
    carbon = view.data.proposals.carbon
    badge = view.say("provisional") if known and carbon and carbon.provisional else ""
    return Figure(view.say("co2"), value, unit, note, "co2", badge)


def _oil(view: View) -> Figure:
    return Figure(view.say("oil"), plain(view.data.sums.kl), "kL", view.say("oil_note"))


def _peak(view: View) -> Figure:
    peak, contract = view.data.demand.peaks[0], view.data.demand.contract_kw
    note = view.say("peak_note", when=view.moment(peak.at))
    if not contract:
        return Figure(view.say("peak"), power(peak.kw), "kW", note, "energy")
    share = peak.kw / contract
    names = {"share": percent(share), "contract": as_given(contract)}
    return Figure(
        view.say("peak"),
        power(peak.kw),
        "kW",
        note,
        "alarm" if share > 1 else "energy",
        share=share,
        share_of=view.say("share_of_contract", **names),
    )


def _load_factor(view: View) -> Figure:
    found = view.data.profile.load_factor.value
    if found is None:
        return Figure(view.say("load_factor"), ABSENT, "%", view.say("not_said"), "energy")
    note = view.say("load_factor_note", mean=power(found.mean_kw))
    return Figure(view.say("load_factor"), percent(found.lf_peak), "%", note, "energy")


def _base(view: View) -> Figure:
    found = view.data.profile.base.value
    if found is None:
        return Figure(view.say("base"), ABSENT, "kW", view.say("not_said"), "energy")
    note = view.say("base_note", share=percent(found.share))
    return Figure(view.say("base"), power(found.kw), "kW", note, "energy")


def _standby(view: View) -> Figure:
    found = view.data.working.standby.value
    if found is None:
        return Figure(view.say("standby"), ABSENT, "%", view.say("not_said"), "energy")
    names = {
        "kwh": plain(found.kwh, 4, 0),
        "kw": power(found.kw),
        "hours": percent(found.hours_share),
    }
    note = view.say("standby_note", **names)
    return Figure(view.say("standby"), percent(found.share), "%", note, "energy")
