"""The site overview: a period of a plant on one page, as the demo shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import ReportKind, Request, Step
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.site_data import SiteOverviewData


def _gather(sources: Sources, request: Request, step: Step) -> SiteOverviewData:
    from collector.accounts.span import Span
    from collector.reporting.gathering.overviews import overview_of

    step("totals", 0.1)
    return overview_of(sources, sources.site(request.site), Span(request.first, request.end))


def _build(data: SiteOverviewData, language: Language) -> Report:
    from collector.reports.site_overview import site_overview

    return site_overview(data, language)


KIND = ReportKind(
    name="overview",
    title_ja="エネルギー・CO₂レポート",
    title_en="Energy and CO₂ report",
    purpose_ja="期間の電力量・CO₂・デマンド・回路別内訳を1ページで見る",
    purpose_en="Energy, CO₂, demand and circuits of a period on one page",
    periods=("day", "month", "year", "fiscal_year", "any"),
    gather=_gather,
    build=_build,
)
