"""The fuels of the workbook: cells to fill in, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from collector.accounts.energy_law import KL_PER_GJ
from collector.reports.book import BookCell
from collector.reports.constants import Constant
from collector.reports.energy_law_report.data import EnergyLawData
from collector.reports.energy_law_report.words import WORDS
from collector.reports.report import Language
from collector.reports.sheet_rows import SheetRows, live, summed

_OTHER_ROWS = 3
"""Empty rows for fuels that the list does not name."""


@dataclass(frozen=True, slots=True)
class FuelCells:
    """Where the fuels' sums stand, and the constants that the sheet holds."""

    gj: str
    kl: str
    t: str
    constants: tuple[Constant, ...]


def fuel_sheet(data: EnergyLawData, language: Language) -> tuple[SheetRows, FuelCells]:
    """The sheet and the addresses of its sums; nothing is filled in yet, so all sums are zero."""
    rows = SheetRows(WORDS.say("sheet_fuels", language), (30, 12, 16, 16, 16, 14, 14, 14), 2)
    rows.note(f"{WORDS.say('input_note', language)} {WORDS.say('no_value', language)}")
    rows.heads(
        *(WORDS.say(key, language) for key in ("fuel", "unit", "quantity")),
        f"{WORDS.say('unit_gj', language)} (GJ)",
        f"{WORDS.say('unit_t', language)} (t-CO₂)",
        f"{WORDS.say('energy_gj', language)} (GJ)",
        f"{WORDS.say('oil', language)} (kL)",
        "t-CO₂",
    )
    first = rows.next_row
    for fuel in data.fuels:
        cells = (_given(fuel.gj), _given(fuel.co2_t))
        _row(rows, BookCell(fuel.name(language)), BookCell(fuel.unit(language)), *cells)
    for _ in range(_OTHER_ROWS):
        _row(rows, *(BookCell(None, "input") for _ in range(4)))
    last = rows.next_row - 1
    at = rows.add(
        WORDS.say("fuels", language),
        *(None,) * 4,
        summed(6, first, last, 0, "gj"),
        summed(7, first, last, 0, "kl"),
        summed(8, first, last, 0, "tonnes"),
    )
    held = (c for fuel in data.fuels for c in (fuel.gj, fuel.co2_t) if c is not None)
    return rows, FuelCells(rows.at(6, at), rows.at(7, at), rows.at(8, at), tuple(held))


def _row(rows: SheetRows, name: BookCell, unit: BookCell, gj: BookCell, t: BookCell) -> None:
    at = rows.next_row
    rows.add(
        *(name, unit, BookCell(None, "input"), gj, t),
        live(f"=C{at}*D{at}", 0, "gj"),
        live(f"=F{at}*{KL_PER_GJ}", 0, "kl"),
        live(f"=C{at}*E{at}", 0, "tonnes"),
    )


def _given(constant: Constant | None) -> BookCell:
    # A value to be confirmed stays a cell to fill in; it begins with the value held.
    return BookCell(None if constant is None else float(constant.value), "input")
