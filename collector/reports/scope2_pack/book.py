"""The Scope 2 pack as a workbook: every step from kWh to a customer's grams as a live formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.accounts.account import Account
from collector.reports.account_head import made_line, site_name
from collector.reports.account_parts import certificate_table, factor_table
from collector.reports.account_sheet import METHOD_WIDTHS, add_table, method_rows
from collector.reports.account_words import method_name, say
from collector.reports.book import Book, BookCell
from collector.reports.dates import Dates
from collector.reports.report import Language
from collector.reports.scope2_pack.allocation_book import allocation_sheets
from collector.reports.scope2_pack.build import statements
from collector.reports.scope2_pack.data import METHODS, Scope2Data
from collector.reports.scope2_pack.words import WORDS
from collector.reports.sheet_rows import SheetRows, live, number


@dataclass(frozen=True, slots=True)
class Totals:
    """Where the calculation's sums stand: the energy, and each method's kg (absent: no total)."""

    kwh: str
    kg: Mapping[str, str]


def scope2_book(data: Scope2Data, language: Language) -> Book:
    """The workbook; the first sheet refers to the calculation behind it."""
    calculation, totals = _calculation(data, language)
    sheets = [_summary(data, totals, language), calculation]
    if data.allocation is not None:
        sheets += allocation_sheets(data, data.allocation, totals.kwh, totals.kg, language)
    factors = SheetRows(WORDS.say("sheet_factors", language), (22, 30, 12, 40, 50, 26, 26, 10), 1)
    names = data.signed.known.suppliers
    add_table(factors, factor_table(data.account, METHODS, names, language))
    certificates = SheetRows(WORDS.say("sheet_certificates", language), (26, 22, 14, 14, 14), 1)
    add_table(certificates, certificate_table(data.account, "market", language))
    sheets += [factors, certificates, _method(data, language)]
    return Book(tuple(rows.sheet() for rows in sheets))


def _calculation(data: Scope2Data, language: Language) -> tuple[SheetRows, Totals]:
    rows = SheetRows(WORDS.say("sheet_calculation", language), METHOD_WIDTHS)
    kg: dict[str, str] = {}
    kwh = ""
    for method in METHODS:
        cells = method_rows(rows, data.account, data.signed.known, method, language)
        kwh = kwh or cells.kwh
        if cells.kg:
            kg[method] = cells.kg
        rows.add()
    return rows, Totals(kwh, kg)


def _summary(data: Scope2Data, totals: Totals, language: Language) -> SheetRows:
    account: Account = data.account
    rows = SheetRows(WORDS.say("sheet_summary", language), (40, 22, 14, 60))
    site = site_name(data, language)
    rows.title(WORDS.say("title", language, site=site))
    if data.only:
        rows.add(WORDS.say("copy", language, customer=data.only))
    rows.add(WORDS.say("site", language), site)
    rows.add(WORDS.say("period", language), f"{account.span.first} – {account.span.last}")
    rows.note(made_line(data, Dates(data.zone, language, data.fiscal_year_starts)))
    rows.add()
    for method in METHODS:
        figure = account.sum_of(method)
        mass = BookCell(say("unknown", language))
        if method in totals.kg and figure.kg is not None:
            mass = live(f"={totals.kg[method]}/1000", figure.kg.scaleb(-3), "tonnes")
        status, ids = say(figure.status, language), ", ".join(figure.factor_ids)
        rows.add(f"{method_name(method, language)} (t-CO₂)", mass, status, ids)
    rows.note(WORDS.say("overview_lead", language))
    rows.add(f"{say('kwh', language)} (kWh)", live(f"={totals.kwh}", account.kwh, "kwh"))
    rows.add(say("coverage", language), BookCell(account.coverage, "percent"))
    share = account.estimated_kwh / account.kwh if account.kwh else None
    rows.add(say("estimated_share", language), number(share, "percent"))
    for entry in data.signed.history:
        rows.add(f"No. {entry.number} {entry.by}", entry.digest, None, entry.reason)
    return rows


def _method(data: Scope2Data, language: Language) -> SheetRows:
    account = data.account
    rows = SheetRows(WORDS.say("sheet_statement", language), (30, 100))
    rows.title(WORDS.say("statement", language))
    for term, text in statements(data, language):
        rows.add(term, text)
    rows.add()
    rows.title(say("quality", language))
    days = say("days_of", language, known=len(account.days), all=account.span.length)
    rows.add(say("days_known", language), days)
    rows.add(say("snapshot", language), account.factor_snapshot)
    rows.add(say("version", language), account.software_version)
    rows.add(say("known_on", language), str(account.known_on or say("known_all", language)))
    return rows
