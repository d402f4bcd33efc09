"""The monthly report: figures first, then what changed, what it cost, and how it is known."""

from __future__ import annotations

from collector.reports.monthly.bill import bill_lines
from collector.reports.monthly.carbon import carbon
from collector.reports.monthly.compared import compared
from collector.reports.monthly.data import MonthlyData
from collector.reports.monthly.demand import base_load, demand
from collector.reports.monthly.figures import figures
from collector.reports.monthly.parts import circuits, findings, kinds_of_day, notable
from collector.reports.monthly.view import MonthlyView
from collector.reports.report import Language, Note, Report, ReportPeriod, Section
from collector.reports.site_bars import energy_bars
from collector.reports.site_evidence import evidence
from collector.reports.site_pictures import heat
from collector.reports.site_quality import quality


def monthly_report(data: MonthlyData, language: Language) -> Report:
    """The report in the language; parts without data say what is missing and what to do."""
    view = MonthlyView.of(data, language)
    dates = view.dates
    year = dates.fiscal_year(data.span.first, data.span.last)
    text = _period_text(view)
    middot = "・" if language == "ja" else " · "
    edges = dates.start_ms(data.span.first), dates.start_ms(data.span.end)
    return Report(
        language=language,
        title=view.say("title", site=data.head.called(language)),
        subtitle=middot.join((text, year)),
        period=ReportPeriod(*edges, text, year),
        made=data.head.made(language),
        zone=str(data.head.zone),
        figures=figures(view),
        sections=tuple(_sections(view)),
        notes=_notes(view),
    )


def _sections(view: MonthlyView) -> list[Section]:
    found = [
        compared(view),
        demand(view),
        energy_bars(view.site),
        heat(view.site),
        bill_lines(view),
        carbon(view),
        circuits(view),
        base_load(view),
        kinds_of_day(view),
        notable(view),
        findings(view),
        quality(view.site),
        evidence(view.site),
    ]
    return [section for section in found if section is not None]


def _period_text(view: MonthlyView) -> str:
    data = view.data
    if not data.by_bill:
        return view.month(data.span.first)
    span = view.dates.span(data.span.first, data.span.last)
    return view.say("bill_month", span=span)


def _notes(view: MonthlyView) -> tuple[Note, ...]:
    data = view.data
    notes = []
    if data.head.made_at_ms < view.dates.start_ms(data.span.end):
        notes.append(Note(view.say("unfinished"), kind="warning"))
    elif 0 < data.this.known_days < data.span.length:
        text = view.say("partly", known=data.this.known_days, days=data.span.length)
        notes.append(Note(text, kind="warning"))
    return tuple(notes)
