"""A frame laid out by local day and slot of the day: what typical days and heat maps stand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from collector.analysis.frame import (
    Floats,
    half_hours,
    index_of,
    local_days,
    power_kw,
    slot_hours,
)
from collector.rollup.periods import SLOT_MS, midnight_ms

Bools = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
KNOWN_DAY = 0.8
"""The share of a day's slots that must be known for the day to count."""
HALF_HOURS_A_DAY = 48
HALF_HOUR = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class DayGrid:
    """Mean power by local day (rows) and half hour on the wall clock (48 columns).

    ``dates`` are naive midnights, every day from the first to the last. ``kw`` is NaN where
    unknown, and in the hour that clocks skip; the hour that comes twice is the mean of both.
    ``min_kw`` and ``max_kw`` are of the day's slots, ``known`` the share of them (of 46, 48 or 50)
    of which the energy is known. ``day_of`` and ``slot_of`` tell row and column of each slot.
    """

    dates: pd.DatetimeIndex
    kw: Floats
    min_kw: Floats
    max_kw: Floats
    known: Floats
    day_of: Whole
    slot_of: Whole

    @property
    def whole(self) -> Bools:
        """Which days are known well enough to count (``KNOWN_DAY``)."""
        return np.asarray(self.known >= KNOWN_DAY, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Where each slot of a frame stands in the site's calendar.

    ``dates`` are naive midnights, every day from the first to the last; ``day_slots`` how many
    half hours each has (46, 48 or 50), also where the frame cuts it. ``day_of`` numbers the day
    of each slot, ``minute`` is its minute of the day, ``weekday`` 0 on Monday.
    """

    dates: pd.DatetimeIndex
    day_slots: Whole
    day_of: Whole
    minute: Whole
    weekday: Whole

    @property
    def slot_of(self) -> Whole:
        """The half hour of the day each slot lies in, 0 to 47."""
        return self.minute // 30


def clock_of(index: pd.DatetimeIndex) -> Clock:
    """The clock of a frame's index. Raises ``ValueError`` when there are no slots."""
    if index.empty:
        raise ValueError("there are no slots: choose a longer period")
    instants = index.asi8
    if len(index) < 2 or (np.diff(instants) != instants[1] - instants[0]).any():
        return _read(index)
    return _regular(index[0], index[1] - index[0], len(index))


@lru_cache(maxsize=16)
def _regular(start: pd.Timestamp, step: pd.Timedelta, slots: int) -> Clock:
    """A site's circuits all share one clock: it is read once."""
    return _read(pd.date_range(start, periods=slots, freq=step))


def _read(index: pd.DatetimeIndex) -> Clock:
    days = local_days(index)
    numbers = np.asarray(days.to_numpy().astype("datetime64[D]").astype(np.int64))
    dates = pd.date_range(days.min(), days.max(), freq="D")
    edges = [midnight_ms(_zone(index), day.date()) for day in dates]
    edges.append(midnight_ms(_zone(index), dates[-1].date() + timedelta(days=1)))
    lengths = [(end - start) // SLOT_MS for start, end in pairwise(edges)]
    clock = Clock(
        dates=dates,
        day_slots=np.array(lengths, dtype=np.int64),
        day_of=numbers - numbers.min(),
        minute=np.asarray(index.hour * 60 + index.minute, dtype=np.int64),
        weekday=np.asarray(index.day_of_week, dtype=np.int64),
    )
    for shared in (clock.day_slots, clock.day_of, clock.minute, clock.weekday):
        shared.flags.writeable = False
    return clock


def _zone(index: pd.DatetimeIndex) -> ZoneInfo:
    return cast(ZoneInfo, index.tz)


def day_grid(slots: pd.DataFrame) -> DayGrid:
    """The frame by day and half hour. Raises ``ValueError`` with fewer than two slots."""
    halves = half_hours(slots)
    clock = clock_of(index_of(halves))
    kw, days = kw_of(halves), len(clock.dates)
    known = ~np.isnan(kw)
    cell = (clock.day_of * HALF_HOURS_A_DAY + clock.slot_of)[known]
    sums = np.bincount(cell, weights=kw[known], minlength=days * HALF_HOURS_A_DAY)
    counts = np.bincount(cell, minlength=days * HALF_HOURS_A_DAY)
    mean = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    lowest, highest = np.full(days, np.nan), np.full(days, np.nan)
    np.fmin.at(lowest, clock.day_of, kw)
    np.fmax.at(highest, clock.day_of, kw)
    held = np.bincount(clock.day_of[known], minlength=days)
    return DayGrid(
        dates=clock.dates,
        kw=mean.reshape(-1, HALF_HOURS_A_DAY),
        min_kw=lowest,
        max_kw=highest,
        known=held / clock.day_slots,
        day_of=clock.day_of,
        slot_of=clock.slot_of,
    )


def day_numbers(index: pd.DatetimeIndex) -> tuple[Whole, pd.DatetimeIndex]:
    """For each slot the number of its local day, and the dates (naive midnights) by number.

    Raises ``ValueError`` when there are no slots.
    """
    clock = clock_of(index)
    return clock.day_of, clock.dates


def kinds_of(dates: pd.DatetimeIndex, day_kinds: pd.Series[str]) -> npt.NDArray[np.object_]:
    """The kind of each date (naive midnights).

    Raises ``ValueError`` when the kind of a date is not known.
    """
    found = day_kinds if day_kinds.index.equals(dates) else day_kinds.reindex(dates)
    if found.isna().any():
        unknown = dates[found.isna().to_numpy()][0]
        raise ValueError(f"the kind of {unknown:%Y-%m-%d} is not known: give day_kinds of all days")
    return found.to_numpy(dtype=object)


def kw_of(halves: pd.DataFrame) -> Floats:
    """Mean power of each half hour (kW), NaN where unknown."""
    return np.asarray(halves["kwh"], dtype=np.float64) / slot_hours(halves)


def known_kw(slots: pd.DataFrame) -> Floats:
    """Mean power of the half hours that are known (kW), in order of time.

    Raises ``ValueError`` when none is.
    """
    kw = kw_of(half_hours(slots))
    found = kw[~np.isnan(kw)]
    if not found.size:
        raise ValueError("no slot of the period is known: choose a period with readings")
    return found


def aligned_kw(slots: pd.DataFrame, index: pd.DatetimeIndex) -> Floats:
    """Mean power (kW) at the half hours of ``index``, NaN where unknown."""
    power = power_kw(half_hours(slots))
    same = power if index_of(power).equals(index) else power.reindex(index)
    return np.asarray(same, dtype=np.float64)
