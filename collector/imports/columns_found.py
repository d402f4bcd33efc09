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
from collector.imports.green_button import read_green_button
from collector.imports.half_hours import Label, is_wide, read_long, read_wide
from collector.imports.manual import Periods, read_consumption, read_readings
from collector.imports.numbers import Mark
from collector.imports.production import Made, read_production
from collector.imports.sheet import Sheet, read_sheet
from collector.imports.slots import UNITS, SlotFile, Unit, unit_named
from collector.imports.table import Columns
from collector.imports.times import DateOrder

Kind = Literal["half-hours", "readings", "consumption", "green-button", "production"]
KINDS: tuple[Kind, ...] = ("half-hours", "readings", "consumption", "green-button", "production")
TIME_WORDS = (
    *("日時", "年月日時", "計測日時", "開始日時", "対象日時", "timestamp", "datetime", "date time"),
    *("年月日", "日付", "使用年月日", "対象年月日", "計測日", "使用日", "対象日", "検針日"),
    *("生産日", "製造日", "作業日", "実績日"),
    *("年月", "使用年月", "使用月", "対象月", "date", "time", "start", "day", "month", "period"),
)
"""Names of columns of times, the fuller ones first."""
CLOCK_WORDS = ("時刻", "時間", "時間帯", "開始時刻", "開始時間", "時間帯_自", "start time", "clock")
VALUE_WORDS = (
    *("使用電力量", "電力使用量", "使用量", "電力量", "消費電力量", "指示数", "検針値", "指針"),
    *("consumption", "usage", "energy", "kwh", "reading", "counter", "power", "kw", "value", "値"),
)
MADE_WORDS = (
    *("生産数", "生産量", "生産個数", "生産実績", "出来高", "製造数", "加工数", "台数", "個数"),
    *("数量", "枚数", "本数", "重量"),
    *("production", "produced", "output", "pieces", "quantity", "qty", "amount", "units"),
)
"""Names of columns of what was made."""
ENERGY = "kWh"
ENERGY_WORDS = ("電力量", "使用量", "指示数", "検針値", "指針", "consumption", "usage", "energy")
"""Words that mean kWh by the custom of portals and bills; others want their unit."""
_UNIT = re.compile(rf"(?:^|[(\[ _])({'|'.join(UNITS)})[)\]]?$", re.IGNORECASE)
_PROBE_BYTES = 4096
__all__ = ["KINDS", "FileColumns", "Kind", "Label", "read_file"]


@dataclass(frozen=True, slots=True)
class FileColumns:
    """What a user told of a file's columns; empty or None: the file is to tell.

    ``only`` is COLUMN=VALUE: rows of other supply points are passed by. ``unit`` is that of the
    figures; where it is not told, the one in the header of their column ("kW" in 需要(kW)), what
    the meter counts, or kWh where the header's word means energy. ``rest_is_zero``: nothing was
    made on days without a row.
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
    rest_is_zero: bool = False


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
    _require_medium(kind, counts)
    if kind == "green-button":
        _require_nothing_told(told)
        return read_green_button(data, name, zone, told.only)
    _refuse_green_button(data, name)
    names = [column for column in (told.time, told.clock, told.value, told.last) if column]
    sheet = _only(read_sheet(data, name, names, () if told.time else TIME_WORDS), told.only)
    found = _Found(sheet, told, counts)
    if kind == "production":
        read = read_production(sheet, found.made(), zone, unit_named(told.unit or counts, counts))
        return found.with_notices(read)
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


def _require_medium(kind: Kind, counts: str) -> None:
    if kind == "production" and not counts:
        hint = 'write medium = "production" and its unit into the settings of the meter'
        raise StopError("the meter counts electricity, and the file what was made", hint)
    if kind == "green-button" and counts:
        hint = "name a meter of electricity"
        raise StopError(f"the meter counts {counts}, and the file electricity", hint)


def _require_nothing_told(told: FileColumns) -> None:
    given = {
        "--unit": told.unit,
        "--time-column": told.time,
        "--clock-column": told.clock,
        "--value-column": told.value,
        "--last-column": told.last,
        "--label": told.label,
        "--slot-minutes": told.slot_minutes,
        "--date-order": told.date_order,
        "--decimal": told.decimal,
        "--rest-is-zero": told.rest_is_zero,
    }
    told_of = ", ".join(option for option, value in given.items() if value)
    if told_of:
        raise StopError(f"{told_of}: a Green Button file says that itself", f"leave out {told_of}")


def _refuse_green_button(data: bytes, name: str) -> None:
    begins = data[:_PROBE_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\0", b"")
    if begins.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").startswith(b"<"):
        if b"espi" in begins or b"<feed" in begins:
            raise StopError(f"{name} looks like Green Button", "use --kind green-button")
        raise StopError(f"{name} is XML or HTML, not a table", "save it as CSV UTF-8")


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
        time = self.time()
        clock = self._clock(time)
        return Columns(time, (self.value(),), clock, self._told.date_order, self._told.decimal)

    def _clock(self, time: str) -> str:
        if self._told.clock or self._told.time:
            return self._told.clock
        apart = [name for name in self._sheet.header if name.casefold() in CLOCK_WORDS]
        return apart[0] if apart and apart[0] != time else ""

    def made(self) -> Made:
        """Dates and amounts of what was made, and the time of day where it stands apart."""
        day = self.time()
        amount = self._told.value or self._find(MADE_WORDS, "amounts", "--value-column")
        told, clock = self._told, self._clock(day)
        return Made(day, amount, clock, told.date_order, told.decimal, told.rest_is_zero)

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
            raise StopError(
                f"{self._sheet.name}: which column holds {what} is not told",
                f"write {option}; its columns: {self._sheet.columns_told}",
            )
        said = f'{what} are in column "{found[0]}"'
        self._said += [] if said in self._said else [said]
        return found[0]
