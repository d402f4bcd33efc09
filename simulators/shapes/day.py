"""The plant's calendar and hours: what kind of day it is, and when people work.

PURE. Before: the ``[hours]`` and ``[calendar]`` of a plant file. After: a ``Day`` for every local
date, from which the load shapes draw their curves. Minutes are minutes of the local day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

DayKind = Literal["work", "half", "closed"]
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours as minutes of the day; on a half day work ends where lunch begins."""

    starts: int = 8 * 60
    ends: int = 17 * 60
    lunch_starts: int = 12 * 60
    lunch_ends: int = 12 * 60 + 50


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: its kind, its date, and a seed for what varies from day to day."""

    date: date
    kind: DayKind
    seed: int = 0


Shape = Callable[[Day, Hours], list[float]]
"""A load curve: for each of the day's 1,440 minutes the share (0 to about 1) of full load."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days the plant works. Weekdays count from Monday, 0; yearly days are (month, day)."""

    half_weekdays: frozenset[int] = frozenset({5})
    closed_weekdays: frozenset[int] = frozenset({6})
    closed_yearly: frozenset[tuple[int, int]] = frozenset()
    closed_dates: frozenset[date] = frozenset()

    def kind(self, day: date) -> DayKind:
        """What kind of day this date is."""
        yearly = (day.month, day.day) in self.closed_yearly
        if yearly or day in self.closed_dates or day.weekday() in self.closed_weekdays:
            return "closed"
        return "half" if day.weekday() in self.half_weekdays else "work"


def work_ends(day: Day, hours: Hours) -> int:
    """The minute at which work ends on this day; the day's start when it is closed."""
    if day.kind == "closed":
        return 0
    return hours.lunch_starts if day.kind == "half" else hours.ends


def at_lunch(minute: int, day: Day, hours: Hours) -> bool:
    """Whether people are at lunch; a half day has none."""
    return day.kind == "work" and hours.lunch_starts <= minute < hours.lunch_ends


def curve(share: Callable[[int], float]) -> list[float]:
    """A day's curve from a function of its minutes."""
    return [share(minute) for minute in range(MINUTES_A_DAY)]
