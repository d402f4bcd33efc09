"""When a report that makes itself is due: instants of the site's clock on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.report_config import When

JUST_ENDED = {
    "daily": "yesterday",
    "weekly": "last-week",
    "monthly": "last-month",
    "yearly": "last-fiscal-year",
}
"""What a report is about when its settings do not say: the period that has just ended."""


def last_due_ms(when: When, zone: ZoneInfo, now_ms: int) -> int:
    """The newest due instant (UTC ms) that is not after now.

    A time that clocks skip is taken as if they had not changed yet, one that comes twice when it
    comes first: a day has one due instant, whatever its clocks do.
    """
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    for day in _days_back(when, today + timedelta(days=1)):
        due_ms = _instant_ms(day, when, zone)
        if due_ms <= now_ms:
            return due_ms
    raise AssertionError("a report is due at least once a year")


def dues_between(when: When, zone: ZoneInfo, after_ms: int, until_ms: int) -> int:
    """How many due instants lie after the one and not after the other."""
    count, due_ms = 0, last_due_ms(when, zone, until_ms)
    while due_ms > after_ms:
        count += 1
        due_ms = last_due_ms(when, zone, due_ms - 1)
    return count


def _days_back(when: When, newest: date) -> Iterator[date]:
    day = newest
    for _ in range(2 * 366):
        if _falls_on(when, day):
            yield day
        day -= timedelta(days=1)


def _falls_on(when: When, day: date) -> bool:
    return (
        when.weekday in (None, day.weekday())
        and when.day in (None, day.day)
        and when.month in (None, day.month)
    )


def _instant_ms(day: date, when: When, zone: ZoneInfo) -> int:
    wall = datetime.combine(day, when.clock, tzinfo=zone)
    return round(wall.astimezone(UTC).timestamp()) * 1000
