"""Dates as the reader writes them, in the site's time zone: 2026年11月23日(月), Mon 23 Nov 2026.

The words themselves are those of ``collector.rollup.period_names``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from collector.reports.report import Language
from collector.rollup.period_names import (
    day_and_month,
    day_name,
    fiscal_year_name,
    month_name,
    month_word,
    short_day_name,
    weekday_name,
)
from collector.rollup.periods import SLOT_MS, Calendar, midnight_ms

DAY_MS = 86_400_000
LONG_DAYS = 62
"""In a span of more days than this the weekday of its first and last day tells nothing."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Turns instants (UTC ms) into local dates and dates into words."""

    zone: ZoneInfo
    language: Language
    fiscal_year_starts: int = 4

    def local(self, at_ms: int) -> datetime:
        """The local wall clock at the instant."""
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self.zone)

    def day_of(self, at_ms: int) -> date:
        """The local date at the instant."""
        return self.local(at_ms).date()

    def start_ms(self, day: date) -> int:
        """The instant of the local midnight that opens the day."""
        return midnight_ms(self.zone, day)

    def end_ms(self, day: date) -> int:
        """The instant of the local midnight that closes the day."""
        return self.start_ms(day + timedelta(days=1))

    def days(self, from_ms: int, to_ms: int) -> tuple[date, ...]:
        """Every local date the range touches."""
        if to_ms <= from_ms:
            return ()
        first, last = self.day_of(from_ms), self.day_of(to_ms - 1)
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    def slots(self, from_ms: int, to_ms: int) -> Iterator[int]:
        """The start of every whole 30-minute slot in the range, from local :00 or :30 on."""
        local = self.local(from_ms)
        into_ms = (local.minute % 30) * 60_000 + local.second * 1000 + from_ms % 1000
        return iter(range(from_ms + (-into_ms) % SLOT_MS, to_ms - SLOT_MS + 1, SLOT_MS))

    def full(self, day: date) -> str:
        """2026年11月23日(月) or Mon 23 Nov 2026."""
        return day_name(day, self.language)

    def short(self, day: date) -> str:
        """11月23日(月) or Mon 23 Nov."""
        return short_day_name(day, self.language)

    def day_only(self, day: date) -> str:
        """2026年11月23日 or 23 Nov 2026, without the weekday."""
        return plain_day(day, self.language)

    def axis(self, day: date) -> tuple[str, str]:
        """Label and short label of a day on an axis: 11/23(月), 23(月); Mon 23 Nov, Mon 23."""
        weekday = weekday_name(day, self.language)
        if self.language == "ja":
            return f"{day.month}/{day.day}({weekday})", f"{day.day}({weekday})"
        return self.short(day), f"{weekday} {day.day}"

    def month(self, day: date) -> str:
        """2026年11月 or Nov 2026."""
        return month_name(day, self.language)

    def months(self, days: Sequence[date]) -> list[tuple[date, date, tuple[str, str]]]:
        """The months of the days in order: first day, last day, label and short label."""
        groups = [list(group) for _, group in groupby(days, key=lambda day: (day.year, day.month))]
        return [
            (group[0], group[-1], self._month_axis(group[0], first=number == 0))
            for number, group in enumerate(groups)
        ]

    def _month_axis(self, day: date, first: bool) -> tuple[str, str]:
        # The year stands at the first month and at January.
        short = month_word(day, self.language)
        return (self.month(day) if first or day.month == 1 else short), short

    def clock(self, at_ms: int) -> str:
        """The local time of day, 09:30."""
        return f"{self.local(at_ms):%H:%M}"

    def moment(self, at_ms: int) -> str:
        """Date and time, 2026年11月23日(月) 09:12."""
        return f"{self.full(self.day_of(at_ms))} {self.clock(at_ms)}"

    def stretch(self, from_ms: int, to_ms: int) -> str:
        """A stretch of time within the year, 11月18日(水) 10:30〜11:00; the end may be 24:00."""
        first, last = self.day_of(from_ms), self.day_of(to_ms - 1)
        end = "24:00" if self.end_ms(last) == to_ms else self.clock(to_ms)
        if first != last:
            end = f"{self.short(last)} {end}"
        return f"{self.short(first)} {self.clock(from_ms)}{self._to(first != last)}{end}"

    def span(self, first: date, last: date) -> str:
        """First to last day (both included), the year written once where it is the same.

        The weekdays stand in a short span only.
        """
        if first == last:
            return self.full(first)
        if (last - first).days >= LONG_DAYS:
            return plain_span(first, last, self.language)
        if first.year != last.year:
            return f"{self.full(first)}{self._to(True)}{self.full(last)}"
        if self.language == "ja":
            return f"{self.full(first)}{self._to(True)}{self.short(last)}"
        return f"{self.short(first)}{self._to(True)}{self.full(last)}"

    def fiscal_year(self, first: date, last: date) -> str:
        """2026年度 or FY2026, named after the year it starts in; two when the days span them."""
        calendar = Calendar(self.zone, self.fiscal_year_starts)
        years = sorted({calendar.fiscal_year_of(first), calendar.fiscal_year_of(last)})
        starts = self.fiscal_year_starts
        words = [fiscal_year_name(year, starts, self.language) for year in years]
        return ("〜" if self.language == "ja" else "–").join(words)

    def _to(self, spaced: bool) -> str:
        if self.language == "ja":
            return "〜"
        return " – " if spaced else "–"


def plain_day(day: date, language: Language) -> str:
    """2026年11月23日 or 23 Nov 2026, without the weekday."""
    named = day_and_month(day, language)
    return f"{day.year}年{named}" if language == "ja" else f"{named} {day.year}"


def plain_span(first: date, last: date, language: Language) -> str:
    """2025年4月1日〜2026年3月31日 or 1 Apr 2025 – 31 Mar 2026, both days included."""
    to = "〜" if language == "ja" else " – "
    return f"{plain_day(first, language)}{to}{plain_day(last, language)}"


def is_weekend(day: date) -> bool:
    """Whether the day is a Saturday or a Sunday."""
    return day.weekday() >= 5
