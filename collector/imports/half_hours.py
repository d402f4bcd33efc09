"""Interval files of retailers and loggers: one row a slot, or one row a day with 48 columns.

The long layout has a column of times and one of values; the wide layout, which Japanese retailers'
portals give, has a column of dates and a column for each slot, headed by its time (0:00, 0:30 or
0:00-0:30; at the end 24:00) or by its number (1 to 48). A label at the start or at the end of a
slot is told by the file where it can be (24:00 stands only at an end); otherwise it is asked for,
because a wrong guess moves every demand by half an hour. Any length of slot is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.numbers import Mark, decimal_mark, number
from collector.imports.sheet import Sheet, plain
from collector.imports.slots import Slot, SlotFile, Unit, without_overlaps
from collector.imports.table import Columns, Refusal, Row, Table, table_of
from collector.imports.times import (
    DAY_MS,
    MINUTE_MS,
    DateOrder,
    clock_of,
    date_order,
    day_number,
    stamp,
)
from collector.imports.wall_clock import WallClock

Label = Literal["start", "end"]
Cell = tuple[int, int, int, Decimal]
"""Line, days from 1970-01-01, the slot's start from midnight on (ms), figure."""
LABEL_HINT = "say so with --label start or --label end"
FEWEST_COLUMNS = 23
"""A header with fewer times than this is not the wide layout."""
_NUMBER = re.compile(
    r"(?:コマ|時間帯|時限|slot|no\.?|#)?\s*(\d{1,3})\s*(?:コマ目?|時限)?", re.IGNORECASE
)
_RANGE = re.compile(r"\d\s*[-~～〜]\s*\d")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a wide sheet: where each slot stands, and when on the wall it begins.

    ``numbered``: the columns count slots from midnight on, whatever the clocks do meanwhile.
    """

    places: tuple[tuple[int, int], ...]
    length_ms: int
    numbered: bool


def read_long(
    sheet: Sheet,
    columns: Columns,
    zone: ZoneInfo,
    unit: Unit,
    label: Label | None = None,
    slot_minutes: int | None = None,
) -> SlotFile:
    """The slots of a sheet with one row a slot; the value is the first column of values.

    ``label`` and ``slot_minutes`` are None where the file is to tell. Raises ``StopError`` when
    it cannot, and what ``table_of`` raises. A row without a value is a hole; one that is negative
    or lies over another slot is refused.
    """
    table = table_of(sheet, columns, zone)
    notices, refusals = list(table.notices), list(table.refusals)
    length_ms = slot_minutes * MINUTE_MS if slot_minutes else _length(table)
    if label is None:
        label = _label(table, WallClock(zone), length_ms)
        notices.append(f"times are read as the {label} of their slots of {_minutes(length_ms)}")
    back_ms = length_ms if label == "end" else 0
    slots = (
        Slot(row.at_ms - back_ms, row.at_ms - back_ms + length_ms, milli, row.line)
        for row, milli in _figures(table.rows, unit, length_ms, refusals)
    )
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(sheet.name, apart, tuple(notices), tuple(sorted(refusals)))


def _length(table: Table) -> int:
    length_ms = table.usual_interval_ms
    if length_ms is None:
        raise StopError(
            f"{table.name}: how long a slot is cannot be told", "write --slot-minutes 30"
        )
    return length_ms


def _figures(
    rows: Iterable[Row], unit: Unit, length_ms: int, refusals: list[Refusal]
) -> Iterator[tuple[Row, int]]:
    for row in rows:
        figure = row.values[0]
        if figure is None:
            continue
        if figure < 0:
            refusals.append(Refusal(row.line, f"{figure} is below zero"))
            continue
        yield row, unit.milli_of(figure, length_ms)


def _label(table: Table, clock: WallClock, length_ms: int) -> Label:
    if table.ends_days:
        return "end"
    first, last = (clock.wall(row.at_ms) % DAY_MS for row in (table.rows[0], table.rows[-1]))
    if (first, last) == (0, DAY_MS - length_ms):
        return "start"
    if (first, last) == (length_ms % DAY_MS, 0):
        return "end"
    what = f"{table.name}: whether its times are the start or the end of slots cannot be told"
    raise StopError(what, LABEL_HINT)


def read_wide(
    sheet: Sheet,
    date_column: str,
    zone: ZoneInfo,
    unit: Unit,
    label: Label | None = None,
    order: DateOrder | None = None,
    decimal: Mark | None = None,
) -> SlotFile:
    """The slots of a sheet with one row a day and one column a slot.

    Raises ``StopError`` when the header has no such columns. An empty cell is a hole; a figure in
    a slot that the clocks skip on that day, a negative one and text are refused with their line.
    """
    layout, said = layout_of(sheet, label)
    notices, refusals = [*sheet.notices, said], list[Refusal]()
    days = list(_days(sheet, sheet.column(date_column), order, notices, refusals))
    mark = decimal or _mark(sheet, layout, notices)
    cells = _cells(days, layout, mark, refusals)
    clock = WallClock(zone)
    slots = _wide_slots(cells, layout, clock, unit, refusals)
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(sheet.name, apart, tuple(notices), tuple(sorted(set(refusals))))


def is_wide(sheet: Sheet) -> bool:
    """Whether the header has a column for each slot of a day."""
    return _headed_by_time(sheet.header) is not None or _headed_by_number(sheet.header) is not None


def layout_of(sheet: Sheet, label: Label | None = None) -> tuple[Layout, str]:
    """Where the slots stand in a wide sheet, and what its header was taken for.

    Raises ``StopError`` when the header has no column for each slot.
    """
    timed = _headed_by_time(sheet.header)
    if timed is not None:
        return _timed_layout(sheet, timed, label)
    numbered = _headed_by_number(sheet.header)
    if numbered is None:
        what = f"{sheet.name}: its header has no column for each slot of a day"
        raise StopError(what, "0:00, 0:30 and so on, or 1 to 48; else name --value-column")
    count = {25: 24, 50: 48, 100: 96}.get(len(numbered), len(numbered))
    length_ms = DAY_MS // count
    places = tuple((place, (slot - 1) * length_ms) for place, slot in numbered)
    return Layout(places, length_ms, True), f"columns are slots of {_minutes(length_ms)} by number"


def _timed_layout(
    sheet: Sheet, timed: Sequence[tuple[int, int]], label: Label | None
) -> tuple[Layout, str]:
    length_ms = min(abs(b - a) for (_, a), (_, b) in pairwise(timed))
    clocks = [clock_ms for _, clock_ms in timed]
    ranges = any(_RANGE.search(plain(sheet.header[place])) for place, _ in timed)
    ends = DAY_MS in clocks or (clocks[-1] == 0 and clocks[0] == length_ms)
    told: Label = "start" if ranges or not ends else "end"
    if label is not None and label != told and (ranges or ends):
        what = f"{sheet.name}: the header says that its times are the {told} of slots"
        raise StopError(what, f"leave out --label, or write --label {told}")
    taken = label or told
    back_ms = length_ms if taken == "end" else 0
    if ends and clocks[-1] == 0:
        timed = [*timed[:-1], (timed[-1][0], DAY_MS)]
    places = tuple((place, clock_ms - back_ms) for place, clock_ms in timed)
    said = f"columns are read as the {taken} of their slots of {_minutes(length_ms)}"
    return Layout(places, length_ms, False), said


def _headed_by_time(header: Sequence[str]) -> list[tuple[int, int]] | None:
    found = []
    for place, name in enumerate(header):
        clock_ms = clock_of(name)
        if clock_ms is not None:
            found.append((place, clock_ms))
    return found if len(found) >= FEWEST_COLUMNS else None


def _headed_by_number(header: Sequence[str]) -> list[tuple[int, int]] | None:
    found: list[tuple[int, int]] = []
    for place, name in enumerate(header):
        number_in = _NUMBER.fullmatch(name)
        if number_in is not None and int(number_in[1]) == len(found) + 1:
            found.append((place, int(number_in[1])))
    return found if len(found) in (24, 25, 48, 50, 96, 100) else None


Day = tuple[int, int, list[str]]
"""Line, days from 1970-01-01, cells."""


def _days(
    sheet: Sheet,
    place: int,
    told: DateOrder | None,
    notices: list[str],
    refusals: list[Refusal],
) -> Iterator[Day]:
    read = []
    for line, cells in sheet.rows:
        try:
            read.append((line, stamp(cells[place] if place < len(cells) else ""), cells))
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))
    order, said = date_order([(line, found) for line, found, _ in read], sheet.name, told)
    notices += [said] if said else []
    for line, found, cells in read:
        try:
            yield line, day_number(found, order), cells
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))


def _mark(sheet: Sheet, layout: Layout, notices: list[str]) -> Mark:
    cells = (
        cells[place] for _, cells in sheet.rows for place, _ in layout.places if place < len(cells)
    )
    mark, said = decimal_mark(cells, sheet.name, sheet.delimiter)
    notices += [said] if said else []
    return mark


def _cells(
    days: Iterable[Day], layout: Layout, mark: Mark, refusals: list[Refusal]
) -> Iterator[Cell]:
    for line, day, cells in days:
        for place, clock_ms in layout.places:
            try:
                figure = number(cells[place] if place < len(cells) else "", mark)
                if figure is not None and figure < 0:
                    raise ValueError(f"{figure} is below zero")
            except ValueError as error:
                refusals.append(Refusal(line, f"column {place + 1}: {error}"))
                continue
            if figure is not None:
                yield line, day, clock_ms, figure


def _wide_slots(
    cells: Iterable[Cell], layout: Layout, clock: WallClock, unit: Unit, refusals: list[Refusal]
) -> Iterator[Slot]:
    for line, day, clock_ms, figure in cells:
        start_ms = _start(day * DAY_MS, clock_ms, layout, clock)
        if start_ms is not None:
            milli = unit.milli_of(figure, layout.length_ms)
            yield Slot(start_ms, start_ms + layout.length_ms, milli, line)
        elif figure:
            refusals.append(Refusal(line, f"{figure} in a slot that is not there on that day"))


def _start(midnight_ms: int, clock_ms: int, layout: Layout, clock: WallClock) -> int | None:
    if not layout.numbered:
        wall_ms = midnight_ms + clock_ms
        at = clock.instants(wall_ms)
        return at[0] if at and clock.wall(at[0]) == wall_ms else None
    start_ms = clock.instants(midnight_ms)[0] + clock_ms
    return start_ms if start_ms < clock.instants(midnight_ms + DAY_MS)[0] else None


def _minutes(length_ms: int) -> str:
    return f"{length_ms / MINUTE_MS:g} minutes"
