"""The site's key figures as plain numbers, before anyone words or draws them.

Energy and CO2 come from the days (what the books say), demand and shape from the 30-minute slots.
A slot that is not over at the end of the period is left out, since its mean is not yet one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import fsum
from statistics import fmean, median
from typing import Literal

from collector.reports.dates import Dates, is_weekend
from collector.reports.numbers import exact_sum
from collector.reports.report import Quality
from collector.reports.site_data import FactorUsed, SiteOverviewData
from collector.rollup.periods import SLOT_MS
from collector.rollup.totals import Total

SLOT_H = 0.5
BOOKED_ENOUGH = 0.8
"""Share of a day's slots that must be known before the day counts for the base load."""
ESTIMATED_FROM = 0.01
"""Share of a slot's energy from which it is shown as estimated."""
COVERED_ENOUGH = 0.5
"""Coverage below which a slot is shown as estimated whatever its energy."""
StandsIn = Literal[
    "", "provisional", "fallback", "provisional_and_fallback", "provisional_or_fallback"
]


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What the period comes to. None stands for what cannot be known from the data.

    ``days`` and ``slots`` are the site's own, in order; ``whole_days`` are those that lie wholly
    in the period. ``base_load_kw`` is the median over days of the day's lowest 30-minute mean;
    ``days_without_co2`` counts the days no factor was found for. ``stands_in`` is what factors
    behind the CO2 stand in as, "" when each was published for its days.
    """

    days: tuple[Total, ...]
    whole_days: frozenset[date]
    slots: tuple[Total, ...]
    expected_slots: tuple[int, ...]
    kwh: Decimal | None
    estimated_kwh: Decimal
    mean_kw: float | None
    peak: Total | None
    base_load_kw: float | None
    co2_kg: Decimal | None
    days_without_co2: int
    stands_in: StandsIn

    @property
    def load_factor(self) -> float | None:
        """Mean power over the largest 30-minute demand (lf_peak), 0 to 1."""
        if self.mean_kw is None or self.peak is None or self.peak.peak_kw <= 0:
            return None
        return self.mean_kw / self.peak.peak_kw

    @property
    def estimated_share(self) -> float:
        """Estimated part of the energy, 0 to 1."""
        return float(self.estimated_kwh / self.kwh) if self.kwh else 0.0

    @property
    def base_share(self) -> float | None:
        """What the base load, running all the time, makes of the energy; 0 to 1."""
        if self.base_load_kw is None or not self.mean_kw:
            return None
        return self.base_load_kw / self.mean_kw


def site_facts(data: SiteOverviewData, dates: Dates) -> SiteFacts:
    """Compute the facts of the period."""
    slots = slots_within(data.site_slots, data)
    days = days_within(data.site_days, data)
    booked = [day.co2_kg for day in days if day.co2_kg is not None]
    return SiteFacts(
        days=days,
        whole_days=_whole_days(data, dates),
        slots=slots,
        expected_slots=tuple(dates.slots(data.from_ms, data.to_ms)),
        kwh=exact_sum(total.kwh for total in days or slots) if days or slots else None,
        estimated_kwh=exact_sum(total.estimated_kwh for total in days or slots),
        mean_kw=fsum(slot.kwh for slot in slots) / (len(slots) * SLOT_H) if slots else None,
        peak=max(slots, key=lambda slot: slot.peak_kw, default=None),
        base_load_kw=_base_load_kw(slots, dates),
        co2_kg=exact_sum(booked) if booked else None,
        days_without_co2=len(days) - len(booked),
        stands_in=_stands_in(days, data.factors),
    )


def slots_within(slots: Iterable[Total], data: SiteOverviewData) -> tuple[Total, ...]:
    """Give the slots that lie wholly in the period, in order."""
    return _starting(slots, data.from_ms, data.to_ms - SLOT_MS + 1)


def days_within(days: Iterable[Total], data: SiteOverviewData) -> tuple[Total, ...]:
    """Give the days that begin in the period, and the one it begins in, in order."""
    dates = Dates(data.zone, "en")
    return _starting(days, dates.start_ms(dates.day_of(data.from_ms)), data.to_ms)


def _starting(totals: Iterable[Total], from_ms: int, to_ms: int) -> tuple[Total, ...]:
    held = [total for total in totals if from_ms <= total.start_ms < to_ms]
    return tuple(sorted(held, key=lambda total: total.start_ms))


def slot_quality(slot: Total | None) -> Quality:
    """Tell how well a slot is known; a slot without a total is missing."""
    if slot is None:
        return "missing"
    bridged = slot.estimated_kwh > ESTIMATED_FROM * abs(slot.kwh)
    return "estimated" if bridged or slot.coverage < COVERED_ENOUGH else "measured"


def mean_kwh(facts: SiteFacts, dates: Dates, weekend: bool) -> float | None:
    """Mean energy of the whole days that are (or are not) Saturdays and Sundays."""
    held = [(dates.day_of(total.start_ms), total.kwh) for total in facts.days]
    found = [kwh for day, kwh in held if day in facts.whole_days and is_weekend(day) == weekend]
    return fmean(found) if found else None


def by_local_day(totals: Iterable[Total], dates: Dates) -> dict[date, list[Total]]:
    """Group totals by the local day they start in."""
    found: dict[date, list[Total]] = defaultdict(list)
    for total in totals:
        found[dates.day_of(total.start_ms)].append(total)
    return dict(found)


def _stands_in(days: Iterable[Total], factors: Iterable[FactorUsed]) -> StandsIn:
    # A total knows that something stood in, the factors know what.
    if not any(day.provisional > 0 for day in days):
        return ""
    told = {factor.status for factor in factors}
    if {"provisional", "fallback"} <= told:
        return "provisional_and_fallback"
    if "provisional" in told:
        return "provisional"
    return "fallback" if "fallback" in told else "provisional_or_fallback"


def _whole_days(data: SiteOverviewData, dates: Dates) -> frozenset[date]:
    days = dates.days(data.from_ms, data.to_ms)
    cut = {days[0]} if days and dates.start_ms(days[0]) < data.from_ms else set()
    if days and data.to_ms < dates.end_ms(days[-1]):
        cut.add(days[-1])
    return frozenset(days) - cut


def _base_load_kw(slots: Iterable[Total], dates: Dates) -> float | None:
    days = by_local_day(slots, dates).values()
    full = [day for day in days if len(day) >= BOOKED_ENOUGH * 48] or list(days)
    return median(min(slot.kwh for slot in day) / SLOT_H for day in full) if full else None
