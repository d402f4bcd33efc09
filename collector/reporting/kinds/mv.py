"""The M&V report of a measure, for a subsidy or a J-Credit: what it has saved, and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.mv.data import MvData


def _gather(sources: Sources, request: Request, step: Step) -> MvData:
    from collector.reporting.gathering.mv import mv_data

    return mv_data(sources, request, step)


def _build(data: MvData, language: Language) -> Report:
    from collector.reports.mv.build import mv_report

    return mv_report(data, language)


def _book(data: MvData, language: Language) -> Book:
    from collector.reports.mv.book import mv_book

    return mv_book(data, language)


KIND = ReportKind(
    name="mv",
    title_ja="省エネ効果の計測・検証(M&V)報告書",
    title_en="M&V report",
    purpose_ja="補助金・J-クレジット向け: ベースラインに対する削減量と不確かさ、検証者の再計算",
    purpose_en="For a subsidy or J-Credit: the saving against a baseline, and how sure it is",
    periods=("month", "year", "fiscal_year", "any"),
    gather=_gather,
    build=_build,
    book=_book,
    formats=("html", "pdf", "xlsx"),
    options=(
        Option(
            "baseline",
            "対策前の期間: 2024-04-01/2025-03-31(両日を含む)",
            "the time before the measure: 2024-04-01/2025-03-31, both days included",
        ),
        Option(
            "circuit",
            "対象設備の回路(省略時は事業所全体)",
            "the circuit of the equipment (default: the whole site)",
        ),
        Option(
            "option",
            "IPMVP オプション: B(回路)か C(事業所全体)",
            "IPMVP option: B (a circuit) or C (the whole site)",
        ),
        Option(
            "drivers",
            "独立変数: temperature, production, calendar(省略時は最良のモデル)",
            "variables: temperature, production, calendar (default: the best model)",
        ),
        Option(
            "adjustments",
            "非定常の調整の表(CSV): date,kWh,reason",
            "non-routine adjustments (CSV): date,kWh,reason",
        ),
        Option(
            "finding",
            "実施済みの改善提案を検証する: standby:press",
            "verify a finding that is done: standby:press",
        ),
    ),
)
