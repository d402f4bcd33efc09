"""A logger's or portal's file as rows: instant, values, and what had to be left out.

Stands between bytes and everything that makes series of them. The file tells its own encoding,
delimiter, order of dates and decimal mark (``sheet``, ``numbers``, ``times``); what it cannot
tell is a ``StopError`` that says how to tell it. A row that cannot be read is refused with its
line and the reason, and the others are taken. Nothing is guessed in silence: see ``notices``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.numbers import Mark, decimal_mark, number
from collector.imports.sheet import Sheet, read_sheet
from collector.imports.times import (
    DAY_MS,
    DateOrder,
    Stamp,
    date_order,
    day_number,
    day_stamp,
    stamp,
)
from collector.imports.wall_clock import WallClock

Values = tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are read, and what the file cannot be trusted to tell itself.

    ``time`` holds date and time, or the date alone where ``clock`` holds the time of day.
    ``date_order`` and ``decimal`` are None where the file is to tell.
    """

    time: str
    values: tuple[str, ...]
    clock: str = ""
    date_order: DateOrder | None = None
    decimal: Mark | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that must be there."""
        return (self.time, *((self.clock,) if self.clock else ()), *self.values)


class Row(NamedTuple):
    """One row: its instant (UTC ms), its values in the order of the columns, None where absent."""

    at_ms: int
    values: Values
    line: int


class Refusal(NamedTuple):
    """A row that was not taken, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows taken, in strict order of time; what was found out; what was refused.

    ``ends_days`` says that the file writes midnight as the end of the day before (24:00, or 0:00
    of the date that ends), as labels at the end of an interval do.
    """

    name: str
    rows: tuple[Row, ...]
    notices: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    ends_days: bool = False

    @property
    def usual_interval_ms(self) -> int | None:
        """The distance between rows that occurs most often; None with fewer than two rows."""
        return usual_interval_ms([row.at_ms for row in self.rows])


def usual_interval_ms(instants: Sequence[int]) -> int | None:
    """The distance between neighbours that occurs most often, the shortest of several; or None."""
    counts = Counter(later - earlier for earlier, later in pairwise(instants))
    most = max(counts.values(), default=0)
    return min((step for step, count in counts.items() if count == most), default=None)


def read_table(data: bytes, name: str, columns: Columns, zone: ZoneInfo) -> Table:
    """Read the columns of a file; ``zone`` is where its clock stood, unless a time says its own.

    Raises ``StopError`` when the file is empty, a column is not there, or the order of its dates
    or its decimal mark cannot be told. A row whose time is skipped by a clock change, whose time
    or number is not one, or that contradicts another row of the same time is refused.
    """
    return table_of(read_sheet(data, name, columns.names), columns, zone)


def table_of(sheet: Sheet, columns: Columns, zone: ZoneInfo) -> Table:
    """The same from a sheet that has been read already."""
    refusals: list[Refusal] = []
    notices = list(sheet.notices)
    walls = _walls(sheet, columns, refusals)
    stamps = [(wall.line, wall.stamp) for wall in walls]
    order, said = date_order(stamps, sheet.name, columns.date_order)
    notices += [said] if said else []
    walls = list(_dated(walls, order, refusals))
    ends_days = any(wall.stamp.clock_ms == DAY_MS for wall in walls)
    ends_days |= _midnights_mended(walls, notices)
    places = _with_instants(walls, WallClock(zone), notices, refusals)
    rows = list(_rows(places, _Reader(sheet, columns, notices), refusals))
    single = _without_doubles(_in_order(rows, notices), notices, refusals)
    return Table(sheet.name, tuple(single), tuple(notices), tuple(sorted(refusals)), ends_days)


class _Wall:
    """A row on its way: its line, the time on the wall, and the cells of its values."""

    __slots__ = ("cells", "day", "line", "stamp")

    def __init__(self, line: int, when: Stamp, cells: Sequence[str]) -> None:
        self.line, self.stamp, self.cells, self.day = line, when, cells, 0

    @property
    def ms(self) -> int:
        """Time on the wall, in ms from 1970-01-01 00:00 there."""
        return self.day * DAY_MS + self.stamp.clock_ms


def _walls(sheet: Sheet, columns: Columns, refusals: list[Refusal]) -> list[_Wall]:
    width = len(sheet.header)
    time_at = sheet.column(columns.time)
    clock_at = sheet.column(columns.clock) if columns.clock else None
    value_at = [sheet.column(column) for column in columns.values]
    found = []
    for line, cells in sheet.rows:
        if len(cells) > width and any(map(str.strip, cells[width:])):
            why = f"has {len(cells)} cells under {width} columns (quote decimal commas)"
            refusals.append(Refusal(line, why))
            continue
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        day = cells[time_at]
        try:
            when = stamp(day) if clock_at is None else day_stamp(day, cells[clock_at])
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))
            continue
        found.append(_Wall(line, when, [cells[place] for place in value_at]))
    return found


def _dated(walls: Iterable[_Wall], order: DateOrder, refusals: list[Refusal]) -> Iterator[_Wall]:
    days: dict[tuple[int, ...], int | str] = {}
    for wall in walls:
        key = wall.stamp[:3]
        if key not in days:
            try:
                days[key] = 0 if wall.stamp.instant else day_number(wall.stamp, order)
            except ValueError as error:
                days[key] = str(error)
        day = days[key]
        if isinstance(day, str):
            refusals.append(Refusal(wall.line, day))
            continue
        wall.day = day
        yield wall


def _midnights_mended(walls: Sequence[_Wall], notices: list[str]) -> bool:
    """Move a midnight that bears the date it ends to the next day; answer whether there was one.

    Such a row reads 0:00, follows the last row of its own date by one interval, and does not
    stand where a new day begins.
    """
    steps = Counter(later.ms - earlier.ms for earlier, later in pairwise(walls))
    step_ms = max((step for step in steps if step > 0), key=lambda step: steps[step], default=0)
    moved = [
        later
        for earlier, later in pairwise(walls)
        if later.stamp.clock_ms == 0 and later.day == earlier.day
        if 0 < DAY_MS - earlier.stamp.clock_ms <= step_ms < DAY_MS
    ]
    for wall in moved:
        wall.stamp = wall.stamp._replace(clock_ms=DAY_MS)
    if moved:
        count = f"{len(moved)} rows read" if len(moved) > 1 else "1 row reads"
        notices.append(
            f"{count} 0:00 with the date of the day that ends there (first: line {moved[0].line});"
            " taken as its end"
        )
    return bool(moved)


def _with_instants(
    walls: Sequence[_Wall], clock: WallClock, notices: list[str], refusals: list[Refusal]
) -> list[tuple[int, _Wall]]:
    # The hour that a clock change repeats is told by the order of the rows.
    backwards = len(walls) > 1 and walls[-1].ms < walls[0].ms
    found: list[tuple[int, _Wall]] = []
    repeated = Counter[int]()
    last_ms = 0
    for wall in reversed(walls) if backwards else walls:
        at = _instants(wall, clock)
        if not at:
            why = f"its time is skipped when the clocks change in {clock.zone.key}"
            refusals.append(Refusal(wall.line, why))
            continue
        second = len(at) > 1 and at[0] <= last_ms < at[1]
        repeated[second] += len(at) > 1
        last_ms = at[1] if second else at[0]
        found.append((last_ms, wall))
    if repeated[False] and not repeated[True]:
        notices.append(
            f"{repeated[False]} rows lie in an hour that the clocks repeat, and the file has it"
            " once: taken as the first of the two"
        )
    return found


def _instants(wall: _Wall, clock: WallClock) -> tuple[int, ...]:
    if wall.stamp.instant:
        return (wall.stamp.clock_ms,)
    if wall.stamp.offset_ms is not None:
        return (wall.ms - wall.stamp.offset_ms,)
    return clock.instants(wall.ms)


class _Reader:
    """Reads the values of a row, with the decimal marks of the whole columns."""

    def __init__(self, sheet: Sheet, columns: Columns, notices: list[str]) -> None:
        self.marks: list[Mark] = []
        self._columns = columns.values
        for column in columns.values:
            place = sheet.column(column)
            mark, said = columns.decimal, ""
            if mark is None:
                cells = (cells[place] for _, cells in sheet.rows if place < len(cells))
                named = f'{sheet.name}, column "{column}"'
                mark, said = decimal_mark(cells, named, sheet.delimiter)
            notices += [said] if said else []
            self.marks.append(mark)

    def values(self, cells: Sequence[str]) -> Values:
        """The numbers of the cells. Raises ``ValueError`` with column and reason."""
        return tuple(map(self._value, self._columns, cells, self.marks))

    def _value(self, column: str, cell: str, mark: Mark) -> Decimal | None:
        try:
            return number(cell, mark)
        except ValueError as error:
            raise ValueError(f"{column}: {error}") from None


def _rows(
    places: Iterable[tuple[int, _Wall]], reader: _Reader, refusals: list[Refusal]
) -> Iterator[Row]:
    for at_ms, wall in places:
        try:
            yield Row(at_ms, reader.values(wall.cells), wall.line)
        except ValueError as error:
            refusals.append(Refusal(wall.line, str(error)))


def _in_order(rows: list[Row], notices: list[str]) -> list[Row]:
    back = [later.line for earlier, later in pairwise(rows) if later.at_ms < earlier.at_ms]
    if back:
        notices.append(f"the rows are not in order of time (first: line {back[0]}); sorted")
        rows = sorted(rows, key=lambda row: (row.at_ms, row.line))
    return rows


def _without_doubles(
    rows: Sequence[Row], notices: list[str], refusals: list[Refusal]
) -> Iterator[Row]:
    """One row for each instant; two that contradict one another are both refused."""
    dropped = 0
    for _, same in groupby(rows, key=lambda row: row.at_ms):
        group = list(same)
        if len(group) == 1 or len({row.values for row in group}) == 1:
            dropped += len(group) - 1
            yield group[0]
            continue
        for row in group:
            others = " and ".join(str(other.line) for other in group if other.line != row.line)
            refusals.append(Refusal(row.line, f"same time as line {others}, but another value"))
    if dropped:
        count = "1 row repeats" if dropped == 1 else f"{dropped} rows repeat"
        notices.append(f"{count} the time and values of another; dropped")


def refuse_without_rows(table: Table) -> None:
    """Raise ``StopError`` when no row of the file could be taken, with the first reason."""
    if not table.rows:
        first = f": {table.refusals[0]}" if table.refusals else ""
        raise StopError(f"{table.name}: no row can be read{first}", "name the right columns")
