"""Slots, days, months and years of a plant's own calendar, as stretches of UTC.

All stretches are half-open (start included, end excluded) in UTC milliseconds. A day runs from
local midnight to the next one, so a day on which the clocks change has 46 or 50 half hours
instead of 48; slots are cut from local midnight on, whatever the zone's offset. A shift day
runs from the hour the plant's day begins to the same hour of the next day, a billing month from
the billing day to the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from collector.rollup import period_names
from collector.rollup.period_names import Language
from collector.rollup.totals import Period

SLOT_MS = 30 * 60_000
SLOT_PERIODS_MS: dict[Period, int] = {"15m": 15 * 60_000, "30m": 30 * 60_000}
QUARTER_HOUR_MS = 15 * 60_000
_A_DAY = timedelta(days=1)

LEVELS: tuple[tuple[Period, Period], ...] = (
    ("30m", "15m"),
    ("1d", "30m"),
    ("1sd", "30m"),
    ("1mo", "1d"),
    ("1bm", "1d"),
    ("1fy", "1mo"),
    ("1y", "1mo"),
)
"""Each period with the smaller one it is the sum of, in the order to compute them."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of time: ``start_ms`` included, ``end_ms`` excluded (UTC ms)."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of a place.

    ``zone`` is its time zone, ``fiscal_year_starts`` a month (1-12), ``slot_minutes`` 30 or 15,
    ``billing_day`` the day of the month a billing month begins (1-28), ``shift_day_starts`` the
    local hour or half hour at which the plant's day begins (None: at midnight). Raises
    ``ValueError`` for any other value.
    """

    zone: ZoneInfo
    fiscal_year_starts: int = 4
    slot_minutes: int = 30
    billing_day: int = 1
    shift_day_starts: time | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_year_starts <= 12:
            raise ValueError(f"a fiscal year starts in a month 1-12, not {self.fiscal_year_starts}")
        if self.slot_minutes not in (15, 30):
            raise ValueError(f"slots have 15 or 30 minutes, not {self.slot_minutes}")
        if not 1 <= self.billing_day <= 28:
            raise ValueError(f"a billing day is 1-28, not {self.billing_day}")
        shift = self.shift_day_starts
        if shift is not None and shift not in (time(shift.hour), time(shift.hour, 30)):
            raise ValueError(f"a shift day begins at a full or half hour, not {shift}")

    def levels(self) -> tuple[tuple[Period, Period], ...]:
        """Each period with the smaller one it is the sum of, in the order to compute them.

        Half hours are sums only where slots have 15 minutes; shift days are there only where
        the plant's day does not begin at midnight.
        """
        absent = {"1sd"} if self.shift_day_starts in (None, time(0)) else set[str]()
        if self.slot_minutes == 30:
            absent.add("30m")
        return tuple(level for level in LEVELS if level[0] not in absent)

    def date_of(self, at_ms: int) -> date:
        """The local date at the instant.

        Where clocks go back over midnight (St. John's until 2011), the new day has begun once
        and for all with its first midnight.
        """
        day = datetime.fromtimestamp(at_ms / 1000, self.zone).date()
        following = day + _A_DAY
        return day if at_ms < midnight_ms(self.zone, following) else following

    def slot(self, at_ms: int) -> Window:
        """The slot of ``slot_minutes`` the instant lies in."""
        return self._cut(at_ms, self.slot_minutes * 60_000)

    def quarter_hour(self, at_ms: int) -> Window:
        """The 15 minutes the instant lies in."""
        return self._cut(at_ms, QUARTER_HOUR_MS)

    def half_hour(self, at_ms: int) -> Window:
        """The 30 minutes the instant lies in."""
        return self._cut(at_ms, SLOT_MS)

    def day(self, at_ms: int) -> Window:
        """The local day the instant lies in."""
        day = self.date_of(at_ms)
        return self._between(day, day + _A_DAY)

    def shift_day(self, at_ms: int) -> Window:
        """The shift day the instant lies in: a local day where no shift day is set."""
        day = self.date_of(at_ms)
        while at_ms < self.shift_start_ms(day):
            day -= _A_DAY
        return Window(self.shift_start_ms(day), self.shift_start_ms(day + _A_DAY))

    def shift_start_ms(self, day: date) -> int:
        """The instant (UTC ms) at which the shift day named by the local date begins.

        An hour that comes twice counts when it comes first; one that clocks skip counts as if
        they had not changed yet.
        """
        if self.shift_day_starts is None:
            return midnight_ms(self.zone, day)
        return _wall_ms(self.zone, day, self.shift_day_starts)

    def month(self, at_ms: int) -> Window:
        """The local month the instant lies in."""
        day = self.date_of(at_ms)
        return self._between(day.replace(day=1), _months_on(day, 1))

    def billing_month(self, at_ms: int) -> Window:
        """The billing month the instant lies in: from the billing day to the next one."""
        return self.billing_month_named(self.billing_month_of(self.date_of(at_ms)))

    def billing_month_of(self, day: date) -> date:
        """The month a local date is billed in, as its first day: the one the bill ends in."""
        return _months_on(day, 1 if 1 < self.billing_day <= day.day else 0)

    def billing_month_named(self, month: date) -> Window:
        """The billing month that ends in the month of the given day and is named after it."""
        first = _months_on(month, 0 if self.billing_day == 1 else -1)
        first = first.replace(day=self.billing_day)
        return self._between(first, _months_on(first, 1).replace(day=self.billing_day))

    def fiscal_year(self, at_ms: int) -> Window:
        """The fiscal year the instant lies in."""
        first = date(self.fiscal_year_of(self.date_of(at_ms)), self.fiscal_year_starts, 1)
        return self._between(first, _months_on(first, 12))

    def fiscal_year_of(self, day: date) -> int:
        """The number of the fiscal year a local date lies in: the year it begins in."""
        return day.year if day.month >= self.fiscal_year_starts else day.year - 1

    def year(self, at_ms: int) -> Window:
        """The calendar year the instant lies in."""
        year = self.date_of(at_ms).year
        return self._between(date(year, 1, 1), date(year + 1, 1, 1))

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

    def windows_with(self, period: Period, instants: Iterable[int]) -> list[Window]:
        """Every period of the given kind that one of the instants lies in, in order of time."""
        found: list[Window] = []
        for at_ms in sorted(instants):
            if not found or at_ms >= found[-1].end_ms:
                found.append(self.window(period, at_ms))
        return found

    def pieces(self, period: Period, whole: Window) -> tuple[Window, ...]:
        """The periods of the given kind that a longer period is made of."""
        return _pieces(self, period, whole)

    def slot_edges(self, span: Window) -> list[int]:
        """The edges of the slots that overlap the span: one more than there are slots.

        Slots have ``slot_minutes``; a span without length has no slots and no edges.
        """
        if span.start_ms >= span.end_ms:
            return []
        first, last = self.slot(span.start_ms), self.slot(span.end_ms - 1)
        edges = [
            edge
            for day in self.windows("1d", span)
            for edge in range(day.start_ms, day.end_ms, self.slot_minutes * 60_000)
            if first.start_ms <= edge <= last.start_ms
        ]
        return [*edges, last.end_ms]

    def label(self, period: Period, window: Window, language: Language) -> str:
        """The name people read of a window of the given kind, for example FY2025 or 2025年度.

        A billing month is named after the month it ends in, a shift day after the local date
        it begins on, a fiscal year after the year it begins in.
        """
        first = self.date_of(window.start_ms)
        if period == "1bm":
            last = self.date_of(window.end_ms - 1)
            return period_names.billing_month_name(first, last, language)
        if period == "1fy":
            number = self.fiscal_year_of(first)
            return period_names.fiscal_year_name(number, self.fiscal_year_starts, language)
        if period in ("15m", "30m"):
            start, end = self._wall(window.start_ms), self._wall(window.end_ms)
            return period_names.slot_name(start, end, language)
        if period == "1sd":
            return period_names.shift_day_name(self._wall(window.start_ms), language)
        if period == "1y":
            return period_names.year_name(first.year, language)
        name = period_names.month_name if period == "1mo" else period_names.day_name
        return name(first, language)

    def _cut(self, at_ms: int, length_ms: int) -> Window:
        day = self.day(at_ms)
        start_ms = at_ms - (at_ms - day.start_ms) % length_ms
        return Window(start_ms, min(start_ms + length_ms, day.end_ms))

    def _between(self, first: date, end: date) -> Window:
        return Window(midnight_ms(self.zone, first), midnight_ms(self.zone, end))

    def _wall(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, self.zone)


_WINDOWS: dict[Period, Callable[[Calendar, int], Window]] = {
    "15m": Calendar.quarter_hour,
    "30m": Calendar.half_hour,
    "1d": Calendar.day,
    "1sd": Calendar.shift_day,
    "1mo": Calendar.month,
    "1bm": Calendar.billing_month,
    "1fy": Calendar.fiscal_year,
    "1y": Calendar.year,
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
    if period not in SLOT_PERIODS_MS:
        return tuple(calendar.windows(period, whole))
    # A year of slots passes through here: cut day by day, not looked up one by one.
    step_ms = SLOT_PERIODS_MS[period]
    return tuple(
        Window(start_ms, min(start_ms + step_ms, day.end_ms))
        for day in calendar.windows("1d", whole)
        for start_ms in range(day.start_ms, day.end_ms, step_ms)
        if whole.start_ms < start_ms + step_ms and start_ms < whole.end_ms
    )


@lru_cache(maxsize=4096)
def midnight_ms(zone: ZoneInfo, day: date) -> int:
    """The instant (UTC ms) at which the local day begins."""
    # Where clocks skip midnight, zoneinfo answers the instant at which they skip: the day's first.
    return _wall_ms(zone, day, time(0))


@lru_cache(maxsize=4096)
def _wall_ms(zone: ZoneInfo, day: date, clock: time) -> int:
    wall = datetime.combine(day, clock, tzinfo=zone)
    return round(wall.astimezone(UTC).timestamp()) * 1000


def _months_on(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
