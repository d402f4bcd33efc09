"""The consultant pack for an energy diagnosis (省エネ診断): load profile, proposals, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.consultant.data import ConsultantData


def _gather(sources: Sources, request: Request, step: Step) -> ConsultantData:
    from collector.reporting.gathering.consultant import gather_consultant

    return gather_consultant(sources, request, step)


def _build(data: ConsultantData, language: Language) -> Report:
    from collector.reports.consultant.build import consultant_report

    return consultant_report(data, language)


def _book(data: ConsultantData, language: Language) -> Book:
    from collector.reports.consultant.book import consultant_book

    return consultant_book(data, language)


KIND = ReportKind(
    name="consultant",
    title_ja="省エネ診断レポート",
    title_en="Energy diagnosis",
    purpose_ja="ロードプロファイルから省エネの余地を読み、kWh・円・CO₂の付いた改善提案にまとめる",
    purpose_en="Reads the load profile and ends in proposals with kWh, yen and CO₂ as ranges",
    periods=("any",),
    gather=_gather,
    build=_build,
    book=_book,
    formats=("html", "pdf", "xlsx"),
    options=(
        Option("target_kw", "デマンドの目標値(kW)", "the target demand (kW)"),
        Option(
            "pictures",
            "図を付ける提案の数(効果の大きい順)",
            "how many proposals show their picture, the best first",
            "5",
        ),
        Option(
            "price",
            "1 kWhの単価(料金メニューの代わりに使う)",
            "a price of a kWh instead of the tariff",
        ),
        Option(
            "kw_price",
            "priceと併用: デマンド1 kWの年額",
            "with price: what a kW of demand costs a year",
        ),
    ),
)
