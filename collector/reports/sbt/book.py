"""The SBT report as a workbook: Scope 1 is filled in, totals and the line follow live."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from collector.reports.account_head import site_name
from collector.reports.account_parts import factor_table, quality_table
from collector.reports.account_sheet import METHOD_WIDTHS, MethodCells, add_table, method_rows
from collector.reports.account_words import method_name, say
from collector.reports.book import Book, BookCell
from collector.reports.report import Language
from collector.reports.sbt.build import rule_notes
from collector.reports.sbt.data import METHODS, SbtData, Standing, standing_of
from collector.reports.sbt.words import WORDS
from collector.reports.sheet_rows import SheetRows, live, number


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the first sheet that formulas refer to; columns B and C are the methods."""

    total: int
    base: int
    percent: int


def sbt_book(data: SbtData, language: Language) -> Book:
    """The workbook: progress, the line year by year, the calculation, the factors."""
    calculation = SheetRows(WORDS.say("scope_2", language), METHOD_WIDTHS)
    cells = []
    for method in METHODS:
        known = data.signed.known
        cells.append(method_rows(calculation, data.account, known, method, language))
        calculation.add()
    progress, rows = _progress(data, cells, language)
    factors = SheetRows(WORDS.say("sheet_factors", language), (22, 30, 12, 40, 50, 26, 26, 10), 1)
    names = data.signed.known.suppliers
    add_table(factors, factor_table(data.account, METHODS, names, language))
    add_table(factors, quality_table(data.account, data.signed.known, language))
    sheets = (progress, _line(data, progress, rows, language), calculation, factors)
    return Book(tuple(sheet.sheet() for sheet in sheets))


def _progress(
    data: SbtData, cells: list[MethodCells], language: Language
) -> tuple[SheetRows, _Rows]:
    rows = SheetRows(WORDS.say("sheet", language), (46, 20, 20, 60))
    rows.title(WORDS.say("title", language, site=site_name(data, language)))
    rows.note(WORDS.say("input_note", language))
    for note in rule_notes(data, language):
        rows.note(note.text)
    rows.heads("t-CO₂", *(method_name(method, language) for method in METHODS), "")
    standings = [standing_of(data, method) for method in METHODS]
    s1 = _input_row(rows, _name("this_year", "scope_1", language), data.entered.s1_t)
    statuses = ", ".join(say(data.account.sum_of(method).status, language) for method in METHODS)
    s2 = rows.add(_name("this_year", "scope_2", language), *_now_cells(data, cells), statuses)
    now = [standing.now_kg for standing in standings]
    total = _total_row(rows, WORDS.say("sum", language), s1, s2, now)
    base_s1 = _input_row(rows, _name("base", "scope_1", language), data.entered.base_s1_t)
    held = data.base.kg if data.base else {}
    base_cells = (_base_cell(held.get(method)) for method in METHODS)
    base_s2 = rows.add(_name("base", "scope_2", language), *base_cells)
    bases = [standing.base_kg for standing in standings]
    base = _total_row(rows, WORDS.say("base_sum", language), base_s1, base_s2, bases)
    percent_cell = number(data.rule.percent, "number")
    percent = rows.add(f"{WORDS.say('rule', language)} (%)", percent_cell, None, data.rule.source)
    found = _Rows(total, base, percent)
    _verdict_rows(rows, data, standings, found, language)
    return rows, found


def _name(whose: str, what: str, language: Language) -> str:
    return f"{WORDS.say(whose, language)} {WORDS.say(what, language)}"


def _now_cells(data: SbtData, cells: list[MethodCells]) -> list[BookCell]:
    found = []
    for method, cell in zip(METHODS, cells, strict=True):
        kg = data.scope_2_kg(method)
        if kg is None or not cell.kg:
            found.append(BookCell(None, "input"))
        else:
            found.append(live(f"={cell.kg}/1000", kg.scaleb(-3), "tonnes"))
    return found


def _input_row(rows: SheetRows, name: str, value: Decimal | None) -> int:
    at = rows.next_row
    now: float | str = "" if value is None else float(value)
    second = live(f'=IF(B{at}="","",B{at})', now, "tonnes")
    return rows.add(name, number(value, "input"), second)


def _base_cell(kg: Decimal | None) -> BookCell:
    return number(None if kg is None else kg.scaleb(-3), "input")


def _total_row(
    rows: SheetRows, name: str, first: int, second: int, values: list[Decimal | None]
) -> int:
    cells = (
        live(
            f'=IF(OR({c}{first}="",{c}{second}=""),"",{c}{first}+{c}{second})',
            "" if kg is None else kg.scaleb(-3),
            "tonnes",
        )
        for c, kg in zip("BC", values, strict=True)
    )
    return rows.add(name, *cells)


def _verdict_rows(
    rows: SheetRows, data: SbtData, standings: list[Standing], found: _Rows, language: Language
) -> None:
    gone = data.year - data.rule.base_year
    length = data.rule.target_year - data.rule.base_year
    share = min(gone, length)
    at = rows.next_row
    allowed = (
        live(
            f'=IF({c}{found.base}="","",{c}{found.base}'
            f"*(1-$B${found.percent}/100*{share}/{length}))",
            "" if one.allowed_kg is None else one.allowed_kg.scaleb(-3),
            "tonnes",
        )
        for c, one in zip("BC", standings, strict=True)
    )
    rows.add(WORDS.say("allowed", language), *allowed)
    gaps = (
        live(
            f'=IF(OR({c}{found.total}="",{c}{at}=""),"",{c}{found.total}-{c}{at})',
            "" if one.gap_kg is None else one.gap_kg.scaleb(-3),
            "tonnes",
        )
        for c, one in zip("BC", standings, strict=True)
    )
    rows.add(WORDS.say("difference", language), *gaps)


def _line(data: SbtData, progress: SheetRows, found: _Rows, language: Language) -> SheetRows:
    rows = SheetRows(WORDS.say("sheet_line", language), (14, 20, 20), 1)
    rows.heads(WORDS.say("year", language), *(method_name(m, language) for m in METHODS))
    standings = [standing_of(data, method) for method in METHODS]
    rule = data.rule
    percent = progress.at(2, found.percent)
    for year in range(rule.base_year, rule.target_year + 1):
        share = f"{year - rule.base_year}/{rule.target_year - rule.base_year}"
        cells = []
        for column, one in zip((2, 3), standings, strict=True):
            base = progress.at(column, found.base)
            allowed = one.path.allowed_kg(year) if one.path else None
            value = "" if allowed is None else allowed.scaleb(-3)
            formula = f'=IF({base}="","",{base}*(1-{percent}/100*{share}))'
            cells.append(live(formula, value, "tonnes"))
        rows.add(year, *cells)
    return rows
