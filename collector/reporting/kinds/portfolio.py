"""The portfolio report: all sites beside one another, and what stands out among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.portfolio.data import Portfolio
    from collector.reports.site_head import SiteHead


def _gather(sources: Sources, request: Request, step: Step) -> tuple[Portfolio, SiteHead]:
    from collector.portfolio.asked import head_of, sites_asked
    from collector.portfolio.computed import gathered
    from collector.portfolio.site_work import told_of

    sites = sites_asked(sources.settings, request.options.get("sites", ""))
    told = []
    for number, site in enumerate(sites):
        step(site, number / len(sites))
        told.append(told_of(sources.store, sources.frames, site, request.first, request.end))
    head = head_of(sources.settings, sources.clock.now_ms())
    return gathered(request.first, request.end, told), head


def _build(data: tuple[Portfolio, SiteHead], language: Language) -> Report:
    from collector.reports.portfolio.build import portfolio_report

    return portfolio_report(*data, language)


KIND = ReportKind(
    name="portfolio",
    title_ja="拠点比較レポート",
    title_en="Portfolio of sites",
    purpose_ja="全拠点の電力量・CO₂・料金・デマンド・使い方を並べ、目立つ拠点を見つける",
    purpose_en="All sites beside one another: energy, CO₂, cost, demand, use; what stands out",
    periods=("month", "year", "fiscal_year", "any"),
    gather=_gather,
    build=_build,
    formats=("html", "xlsx"),
    options=(Option("sites", "拠点(* と ? も可、空白区切り)", "ids or patterns, with blanks"),),
    of_sites="all",
    needs_totals=False,
)
