"""Figures of months and fiscal years from those of their days. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from math import fsum

from collector.accounts.energy_law import primary_energy, total_gj, total_kl
from collector.figures.day_figures import Fields, power_factor_percent
from collector.figures.typical import median
from collector.rollup.energy import MILLI_WH_PER_KWH

CREEP_DAYS = 60
LEAST_CREEP_DAYS = 3
LAST_YEAR_SHARE = 0.95
"""Last year is compared with when so much of it is known, in days."""
TARGET_SHARE = 0.99
"""The energy law asks for 1 % less a year (reference: analytics-reports 1.3, target 99.0 %)."""


@dataclass(frozen=True, slots=True)
class DayOfMeter:
    """A local day of a meter: its total, and its row of ``DAY_FIGURES`` as far as there is one."""

    day: date
    kwh: float
    coverage: float
    peak_kw: float
    co2_kg: float | None
    figures: Mapping[str, float | str]

    def figure(self, name: str) -> float | None:
        """A figure of the day."""
        value = self.figures.get(name)
        return None if value is None else float(value)


class DayBook:
    """A meter's days in order of time."""

    def __init__(self, days: Iterable[DayOfMeter]) -> None:
        self._held = {one.day: one for one in days}
        self._dates = sorted(self._held)

    def between(self, first: date, end: date) -> list[DayOfMeter]:
        """The known days from ``first`` to before ``end``."""
        low, high = bisect_left(self._dates, first), bisect_left(self._dates, end)
        return [self._held[day] for day in self._dates[low:high]]

    def year_before(self, days: Sequence[DayOfMeter]) -> list[DayOfMeter] | None:
        """The same days a year earlier; None where too few of them are known."""
        dates = [then for one in days if (then := year_before(one.day))]
        found = [self._held[then] for then in dates if then in self._held]
        return found if found and len(found) >= LAST_YEAR_SHARE * len(days) else None


def year_before(day: date) -> date | None:
    """The same date a year earlier; None for the 29th of February."""
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


@dataclass(frozen=True, slots=True)
class FigureSpan:
    """A period of local days, end excluded, within the fiscal year that began on ``year_first``."""

    first: date
    end: date
    year_first: date


def period_fields(book: DayBook, span: FigureSpan, under_law: bool) -> Fields | None:
    """The fields of ``MONTH_FIGURES`` that every meter has, but ``peak_at``; None without a day.

    ``under_law``: Japan's energy law asks for GJ and crude-oil kL.
    """
    days = book.between(span.first, span.end)
    if not days:
        return None
    so_far = book.between(span.year_first, span.end)
    kwh = fsum(one.kwh for one in days)
    found: Fields = {
        "peak_kw": max(one.peak_kw for one in days),
        "kwh": kwh,
        "coverage": fsum(one.coverage for one in days) / len(days),
        "cum_kwh": fsum(one.kwh for one in so_far),
    }
    found |= _compared(book, days, so_far) | _base(book, days) | _sums(days)
    if under_law:
        found |= _law(days)
    if (factor := _load_factor(days, found)) is not None:
        found["load_factor"] = factor
    return found


def _compared(book: DayBook, days: Sequence[DayOfMeter], so_far: Sequence[DayOfMeter]) -> Fields:
    found: Fields = {}
    if (last := book.year_before(days)) is not None:
        found["kwh_last_year"] = kwh = fsum(one.kwh for one in last)
        found["kwh_target"] = TARGET_SHARE * kwh
    if (last := book.year_before(so_far)) is not None:
        found["cum_kwh_last_year"] = fsum(one.kwh for one in last)
    return found


def _base(book: DayBook, days: Sequence[DayOfMeter]) -> Fields:
    found: Fields = {}
    bases = [base for one in days if (base := one.figure("base_kw")) is not None]
    if (middle := median(bases)) is not None:
        found["base_kw"] = middle
    last = days[-1].day
    recent = book.between(last - timedelta(days=CREEP_DAYS - 1), last + timedelta(days=1))
    minima = [(one.day, base) for one in recent if (base := one.figure("base_kw")) is not None]
    if (change := change_percent(minima)) is not None:
        found["base_change_percent"] = change
    return found


def change_percent(minima: Sequence[tuple[date, float]]) -> float | None:
    """How a base load (day, kW) moved from its first to its last day, % of the line's beginning.

    Theil-Sen: the median of the slopes between all pairs. None of fewer than three days, or where
    the line does not begin above zero. Analytics reference 1.4.
    """
    if len(minima) < LEAST_CREEP_DAYS:
        return None
    points = [((day - minima[0][0]).days, kw) for day, kw in minima]
    slopes = sorted((kw2 - kw1) / (x2 - x1) for (x1, kw1), (x2, kw2) in combinations(points, 2))
    slope = median(slopes) or 0.0
    start = median([kw - slope * x for x, kw in points]) or 0.0
    return 100 * slope * points[-1][0] / start if start > 0 else None


def _sums(days: Sequence[DayOfMeter]) -> Fields:
    found: Fields = {}
    night = [kwh for one in days if (kwh := one.figure("night_kwh")) is not None]
    if night:
        found["night_kwh"] = fsum(night)
    pairs = [(one.figure("off_hours_kwh"), one.figure("after_hours_kwh") or 0.0) for one in days]
    off = [(kwh, left_on) for kwh, left_on in pairs if kwh is not None]
    if off:
        found["off_kwh"] = fsum(kwh for kwh, _ in off)
        found["standby_kwh"] = fsum(kwh - left_on for kwh, left_on in off)
    return found | _power_factor(days)


def _power_factor(days: Sequence[DayOfMeter]) -> Fields:
    kwh = fsum(one.figure("pf_kwh") or 0.0 for one in days)
    kvarh = fsum(one.figure("pf_kvarh") or 0.0 for one in days)
    percent = power_factor_percent(kwh, kvarh)
    return {} if percent is None else {"power_factor_percent": percent}


def _law(days: Sequence[DayOfMeter]) -> Fields:
    parts = primary_energy((one.day, round(one.kwh * MILLI_WH_PER_KWH)) for one in days)
    return {"gj": float(total_gj(parts)), "crude_oil_kl": float(total_kl(parts))}


def _load_factor(days: Sequence[DayOfMeter], found: Fields) -> float | None:
    means = [kw for one in days if (kw := one.figure("mean_kw")) is not None]
    shares = [share for one in days if (share := one.figure("coverage")) is not None]
    peak_kw = float(found["peak_kw"])
    weight = fsum(shares)
    if peak_kw <= 0 or not means or len(means) != len(shares) or weight <= 0:
        return None
    mean_kw = fsum(kw * share for kw, share in zip(means, shares, strict=True)) / weight
    return mean_kw / peak_kw
