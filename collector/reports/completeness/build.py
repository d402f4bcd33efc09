"""The certificate of data completeness: to be signed, and to be made again by who doubts it."""

from __future__ import annotations

from collector.reports.completeness.counts import arrivals, by_meter, by_part, figures
from collector.reports.completeness.data import CompletenessData
from collector.reports.completeness.told import (
    closed,
    corrections,
    gaps,
    imports,
    lost,
    method,
    signatures,
)
from collector.reports.completeness.view import CertificateView
from collector.reports.report import Language, Note, Report, ReportPeriod


def certificate(data: CompletenessData, language: Language) -> Report:
    """The certificate in the language."""
    view = CertificateView.of(data, language)
    dates, span = view.dates, data.span
    year = dates.fiscal_year(span.first, span.last)
    edges = dates.start_ms(span.first), dates.start_ms(span.end)
    middot = "・" if language == "ja" else " · "
    sections = (
        *by_part(view),
        by_meter(view),
        arrivals(view),
        gaps(view),
        corrections(view),
        imports(view),
        closed(view),
        lost(view),
        method(view),
        signatures(view),
    )
    return Report(
        language=language,
        title=view.say("title", site=data.head.called(language)),
        subtitle=middot.join((view.span, year)),
        period=ReportPeriod(*edges, view.span, year),
        made=data.head.made(language),
        zone=str(data.head.zone),
        figures=figures(view),
        sections=tuple(section for section in sections if section is not None),
        notes=_notes(view),
    )


def _notes(view: CertificateView) -> tuple[Note, ...]:
    data = view.data
    names = {"span": view.span, "site": data.head.called(view.language)}
    notes = [Note(view.say("statement", n=len(data.records) - 1, **names))]
    if data.shortened:
        day = view.dates.day_only(data.span.last)
        notes.append(Note(view.say("shortened", day=day), kind="warning"))
    if data.pending:
        notes.append(Note(view.say("pending", n=data.pending), kind="warning"))
    return tuple(notes)
