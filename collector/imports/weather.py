"""Outdoor temperature from a file: a station's download of 気象庁, or any CSV of times and degrees.

A file becomes stretches with a mean temperature each, in whole thousandths of a degree; they are
``Slot``s, whose ``milli_wh`` then counts milli-°C.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.columns_found import TIME_WORDS
from collector.imports.half_hours import Label
from collector.imports.numbers import Mark
from collector.imports.sheet import Sheet, read_sheet
from collector.imports.slots import Slot, SlotFile, without_overlaps
from collector.imports.table import Columns, Refusal, Table, table_of, usual_interval_ms
from collector.imports.times import DAY_MS, DateOrder
from collector.imports.wall_clock import WallClock
from collector.imports.weather_jma import is_jma, read_jma, sheet_of_jma

WARM_WORDS = (
    *("気温", "外気温", "外気温度", "平均気温", "温度", "outdoor temperature", "air temperature"),
    *("temperature", "temperature_c", "temp", "temp_c", "temperature_f", "temp_f"),
)
"""Names of columns of temperatures, compared in small letters and without their unit."""
COLDEST_C, WARMEST_C = -90, 60
"""Beyond the lowest and the highest temperature ever measured in air near the ground (WMO)."""
LONGEST_MS = DAY_MS
Degrees = Literal["C", "F"]
_UNIT = re.compile(r"(?:[\s_(\[]+(?:°|deg\s*)?|°)([CF])[)\]]?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WeatherColumns:
    """What a user told of a file of temperatures; empty or None: the file is to tell.

    ``station`` chooses among the stations of a 気象庁 download. ``unit`` is C or F.
    """

    time: str = ""
    value: str = ""
    station: str = ""
    label: Label | None = None
    unit: Degrees | None = None
    date_order: DateOrder | None = None
    decimal: Mark | None = None


def read_weather(data: bytes, name: str, told: WeatherColumns, zone: ZoneInfo) -> SlotFile:
    """The mean temperatures (milli-°C) of the file's stretches; ``zone`` is where its clock stood.

    A file of 気象庁 has Japanese time. Raises ``StopError`` when columns, the station, the order of
    dates or the length of a stretch cannot be told.
    """
    jma = None if told.time else sheet_of_jma(data, name)
    if jma is not None and is_jma(jma):
        read = read_jma(jma, told.station)
    else:
        read = _read_plain(data, name, told, zone)
    refusals = list(read.refusals)
    slots = tuple(_plausible(read.slots, refusals))
    return SlotFile(name, slots, read.notices, tuple(sorted(refusals)))


def _plausible(slots: Iterable[Slot], refusals: list[Refusal]) -> Iterator[Slot]:
    for slot in slots:
        if COLDEST_C * 1000 <= slot.milli_wh <= WARMEST_C * 1000:
            yield slot
        else:
            why = f"{slot.milli_wh / 1000:g} °C is no temperature of the air"
            refusals.append(Refusal(slot.line, why))


def _read_plain(data: bytes, name: str, told: WeatherColumns, zone: ZoneInfo) -> SlotFile:
    names = [column for column in (told.time, told.value) if column]
    sheet = read_sheet(data, name, names, () if told.time else TIME_WORDS)
    time = told.time or _column(sheet, TIME_WORDS, "times", "--time-column")
    value = told.value or _column(sheet, WARM_WORDS, "temperatures", "--value-column")
    unit, said = _unit(value, told.unit)
    table = table_of(sheet, Columns(time, (value,), "", told.date_order, told.decimal), zone)
    clock = WallClock(zone)
    length_ms = _length(table, clock)
    notices = [*said, *table.notices]
    if told.label is None:
        notices.append("a time is read as the start of its stretch (else --label end)")
    refusals = list(table.refusals)
    slots = _stretches(table, length_ms, told.label or "start", unit, clock)
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(name, apart, tuple(notices), tuple(sorted(refusals)))


def _column(sheet: Sheet, words: Sequence[str], what: str, option: str) -> str:
    by_word = {_bare(name): name for name in reversed(sheet.header) if name}
    found = [by_word[word] for word in words if word in by_word]
    if not found:
        told = f"{sheet.name}: which column holds {what} is not told"
        raise StopError(told, f"write {option}; its columns: {sheet.columns_told}")
    return found[0]


def _bare(name: str) -> str:
    return re.split(r"\s*[(\[]", name.casefold())[0].strip()


def _unit(column: str, told: Degrees | None) -> tuple[Degrees, list[str]]:
    if told is not None:
        return told, []
    headed = _UNIT.search(column.replace("℃", "°C"))
    if headed is None:
        return "C", [f"figures of {column} are taken as °C"]
    unit: Degrees = "F" if headed[1] in "Ff" else "C"
    return unit, [f"figures are °{unit}, as their header says"]


def _length(table: Table, clock: WallClock) -> int:
    # On the wall: the days beside a clock change are as long as the others there.
    length_ms = usual_interval_ms([clock.wall(row.at_ms) for row in table.rows])
    if length_ms is None:
        what = f"{table.name}: how long a stretch is cannot be told from one row"
        raise StopError(what, "give a file of at least two times")
    if length_ms > LONGEST_MS:
        what = f"{table.name}: its rows are {length_ms / DAY_MS:g} days apart"
        raise StopError(what, "give temperatures by the hour or by the day")
    return length_ms


def _stretches(
    table: Table, length_ms: int, label: Label, unit: Degrees, clock: WallClock
) -> Iterator[Slot]:
    for row in table.rows:
        figure = row.values[0]
        if figure is not None:
            start_ms, end_ms = _ends(row.at_ms, length_ms, label, clock)
            yield Slot(start_ms, end_ms, round(_celsius(figure, unit) * 1000), row.line)


def _ends(at_ms: int, length_ms: int, label: Label, clock: WallClock) -> tuple[int, int]:
    if length_ms == DAY_MS:
        # A local day may have 23 or 25 hours.
        step = DAY_MS if label == "start" else -DAY_MS
        other = clock.instants(clock.wall(at_ms) + step)[0]
        return min(at_ms, other), max(at_ms, other)
    start_ms = at_ms if label == "start" else at_ms - length_ms
    return start_ms, start_ms + length_ms


def _celsius(figure: Decimal, unit: Degrees) -> Decimal:
    return figure if unit == "C" else (figure - 32) * 5 / 9
