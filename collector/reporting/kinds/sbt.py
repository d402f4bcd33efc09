"""Progress of a small firm against its science-based target (SBT, SME route)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.sbt.data import SbtData


def _gather(sources: Sources, request: Request, step: Step) -> SbtData:
    from collector.reporting.gathering.sbt_year import sbt_data

    return sbt_data(sources, request, step)


def _build(data: SbtData, language: Language) -> Report:
    from collector.reports.sbt.build import sbt_report

    return sbt_report(data, language)


def _book(data: SbtData, language: Language) -> Book:
    from collector.reports.sbt.book import sbt_book

    return sbt_book(data, language)


KIND = ReportKind(
    name="sbt",
    title_ja="中小企業版SBT 進捗",
    title_en="SBT progress (SME route)",
    purpose_ja="中小企業版SBTの要件確認と、基準年からの目標線に対する今年度の位置",
    purpose_en="The SME route of SBT: conditions, and this year against the line to the target",
    periods=("fiscal_year",),
    gather=_gather,
    build=_build,
    book=_book,
    formats=("html", "xlsx"),
    options=(
        Option("base_year", "基準年度(2018 など)", "base year, a fiscal year such as 2018"),
        Option("s1_t", "今年度の Scope 1(t-CO2e)", "Scope 1 of this year, t-CO2e"),
        Option("base_s1_t", "基準年度の Scope 1(t-CO2e)", "Scope 1 of the base year, t-CO2e"),
        Option(
            "base_location_t",
            "基準年度の Scope 2 ロケーション基準(t)。計測がない年度のみ",
            "Scope 2 of the base year, location-based, t; for a year without readings",
        ),
        Option(
            "base_market_t",
            "基準年度の Scope 2 マーケット基準(t)。計測がない年度のみ",
            "Scope 2 of the base year, market-based, t; for a year without readings",
        ),
        Option("staff", "従業員数", "number of employees"),
        Option("turnover_meur", "売上高(百万ユーロ)", "turnover, million EUR"),
        Option("assets_meur", "総資産(百万ユーロ)", "total assets, million EUR"),
        Option("flag", "FLAG目標の義務がある業種か(yes, no)", "mandatory FLAG sector (yes, no)"),
        Option(
            "excluded",
            "金融・石油ガスなど対象外の業種か(yes, no)",
            "financial, oil and gas or another excluded sector (yes, no)",
        ),
        Option(
            "scope3",
            "Scope 3 の把握と削減に取り組むと約束したか(yes, no)",
            "committed to measure and reduce Scope 3 (yes, no)",
        ),
        Option(
            "reduction",
            "自社で掲げた削減率(%)。制度の水準と比べる",
            "reduction the firm has stated, %; compared with the scheme's",
        ),
    ),
)
