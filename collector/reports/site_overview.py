"""The site overview: one page that shows a plant its energy and CO2 in a period.

Reads nothing: whoever has the store gathers ``SiteOverviewData``; any export renders the report.
"""

from __future__ import annotations

from dataclasses import replace

from collector.reports.dates import Dates
from collector.reports.report import Language, Note, Report, ReportPeriod
from collector.reports.site_bars import co2_bars, energy_bars
from collector.reports.site_circuits import circuits
from collector.reports.site_data import (
    DeliveryCounts,
    FactorUsed,
    MeterData,
    Remark,
    SiteOverviewData,
)
from collector.reports.site_evidence import evidence
from collector.reports.site_facts import StandsIn
from collector.reports.site_figures import figures
from collector.reports.site_pictures import heat, profile
from collector.reports.site_quality import quality
from collector.reports.site_view import SiteView
from collector.rollup.periods import SLOT_MS

_NOTES: dict[StandsIn, str] = {
    "provisional": "provisional_note",
    "fallback": "fallback_note",
    "provisional_and_fallback": "provisional_and_fallback_note",
    "provisional_or_fallback": "provisional_or_fallback_note",
}
__all__ = [
    "DeliveryCounts",
    "FactorUsed",
    "MeterData",
    "Remark",
    "SiteOverviewData",
    "site_overview",
]


def site_overview(data: SiteOverviewData, language: Language) -> Report:
    """The overview of the site in the language.

    Raises ``ValueError`` when the period is empty (``to_ms`` not after ``from_ms``); one
    that ends in the first half hour of a day ends with the day before. A period
    without data gives a report whose empty parts say what is missing and what to do.
    """
    if data.to_ms <= data.from_ms:
        raise ValueError("the period is empty: choose a to_ms after from_ms")
    view = SiteView.of(_without_sliver(data), language)
    return Report(
        language=language,
        title=view.say("title", site=data.called(language)),
        subtitle=_subtitle(view),
        period=_period(view),
        made=view.say(
            "made",
            at=view.dates.moment(data.made_at_ms),
            zone=str(data.zone),
            version=data.software_version,
        ),
        figures=figures(view),
        sections=(
            profile(view),
            heat(view),
            energy_bars(view),
            co2_bars(view),
            circuits(view),
            quality(view),
            evidence(view),
        ),
        notes=_notes(view),
        zone=str(data.zone),
    )


def _without_sliver(data: SiteOverviewData) -> SiteOverviewData:
    """Leave out a last day of which not even one slot is over."""
    dates = Dates(data.zone, "en")
    midnight_ms = dates.start_ms(dates.day_of(data.to_ms - 1))
    if data.from_ms < midnight_ms and data.to_ms - midnight_ms < SLOT_MS:
        return replace(data, to_ms=midnight_ms)
    return data


def _subtitle(view: SiteView) -> str:
    middot = "・" if view.language == "ja" else " · "
    return middot.join((view.period_text, _length(view), _fiscal_year(view)))


def _length(view: SiteView) -> str:
    """How long the period is; an unfinished last day is told in hours."""
    day_count, data = view.day_count, view.data
    last = view.dates.day_of(data.to_ms - 1)
    hours = 0
    if last not in view.facts.whole_days and day_count > 1:
        day_count -= 1
        hours = round((data.to_ms - view.dates.start_ms(last)) / 3_600_000)
    days = view.say("day") if day_count == 1 else view.say("days", n=day_count)
    return view.say("days_hours", days=days, hours=hours) if hours else days


def _fiscal_year(view: SiteView) -> str:
    days = view.dates.days(view.data.from_ms, view.data.to_ms)
    return view.dates.fiscal_year(days[0], days[-1])


def _period(view: SiteView) -> ReportPeriod:
    data = view.data
    return ReportPeriod(data.from_ms, data.to_ms, view.period_text, _fiscal_year(view))


def _notes(view: SiteView) -> tuple[Note, ...]:
    notes = [Note(remark.said(view.language)) for remark in view.data.remarks]
    if view.facts.stands_in:
        notes.append(Note(view.say(_NOTES[view.facts.stands_in]), kind="provisional"))
    if any(factor.status == "outdated" for factor in view.data.factors):
        notes.append(Note(view.say("outdated_note"), view.say("outdated_hint"), "warning"))
    return tuple(notes)
