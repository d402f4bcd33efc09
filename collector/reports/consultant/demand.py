"""Demand: months against contract and target, the largest half hours, what shaving takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from collector.analysis.demand import ContractPower, Peak, Shaving
from collector.reports.consultant.view import View
from collector.reports.money import money
from collector.reports.numbers import ABSENT, as_given, plain, power
from collector.reports.report import (
    Bar,
    BarChart,
    BarPart,
    Block,
    Cell,
    Column,
    LegendEntry,
    Note,
    Row,
    Section,
    Table,
)

LARGEST_PARTS = 3
NAMED = 4
"""Months that are named; more are counted."""
LONGEST_YEAR = 366
"""Days; in a longer period a day needs its year."""


def demand(view: View) -> Section:
    """The months' largest demands, and what the contract power hangs on."""
    held = view.data.demand
    answer = held.contract
    notes = [view.missing("contract_power", answer)]
    if answer.value is not None:
        notes = list(_contract(view, answer.value))
    if held.contract_kw:
        notes.append(Note(view.say("configured", kw=as_given(held.contract_kw))))
    notes += [Note(_above(view, key, kw)) for key, kw in _levels(view) if kw]
    if held.one_kw:
        amount, unit = money(held.one_kw, view.data.proposals.currency, view.language)
        notes.append(Note(view.say("one_kw", amount=amount, unit=unit)))
    blocks: tuple[Block, ...] = (_chart(view), *notes)
    return Section(view.say("demand"), blocks=blocks)


def peaks(view: View) -> Section:
    """The largest half hours with the circuits that made them."""
    held = view.data.demand.peaks
    hours = Counter(peak.at.hour for peak in held)
    hour, count = hours.most_common(1)[0]
    days = len({peak.at.date() for peak in held})
    lead = view.say("peaks_lead", n=len(held), days=days, hour=hour, count=count)
    unknown = all(peak.temperature_c is None for peak in held)
    notes = (view.missing("temperature"),) if unknown else ()
    blocks: tuple[Block, ...] = (_peak_table(view, held), *notes)
    return Section(view.say("peaks"), lead, blocks)


def shaving(view: View) -> Section:
    """What stands above lower targets."""
    held = view.data.demand
    columns = (
        Column(view.say("target_col"), "kW"),
        Column(view.say("cut_col"), "kW"),
        Column(view.say("above_col"), "kWh"),
        Column(view.say("slots_col"), view.say("times")),
        Column(view.say("days_col"), view.say("days_unit")),
        Column(view.say("longest_col"), "h"),
        Column(view.say("largest_col"), "kWh"),
        Column(view.say("worth_col"), view.unit),
    )
    rows = tuple(_shaved(view, one) for one in held.shaving)
    notes = [Note(view.say("worth_note"))] if held.one_kw else []
    table = Table(view.say("shaving"), columns, rows)
    blocks: tuple[Block, ...] = (table, *notes, view.basis(held.shaving[0].evidence))
    return Section(view.say("shaving"), view.say("shaving_lead"), blocks)


def _chart(view: View) -> BarChart:
    bars = tuple(_bars(view))
    return BarChart(
        title=view.say("demand_bars"),
        description="; ".join(bar.text for bar in bars),
        unit="kW",
        series=(LegendEntry(view.say("demand_bars"), "solid", "energy"),),
        bars=bars,
    )


def _bars(view: View) -> Iterator[Bar]:
    firsts = [one.month for one in view.data.demand.maxima]
    words = {first: label for first, _, label in view.dates.months(firsts)}
    for one in view.data.demand.maxima:
        label, short = words[one.month]
        month = view.dates.month(one.month)
        text = view.say("month_kw", month=month, kw=power(one.peak_kw))
        yield Bar(label, short, text, (BarPart(one.peak_kw),), muted=not one.whole)


def _contract(view: View, found: ContractPower) -> Iterator[Note]:
    names = {
        "kw": as_given(found.kw),
        "month": view.dates.month(found.set_by.month),
        "demand": power(found.demand_kw),
    }
    yield Note(view.say("agreed" if found.agreed else "set_by", **names))
    if found.negotiated:
        yield Note(view.say("negotiated"), kind="warning")


def _peak_table(view: View, held: tuple[Peak, ...]) -> Table:
    columns = (
        Column(view.say("rank")),
        Column(view.say("when"), align="left"),
        Column(view.say("m_demand"), "kW"),
        Column(view.say("kind_of_day"), align="left"),
        Column(view.say("outside"), "°C"),
        Column(view.say("largest_parts"), align="left"),
        Column(view.say("rest_kw"), "kW"),
    )
    rows = tuple(_peak(view, number, peak) for number, peak in enumerate(held, 1))
    return Table(view.say("peaks"), columns, rows)


def _peak(view: View, number: int, peak: Peak) -> Row:
    parts = [part for part in peak.parts if part.kw is not None][:LARGEST_PARTS]
    named = view.listed(f"{view.circuit(part.circuit)} {_whole(part.share)}%" for part in parts)
    kind = view.say(f"kind_{peak.day_kind}") if peak.day_kind else ABSENT
    day = view.dates.axis(peak.at.date())[0]
    if view.data.span.length > LONGEST_YEAR:
        day = view.dates.day_only(peak.at.date())
    at = f"{day} {peak.at:%H:%M}"
    return Row(
        (
            Cell(str(number), number),
            Cell(at),
            Cell(power(peak.kw), peak.kw),
            Cell(kind),
            Cell(plain(peak.temperature_c, 3, 1), peak.temperature_c),
            Cell(named or ABSENT),
            Cell(power(peak.rest_kw), peak.rest_kw),
        )
    )


def _levels(view: View) -> tuple[tuple[str, float | None], ...]:
    held = view.data.demand
    return ("contract_line", held.contract_kw), ("target_line", held.target_kw)


def _above(view: View, key: str, kw: float) -> str:
    """Which months stood above the contract power or the target."""
    level = view.say(key, kw=as_given(kw))
    months = [one for one in view.data.demand.maxima if one.peak_kw > kw]
    if not months:
        return view.say("no_month_above", level=level)
    if len(months) > NAMED:
        return view.say("many_above", level=level, n=len(months))
    names = (f"{view.dates.month(one.month)} {power(one.peak_kw)} kW" for one in months)
    return view.say("months_above", level=level, months=view.listed(names))


def _whole(share: float | None) -> str:
    """A share as whole percent."""
    return plain(None if share is None else share * 100, 3, 0)


def _shaved(view: View, one: Shaving) -> Row:
    held = view.data.demand
    target = as_given(round(one.target_kw, 1))
    if one.target_kw == held.contract_kw:
        target = view.say("is_contract", kw=target)
    elif one.target_kw == held.target_kw:
        target = view.say("is_target", kw=target)
    worth = one.kw * held.one_kw if held.one_kw else None
    return Row(
        (
            Cell(target, one.target_kw),
            Cell(power(one.kw), one.kw),
            Cell(plain(one.above_kwh, 4, 0), one.above_kwh),
            Cell(str(one.slots), one.slots),
            Cell(str(one.days), one.days),
            Cell(plain(one.longest_h, 3, 1), one.longest_h),
            Cell(plain(one.largest_kwh, 3, 1), one.largest_kwh),
            Cell(plain(worth, 3, 0), worth),
        )
    )
