"""Yearly figures for 省エネ法 (periodic report) and 温対法 (SHK)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.energy_law_report.data import EnergyLawData


def _gather(sources: Sources, request: Request, step: Step) -> EnergyLawData:
    from collector.reporting.gathering.energy_law_year import energy_law_data

    return energy_law_data(sources, request, step)


def _build(data: EnergyLawData, language: Language) -> Report:
    from collector.reports.energy_law_report.build import energy_law_report

    return energy_law_report(data, language)


def _book(data: EnergyLawData, language: Language) -> Book:
    from collector.reports.energy_law_report.book import energy_law_book

    return energy_law_book(data, language)


KIND = ReportKind(
    name="energy_law",
    title_ja="省エネ法・温対法 年度集計",
    title_en="Energy law and SHK yearly figures",
    purpose_ja="省エネ法 定期報告と温対法(SHK)に書く年度の数値。燃料は入力欄",
    purpose_en="Yearly figures for the energy-law periodic report and SHK; fuels are entered",
    periods=("fiscal_year",),
    gather=_gather,
    build=_build,
    book=_book,
    formats=("html", "pdf", "xlsx"),
    options=(
        Option(
            "activity",
            "原単位の分母: 生産計測器の id、または FY2021:3.2;FY2022:3.1",
            "denominator of the intensity: a production meter, or FY2021:3.2;FY2022:3.1",
        ),
        Option("unit", "分母の単位(t, 個 など)", "unit of the denominator (t, pieces, ...)"),
        Option(
            "energy_kl",
            "エネルギー使用量 A(燃料を含む原油換算 kL)の年度別の値: FY2021:812.5;…",
            "energy A with fuels, crude-oil kL by year: FY2021:812.5;...",
        ),
        Option(
            "sold_kl",
            "販売した副生エネルギー B(kL)の年度別の値",
            "by-product energy sold, B, kL by year",
        ),
        Option(
            "heat_kl",
            "購入した未利用熱 B'(kL)の年度別の値",
            "unused heat bought, B', kL by year",
        ),
        Option(
            "dr_up",
            "上げDRを実施した日: 2025-05-04,2025-05-05",
            "days of demand raised: 2025-05-04,2025-05-05",
        ),
        Option("dr_down", "下げDRを実施した日", "days of demand lowered"),
    ),
)
