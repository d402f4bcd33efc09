"""The counted parts of the certificate: figures, coverage by part, by meter, arrivals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from collector.reports.completeness.data import MeterRecord, PartCounts
from collector.reports.completeness.view import CertificateView
from collector.reports.numbers import ABSENT, energy, percent, plain
from collector.reports.report import (
    AxisLabel,
    Cell,
    Column,
    Figure,
    HeatCell,
    HeatMap,
    LegendEntry,
    Meaning,
    Note,
    Row,
    Section,
    Table,
)
from collector.rollup.period_names import month_word, year_name

_A_PAGE = 12
"""Months in one table: a page of them is a year."""


def figures(view: CertificateView) -> tuple[Figure, ...]:
    """Coverage, energy, what of it is estimated, what is missing, arrivals, corrections."""
    site, data = view.data.site, view.data
    slots = site.slots
    value, unit = energy(site.kwh)
    estimated, estimated_unit = energy(site.estimated_kwh)
    share = percent(site.estimated_kwh / site.kwh) if site.kwh else ABSENT
    note = view.say("estimated_note", share=share)
    if not site.estimated_kwh:
        note = view.say("none_estimated")
    hours = slots.missing * data.slot_minutes / 60
    stand = sum(not one.taken_back_by for one in data.corrections)
    back = len(data.corrections) - stand
    n = f"{slots.expected:,.0f}"
    return (
        Figure(
            *(view.say("coverage"), percent(slots.coverage), "%"),
            *(view.say("coverage_note", n=n), "energy"),
        ),
        Figure(view.say("kwh"), value, unit, view.span, "energy"),
        Figure(view.say("estimated"), estimated, estimated_unit, note, "reference"),
        Figure(
            *(view.say("missing"), plain(hours, 4, 1 if hours else 0), view.say("hours")),
            *(view.say("missing_note", minutes=data.slot_minutes), _alarm(hours)),
        ),
        _on_time(view),
        Figure(
            *(view.say("corrections_count"), str(stand), view.say("count_unit")),
            view.say("corrections_note", n=stand, back=back),
        ),
    )  # fmt: skip


def _alarm(hours: float) -> Meaning:
    return "alarm" if hours else "plain"


def _on_time(view: CertificateView) -> Figure:
    known = [record.readings for record in view.data.records if record.readings]
    expected = sum(readings.expected for readings in known)
    if not expected:
        return Figure(view.say("on_time"), ABSENT, "", view.say("no_readings"))
    share = sum(readings.on_time for readings in known) / expected
    note = view.say("on_time_note", n=f"{expected:,}")
    return Figure(view.say("on_time"), percent(min(1.0, share)), "%", note)


def by_part(view: CertificateView) -> tuple[Section, ...]:
    """Coverage by month, a year a table, or in short periods a map by day."""
    firsts = sorted({part.first for record in view.data.records for part in record.parts})
    if not view.data.by_month:
        return (_by_day(view, firsts),) if len(firsts) > 1 else ()
    pages = [firsts[at : at + _A_PAGE] for at in range(0, len(firsts), _A_PAGE)]
    return tuple(
        _by_month(view, page, len(pages) > 1, new_page=number > 0)
        for number, page in enumerate(pages)
    )


def _by_month(
    view: CertificateView, months: Sequence[date], named: bool, new_page: bool
) -> Section:
    years = dict.fromkeys(year_name(month.year, view.language) for month in months)
    year = ("〜" if view.language == "ja" else "–").join(list(years)[:: max(1, len(years) - 1)])
    title = view.say("by_year", year=year) if named else view.say("by_month")
    columns = (
        Column(view.say("meter"), align="left"),
        *(Column(_month_head(view, months, number)) for number in range(len(months))),
        Column(view.say("total")),
    )
    rows = tuple(_month_row(view, record, months) for record in view.data.records)
    return Section(
        title, view.say("by_month_lead"), (Table(title, columns, rows),), new_page=new_page
    )


def _month_head(view: CertificateView, months: Sequence[date], number: int) -> str:
    month = months[number]
    word = month_word(month, view.language)
    if number and month.month != 1:
        return word
    return f"{word} {month:%y}" if view.language == "en" else f"{month:%y}/{month.month}月"


def _month_row(view: CertificateView, record: MeterRecord, months: Sequence[date]) -> Row:
    parts = {part.first: part for part in record.parts}
    held = [parts.get(month) for month in months]
    counts = [part.slots for part in held if part]
    expected = sum(slots.expected for slots in counts)
    measured = sum(slots.measured for slots in counts)
    whole = measured / expected if expected else None
    cells = (
        Cell(view.called(record)),
        *(_share_cell(part) for part in held),
        Cell(percent(whole), whole),
    )
    return Row(cells, strong=record.whole)


def _share_cell(part: PartCounts | None) -> Cell:
    share = part.slots.coverage if part else None
    return Cell(percent(share), share)


def _by_day(view: CertificateView, days: Sequence[date]) -> Section:
    title = view.say("by_day")
    records = view.data.records
    rows = []
    for record in records:
        parts = {part.first: part.slots.coverage for part in record.parts}
        rows.append(
            tuple(
                HeatCell(None if (share := parts.get(day)) is None else 100 * share) for day in days
            )
        )
    chart = HeatMap(
        title=title,
        description=view.say("heat_text"),
        unit="%",
        meaning="energy",
        rows=tuple(rows),
        row_labels=tuple(
            AxisLabel(number, name, name, number + 1)
            for number, name in enumerate(map(view.called, records))
        ),
        column_labels=tuple(
            AxisLabel(number, *view.dates.axis(day), number + 1) for number, day in enumerate(days)
        ),
        low=0.0,
        high=100.0,
        legend=(LegendEntry(view.say("blank"), "blank", "energy"),),
        gap_rows=True,
    )
    return Section(title, blocks=(chart,))


def by_meter(view: CertificateView) -> Section:
    """Slots and energy of each meter, the whole site first."""
    title, unit = view.say("by_meter"), view.say("slots_unit")
    columns = (
        Column(view.say("meter"), align="left"),
        Column(view.say("expected"), unit),
        Column(view.say("measured"), unit),
        Column(view.say("estimated_slots"), unit),
        Column(view.say("missing_slots"), unit),
        Column(view.say("coverage"), "%", bar="energy"),
        Column(view.say("energy"), "kWh"),
        Column(view.say("estimated_kwh"), "kWh"),
    )
    rows = tuple(_meter_row(view, record) for record in view.data.records)
    return Section(title, blocks=(Table(title, columns, rows),))


def _meter_row(view: CertificateView, record: MeterRecord) -> Row:
    slots = record.slots
    counts = (slots.expected, slots.measured, slots.estimated, slots.missing)
    cells = (
        Cell(view.called(record)),
        *(Cell(plain(count, 12, 1 if count % 1 else 0), count) for count in counts),
        Cell(percent(slots.coverage), slots.coverage),
        Cell(plain(record.kwh, 12, 0), record.kwh),
        Cell(
            plain(record.estimated_kwh, 12, 1 if record.estimated_kwh else 0), record.estimated_kwh
        ),
    )
    return Row(cells, strong=record.whole)


def arrivals(view: CertificateView) -> Section:
    """How the readings of each meter arrived, as far as that was recorded."""
    title = view.say("readings")
    known = [record for record in view.data.records if record.readings]
    if not known:
        return Section(title, blocks=(Note(view.say("no_arrivals")),))
    heads = ("days", "expected", "on_time_col", "late", "undated", "not_come")
    columns = (Column(view.say("meter"), align="left"), *(Column(view.say(h)) for h in heads))
    rows = tuple(_arrival_row(view, record) for record in known)
    return Section(title, view.say("readings_lead"), (Table(title, columns, rows),))


def _arrival_row(view: CertificateView, record: MeterRecord) -> Row:
    readings = record.readings
    if readings is None:
        return Row((Cell(view.called(record)),))
    return Row((Cell(view.called(record)), *map(_count, _numbers(record))))


def _numbers(record: MeterRecord) -> Iterator[int]:
    readings = record.readings
    if readings is not None:
        yield from (readings.days, readings.expected, readings.on_time)
        yield from (readings.late, readings.estimated, readings.gap)


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", number)
