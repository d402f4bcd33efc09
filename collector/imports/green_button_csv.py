"""The CSV that utilities offer as Green Button: TYPE, DATE, START TIME, END TIME, USAGE, UNITS.

There is no standard of it; this is the layout of the large Californian utilities. The end is
written inclusive (0:00 to 0:14) or as the next start; the hour that a clock change repeats comes
twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.sheet import Sheet, plain, read_sheet
from collector.imports.slots import Slot, SlotFile, Unit, unit_named, without_overlaps
from collector.imports.table import Columns, Refusal, Row, table_of
from collector.imports.times import DAY_MS, MINUTE_MS, clock_of

START, END, DAY, TYPE, UNITS = "START TIME", "END TIME", "DATE", "TYPE", "UNITS"
_VALUE = re.compile(r"(?:USAGE|IMPORT|CONSUMPTION|DELIVERED)(?:\s*\(([A-Za-z]+)\))?", re.IGNORECASE)
Lengths = Mapping[int, int]
"""How long the slot of each line is (ms)."""


def read_green_button_csv(data: bytes, name: str, zone: ZoneInfo) -> SlotFile:
    """The slots of the file. Raises ``StopError`` when it has not the columns of the layout."""
    sheet = _in_capitals(read_sheet(data, name, (), ("start time",)))
    refusals: list[Refusal] = []
    value, headed = _value_column(sheet)
    unit, kept = _unit_of(_electricity(sheet, refusals), headed, refusals)
    lengths = _lengths(kept, refusals)
    kept = replace(kept, rows=tuple(row for row in kept.rows if row[0] in lengths))
    if not kept.rows:
        first = f": {min(refusals)}" if refusals else ""
        raise StopError(f"{name}: nothing in it can be taken{first}", "is it the right file?")
    table = table_of(kept, Columns(DAY, (value,), START), zone)
    refusals += table.refusals
    notices = [f'figures are {unit.name} of column "{value}"', *table.notices]
    slots = list(_slots(table.rows, lengths, unit, refusals))
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(name, apart, tuple(notices), tuple(sorted(refusals)))


def _in_capitals(sheet: Sheet) -> Sheet:
    return replace(sheet, header=tuple(name.upper() for name in sheet.header))


def _value_column(sheet: Sheet) -> tuple[str, str]:
    for column in sheet.header:
        found = _VALUE.fullmatch(column)
        if found is not None:
            return column, found[1] or ""
    raise StopError(
        f"{sheet.name} is neither Green Button XML nor the CSV of it",
        f"columns DATE, START TIME, END TIME and USAGE; it has: {sheet.columns_told}",
    )


def _electricity(sheet: Sheet, refusals: list[Refusal]) -> Sheet:
    if TYPE not in sheet.header:
        return sheet
    place, kept = sheet.column(TYPE), []
    for line, cells in sheet.rows:
        kind = plain(cells[place]) if place < len(cells) else ""
        if kind and "electric" not in kind.casefold():
            refusals.append(Refusal(line, f"{kind} is not electricity"))
        else:
            kept.append((line, cells))
    return replace(sheet, rows=tuple(kept))


def _unit_of(sheet: Sheet, headed: str, refusals: list[Refusal]) -> tuple[Unit, Sheet]:
    if headed or UNITS not in sheet.header:
        return unit_named(headed or "kWh"), sheet
    place = sheet.column(UNITS)
    told = [plain(cells[place]) if place < len(cells) else "" for _, cells in sheet.rows]
    first = next((unit for unit in told if unit), "kWh")
    kept = []
    for row, unit in zip(sheet.rows, told, strict=True):
        if unit and unit.casefold() != first.casefold():
            refusals.append(Refusal(row[0], f"{unit} among figures in {first}"))
        else:
            kept.append(row)
    return unit_named(first), replace(sheet, rows=tuple(kept))


def _lengths(sheet: Sheet, refusals: list[Refusal]) -> Lengths:
    places = sheet.column(START), sheet.column(END)
    found: dict[int, int] = {}
    for line, cells in sheet.rows:
        start, end = (clock_of(cells[at]) if at < len(cells) else None for at in places)
        if start is None or end is None:
            refusals.append(Refusal(line, "its start or its end is not a time of day"))
            continue
        length_ms = (end - start) % DAY_MS or DAY_MS
        # 0:00 to 0:14 means up to 0:15: no slot has 14 or 59 minutes.
        found[line] = length_ms + MINUTE_MS * (length_ms // MINUTE_MS % 5 == 4)
    return found


def _slots(
    rows: tuple[Row, ...], lengths: Lengths, unit: Unit, refusals: list[Refusal]
) -> Iterator[Slot]:
    for row in rows:
        figure, length_ms = row.values[0], lengths[row.line]
        if figure is None:
            continue
        if figure < 0:
            refusals.append(Refusal(row.line, f"{figure} is below zero"))
            continue
        milli_wh = unit.milli_of(figure, length_ms)
        yield Slot(row.at_ms, row.at_ms + length_ms, milli_wh, row.line)
