"""Figures of whole days behind us: duration curves, typical days, the highest intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nlargest

from collector.figures.day_load import UNKNOWN_FROM, Kw48, is_whole, walls_of
from collector.figures.duration import duration_points
from collector.figures.longer import local_text
from collector.figures.plant import A_DAY, FigurePlant
from collector.figures.typical import Bands, bands_of
from collector.rollup.periods import SLOT_MS
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import (
    LOAD_DURATION_1FY,
    LOAD_DURATION_1MO,
    PEAK_RANK_1FY,
    PEAK_RANK_1MO,
    TYPICAL_DAY,
    TYPICAL_GROUPS,
)
from collector.storage.port import Row
from collector.storage.schema import KEPT_DAYS
from collector.tariffs.series import months_on

RANKS = 20
LARGEST = 3
_YEAR = timedelta(days=365)
_SECOND_MS = 1000
_MEASUREMENTS = ((1, LOAD_DURATION_1MO, PEAK_RANK_1MO), (12, LOAD_DURATION_1FY, PEAK_RANK_1FY))


@dataclass(frozen=True, slots=True)
class Settled:
    """A month or fiscal year with a touched day in it, and where its figures stand."""

    first: date
    end: date
    duration: str
    ranks: str


def settled_periods(plant: FigurePlant, days: Iterable[date]) -> list[Settled]:
    """The months and fiscal years of the days."""
    calendar, held = plant.calendar, list(days)
    found = []
    for months, duration, ranks in _MEASUREMENTS:
        firsts = {
            day.replace(day=1)
            if months == 1
            else date(calendar.fiscal_year_of(day), calendar.fiscal_year_starts, 1)
            for day in held
        }
        found += [Settled(day, months_on(day, months), duration, ranks) for day in sorted(firsts)]
    return found


def settled_rows(plant: FigurePlant, meter: str, days: Sequence[date]) -> Iterator[Row]:
    """The duration curves that a meter's touched days are part of, and its typical days."""
    periods = settled_periods(plant, days)
    first = min(plant.today - _YEAR, *(period.first for period in periods))
    profiles = plant.profiles(meter, first, plant.today)
    for period in periods:
        start_ms = plant.window(period.first, period.end).start_ms
        within = [kw for day, kw in profiles.items() if period.first <= day < period.end]
        for number, (percent, kw, hours) in enumerate(duration_points(within)):
            fields: dict[str, float | str] = {"pct": percent, "kw": kw, "hours": hours}
            at_ms = start_ms + number * _SECOND_MS
            yield Row(period.duration, plant.site, meter, at_ms, fields)
    yield from _typical_rows(plant, meter, profiles)


def _typical_rows(plant: FigurePlant, meter: str, profiles: Mapping[date, Kw48]) -> Iterator[Row]:
    whole = {day: kw for day, kw in profiles.items() if is_whole(kw)}
    newest = max(whole, default=date.min)
    if newest < plant.today - KEPT_DAYS * A_DAY:
        # A store that keeps the present alone would refuse it.
        return
    held = {day: kw for day, kw in whole.items() if day > newest - _YEAR}
    groups = plant.groups(newest - _YEAR, newest + A_DAY)
    bands = {
        group: bands_of([kw for day, kw in held.items() if groups[day] == group])
        for group in TYPICAL_GROUPS
    }
    window = plant.window(newest, newest + A_DAY)
    for number, wall in enumerate(walls_of(plant.calendar, window)):
        fields: dict[str, float | str] = {"days": float(len(held))}
        for group, band in bands.items():
            fields |= _band_fields(group, band, wall)
        yield Row(TYPICAL_DAY, plant.site, meter, window.start_ms + number * SLOT_MS, fields)


def _band_fields(group: str, bands: Bands | None, wall: int) -> dict[str, float | str]:
    if bands is None:
        return {}
    parts = (("", bands.median), ("_low", bands.low), ("_high", bands.high))
    return {f"{group}{part}_kw": kw for part, column in parts if (kw := column[wall]) is not None}


def rank_rows(plant: FigurePlant, days: Iterable[date]) -> Iterator[Row]:
    """The highest intervals of the periods that the site's touched days are part of."""
    periods = settled_periods(plant, days)
    highest = {period: _highest(plant, period) for period in periods}
    instants = {at_ms for peaks in highest.values() for _, at_ms in peaks}
    circuits = _circuits_at(plant, instants)
    spoken = {"circuits": plant.name_of, "circuits_en": plant.english_name_of}
    for period, peaks in highest.items():
        start_ms = plant.window(period.first, period.end).start_ms
        for rank, (kw, at_ms) in enumerate(peaks, start=1):
            fields: dict[str, float | str] = {
                "kw": kw,
                "at": local_text(plant, at_ms),
                **{field: _text(circuits.get(at_ms, ()), name) for field, name in spoken.items()},
            }
            row_ms = start_ms + rank * _SECOND_MS
            yield Row(period.ranks, plant.site, SITE_METER, row_ms, fields)


def _highest(plant: FigurePlant, period: Settled) -> list[tuple[float, int]]:
    """The highest intervals as (kW, start in UTC ms), of equal ones the earliest first."""
    span = plant.window(period.first, min(period.end, plant.today + A_DAY))
    found = plant.store.read_total_columns(
        *(plant.site, SITE_METER, plant.slot, ("kwh", "missing")), span.start_ms, span.end_ms
    )
    hours = plant.settings.slot_minutes / 60
    known = (
        (float(kwh) / hours, -at_ms)
        for at_ms, kwh, missing in zip(found.start_ms, *found.values.values(), strict=True)
        if missing <= UNKNOWN_FROM
    )
    return [(kw, -at_ms) for kw, at_ms in nlargest(RANKS, known)]


def _circuits_at(plant: FigurePlant, instants: Iterable[int]) -> dict[int, list[tuple[float, str]]]:
    """What each circuit took at each instant, as (kW, meter)."""
    places = {at_ms: _place(plant, at_ms) for at_ms in instants}
    if not places:
        return {}
    days = [day for day, _ in places.values()]
    held: dict[int, list[tuple[float, str]]] = {at_ms: [] for at_ms in places}
    for meter in plant.leaves:
        profiles = plant.profiles(meter, min(days), max(days) + A_DAY)
        for at_ms, (day, wall) in places.items():
            kw = profiles[day][wall] if day in profiles else None
            if kw is not None and kw > 0:
                held[at_ms].append((kw, meter))
    return held


def _place(plant: FigurePlant, at_ms: int) -> tuple[date, int]:
    window = plant.calendar.day(at_ms)
    wall = walls_of(plant.calendar, window)[(at_ms - window.start_ms) // SLOT_MS]
    return plant.calendar.date_of(at_ms), wall


def _text(found: Sequence[tuple[float, str]], name: Callable[[str], str]) -> str:
    """The three largest circuits with their kW, as text."""
    largest = sorted(found, key=lambda one: (-one[0], one[1]))[:LARGEST]
    return ", ".join(f"{name(meter)} {kw:.1f} kW" for kw, meter in largest)
