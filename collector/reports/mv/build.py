"""The M&V report: result first, then method, model, course, evidence, and lines to sign on."""

from __future__ import annotations

from collector.reports.mv.boundary import adjustments, boundary, signatures
from collector.reports.mv.data import MvData
from collector.reports.mv.evidence_part import carbon, meters, quality, verify
from collector.reports.mv.model_part import model_part
from collector.reports.mv.pictures import course, cusum
from collector.reports.mv.result import figures, result
from collector.reports.mv.view import MvView
from collector.reports.report import Language, Note, Report, ReportPeriod, Section


def mv_report(data: MvData, language: Language) -> Report:
    """The report in the language."""
    view = MvView.of(data, language)
    dates, span = view.dates, data.reporting.span
    edges = dates.start_ms(span.first), dates.start_ms(span.end)
    year = dates.fiscal_year(span.first, span.last)
    names = {"reporting": view.span(span), "baseline": view.span(data.baseline.span)}
    return Report(
        language=language,
        title=view.say("title", site=data.head.called(language)),
        subtitle=view.say("subtitle", **names),
        period=ReportPeriod(*edges, view.span(span), year),
        made=data.head.made(language),
        figures=figures(view),
        sections=_sections(view),
        notes=_notes(view),
        zone=str(data.head.zone),
    )


def _sections(view: MvView) -> tuple[Section, ...]:
    parts = [result(view), boundary(view), model_part(view)]
    if view.data.saving is not None:
        charts = (course(view), cusum(view))
        parts.append(Section(view.say("course"), view.say("course_lead"), charts))
    parts += [adjustments(view), carbon(view), quality(view), meters(view)]
    return (*parts, verify(view), signatures(view))


def _notes(view: MvView) -> tuple[Note, ...]:
    data, notes = view.data, []
    if data.shortened:
        day = view.dates.day_only(data.reporting.span.last)
        notes.append(Note(view.say("shortened", day=day), kind="warning"))
    if data.pending:
        notes.append(Note(view.say("pending", n=data.pending), kind="warning"))
    return tuple(notes)
