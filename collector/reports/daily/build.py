"""The daily report: one page that says what yesterday was, against a usual day."""

from __future__ import annotations

from collector.reports.daily.alarms import alarms
from collector.reports.daily.circuits import circuits
from collector.reports.daily.curve import curve
from collector.reports.daily.data import DailyData
from collector.reports.daily.figures import figures
from collector.reports.daily.view import DailyView
from collector.reports.report import (
    Column,
    Language,
    Report,
    ReportPeriod,
)

_TERMS = (Column("", align="left"), Column("", align="left"))


def daily_report(data: DailyData, language: Language) -> Report:
    """The report in the language; parts without data say what is missing and what to do."""
    view = DailyView.of(data, language)
    dates = view.dates
    year = dates.fiscal_year(data.day, data.day)
    text = dates.full(data.day)
    middot = "・" if language == "ja" else " · "
    return Report(
        language=language,
        title=view.say("title", site=data.head.called(language)),
        subtitle=middot.join((text, _kind(view), year)),
        period=ReportPeriod(dates.start_ms(data.day), dates.end_ms(data.day), text, year),
        made=data.head.made(language),
        zone=str(data.head.zone),
        figures=figures(view),
        sections=(curve(view), circuits(view)),
        notes=alarms(view),
    )


def _kind(view: DailyView) -> str:
    kind = view.say(view.data.kind)
    name = view.data.holiday[0 if view.language == "ja" else 1]
    return view.say("with_holiday", kind=kind, name=name) if name else kind
