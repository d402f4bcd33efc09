"""Base load: what never goes off. Three figures are called so; each has its own function here.

Robust (the one reports mean): median over days of the day's lowest half hour. Night: mean of
00:00-05:00 on days on which the plant does not work, the median over these nights (a night shift
that ends on a Saturday morning does not move it). Percentile: a low percentile of all half hours.
They are not mixed. Analytics-reports 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from collector.analysis.duration import NEAR_BASE_PERCENT
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.grid import DayGrid, day_grid, kinds_of, known_kw

NIGHT_SLOTS = slice(0, 10)
"""00:00 to 05:00."""
CREEP_DAYS = 60
CREEP_SHARE = 0.05
"""Base-load creep: a slope above zero over 60 days that comes to 5 % (analytics-reports 1.4)."""
Definition = Literal["daily_minima", "non_working_nights", "percentile"]


@dataclass(frozen=True, slots=True)
class BaseLoad:
    """A base load (kW) by the definition named, over ``days`` days or nights.

    ``p10_kw`` and ``p90_kw`` are of the days' own figures. ``kwh`` is what the base alone takes
    over the known hours of the period, ``share`` its share of their energy, None where that is
    nothing.
    """

    definition: Definition
    kw: float
    p10_kw: float
    p90_kw: float
    days: int
    kwh: float
    share: float | None
    evidence: Evidence


def daily_minima(slots: pd.DataFrame) -> pd.Series[float]:
    """The lowest half hour of each local day (kW), by date (naive midnight).

    NaN on days of which less than 80 % of the slots are known.
    """
    grid = day_grid(slots)
    return pd.Series(np.where(grid.whole, grid.min_kw, np.nan), index=grid.dates, name="min_kw")


def base_load_of(slots: pd.DataFrame) -> BaseLoad:
    """The robust base load: median over days of the day's lowest half hour.

    Raises ``ValueError`` when no day is known for 80 %.
    """
    grid = day_grid(slots)
    return _base(slots, "daily_minima", grid.min_kw[grid.whole])


def night_base(slots: pd.DataFrame, day_kinds: pd.Series[str]) -> BaseLoad:
    """Mean power of 00:00-05:00 on days on which the plant does not work: the median over nights.

    A night is left out when less than 80 % of it is known. Raises ``ValueError`` when none is
    left.
    """
    grid = day_grid(slots)
    idle = kinds_of(grid.dates, day_kinds) != "working"
    nights = grid.kw[:, NIGHT_SLOTS][idle]
    enough = nights[np.isnan(nights).mean(axis=1) <= 0.2]
    means = np.nanmean(enough, axis=1) if len(enough) else np.empty(0)
    return _base(slots, "non_working_nights", means)


def percentile_base(slots: pd.DataFrame, percent: float = NEAR_BASE_PERCENT) -> BaseLoad:
    """A low percentile of all known half hours, by default the 2.5th ("near base", LBNL 2010).

    Raises ``ValueError`` when none is known, or the percentile is not between 0 and 50.
    """
    if not 0 <= percent <= 50:
        raise ValueError(f"a base is a percentile of 0 to 50, not {percent}")
    kw = known_kw(slots)
    found = float(np.percentile(kw, percent))
    return _base(slots, "percentile", np.array([found]), days=int(day_grid(slots).whole.sum()))


@dataclass(frozen=True, slots=True)
class BaseTrend:
    """How the base load moves: Theil-Sen slope over the daily minima of the window.

    ``change_kw`` is the slope times the window, ``change_share`` that over ``start_kw`` (the
    line's beginning), None where that is nothing. ``creeping`` is the gate of
    analytics-reports 1.4.
    """

    kw_per_day: float
    start_kw: float
    end_kw: float
    change_kw: float
    change_share: float | None
    creeping: bool
    days: int
    evidence: Evidence


def base_trend(slots: pd.DataFrame, days: int = CREEP_DAYS) -> BaseTrend:
    """The trend of the base load over the last ``days`` days of the period.

    Raises ``ValueError`` with fewer than three days known for 80 %.
    """
    grid = day_grid(slots)
    number = np.arange(len(grid.dates))
    used = grid.whole & (number >= len(number) - days)
    if used.sum() < 3:
        raise ValueError("a trend needs three days known for 80 %: choose a longer period")
    x, y = number[used].astype(np.float64), grid.min_kw[used]
    slope = theil_sen(x, y)
    start = float(np.median(y - slope * (x - x[0])))
    change = float(slope * (x[-1] - x[0]))
    share = change / start if start > 0 else None
    return BaseTrend(
        kw_per_day=slope,
        start_kw=start,
        end_kw=start + change,
        change_kw=change,
        change_share=share,
        creeping=slope > 0 and share is not None and share >= CREEP_SHARE,
        days=int(used.sum()),
        evidence=_evidence_from(slots, grid, int(x[0])),
    )


def theil_sen(x: Floats, y: Floats) -> float:
    """The median of the slopes between all pairs of points."""
    first, second = np.triu_indices(len(x), 1)
    return float(np.median((y[second] - y[first]) / (x[second] - x[first])))


def _base(
    slots: pd.DataFrame, definition: Definition, figures: Floats, days: int | None = None
) -> BaseLoad:
    if not figures.size:
        raise ValueError("no day is known well enough for a base load: choose a longer period")
    halves = half_hours(slots)
    all_kw = known_kw(halves)
    kw = float(np.median(figures))
    low, high = np.percentile(figures, [10, 90])
    energy = float(np.minimum(all_kw, kw).sum() / 2)
    whole = float(all_kw.sum() / 2)
    return BaseLoad(
        definition=definition,
        kw=kw,
        p10_kw=float(low),
        p90_kw=float(high),
        days=len(figures) if days is None else days,
        kwh=energy,
        share=energy / whole if whole > 0 else None,
        evidence=evidence_of(halves),
    )


def _evidence_from(slots: pd.DataFrame, grid: DayGrid, first: int) -> Evidence:
    halves = half_hours(slots)
    return evidence_of(halves.iloc[int(np.argmax(grid.day_of >= first)) :])
