"""Sheets of a workbook that come from an account: a method's months as live formulas, tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from collector.accounts.account import Account, AccountLine
from collector.accounts.monthly import month_lines
from collector.reports.account_parts import Known, supplier_of
from collector.reports.account_words import method_name, say
from collector.reports.book import BookCell
from collector.reports.report import Language, Table
from collector.reports.sheet_rows import SheetRows, live, number, summed
from collector.rollup.carbon import energy_kwh

METHOD_WIDTHS = (12, 44, 16, 14, 16, 14, 32, 10, 16)
_KWH, _ESTIMATED, _CERTIFICATE, _FACTOR, _KG = 3, 4, 5, 6, 9


@dataclass(frozen=True, slots=True)
class MethodCells:
    """Where a method's sums stand: its energy, and its kg ("" where it has no total)."""

    kwh: str
    kg: str


def add_table(rows: SheetRows, table: Table) -> None:
    """Add a report's table as it is: numbers where there are numbers, else text."""
    units = (f" ({column.unit})" if column.unit else "" for column in table.columns)
    heads = (f"{c.label}{u}" for c, u in zip(table.columns, units, strict=True))
    if table.has_head:
        rows.heads(*heads)
    for row in table.rows:
        rows.add(
            *(
                BookCell(cell.text) if cell.number is None else BookCell(cell.number, "number")
                for cell in row.cells
            )
        )


def method_rows(
    rows: SheetRows, account: Account, known: Known, method: str, language: Language
) -> MethodCells:
    """Add a method's months, factor by factor, its certificates and its sum, all live."""
    rows.title(method_name(method, language))
    rows.heads(
        *(say("month", language), say("supplier", language)),
        *(f"{say(key, language)} (kWh)" for key in ("kwh", "estimated", "certificate_kwh")),
        f"{say('factor', language)} (kg-CO₂/kWh)",
        *(say("factor_id", language), say("status", language)),
        f"{say('emissions', language)} (kg-CO₂)",
    )
    first = rows.next_row
    _month_rows(rows, account, known, method, language)
    _certificate_rows(rows, account, known, method, language)
    last = rows.next_row - 1
    figure = account.sum_of(method)
    at = rows.add(
        *(say("total", language), None),
        summed(_KWH, first, last, account.kwh, "kwh"),
        summed(_ESTIMATED, first, last, account.estimated_kwh, "kwh"),
        summed(_CERTIFICATE, first, last, energy_kwh(figure.certificate_milli_wh), "kwh"),
        *(None, None, say(figure.status, language)),
        _mass_total(figure.kg, first, last, language),
    )
    return MethodCells(rows.at(_KWH, at), rows.at(_KG, at) if figure.kg is not None else "")


def _mass_total(kg: Decimal | None, first: int, last: int, language: Language) -> BookCell:
    if kg is None:
        return BookCell(say("unknown", language))
    return summed(_KG, first, last, kg, "kg")


def _month_rows(
    rows: SheetRows, account: Account, known: Known, method: str, language: Language
) -> None:
    names = known.suppliers
    for part in month_lines(account, method):
        at, gross = rows.next_row, part.gross_kg
        rows.add(
            *(f"{part.month:%Y-%m}", supplier_of(part.line, names, language)),
            number(part.kwh, "kwh"),
            number(energy_kwh(part.estimated_milli_wh), "kwh"),
            None,
            *_factor_cells(part.line, language),
            None if gross is None else live(f"=C{at}*F{at}", gross, "kg"),
        )


def _certificate_rows(
    rows: SheetRows, account: Account, known: Known, method: str, language: Language
) -> None:
    names = known.suppliers
    for line in account.lines_of(method):
        if line.certificate_milli_wh:
            at = rows.next_row
            rows.add(
                say("certificate_row", language),
                supplier_of(line, names, language),
                *(None, None, number(line.certificate_kwh, "kwh")),
                *_factor_cells(line, language),
                live(f"=-E{at}*F{at}", -line.deducted_kg, "kg"),
            )


def _factor_cells(line: AccountLine, language: Language) -> tuple[BookCell, BookCell, BookCell]:
    factor = line.factor
    return (
        number(factor.kg_per_kwh if factor else None, "factor"),
        BookCell(factor.id if factor else None),
        BookCell(say(line.status, language)),
    )
