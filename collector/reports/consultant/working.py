"""Working hours found and declared, what runs beside them, and the start of work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from collector.analysis.lunch import LunchIdle
from collector.analysis.operating import OperatingComparison, OperatingWeek
from collector.analysis.standby import ClosedDayLoad, Standby
from collector.analysis.start_up import SimultaneousStart
from collector.reports.consultant.view import View
from collector.reports.numbers import percent, plain, power
from collector.reports.report import (
    AxisLabel,
    Block,
    Cell,
    Column,
    HeatCell,
    HeatMap,
    Note,
    Row,
    Section,
    Table,
)
from collector.rollup.period_names import weekday_name

NAMED = 5
"""Circuits that are named; the others are counted."""
_MONDAY = date(2024, 1, 1)


def working(view: View) -> Section:
    """When the plant works, against what is declared, and what runs when it does not."""
    held, title = view.data.working, view.say("working")
    if held.week.value is None:
        idle = _idle(view)
        blocks: list[Block] = [view.missing("operating", held.week)]
        return Section(title, blocks=(*blocks, *idle))
    week = held.week.value
    lead = view.say("working_lead", hours=week.hours_a_week, kw=power(week.threshold_kw))
    blocks = [_week(view, week)]
    if held.compared.value is not None:
        blocks.append(_compared(view, held.compared.value))
    blocks += [*_idle(view), view.basis(week.evidence)]
    return Section(title, lead, tuple(blocks))


def starts(view: View) -> Section | None:
    """How the load rises when work begins, and who begins together; None where not known."""
    found = view.data.working.starts.value
    if found is None:
        return None
    if not found.starts:
        return Section(view.say("starts"), blocks=(Note(view.say("no_start")),))
    lead = view.say(
        "starts_lead",
        n=len(found.starts),
        median=power(found.median_increase_kw),
        largest=power(found.largest_increase_kw),
        peaks=found.day_peaks,
    )
    blocks: list[Block] = [_together(view)] if view.data.working.together else []
    return Section(view.say("starts"), lead, (*blocks, view.basis(found.evidence)))


def _week(view: View, week: OperatingWeek) -> HeatMap:
    votes = week.votes.tolist()
    names = [weekday_name(_MONDAY + timedelta(days=n), view.language) for n in range(7)]
    return HeatMap(
        title=view.say("week_map"),
        description=view.say("week_text"),
        unit="%",
        meaning="energy",
        rows=tuple(tuple(_vote(vote) for vote in row) for row in votes),
        row_labels=tuple(AxisLabel(n, name, name, n + 1) for n, name in enumerate(names)),
        column_labels=tuple(AxisLabel(h, f"{h}:00", f"{h}:00", line=True) for h in range(0, 25, 6)),
        low=0.0,
        high=100.0,
        gap_rows=True,
    )


def _vote(share: float) -> HeatCell:
    return HeatCell(None, "missing") if share != share else HeatCell(share * 100)


def _compared(view: View, found: OperatingComparison) -> Table:
    declared = view.data.working.declared
    outside = view.say(
        "hours_kwh",
        hours=plain(found.running_outside_h, 4, 0),
        kwh=plain(found.running_outside_kwh, 4, 0),
    )
    terms = [
        ("declared_hours", declared or view.say("undeclared")),
        ("detected_h", view.say("hours_only", hours=plain(found.detected_h, 4, 0))),
        ("outside_h", outside),
    ]
    if declared:
        hours = {"declared_h": found.declared_h, "inside_h": found.idle_inside_h}
        terms += [
            (key, view.say("hours_only", hours=plain(value, 4, 0))) for key, value in hours.items()
        ]
    rows = tuple(Row((Cell(view.say(key)), Cell(text))) for key, text in terms)
    columns = (Column("", align="left"), Column("", align="left"))
    return Table(view.say("compare_table"), columns, rows)


def _idle(view: View) -> Iterator[Block]:
    held = view.data.working
    rows = [
        *([_standby(view, held.standby.value)] if held.standby.value else []),
        *([_closed(view, held.closed.value)] if held.closed.value else []),
        *([_lunch(view, held.lunch.value)] if held.lunch.value else []),
    ]
    if rows:
        columns = (
            Column("", align="left"),
            Column(view.say("mean_kw"), "kW"),
            Column(view.say("energy_period"), "kWh"),
            Column(view.say("share_all"), "%"),
            Column(view.say("remark"), align="left"),
        )
        yield Table(view.say("idle_table"), columns, tuple(rows))
    if held.closed.value is None:
        yield view.missing("closed_day_load", held.closed)


def _standby(view: View, found: Standby) -> Row:
    remark = view.say("standby_remark", hours=percent(found.hours_share))
    return _row(view.say("outside_operation"), found.kw, found.kwh, found.share, remark)


def _closed(view: View, found: ClosedDayLoad) -> Row:
    names = {"days": str(found.days), "p90": plain(found.p90_kwh, 4, 0)}
    remark = view.say("closed_remark_plain", **names)
    if found.working_kw is not None:
        remark = view.say("closed_remark", kw=power(found.working_kw), **names)
    return _row(view.say("closed_days"), found.kw, found.kwh, found.share, remark)


def _lunch(view: View, found: LunchIdle) -> Row:
    name = view.say("lunch_time", start=f"{found.start:%H:%M}", end=f"{found.end:%H:%M}")
    remark = view.say(
        "lunch_remark",
        beside=power(found.beside_kw),
        base=power(found.base_kw),
        idle=power(found.idle_kw),
    )
    kwh = view.data.sums.kwh
    return _row(name, found.lunch_kw, found.kwh, found.kwh / kwh if kwh else None, remark)


def _row(name: str, kw: float | None, kwh: float, share: float | None, remark: str) -> Row:
    return Row(
        (
            Cell(name),
            Cell(power(kw), kw),
            Cell(plain(kwh, 5, 0), kwh),
            Cell(percent(share), None if share is None else share * 100),
            Cell(remark),
        )
    )


def _who(view: View, one: SimultaneousStart) -> str:
    names = [view.circuit(name) for name in one.circuits[:NAMED]]
    more = len(one.circuits) - NAMED
    return view.listed([*names, *([view.say("and_more", n=more)] if more > 0 else [])])


def _together(view: View) -> Table:
    columns = (
        Column(view.say("together_at"), align="left"),
        Column(view.say("together_kw"), "kW"),
        Column(view.say("together_who"), align="left"),
    )
    rows = tuple(
        Row(
            (
                Cell(view.moment(one.at)),
                Cell(power(one.increase_kw), one.increase_kw),
                Cell(_who(view, one)),
            )
        )
        for one in view.data.working.together
    )
    return Table(view.say("together"), columns, rows)
