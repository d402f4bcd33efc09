"""A CSV of times and figures, as people keep them: bytes to (time, number), or a reason.

The first line names the columns. A time with Z or an offset is taken as it is; one without is
local time of the zone that is stated, where the hour that the clocks repeat comes twice and the
hour they skip is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from collector.intensity.area_cells import decoded
from collector.intensity.json_source import in_ms
from collector.intensity.point import Refused
from edge_agent.process.bounded import rows_in

_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")
_SHORT = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]+(\d{1,2})(:\d{2}.*)")
"""A day and hour as spreadsheets write them: 2025/4/1 0:30."""


@dataclass(frozen=True, slots=True)
class TimedValue:
    """A figure, the instant (UTC ms) it is labelled with, and its line in the file (from 1)."""

    line_number: int
    at_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class TimedValues:
    """The figures in the file's order, the lines refused, and how many lines hold none."""

    values: tuple[TimedValue, ...]
    refused: tuple[Refused, ...]
    blank: int


def read_timed_values(
    content: bytes, time_column: str, value_column: str, zone: ZoneInfo | None
) -> TimedValues:
    """The figures of a column, each with its time.

    Raises ``CollectorError`` when the columns are not there.
    """
    rows = iter(_rows(decoded(content)))
    time_at, value_at = _places(next(rows, (1, []))[1], time_column, value_column)
    values: list[TimedValue] = []
    refused: list[Refused] = []
    blank = 0
    clock = _Clock(zone)
    seen: dict[int, int] = {}
    for line, cells in rows:
        try:
            when, what = _cell(cells, time_at), _cell(cells, value_at)
            at_ms = clock.at_ms(when) if when else None
            if at_ms is None or not what:
                blank += 1
                continue
            if at_ms in seen:
                raise ValueError(f"the same time as line {seen[at_ms]}")
            values.append(TimedValue(line, at_ms, _number(what)))
            seen[at_ms] = line
        except ValueError as error:
            refused.append(Refused(f"line {line}", str(error)))
    return TimedValues(tuple(values), tuple(refused), blank)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    try:
        return list(rows_in(text))
    except ValueError as error:
        raise CollectorError(f"not a CSV file: {error}", "save it as CSV UTF-8") from error


class _Clock:
    """Local times in the order of the file: the second 1:30 of a repeated hour is the later one."""

    def __init__(self, zone: ZoneInfo | None) -> None:
        self._zone = zone
        self._last: datetime | None = None

    def at_ms(self, text: str) -> int:
        try:
            when = datetime.fromisoformat(_SHORT.sub(_padded, text))
        except ValueError:
            raise ValueError(f"{text!r} is not a time; write it as 2025-10-01 13:30") from None
        if when.tzinfo is not None:
            return in_ms(when)
        if self._zone is None:
            raise ValueError(f"{text!r} has no time zone; add --time-zone")
        local = when.replace(tzinfo=self._zone)
        if local.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) != when:
            raise ValueError(f"{text!r} does not exist: the clocks skip it")
        if self._last is not None and in_ms(local) <= in_ms(self._last):
            local = local.replace(fold=1)
        self._last = local
        return in_ms(local)


def _padded(found: re.Match[str]) -> str:
    year, month, day, hour, rest = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}{rest}"


def _places(names: list[str], time_column: str, value_column: str) -> tuple[int, int]:
    known = [name.strip() for name in names]
    missing = [name for name in (time_column, value_column) if name not in known]
    if missing:
        hint = f"the first line names: {', '.join(known) or 'nothing'}"
        raise CollectorError(f"there is no column {' and no column '.join(missing)}", hint)
    return known.index(time_column), known.index(value_column)


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a finite number")
    return value
