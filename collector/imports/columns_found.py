"""Which columns of a file hold what: as told, or else by the names that portals give them.

The one place that knows every kind of file and hands it to its reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.half_hours import Label, is_wide, read_long, read_wide
from collector.imports.manual import Periods, read_consumption, read_readings
from collector.imports.numbers import Mark
from collector.imports.sheet import Sheet, read_sheet
from collector.imports.slots import UNITS, SlotFile, Unit, unit_named
from collector.imports.table import Columns
from collector.imports.times import DateOrder

Kind = Literal["half-hours", "readings", "consumption"]
KINDS: tuple[Kind, ...] = ("half-hours", "readings", "consumption")
TIME_WORDS = (
    *("日時", "年月日時", "計測日時", "開始日時", "対象日時", "timestamp", "datetime", "date time"),
    *("年月日", "日付", "使用年月日", "対象年月日", "計測日", "使用日", "対象日", "検針日"),
    *("年月", "使用年月", "使用月", "対象月", "date", "time", "start", "day", "month", "period"),
)
"""Names of columns of times, the fuller ones first."""
CLOCK_WORDS = ("時刻", "時間", "時間帯", "開始時刻", "開始時間", "時間帯_自", "start time", "clock")
VALUE_WORDS = (
    *("使用電力量", "電力使用量", "使用量", "電力量", "消費電力量", "指示数", "検針値", "指針"),
    *("consumption", "usage", "energy", "kwh", "reading", "counter", "power", "kw", "value", "値"),
)
ENERGY = "kWh"
ENERGY_WORDS = ("電力量", "使用量", "指示数", "検針値", "指針", "consumption", "usage", "energy")
"""Words that mean kWh by the custom of portals and bills; others want their unit."""
_UNIT = re.compile(rf"(?:^|[(\[ _])({'|'.join(UNITS)})[)\]]?$", re.IGNORECASE)
__all__ = ["KINDS", "FileColumns", "Kind", "Label", "read_file"]


@dataclass(frozen=True, slots=True)
class FileColumns:
    """What a user told of a file's columns; empty or None: the file is to tell.

    ``only`` is COLUMN=VALUE: rows of other supply points are passed by. ``unit`` is that of the
    figures; where it is not told, the one in the header of their column ("kW" in 需要(kW)), what
    the meter counts, or kWh where the header's word means energy.
    """

    time: str = ""
    clock: str = ""
    value: str = ""
    last: str = ""
    only: str = ""
    unit: str = ""
    label: Label | None = None
    slot_minutes: int | None = None
    date_order: DateOrder | None = None
    decimal: Mark | None = None


def read_file(
    data: bytes,
    name: str,
    kind: Kind,
    told: FileColumns,
    zone: ZoneInfo,
    counts: str = "",
    billing_day: int = 1,
) -> SlotFile:
    """The slots of a file of that kind; ``counts`` is what a meter of another medium counts.

    Raises ``StopError`` when a column is not there or not told, and what the readers raise.
    """
    names = [column for column in (told.time, told.clock, told.value, told.last) if column]
    sheet = _only(read_sheet(data, name, names, () if told.time else TIME_WORDS), told.only)
    found = _Found(sheet, told, counts)
    if kind == "half-hours" and not told.value and is_wide(sheet):
        day, unit = found.time(), unit_named(told.unit or counts or ENERGY, counts)
        read = read_wide(sheet, day, zone, unit, told.label, told.date_order, told.decimal)
    elif kind == "half-hours":
        columns = found.columns()
        read = read_long(sheet, columns, zone, found.unit(), told.label, told.slot_minutes)
    elif kind == "readings":
        columns = found.columns()
        read = read_readings(sheet, columns, zone, _energy(found.unit(), kind))
    else:
        periods = Periods(found.time(), zone, told.last, billing_day, told.date_order)
        value, unit = found.value(), _energy(found.unit(), kind)
        read = read_consumption(sheet, periods, value, unit, told.decimal)
    return found.with_notices(read)


def _energy(unit: Unit, kind: Kind) -> Unit:
    if unit.per_hour:
        raise StopError(f"{unit.name} is a power, and {kind} are energy", "write --unit kWh")
    return unit


def _only(sheet: Sheet, told: str) -> Sheet:
    if not told:
        return sheet
    column, equals, value = told.partition("=")
    if not equals or not column.strip():
        raise StopError(f"--only {told}: not COLUMN=VALUE", "for example --only 供給地点=03001")
    return sheet.only(column, value)


class _Found:
    """The columns of a sheet, told or found; what was found is said."""

    def __init__(self, sheet: Sheet, told: FileColumns, counts: str) -> None:
        self._sheet, self._told, self._counts = sheet, told, counts
        self._said: list[str] = []

    def time(self) -> str:
        """The column of times."""
        return self._told.time or self._find(TIME_WORDS, "times", "--time-column")

    def value(self) -> str:
        """The column of figures."""
        return self._told.value or self._find(VALUE_WORDS, "figures", "--value-column")

    def unit(self) -> Unit:
        """The unit of the figures: told, in their header, or that of the meter."""
        if self._told.unit or self._counts:
            return unit_named(self._told.unit or self._counts, self._counts)
        headed = _UNIT.search(self.value())
        if headed is None and any(word in self.value().casefold() for word in ENERGY_WORDS):
            self._said.append(f"figures of {self.value()} are taken as {ENERGY}")
            return unit_named(ENERGY)
        if headed is None:
            what = f"the header {self.value()} does not say what its figures are"
            raise StopError(what, f"write --unit: one of {', '.join(UNITS)}")
        unit = unit_named(headed[1])
        self._said.append(f"figures are {unit.name}, as their header says")
        return unit

    def columns(self) -> Columns:
        """Times and figures, and the time of day where it stands apart."""
        time, clock = self.time(), self._told.clock
        if not clock and not self._told.time:
            apart = [name for name in self._sheet.header if name.casefold() in CLOCK_WORDS]
            clock = apart[0] if apart and apart[0] != time else ""
        return Columns(time, (self.value(),), clock, self._told.date_order, self._told.decimal)

    def with_notices(self, read: SlotFile) -> SlotFile:
        """The file read, and what was found out about its columns first."""
        return SlotFile(read.name, read.slots, (*self._said, *read.notices), read.refusals)

    def _find(self, words: Sequence[str], what: str, option: str) -> str:
        header = self._sheet.header
        by_fold = {name.casefold(): name for name in header if name}
        exact = [by_fold[word] for word in words if word in by_fold]
        begun = [
            n
            for n in header
            for word in words
            if n.casefold().startswith((f"{word}(", f"{word} ("))
        ]
        found = exact or begun
        if not found:
            listed = ", ".join(name for name in header if name)
            raise StopError(
                f"{self._sheet.name}: which column holds {what} is not told",
                f"write {option}; its columns: {listed}",
            )
        said = f'{what} are in column "{found[0]}"'
        self._said += [] if said in self._said else [said]
        return found[0]
