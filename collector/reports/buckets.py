"""What one bar stands for: a day, or in long periods a month, and totals added up by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum

from collector.reports.dates import Dates
from collector.reports.report import BarPart
from collector.reports.site_facts import by_local_day
from collector.reports.site_view import SiteView
from collector.rollup.totals import Total

Parts = list[BarPart | None]
"""One part per bucket; None where nothing was booked."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The local days one bar stands for and the words for it; a star marks an unfinished one."""

    days: tuple[date, ...]
    label: str
    short: str
    when: str
    finished: bool


def buckets(view: SiteView) -> list[Bucket]:
    """The bars of the period, in order."""
    days = view.dates.days(view.data.from_ms, view.data.to_ms)
    if view.is_long:
        return [_month(view, *month) for month in view.dates.months(days)]
    return [_day(view, day) for day in days]


def _day(view: SiteView, day: date) -> Bucket:
    finished = day in view.facts.whole_days
    return Bucket(
        (day,), *_starred(view.dates.axis(day), finished), view.dates.short(day), finished
    )


def _month(view: SiteView, first: date, last: date, words: tuple[str, str]) -> Bucket:
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    finished = whole and view.facts.whole_days.issuperset(days)
    return Bucket(days, *_starred(words, finished), view.dates.month(first), finished)


def _starred(words: tuple[str, str], finished: bool) -> tuple[str, str]:
    return words if finished else (f"{words[0]}*", f"{words[1]}*")


def energy_parts(totals: Iterable[Total], held: Sequence[Bucket], dates: Dates) -> Parts:
    """The totals' kWh by bucket, with the estimated part."""
    return _parts(totals, held, dates, _energy_part)


def co2_parts(totals: Iterable[Total], held: Sequence[Bucket], dates: Dates) -> Parts:
    """The totals' kg of CO2 by bucket; the estimated part is the energy's share of it."""
    booked = [total for total in totals if total.co2_kg is not None]
    return _parts(booked, held, dates, _co2_part)


def _parts(
    totals: Iterable[Total],
    held: Sequence[Bucket],
    dates: Dates,
    part: Callable[[Sequence[Total]], BarPart],
) -> Parts:
    by_day = by_local_day(totals, dates)
    found = [[total for day in bucket.days for total in by_day.get(day, ())] for bucket in held]
    return [part(booked) if booked else None for booked in found]


def _energy_part(totals: Sequence[Total]) -> BarPart:
    return BarPart(
        fsum(total.kwh for total in totals), fsum(total.estimated_kwh for total in totals)
    )


def _co2_part(totals: Sequence[Total]) -> BarPart:
    kg = [(total.co2_kg or 0.0, total) for total in totals]
    shares = [(mass, total.estimated_kwh / total.kwh) for mass, total in kg if total.kwh > 0]
    estimated = fsum(mass * min(1.0, share) for mass, share in shares)
    return BarPart(fsum(mass for mass, _ in kg), estimated)
