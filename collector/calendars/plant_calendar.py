"""Which kind of day it is for a plant: working day, Saturday, Sunday, holiday or closed.

The plant's own calendar always stands over the public one (reference: analytics-reports.md 1.2,
"Day type"). In order: a day listed as worked works; a day listed as closed is closed; then a
public holiday, then the plant's days off each week; every other day is a working day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from collector.calendars.day_list import DayRange, day_range
from collector.calendars.public_holidays import public_holidays
from collector.site_config import CalendarSettings, Weekday

DayKind = Literal["working", "saturday", "sunday", "holiday", "closed"]

_WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OFF: Mapping[Weekday, DayKind] = {"sat": "saturday", "sun": "sunday"}


@dataclass(frozen=True, slots=True)
class DayType:
    """The kind of a day, and the public holiday's name if it is one, worked or not; else ""."""

    kind: DayKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlantCalendar:
    """When a plant works.

    ``place`` is the country or region whose public holidays count ("" for none), ``weekend`` the
    days off each week, ``closed`` and ``working`` the days that differ from both.
    """

    place: str = ""
    weekend: frozenset[Weekday] = frozenset({"sat", "sun"})
    closed: tuple[DayRange, ...] = ()
    working: tuple[DayRange, ...] = ()

    @classmethod
    def of(cls, settings: CalendarSettings) -> PlantCalendar:
        """The calendar of a site's settings.

        Raises ``ValueError`` for an entry that is no day and a place that is not known; see
        ``calendar_faults`` for all of them at once.
        """
        if settings.holidays:
            _holidays(settings.holidays, 2025, None)
        return cls(
            settings.holidays,
            frozenset(settings.weekend),
            tuple(day_range(entry) for entry in settings.closed),
            tuple(day_range(entry) for entry in settings.working),
        )

    def day_type(self, day: date, language: str | None = None) -> DayType:
        """The kind of a local date.

        A holiday's name is in the country's own language, or in the one asked for ("en"). A day
        off each week that is neither Saturday nor Sunday is a day closed.
        """
        return DayType(self._kind(day), self.holiday_name(day, language))

    def works(self, day: date) -> bool:
        """Whether the plant works on the local date."""
        return self._kind(day) == "working"

    def holiday_name(self, day: date, language: str | None = None) -> str:
        """The name of the public holiday on the local date, "" for an ordinary day."""
        if not self.place:
            return ""
        return _holidays(self.place, day.year, language).get(day, "")

    def _kind(self, day: date) -> DayKind:
        weekday = _WEEKDAYS[day.weekday()]
        if any(day in days for days in self.working):
            return "working"
        if any(day in days for days in self.closed):
            return "closed"
        if self.holiday_name(day):
            return "holiday"
        return _OFF.get(weekday, "closed") if weekday in self.weekend else "working"


@lru_cache(maxsize=256)
def _holidays(place: str, year: int, language: str | None) -> Mapping[date, str]:
    return public_holidays(place, year, language)
