"""The daily report of a plant: yesterday on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.daily.data import DailyData


def _gather(sources: Sources, request: Request, step: Step) -> DailyData:
    from collector.reporting.gathering.daily import gather_daily

    return gather_daily(sources, request, step)


def _build(data: DailyData, language: Language) -> Report:
    from collector.reports.daily.build import daily_report

    return daily_report(data, language)


KIND = ReportKind(
    name="daily",
    title_ja="日報",
    title_en="Daily report",
    purpose_ja="前日の電力量・料金・CO₂・デマンドを、ふだんの日と比べて1ページで見る",
    purpose_en="Energy, cost, CO₂ and demand of a day against a usual one, on one page",
    periods=("day",),
    gather=_gather,
    build=_build,
    options=(Option("target_kw", "デマンドの目標(kW)", "the demand target (kW)"),),
)
