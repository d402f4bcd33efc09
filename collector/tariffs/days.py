"""Which season, kind of day and time band a local moment lies in, for one tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from collector.calendars.public_holidays import public_holidays
from collector.tariffs.tariff import DAY_MINUTES, QUARTER_MINUTES, Band, DayType, Tariff, When

ALL = "all"
"""The season, day type or band of a tariff that does not tell them apart."""
_DAYS_KEPT = 1024


class TariffDays:
    """The calendar of one tariff; every answer is for a local date."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self._rest = next((kind.id for kind in tariff.day_types if kind.rest), ALL)
        self._bands = lru_cache(_DAYS_KEPT)(self._bands_of)
        self._patterns: dict[tuple[str, str], tuple[str, ...]] = {}

    def season(self, day: date) -> str:
        """The season the day lies in."""
        return next((season.id for season in self._tariff.seasons if season.covers(day)), ALL)

    def day_type(self, day: date) -> str:
        """The kind of day: the first type of the tariff whose rule holds."""
        for kind in self._tariff.day_types:
            if not kind.rest and _is_of(kind, day):
                return kind.id
        return self._rest

    def bands(self, day: date) -> Sequence[str]:
        """The band of each of the day's 96 quarter hours of local time."""
        return self._bands(day)

    def band(self, day: date, minute: int, minutes: int) -> str | None:
        """The band of a slot of so many minutes from that minute on; None: it lies in two."""
        first = minute // QUARTER_MINUTES
        found = set(self._bands(day)[first : first + -(-minutes // QUARTER_MINUTES)])
        return found.pop() if len(found) == 1 else None

    def within(self, when: Sequence[When], day: date, minute: int) -> bool:
        """Whether the minute of that day lies in one of the stretches; none given: always."""
        if not when:
            return True
        season, kind = self.season(day), self.day_type(day)
        return any(part.covers(season, kind, minute) for part in when)

    def _bands_of(self, day: date) -> tuple[str, ...]:
        key = self.season(day), self.day_type(day)
        if key not in self._patterns:
            self._patterns[key] = tuple(
                next(band.id for band in found)
                for found in bands_by_quarter(self._tariff.bands, *key)
            )
        return self._patterns[key]


def bands_by_quarter(bands: Sequence[Band], season: str, day_type: str) -> list[list[Band]]:
    """The bands that claim each quarter of an hour of such a day; exactly one in a sound tariff."""
    return [
        [band for band in bands if any(w.covers(season, day_type, minute) for w in band.when)]
        for minute in range(0, DAY_MINUTES, QUARTER_MINUTES)
    ]


def _is_of(kind: DayType, day: date) -> bool:
    return (
        day.weekday() in kind.weekdays
        or (day.month, day.day) in kind.every_year
        or day in kind.days
        or (bool(kind.holidays) and day in _holidays(kind.holidays, day.year))
    )


@lru_cache(maxsize=256)
def _holidays(place: str, year: int) -> Mapping[date, str]:
    return public_holidays(place, year)
