"""The times of a file as people and machines write them, still without a time zone.

A cell becomes a ``Stamp``: three numbers of a date whose order is not known yet, and the time of
day; or an instant, where the text says its offset from UTC or counts seconds. ``date_order``
decides the order from the whole column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from collector.errors import StopError

DateOrder = Literal["ymd", "dmy", "mdy"]
SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1000, 60_000, 3_600_000, 86_400_000
EPOCH_DAY = date(1970, 1, 1).toordinal()
EARLIEST_YEAR, LAST_YEAR = 1970, 2199
TIME_HINT = "write times like 2018/1/1 0:15, 2018-01-01 00:15 or 01/01/2018 0:15"
_WORDS = {"ymd": "year/month/day", "dmy": "day/month/year", "mdy": "month/day/year"}

_CLOCK = (
    r"(?P<half>AM|PM|午前|午後)?\s*(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<end>AM|PM)?"
)
_DATE = r"(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
_ZONE = r"(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
_DAY = re.compile(_DATE, re.ASCII)
_TIME = re.compile(rf"{_DATE}(?:(?:T|\s+){_CLOCK})?\s*{_ZONE}", re.ASCII | re.IGNORECASE)
_OF_DAY = re.compile(rf"{_CLOCK}(?:\s*[-~～〜]\s*\d{{1,2}}:\d{{2}})?", re.ASCII | re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?", re.ASCII)
_EPOCH = re.compile(r"(\d{9,10})(?:\.(\d{1,9}))?|(\d{12,13})", re.ASCII)
_SHORT_CLOCK = re.compile(r"(\d{2})(\d{2})", re.ASCII)
_JAPANESE = str.maketrans({"年": "/", "月": "/", "日": " ", "時": ":", "分": ":", "秒": ""})
_WEEKDAY = re.compile(r"[((][月火水木金土日](?:曜日?)?[))]|(?<=\d)\s*(?:月|火|水|木|金|土|日)曜日?")


class Stamp(NamedTuple):
    """A time as it was written: numbers of a date and the time of day (ms), or an instant.

    ``offset_ms`` is what the text says of its distance from UTC, None when it says nothing;
    ``instant`` marks a count of seconds since 1970, whose ms stand in ``clock_ms``.
    """

    first: int
    second: int
    third: int
    clock_ms: int
    offset_ms: int | None = None
    instant: bool = False


def stamp(cell: str) -> Stamp:
    """The time of a cell. Raises ``ValueError`` with the reason."""
    # A file repeats its dates and its times of day; both are read once.
    day, _, of_day = cell.partition(" ")
    numbers, clock_ms = _simple_day(day), _simple_clock(of_day)
    if numbers is not None and clock_ms is not None:
        return Stamp(*numbers, clock_ms)
    text = _tidy(cell)
    found = _TIME.fullmatch(text)
    if found is not None:
        return Stamp(*_numbers(found), _clock(found), _offset(found["zone"]))
    return _compact(text) or _since_epoch(text) or _refuse(cell, "is not a time")


@lru_cache(maxsize=10_000)
def _simple_day(text: str) -> tuple[int, int, int] | None:
    found = _DAY.fullmatch(text)
    return None if found is None else _numbers(found)


@lru_cache(maxsize=100_000)
def _simple_clock(text: str) -> int | None:
    found = _OF_DAY.fullmatch(text)
    return None if found is None else _clock(found)


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found["a"]), int(found["b"]), int(found["c"])


def day_stamp(day: str, clock: str) -> Stamp:
    """The time of two cells, a date and a time of day. Raises ``ValueError`` with the reason.

    A range as time of day (0:00-0:30) stands for its beginning.
    """
    of_day = stamp(day)
    text = _tidy(clock)
    found = _OF_DAY.fullmatch(text)
    if found is not None:
        return of_day._replace(clock_ms=_clock(found))
    short = _SHORT_CLOCK.fullmatch(text)
    if short is None:
        return _refuse(clock, "is not a time of day")
    return of_day._replace(clock_ms=_of_day_ms(int(short[1]), int(short[2]), 0))


def clock_of(text: str) -> int | None:
    """The time of day (ms) that the text is, or that a range begins with; None for other text."""
    found = _OF_DAY.fullmatch(_tidy(text))
    try:
        return None if found is None or found["h"] is None else _clock(found)
    except ValueError:
        return None


def _refuse(cell: str, why: str) -> Stamp:
    raise ValueError(f'"{cell.strip()}" {why}')


def _tidy(cell: str) -> str:
    text = cell.strip()
    if text.isascii():
        return text
    text = _WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text))
    text = f"{text}00" if text.endswith("時") else text
    return " ".join(text.translate(_JAPANESE).split()).rstrip(":")


def _clock(found: re.Match[str]) -> int:
    hour = int(found["h"] or 0)
    half = found["half"] or found["end"]
    if half:
        later = half.upper() in ("PM", "午後")
        hour = hour % 12 + 12 * later
    fraction = int((found["f"] or "0").ljust(3, "0")[:3])
    return _of_day_ms(hour, int(found["m"] or 0), int(found["s"] or 0)) + fraction


def _of_day_ms(hour: int, minute: int, second: int) -> int:
    of_day = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS
    if minute > 59 or second > 59 or of_day > DAY_MS:
        raise ValueError(f'"{hour}:{minute:02}:{second:02}" is no time of day')
    return of_day


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    size = int(digits[:2]) * HOUR_MS + int(digits[2:]) * MINUTE_MS
    return -size if zone[0] == "-" else size


def _compact(text: str) -> Stamp | None:
    found = _COMPACT.fullmatch(text)
    if found is None or not EARLIEST_YEAR <= int(found[1]) <= LAST_YEAR or int(found[2]) > 12:
        return None
    hour, minute, second = (int(found[place] or 0) for place in (4, 5, 6))
    clock_ms = _of_day_ms(hour, minute, second)
    return Stamp(int(found[1]), int(found[2]), int(found[3]), clock_ms)


def _since_epoch(text: str) -> Stamp | None:
    found = _EPOCH.fullmatch(text)
    if found is None:
        return None
    if found[3]:
        return Stamp(0, 0, 0, int(found[3]), instant=True)
    fraction = int((found[2] or "0").ljust(3, "0")[:3])
    return Stamp(0, 0, 0, int(found[1]) * SECOND_MS + fraction, instant=True)


def date_order(
    stamps: Sequence[tuple[int, Stamp]], name: str, told: DateOrder | None = None
) -> tuple[DateOrder, str]:
    """Which of the three numbers is which, and what there is to say about it (empty: nothing).

    ``stamps`` are (line, stamp). Raises ``StopError`` when lines contradict one another, or when
    nothing in the file tells day and month apart.
    """
    dated = [(line, found) for line, found in stamps if not found.instant]
    if told is not None or not dated or dated[0][1].first > 31:
        return told or "ymd", ""
    if max(found.third for _, found in dated) < 100:
        what = f"{name}, line {dated[0][0]}: the year has two digits"
        raise StopError(
            what, "say what the numbers are with --date-order ymd, or write the year out"
        )
    day_first = next((line for line, found in dated if found.first > 12), None)
    month_first = next((line for line, found in dated if found.second > 12), None)
    if day_first and month_first:
        lines = f"line {day_first} is day first, line {month_first} month first"
        raise StopError(f"{name}: dates contradict one another: {lines}", TIME_HINT)
    if day_first:
        return "dmy", f"dates are read as day/month/year: line {day_first} proves it"
    if month_first:
        return "mdy", f"dates are read as month/day/year: line {month_first} proves it"
    return _smoother(name, dated)


def _smoother(name: str, dated: Sequence[tuple[int, Stamp]]) -> tuple[DateOrder, str]:
    jumps = {order: _jumps((found for _, found in dated), order) for order in ("dmy", "mdy")}
    if jumps["dmy"] == jumps["mdy"]:
        if all(found.first == found.second for _, found in dated):
            return "dmy", ""
        what = f"{name}: whether its dates are day first or month first cannot be told"
        raise StopError(what, "say so with --date-order dmy or --date-order mdy")
    order: DateOrder = "dmy" if jumps["dmy"] < jumps["mdy"] else "mdy"
    return order, f"dates are read as {_WORDS[order]}: in the other order they would jump"


def _jumps(stamps: Iterable[Stamp], order: str) -> tuple[int, int]:
    # How often the dates go back, and how far they go at all, when read in this order.
    days = []
    for found in stamps:
        try:
            days.append(day_number(found, order))
        except ValueError:
            return 2**31, 2**31
    steps = [later - earlier for earlier, later in pairwise(days)]
    return sum(step < 0 for step in steps), sum(map(abs, steps))


def day_number(found: Stamp, order: str) -> int:
    """Days from 1970-01-01 to the stamp's date. Raises ``ValueError`` for what is no date."""
    numbers = dict(zip(order, found[:3], strict=True))
    year, month, day = numbers["y"], numbers["m"], numbers["d"]
    if year < 100:
        year += 2000
    if not EARLIEST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year {year} lies outside of {EARLIEST_YEAR} to {LAST_YEAR}")
    try:
        return date(year, month, day).toordinal() - EPOCH_DAY
    except ValueError:
        raise ValueError(f"{year}-{month:02}-{day:02} is no date") from None
