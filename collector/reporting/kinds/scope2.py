"""The Scope 2 pack for a customer: both methods, every factor, quality, a customer's part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collector.reporting.kind import Option, ReportKind, Request, Step
from collector.reports.book import Book
from collector.reports.report import Language, Report

if TYPE_CHECKING:
    from collector.reporting.sources import Sources
    from collector.reports.scope2_pack.data import Scope2Data


def _gather(sources: Sources, request: Request, step: Step) -> Scope2Data:
    from collector.reporting.gathering.scope2_period import scope2_data

    return scope2_data(sources, request, step)


def _build(data: Scope2Data, language: Language) -> Report:
    from collector.reports.scope2_pack.build import scope2_pack

    return scope2_pack(data, language)


def _book(data: Scope2Data, language: Language) -> Book:
    from collector.reports.scope2_pack.book import scope2_book

    return scope2_book(data, language)


KIND = ReportKind(
    name="scope2",
    title_ja="Scope 2 排出量報告パック",
    title_en="Scope 2 pack",
    purpose_ja="取引先に渡す Scope 2 排出量(両基準・係数・品質・顧客への配分)",
    purpose_en="Scope 2 for a customer: both methods, factors, quality, allocation",
    periods=("month", "year", "fiscal_year", "any"),
    gather=_gather,
    build=_build,
    book=_book,
    formats=("html", "pdf", "xlsx"),
    options=(
        Option(
            "customers",
            "顧客・製品の表(CSV): customer,lines,mass,pieces,machine_hours,revenue",
            "table of customers (CSV): customer,lines,mass,pieces,machine_hours,revenue",
        ),
        Option(
            "basis",
            "共通負荷の配分基準(mass, pieces, machine_hours, revenue。省略時は最良のもの)",
            "basis of the common load (mass, pieces, machine_hours, revenue; default: the best)",
        ),
        Option(
            "customer",
            "この顧客への控え: 他の顧客は名前を出さず合算する",
            "a copy for this customer: the others are told together, without names",
            in_name=True,
        ),
    ),
)
