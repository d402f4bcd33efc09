"""The monthly report of a plant: a calendar month, or the billing month named after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.monthly.data import MonthlyData


def _gather(sources: Sources, request: Request, step: Step) -> MonthlyData:
    from collector.reporting.gathering.monthly import gather_monthly

    return gather_monthly(sources, request, step)


def _build(data: MonthlyData, language: Language) -> Report:
    from collector.reports.monthly.build import monthly_report

    return monthly_report(data, language)


KIND = ReportKind(
    name="monthly",
    title_ja="月報",
    title_en="Monthly report",
    purpose_ja="月の電力量・料金・CO₂・デマンドを、前年同月・前月・目標と比べて見る",
    purpose_en="Energy, bill, CO₂ and demand of a month against last year, the month before "
    "and the target",
    periods=("month",),
    gather=_gather,
    build=_build,
    formats=("html", "pdf"),
    options=(
        Option(
            "month",
            "calendar(暦月)か bill(検針月)",
            "calendar, or bill for the billing month",
            "calendar",
            in_name=True,
        ),
    ),
)
