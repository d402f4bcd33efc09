"""What a plant made: pieces, kilograms or batches by the day or the hour, as slots.

Shop-floor lists have a row for each lot, product or shift, so rows of one day are added up; a list
with a regular time of day is read by its intervals. A day without a row is unknown, unless it is
said that nothing was made then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.numbers import Mark, decimal_mark, number
from collector.imports.sheet import Sheet
from collector.imports.slots import Slot, SlotFile, Unit, without_overlaps
from collector.imports.table import Refusal, usual_interval_ms
from collector.imports.times import (
    DAY_MS,
    HOUR_MS,
    DateOrder,
    Stamp,
    date_order,
    day_number,
    day_stamp,
    stamp,
)
from collector.imports.wall_clock import WallClock
from collector.rollup.periods import midnight_ms

_EPOCH = date(1970, 1, 1)
INTERVALS_MS = (HOUR_MS // 4, HOUR_MS // 2, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS)
"""A list by such intervals is kept by them; any other times of day are those of lots."""
MOST_INTERVALS = 1_000_000
"""Twenty-eight years of quarter hours: a file that is longer has a wrong date."""


@dataclass(frozen=True, slots=True)
class Made:
    """Where a sheet's dates and amounts stand, and what it cannot tell itself.

    ``rest_is_zero``: in days (or intervals) without a row between the first and the last nothing
    was made.
    """

    day: str
    amount: str
    clock: str = ""
    date_order: DateOrder | None = None
    decimal: Mark | None = None
    rest_is_zero: bool = False


@dataclass(frozen=True, slots=True)
class _Lot:
    """A row; ``amount`` is None where it was refused."""

    line: int
    at: Stamp
    day: int
    amount: Decimal | None

    @property
    def wall_ms(self) -> int:
        return self.day * DAY_MS + self.at.clock_ms


def read_production(sheet: Sheet, made: Made, zone: ZoneInfo, unit: Unit) -> SlotFile:
    """The slots of the sheet, by local day or by its regular interval.

    A row without an amount is passed by; one that is negative, or no number or date, is refused
    with its line, and its day (or interval) with it: a part must not look like the whole.
    Raises ``StopError`` when dates or decimals can be read in two ways.
    """
    notices, refusals = list(sheet.notices), list[Refusal]()
    lots = _lots(sheet, made, notices, refusals)
    interval_ms = _interval(lots)
    if interval_ms is None:
        slots = _days(lots, made, zone, unit, notices)
    else:
        sums = _intervals(lots, made, interval_ms, zone, refusals)
        found = (
            Slot(at_ms, at_ms + interval_ms, unit.milli_of(amount, 0), line)
            for at_ms, (amount, line) in sums.items()
        )
        slots = list(without_overlaps(found, notices, refusals))
        notices.append(f"amounts are by {interval_ms // 60_000} minutes from their times on")
    return SlotFile(sheet.name, tuple(slots), tuple(notices), tuple(sorted(refusals)))


def _lots(sheet: Sheet, made: Made, notices: list[str], refusals: list[Refusal]) -> list[_Lot]:
    day_at, amount_at = sheet.column(made.day), sheet.column(made.amount)
    clock_at = sheet.column(made.clock) if made.clock else None
    mark = made.decimal or _mark(sheet, made.amount, amount_at, notices)
    read: list[tuple[int, Stamp, Decimal | None]] = []
    for line, cells in sheet.rows:
        padded = [*cells, *[""] * (len(sheet.header) - len(cells))]
        amount, fault = _amount(padded[amount_at], mark)
        try:
            if amount is not None or fault:
                day = padded[day_at]
                at = stamp(day) if clock_at is None else day_stamp(day, padded[clock_at])
                read.append((line, at, amount))
        except ValueError as error:
            fault = str(error)
        refusals += [Refusal(line, fault)] if fault else []
    order, said = date_order([(line, at) for line, at, _ in read], sheet.name, made.date_order)
    notices += [said] if said else []
    return list(_dated(read, order, refusals))


def _amount(cell: str, mark: Mark) -> tuple[Decimal | None, str]:
    """The amount, None where there is none; and what is wrong with it."""
    try:
        amount = number(cell, mark)
    except ValueError as error:
        return None, str(error)
    if amount is not None and amount < 0:
        return None, f"{amount} is below zero"
    return amount, ""


def _mark(sheet: Sheet, column: str, place: int, notices: list[str]) -> Mark:
    cells = (cells[place] for _, cells in sheet.rows if place < len(cells))
    mark, said = decimal_mark(cells, f'{sheet.name}, column "{column}"', sheet.delimiter)
    notices += [said] if said else []
    return mark


def _dated(
    read: Iterable[tuple[int, Stamp, Decimal | None]], order: DateOrder, refusals: list[Refusal]
) -> Iterable[_Lot]:
    for line, at, amount in read:
        try:
            if at.instant or at.offset_ms is not None:
                raise ValueError("a date in the site's own time is wanted, not an instant")
            yield _Lot(line, at, day_number(at, order), amount)
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))


def _interval(lots: Sequence[_Lot]) -> int | None:
    clocks = {lot.at.clock_ms for lot in lots}
    if clocks <= {0, DAY_MS} or len(clocks) < 2:
        return None
    usual_ms = usual_interval_ms(sorted({lot.wall_ms for lot in lots}))
    if usual_ms not in INTERVALS_MS or any(clock % usual_ms for clock in clocks):
        return None
    return usual_ms


def _days(
    lots: Sequence[_Lot], made: Made, zone: ZoneInfo, unit: Unit, notices: list[str]
) -> list[Slot]:
    sums, several = _sums((lot.day, lot) for lot in lots)
    if several:
        notices.append(f"days with several rows, whose amounts are added up: {several:,}")
    doubtful = {lot.day for lot in lots if lot.amount is None}
    if doubtful:
        said = f"days with a row that was refused, left out: {len(doubtful):,}"
        notices.append(f"{said} (first: {_date(min(doubtful))})")
    absent = [day for day in _between(sums) if day not in sums and day not in doubtful]
    if absent:
        notices.append(_said_of(absent, made.rest_is_zero))
    if made.rest_is_zero:
        sums |= dict.fromkeys(absent, (Decimal(0), 0))
    return [
        Slot(*_local_day(day, zone), unit.milli_of(amount, 0), line)
        for day, (amount, line) in sorted(sums.items())
    ]


def _sums(lots: Iterable[tuple[int, _Lot]]) -> tuple[dict[int, tuple[Decimal, int]], int]:
    """The amount and the first line of each key whose rows are all sound; how many have several."""
    found: dict[int, list[_Lot]] = {}
    for key, lot in lots:
        found.setdefault(key, []).append(lot)
    sums = {}
    for key, held in found.items():
        amounts = [lot.amount for lot in held if lot.amount is not None]
        if len(amounts) == len(held):
            sums[key] = (sum(amounts, Decimal(0)), held[0].line)
    return sums, sum(len(found[key]) > 1 for key in sums)


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _between(days: Iterable[int]) -> range:
    held = list(days)
    return range(min(held), max(held) + 1) if held else range(0)


def _said_of(absent: Sequence[int], rest_is_zero: bool) -> str:
    count = f"days without a row: {len(absent):,} (first: {_date(absent[0])})"
    if rest_is_zero:
        return f"{count}, taken as 0"
    return f"{count}, not known; where nothing was made then, write --rest-is-zero"


def _local_day(day: int, zone: ZoneInfo) -> tuple[int, int]:
    first = _date(day)
    return midnight_ms(zone, first), midnight_ms(zone, first + timedelta(days=1))


def _intervals(
    lots: Sequence[_Lot], made: Made, interval_ms: int, zone: ZoneInfo, refusals: list[Refusal]
) -> dict[int, tuple[Decimal, int]]:
    clock = WallClock(zone)
    placed: list[tuple[int, _Lot]] = []
    for lot in lots:
        instants = clock.instants(lot.wall_ms)
        if instants:
            placed.append((instants[0], lot))
        else:
            why = f"its time is skipped when the clocks change in {zone.key}"
            refusals.append(Refusal(lot.line, why))
    sums, _ = _sums(placed)
    if made.rest_is_zero and sums:
        told = {at_ms for at_ms, _ in placed}
        whole = range(min(sums), max(sums), interval_ms)
        if len(whole) > MOST_INTERVALS:
            said = f"the amounts stretch over {len(whole):,} intervals, most of them without a row"
            raise StopError(said, "leave out --rest-is-zero, or mend the year of a date")
        sums |= {at_ms: (Decimal(0), 0) for at_ms in whole if at_ms not in told}
    return sums
