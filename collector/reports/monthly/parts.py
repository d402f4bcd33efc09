"""Circuits, kinds of day, days worth a look and open proposals of the month."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.changes import change_cell
from collector.reports.money import money_unit
from collector.reports.monthly.data import CircuitMonth, NotableDay, OpenFinding
from collector.reports.monthly.view import MonthlyView
from collector.reports.numbers import percent, plain, power
from collector.reports.report import Cell, Column, Note, Row, Section, Table


def circuits(view: MonthlyView) -> Section:
    """Each circuit's energy, share and change; the unmeasured remainder last."""
    title = view.say("circuits")
    if view.data.this.kwh is None:
        return Section(title, blocks=(_no_days(view),))
    columns = (
        Column(view.say("circuit"), align="left"),
        Column(view.say("energy_col"), "kWh"),
        Column(view.say("share"), "%", bar="energy"),
        Column(view.say("year_before"), "kWh"),
        Column(view.say("change_year"), "%"),
        Column(view.say("month_before"), "kWh"),
        Column(view.say("change_month"), "%"),
    )
    rows = tuple(_circuit_rows(view))
    return Section(title, _circuits_lead(view), (Table(title, columns, rows),))


def _circuit_rows(view: MonthlyView) -> Iterator[Row]:
    data = view.data
    site = CircuitMonth(
        view.say("site_total"),
        0,
        data.this.kwh,
        data.month_before.kwh if data.month_before else None,
        data.year_before.kwh if data.year_before else None,
    )
    tops = [one for one in data.circuits if one.level == 0 and not one.rest]
    if len(tops) != 1:
        yield _circuit_row(view, site, site.name, strong=True)
    for one in data.circuits:
        name = view.say("rest") if one.rest else one.called(view.language)
        yield _circuit_row(view, one, name, strong=len(tops) == 1 and one.level == 0)


def _circuit_row(view: MonthlyView, one: CircuitMonth, name: str, strong: bool) -> Row:
    whole = view.data.this.kwh
    share = one.kwh / whole if one.kwh is not None and whole else None
    cells = (
        Cell(name),
        Cell(plain(one.kwh, 12, 0), one.kwh),
        Cell(percent(share), share),
        Cell(plain(one.year_before_kwh, 12, 0), one.year_before_kwh),
        change_cell(one.kwh, one.year_before_kwh),
        Cell(plain(one.month_before_kwh, 12, 0), one.month_before_kwh),
        change_cell(one.kwh, one.month_before_kwh),
    )
    return Row(cells, one.level, strong)


def _circuits_lead(view: MonthlyView) -> str:
    for key, field in (
        ("circuits_lead", "year_before_kwh"),
        ("circuits_lead_month", "month_before_kwh"),
    ):
        changes = [
            (one.kwh - before, one)
            for one in view.data.circuits
            if not one.rest and one.level > 0 and one.kwh is not None
            if (before := getattr(one, field)) is not None
        ]
        if len(changes) > 1:
            kwh, one = max(changes, key=lambda pair: abs(pair[0]))
            text = f"{'+' if kwh >= 0 else ''}{plain(kwh, 4, 0)}"
            return view.say(key, name=one.called(view.language), change=text)
    return ""


def kinds_of_day(view: MonthlyView) -> Section:
    """How many days of each kind there were, and what such a day took."""
    title, groups = view.say("days_title"), view.data.this.groups
    if not any(days.days for days in groups):
        return Section(title, blocks=(_no_days(view),))
    columns = (
        Column(view.say("kind"), align="left"),
        Column(view.say("days")),
        Column(view.say("kwh_a_day"), "kWh"),
        Column(view.say("base_col"), "kW"),
        Column(view.say("of_month"), "%", bar="energy"),
    )
    sums = {days.group: (days.kwh_a_day or 0.0) * days.days for days in groups}
    whole = sum(sums.values())
    rows = []
    for days in groups:
        share = sums[days.group] / whole if whole else None
        cells = (
            Cell(view.say(f"group_{days.group}")),
            Cell(str(days.days), days.days),
            Cell(plain(days.kwh_a_day, 12, 0), days.kwh_a_day),
            Cell(power(days.base_kw), days.base_kw),
            Cell(percent(share), share),
        )
        rows.append(Row(cells))
    off = sum(kwh for group, kwh in sums.items() if group != "working")
    lead = view.say("days_lead", share=percent(off / whole)) if whole > 0 else ""
    return Section(title, lead, (Table(title, columns, tuple(rows)),))


def notable(view: MonthlyView) -> Section | None:
    """Days worth a look; None where there is none."""
    if not view.data.notable:
        return None
    title = view.say("notable")
    columns = (
        Column(view.say("day"), align="left"),
        Column(view.say("energy_col"), "kWh"),
        Column(view.say("why"), align="left"),
    )
    ordered = sorted(view.data.notable, key=lambda day: day.day)
    rows = tuple(
        Row(
            (
                Cell(view.dates.short(day.day)),
                Cell(plain(day.kwh, 12, 0), day.kwh),
                Cell(_why(view, day)),
            )
        )
        for day in ordered
    )
    return Section(title, blocks=(Table(title, columns, rows),))


def _why(view: MonthlyView, day: NotableDay) -> str:
    kind = view.say(f"one_{day.group}")
    if day.why == "peak":
        when = view.half_hours(day.from_slot, day.to_slot)
        return view.say("peak_day", kw=power(day.peak_kw), when=when)
    if day.why == "unusual":
        key = "unusual_more" if day.apart_kwh >= 0 else "unusual_less"
        when = view.half_hours(day.from_slot, day.to_slot)
        return view.say(key, kind=kind, kwh=plain(abs(day.apart_kwh), 3, 0), when=when)
    return view.say(day.why, kind=kind)


def findings(view: MonthlyView) -> Section | None:
    """The proposals that wait; None where none were ever looked for."""
    if not view.data.findings_known:
        return None
    title = view.say("findings")
    if not view.data.findings:
        return Section(title, blocks=(Note(view.say("no_findings")),))
    unit = money_unit(view.data.findings[0].currency, view.language)
    columns = (
        Column(view.say("measure"), align="left"),
        Column(view.say("circuit"), align="left"),
        Column(view.say("saving"), "kWh"),
        Column("CO₂", "t"),
        Column(view.say("yen_a_year"), unit),
    )
    rows = tuple(_finding_row(view, found) for found in view.data.findings)
    return Section(title, blocks=(Table(title, columns, rows),))


def _finding_row(view: MonthlyView, found: OpenFinding) -> Row:
    language = view.language
    low, high = plain(found.yen_low, 3, 0), plain(found.yen_high, 3, 0)
    dash = "〜" if language == "ja" else "–"
    mark = view.say("doing") if found.doing else ""
    return Row(
        (
            Cell(found.measure[language] + mark),
            Cell(found.circuit[language]),
            Cell(plain(found.kwh, 3, 0), found.kwh),
            Cell(plain(found.co2_t, 3, 1), found.co2_t),
            Cell(f"{low}{dash}{high}", found.yen_high),
        )
    )


def _no_days(view: MonthlyView) -> Note:
    return Note(view.say("no_days"), view.say("no_days_hint"), "empty")
