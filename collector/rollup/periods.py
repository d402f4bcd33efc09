"""Slots, days, months and fiscal years of a plant's own calendar, as stretches of UTC.

All stretches are half-open (start included, end excluded) in UTC milliseconds. A day runs from
local midnight to the next one, so a day on which the clocks change has 46 or 50 slots instead
of 48; slots are cut from local midnight on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from collector.rollup.totals import Period

SLOT_MS = 30 * 60_000


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of time: ``start_ms`` included, ``end_ms`` excluded (UTC ms)."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of a place: its time zone and the month its fiscal year starts in (1-12)."""

    zone: ZoneInfo
    fiscal_year_starts: int = 4

    def date_of(self, at_ms: int) -> date:
        """The local date at the instant."""
        return datetime.fromtimestamp(at_ms / 1000, self.zone).date()

    def slot(self, at_ms: int) -> Window:
        """The 30-minute slot the instant lies in."""
        day = self.day(at_ms)
        start_ms = at_ms - (at_ms - day.start_ms) % SLOT_MS
        return Window(start_ms, min(start_ms + SLOT_MS, day.end_ms))

    def day(self, at_ms: int) -> Window:
        """The local day the instant lies in."""
        day = self.date_of(at_ms)
        return self._between(day, day + timedelta(days=1))

    def month(self, at_ms: int) -> Window:
        """The local month the instant lies in."""
        day = self.date_of(at_ms)
        return self._between(day.replace(day=1), _months_on(day, 1))

    def fiscal_year(self, at_ms: int) -> Window:
        """The fiscal year the instant lies in."""
        first = date(self.fiscal_year_of(self.date_of(at_ms)), self.fiscal_year_starts, 1)
        return self._between(first, _months_on(first, 12))

    def fiscal_year_of(self, day: date) -> int:
        """The number of the fiscal year a local date lies in: the year it begins in."""
        return day.year if day.month >= self.fiscal_year_starts else day.year - 1

    def window(self, period: Period, at_ms: int) -> Window:
        """The period of the given kind the instant lies in."""
        return _WINDOWS[period](self, at_ms)

    def windows(self, period: Period, span: Window) -> Iterator[Window]:
        """Every period of the given kind that overlaps the span, in order of time."""
        at_ms = span.start_ms
        while at_ms < span.end_ms:
            window = self.window(period, at_ms)
            yield window
            at_ms = window.end_ms

    def pieces(self, period: Period, whole: Window) -> tuple[Window, ...]:
        """The periods of the given kind that a longer period is made of."""
        return _pieces(self, period, whole)

    def slot_edges(self, span: Window) -> list[int]:
        """The edges of the slots that overlap the span: one more than there are slots."""
        if span.start_ms >= span.end_ms:
            return []
        first, last = self.slot(span.start_ms), self.slot(span.end_ms - 1)
        edges = [
            edge
            for day in self.windows("1d", span)
            for edge in range(day.start_ms, day.end_ms, SLOT_MS)
            if first.start_ms <= edge <= last.start_ms
        ]
        return [*edges, last.end_ms]

    def _between(self, first: date, end: date) -> Window:
        return Window(midnight_ms(self.zone, first), midnight_ms(self.zone, end))


_WINDOWS: dict[Period, Callable[[Calendar, int], Window]] = {
    "30m": Calendar.slot,
    "1d": Calendar.day,
    "1mo": Calendar.month,
    "1fy": Calendar.fiscal_year,
}


def joined(windows: Iterable[Window]) -> list[Window]:
    """The windows in order of time, those that touch or overlap made one."""
    found: list[Window] = []
    for window in sorted(windows):
        if found and window.start_ms <= found[-1].end_ms:
            found[-1] = Window(found[-1].start_ms, max(window.end_ms, found[-1].end_ms))
        else:
            found.append(window)
    return found


@lru_cache(maxsize=1024)
def _pieces(calendar: Calendar, period: Period, whole: Window) -> tuple[Window, ...]:
    return tuple(calendar.windows(period, whole))


@lru_cache(maxsize=4096)
def midnight_ms(zone: ZoneInfo, day: date) -> int:
    """The instant (UTC ms) at which the local day begins."""
    # Where clocks skip midnight, zoneinfo answers the instant at which they skip: the day's first.
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return round(midnight.astimezone(UTC).timestamp()) * 1000


def _months_on(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
