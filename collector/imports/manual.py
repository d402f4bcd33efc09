"""What people type in: meter readings of a day or a month, or what was used in it.

Readings are counts at an instant, and what lies between two of them went through in between.
Consumptions are figures of a month, a day, or a stretch from a day to a day. Neither says when
within its stretch it was used: the stretch's energy is right, its spread over slots an estimate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.imports.numbers import Mark, decimal_mark, number
from collector.imports.sheet import Sheet, plain
from collector.imports.slots import Slot, SlotFile, Unit, without_overlaps
from collector.imports.table import Columns, Refusal, Row, table_of
from collector.imports.times import (
    EARLIEST_YEAR,
    LAST_YEAR,
    DateOrder,
    date_order,
    day_number,
    stamp,
)
from collector.rollup.periods import midnight_ms

_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})(?:月分?)?")
_EPOCH_DAY = date(1970, 1, 1)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periods:
    """Where the stretches of a sheet of consumptions stand, and the calendar that cuts months.

    ``first`` holds months or days; with ``last`` it holds the first and that the last day of each
    stretch, both included. A month begins on ``billing_day`` of the month before, as bills do,
    unless that is the 1st.
    """

    first: str
    zone: ZoneInfo
    last: str = ""
    billing_day: int = 1
    date_order: DateOrder | None = None


def read_readings(sheet: Sheet, columns: Columns, zone: ZoneInfo, unit: Unit) -> SlotFile:
    """What went through between typed-in readings; the counter is the first column of values.

    A day without a time of day stands for its midnight. A reading below the one before it is
    refused: a replaced meter has no difference to its predecessor.
    """
    table = table_of(sheet, columns, zone)
    refusals = list(table.refusals)
    rows = list(_rising(table.rows, refusals))
    slots = tuple(
        Slot(
            earlier.at_ms,
            later.at_ms,
            unit.milli_of(_count(later) - _count(earlier), 0),
            later.line,
        )
        for earlier, later in pairwise(rows)
    )
    return SlotFile(sheet.name, slots, table.notices, tuple(sorted(refusals)))


def _count(row: Row) -> Decimal:
    return row.values[0] or Decimal(0)


def _rising(rows: Iterable[Row], refusals: list[Refusal]) -> Iterator[Row]:
    last: Row | None = None
    for row in rows:
        if row.values[0] is None:
            continue
        if last is not None and _count(row) < _count(last):
            why = (
                f"{_count(row)} is below {_count(last)} of line {last.line};"
                " where the meter was replaced, type in what was used instead of readings"
            )
            refusals.append(Refusal(row.line, why))
            continue
        last = row
        yield row


def read_consumption(
    sheet: Sheet, periods: Periods, value_column: str, unit: Unit, decimal: Mark | None = None
) -> SlotFile:
    """What was used in each month, day or stretch of days that a row names.

    Rows that lie over one another are refused with both lines.
    """
    notices, refusals = list(sheet.notices), list[Refusal]()
    place = sheet.column(value_column)
    mark = decimal
    if mark is None:
        figures = (cells[place] for _, cells in sheet.rows if place < len(cells))
        mark, said = decimal_mark(
            figures, f'{sheet.name}, column "{value_column}"', sheet.delimiter
        )
        notices += [said] if said else []
    slots = list[Slot]()
    for line, start, end, cells in _stretches(sheet, periods, notices, refusals):
        try:
            slots += _used(line, start, end, cells[place] if place < len(cells) else "", mark, unit)
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(sheet.name, apart, tuple(notices), tuple(sorted(refusals)))


def _used(line: int, start_ms: int, end_ms: int, cell: str, mark: Mark, unit: Unit) -> list[Slot]:
    figure = number(cell, mark)
    if figure is None:
        return []
    if figure < 0:
        raise ValueError(f"{figure} is below zero")
    return [Slot(start_ms, end_ms, unit.milli_of(figure, end_ms - start_ms), line)]


Stretch = tuple[int, int, int, list[str]]
"""Line, start and end (UTC ms), cells."""


def _stretches(
    sheet: Sheet, periods: Periods, notices: list[str], refusals: list[Refusal]
) -> Iterator[Stretch]:
    first_at = sheet.column(periods.first)
    last_at = sheet.column(periods.last) if periods.last else first_at
    days = _Days(sheet, {first_at, last_at}, periods.date_order, notices)
    for line, cells in sheet.rows:
        first, last = (cells[at] if at < len(cells) else "" for at in (first_at, last_at))
        try:
            start, end = (
                (days.day(first), days.day(last) + _A_DAY)
                if periods.last
                else _month(first, periods.billing_day)
                or (days.day(first), days.day(first) + _A_DAY)
            )
            if end <= start:
                raise ValueError(f"{last} is before {first}")
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))
            continue
        yield line, midnight_ms(periods.zone, start), midnight_ms(periods.zone, end), cells


class _Days:
    """The days of some columns, read in the one order that fits them all."""

    def __init__(
        self, sheet: Sheet, places: set[int], told: DateOrder | None, notices: list[str]
    ) -> None:
        read = []
        for line, cells in sheet.rows:
            for place in sorted(places):
                cell = cells[place] if place < len(cells) else ""
                if _month(cell, 1) is None:
                    try:
                        read.append((line, stamp(cell)))
                    except ValueError:
                        continue
        self._order, said = date_order(read, sheet.name, told)
        notices += [said] if said else []

    def day(self, cell: str) -> date:
        """The day of a cell. Raises ``ValueError`` with the reason."""
        return _EPOCH_DAY + timedelta(days=day_number(stamp(cell), self._order))


def _month(cell: str, billing_day: int) -> tuple[date, date] | None:
    found = _MONTH.fullmatch(plain(cell))
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    year, month = int(found[1]), int(found[2])
    if not EARLIEST_YEAR < year < LAST_YEAR:
        return None
    index = year * 12 + month - 1 if billing_day == 1 else year * 12 + month - 2
    first, end = (date(at // 12, at % 12 + 1, billing_day) for at in (index, index + 1))
    return first, end
