"""The consultant pack in a language: page one, limits, profile, models, proposals, appendix."""

from __future__ import annotations

from collector.reports.consultant.appendix import appendix
from collector.reports.consultant.circuits import circuits
from collector.reports.consultant.data import ConsultantData
from collector.reports.consultant.demand import demand, peaks, shaving
from collector.reports.consultant.equipment import equipment, power_factor
from collector.reports.consultant.limits import in_order, limits
from collector.reports.consultant.models import models
from collector.reports.consultant.profile import profile
from collector.reports.consultant.proposals import proposals
from collector.reports.consultant.summary import figures, in_short
from collector.reports.consultant.view import View
from collector.reports.consultant.working import starts, working
from collector.reports.report import Block, Language, Note, Report, ReportPeriod, Section

YEAR = (365, 366)


def consultant_report(data: ConsultantData, language: Language) -> Report:
    """The report in the language; a part whose gate is shut says what is missing."""
    view = View.of(data, language)
    dates, span = view.dates, data.span
    text = view.span(span.first, span.end)
    year = dates.fiscal_year(span.first, span.last)
    middot = "・" if language == "ja" else " · "
    return Report(
        language=language,
        title=view.say("title", site=data.head.called(language)),
        subtitle=middot.join((text, year)),
        period=ReportPeriod(dates.start_ms(span.first), dates.start_ms(span.end), text, year),
        made=data.head.made(language),
        figures=figures(view),
        sections=tuple(_sections(view)),
        notes=_notes(view),
        zone=str(data.head.zone),
    )


def _sections(view: View) -> list[Section]:
    found = [
        in_short(view),
        limits(view),
        together(view.say("profile"), *profile(view), new_page=True),
        together(view.say("demand"), demand(view), peaks(view), shaving(view), new_page=True),
        circuits(view),
        together(view.say("working"), working(view), starts(view)),
        models(view),
        together(view.say("power"), power_factor(view), equipment(view)),
        *proposals(view),
        together(view.say("appendix"), *appendix(view), in_order(view), new_page=True),
    ]
    return [section for section in found if section is not None]


def together(title: str, *parts: Section | None, new_page: bool = False) -> Section:
    """Parts as one section: each part's lead stands below its first picture or table.

    What several of them stand on is said once, at the end.
    """
    held = [part for part in parts if part is not None]
    blocks: list[Block] = []
    for part in held:
        lead = (Note(part.lead),) if part.lead and part is not held[0] else ()
        blocks += [*part.blocks[:1], *lead, *part.blocks[1:]]
    last = {block: number for number, block in enumerate(blocks) if isinstance(block, Note)}
    kept = [b for n, b in enumerate(blocks) if not isinstance(b, Note) or last[b] == n]
    return Section(title, held[0].lead, tuple(kept), new_page=new_page)


def _notes(view: View) -> tuple[Note, ...]:
    data, notes = view.data, []
    if data.head.made_at_ms < view.dates.start_ms(data.span.end):
        notes.append(Note(view.say("unfinished"), kind="warning"))
    if data.sums.known_days < data.span.length:
        names = {"known": data.sums.known_days, "days": data.span.length}
        notes.append(Note(view.say("partly", **names), kind="warning"))
    if data.span.length not in YEAR:
        notes.append(Note(view.say("not_a_year", days=data.span.length), kind="warning"))
    return tuple(notes)
