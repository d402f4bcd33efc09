"""The lunch break: what goes on running while nobody works (昼休みの待機).

The dip of the typical working day between 11:00 and 14:00, declared or found, held against the
hours beside it and against the base load.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import numpy as np
import pandas as pd

from collector.analysis.base_load import base_load_of
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.grid import HALF_HOUR, day_grid, kinds_of
from collector.analysis.operating import DeclaredHours
from collector.analysis.typical_day import percentiles

SEARCHED = (22, 28)
"""Half hours of the day from 11:00 to 14:00, in which a break is looked for."""
BESIDE = (*range(18, 22), *range(28, 32))
"""09:00-11:00 and 14:00-16:00: work before and after."""
DIP_SHARE = 0.1
"""A break shows as a load at least 10 % below the hours beside it."""
LONGEST_SLOTS = 3
"""A dip longer than an hour and a half is no break but another shift."""


@dataclass(frozen=True, slots=True)
class LunchIdle:
    """The load in the break of a working day, from ``start`` to ``end`` (local clock).

    Median powers over working days: ``lunch_kw`` in the break, ``beside_kw`` in the hours before
    and after, ``base_kw`` the base load. ``idle_kw`` is what stands above the base, and
    ``idle_share`` its share of what work adds (None where work adds nothing); ``kwh`` is that
    energy over the ``days`` working days of the period.
    """

    start: time
    end: time
    declared: bool
    lunch_kw: float
    beside_kw: float
    base_kw: float
    idle_kw: float
    idle_share: float | None
    kwh: float
    days: int
    evidence: Evidence


def lunch_idle(
    slots: pd.DataFrame, day_kinds: pd.Series[str], lunch: DeclaredHours | None = None
) -> LunchIdle | None:
    """What runs in the lunch break of working days; None where no break shows in the load.

    None, too, where the break or the hours beside it are known on no day.
    ``lunch`` is the declared break in half hours of the clock, None: looked for. Raises
    ``ValueError`` when no working day is known for 80 %, or a declared break is shorter than
    half an hour.
    """
    halves = half_hours(slots)
    grid = day_grid(halves)
    works = (kinds_of(grid.dates, day_kinds) == "working") & grid.whole
    if not works.any():
        raise ValueError("no working day is known for 80 %: choose a longer period")
    rows = grid.kw[works]
    typical = percentiles(rows, 50)[0]
    found = _dip(typical) if lunch is None else _declared(lunch)
    beside = _beside(typical)
    if found is None or np.isnan([beside, *typical[slice(*found)]]).any():
        return None
    first, end = found
    base = base_load_of(halves).kw
    at_lunch = float(typical[first:end].mean())
    over = np.maximum(rows[:, first:end] - base, 0.0)
    return LunchIdle(
        start=_clock(first),
        end=_clock(end),
        declared=lunch is not None,
        lunch_kw=at_lunch,
        beside_kw=beside,
        base_kw=base,
        idle_kw=max(at_lunch - base, 0.0),
        idle_share=max(at_lunch - base, 0.0) / (beside - base) if beside > base else None,
        kwh=float(np.nansum(over) * HALF_HOUR),
        days=int(works.sum()),
        evidence=evidence_of(halves),
    )


def _dip(typical: Floats) -> tuple[int, int] | None:
    """First and last half hour (excluded) of the dip around the lowest one, if it is a break."""
    limit = (1 - DIP_SHARE) * _beside(typical)
    searched = typical[slice(*SEARCHED)]
    if np.isnan(searched).any() or not searched.min() < limit:
        return None
    first = SEARCHED[0] + int(searched.argmin())
    end = first + 1
    while end < len(typical) and typical[end] < limit:
        end += 1
    while first > 0 and typical[first - 1] < limit:
        first -= 1
    return (first, end) if end - first <= LONGEST_SLOTS else None


def _beside(typical: Floats) -> float:
    beside = typical[list(BESIDE)]
    return float(np.median(beside))


def _declared(lunch: DeclaredHours) -> tuple[int, int]:
    first, end = lunch.minutes
    # Only half hours that lie wholly in the break: the others hold work too.
    found = -(-first // 30), end // 30
    if found[1] <= found[0]:
        raise ValueError("a lunch break holds half an hour of the clock at least")
    return found


def _clock(slot: int) -> time:
    return time(slot // 2 % 24, 30 * (slot % 2))
