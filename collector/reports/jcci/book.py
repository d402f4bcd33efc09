"""The check-sheet table as a workbook: items as rows, months as columns, totals live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from collector.reports.account_head import site_name
from collector.reports.account_parts import factor_table, quality_table, supplier_of
from collector.reports.account_sheet import add_table
from collector.reports.account_words import say
from collector.reports.book import Book, BookCell, CellStyle
from collector.reports.constants import Fuel
from collector.reports.jcci.build import bill_notes, currency_word, doubts
from collector.reports.jcci.data import METHOD, Item, JcciData, items_of
from collector.reports.jcci.words import WORDS
from collector.reports.money import YEN, money_unit
from collector.reports.report import Language
from collector.reports.sheet_rows import SheetRows, address, live, number

_FACTOR, _FIRST_MONTH = 4, 5


def jcci_book(data: JcciData, language: Language) -> Book:
    """The workbook: the table, the factors, the notes."""
    factors = SheetRows(WORDS.say("sheet_factors", language), (22, 30, 12, 40, 50, 26, 26, 10), 1)
    names = data.signed.known.suppliers
    add_table(factors, factor_table(data.account, (METHOD,), names, language))
    notes = SheetRows(WORDS.say("sheet_notes", language), (34, 100))
    notes.note(WORDS.say("not_theirs", language))
    for note in (*doubts(language), *bill_notes(data, language)):
        notes.note(" ".join(filter(None, (note.text, note.hint))))
    for fuel in data.fuels:
        if fuel.co2_t is not None:
            notes.add(fuel.name(language), f"{fuel.co2_t.doubt(language)} — {fuel.co2_t.source}")
    add_table(notes, quality_table(data.account, data.signed.known, language))
    return Book((_table(data, language).sheet(), factors.sheet(), notes.sheet()))


def _table(data: JcciData, language: Language) -> SheetRows:
    months = data.months
    widths = (46, 12, 14, 14, *(12,) * len(months), 16)
    rows = SheetRows(WORDS.say("sheet_table", language), widths, 4)
    span = data.account.span
    rows.title(WORDS.say("title", language, site=site_name(data, language)))
    rows.note(f"{span.first} – {span.last}")
    rows.note(f"{WORDS.say('not_theirs', language)} {WORDS.say('input_note', language)}")
    rows.heads(
        *(WORDS.say(key, language) for key in ("fuel", "kind", "unit", "co2_factor")),
        *(f"{month:%Y-%m}" for month in months),
        say("total", language),
    )
    co2 = [_item_rows(rows, data, item, months, language) for item in items_of(data)]
    known = [item.kg for item in items_of(data)]
    fuels = [_fuel_rows(rows, fuel, len(months), language) for fuel in data.fuels]
    sums = [sum((kg(month) or Decimal(0) for kg in known), Decimal(0)) for month in months]
    cells = []
    for position, kg in enumerate(sums):
        column = _FIRST_MONTH + position
        together = "+".join(address(column, at) for at in (*co2, *fuels) if at)
        cells.append(live(f"={together}" if together else "=0", kg, "kg"))
    at = rows.next_row
    total = _row_sum(at, len(months), sum(sums, Decimal(0)), "kg")
    head = (WORDS.say("all", language), WORDS.say("co2", language), "kg-CO₂", None)
    rows.add(*head, *cells, total)
    return rows


def _item_rows(
    rows: SheetRows, data: JcciData, item: Item, months: Sequence[date], language: Language
) -> int:
    """Add an item's quantity, yen and CO2; the row of its CO2, 0 where it has no factor."""
    name = supplier_of(item.line, data.signed.known.suppliers, language)
    held = [item.months.get(month) for month in months]
    kwh = [number(one.kwh if one else None, "kwh") for one in held]
    total = sum((one.kwh for one in held if one), Decimal(0))
    at = rows.next_row
    head = (name, WORDS.say("quantity", language), "kWh", None)
    rows.add(*head, *kwh, _row_sum(at, len(months), total, "kwh"))
    yen = [_yen(one.yen if one else Decimal(0)) for one in held]
    paid = sum((one.yen for one in held if one and one.yen is not None), Decimal(0))
    head = ("", WORDS.say("yen", language), currency_word(data, language), None)
    rows.add(*head, *yen, _row_sum(at + 1, len(months), paid, "yen"))
    factor = item.line.factor
    if factor is None:
        rows.add("", WORDS.say("co2", language), "kg-CO₂", say("missing", language))
        return 0
    kg = [
        live(f"={address(_FIRST_MONTH + n, at)}*$D{at + 2}", item.kg(month) or 0, "kg")
        for n, month in enumerate(months)
    ]
    used = item.line.gross_kg or Decimal(0)
    value = number(factor.kg_per_kwh, "factor")
    head_cells = ("", WORDS.say("co2", language), "kg-CO₂", value)
    return rows.add(*head_cells, *kg, _row_sum(at + 2, len(months), used, "kg"))


def _fuel_rows(rows: SheetRows, fuel: Fuel, months: int, language: Language) -> int:
    at = rows.next_row
    empty = [BookCell(None, "input") for _ in range(months)]
    quantity, yen = WORDS.say("quantity", language), WORDS.say("yen", language)
    total = _row_sum(at, months, 0, "number")
    rows.add(fuel.name(language), quantity, fuel.unit(language), None, *empty, total)
    rows.add("", yen, money_unit(YEN, language), None, *empty, _row_sum(at + 1, months, 0, "yen"))
    value = BookCell(float(fuel.co2_t.value) if fuel.co2_t else None, "input")
    kg = (live(f"={address(_FIRST_MONTH + n, at)}*$D{at + 2}*1000", 0, "kg") for n in range(months))
    name = f"{WORDS.say('co2', language)} (t-CO₂/{fuel.unit(language)})"
    return rows.add("", name, "kg-CO₂", value, *kg, _row_sum(at + 2, months, 0, "kg"))


def _row_sum(at: int, months: int, value: Decimal | int, style: CellStyle) -> BookCell:
    first, last = address(_FIRST_MONTH, at), address(_FIRST_MONTH + months - 1, at)
    return live(f"=SUM({first}:{last})", value, style)


def _yen(yen: Decimal | None) -> BookCell:
    return BookCell(None, "input") if yen is None else number(yen, "yen")
