"""A table in the order of the chambers of commerce's CO2 check sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.accounts.span import Span
    from collector.reporting.sources import Sources
    from collector.reports.jcci.data import JcciData


def _gather(sources: Sources, request: Request, step: Step) -> JcciData:
    from collector.errors import CollectorError
    from collector.reporting.gathering.bill_year import bill_year
    from collector.reporting.gathering.signed_accounts import signed_account, site_of
    from collector.reports.constants import fuels_on
    from collector.reports.jcci.data import METHOD, JcciData

    site = site_of(sources, request)
    span = _twelve_months(request)
    step("account", 0.1)
    signed = signed_account(sources, site, span)
    if METHOD not in signed.account.methods:
        what = f"the check sheet counts by Japan's adjusted factor; {site.id} has none in {span}"
        raise CollectorError(what, "choose a site and period with a contract in Japan")
    months = dict.fromkeys(day.replace(day=1) for day in span.days())
    step("bills", 0.4)
    bills = bill_year(sources, site, tuple(months))
    return JcciData(
        *(site.id, site.name, site.name_en, site.zone, span.first.month, site.billing_day),
        signed=signed,
        made_at_ms=sources.clock.now_ms(),
        bills=bills.bills,
        why_no_bills=bills.why,
        fuels=fuels_on(span.first),
    )


def _twelve_months(request: Request) -> Span:
    from collector.accounts.span import Span, fiscal_year_span
    from collector.errors import CollectorError
    from collector.reporting.option_values import whole_of

    start = whole_of(request.options, "start_month", 1, 12)
    if start is not None:
        return fiscal_year_span(request.first.year, start)
    first = request.first
    if first.day != 1 or request.end != first.replace(year=first.year + 1):
        what = f"{first} to {request.end} (excluded) is not twelve whole months"
        raise CollectorError(what, "write FY2025, or 2025-10/2026-09")
    return Span(first, request.end, request.asked)


def _build(data: JcciData, language: Language) -> Report:
    from collector.reports.jcci.build import jcci_report

    return jcci_report(data, language)


def _book(data: JcciData, language: Language) -> Book:
    from collector.reports.jcci.book import jcci_book

    return jcci_book(data, language)


KIND = ReportKind(
    name="jcci",
    title_ja="CO2チェックシート用集計表",
    title_en="Table for the CO2 check sheet",
    purpose_ja="商工会議所 CO2チェックシートの項目順の月別使用量と金額(転記用の表)",
    purpose_en="Monthly quantities and yen in the order of the chambers' CO2 check sheet",
    periods=("fiscal_year", "year", "any"),
    gather=_gather,
    build=_build,
    book=_book,
    formats=("html", "xlsx"),
    options=(
        Option(
            "start_month",
            "会計年度の開始月(1〜12)。省略時は期間のとおり",
            "month the fiscal year starts in, 1 to 12; default: the period as asked",
        ),
    ),
)
