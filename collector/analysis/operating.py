"""Operating hours: found in the load, and held against what the plant declares.

Found by a threshold: near base + 0.3 x (near peak - near base), gaps shorter than an hour merged,
runs shorter than an hour dropped, then a vote of every hour of the week (analytics-reports 1.2,
way b). What differs from the declared hours is a fact, not a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

import numpy as np
import pandas as pd

from collector.analysis.duration import near_base_and_peak
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours, index_of
from collector.analysis.grid import (
    HALF_HOUR,
    Bools,
    Whole,
    clock_of,
    day_numbers,
    kinds_of,
    known_kw,
    kw_of,
)

THRESHOLD_SHARE = 0.3
SHORTEST_SLOTS = 2
"""An hour: shorter gaps are merged, shorter runs dropped."""
MAJORITY = 0.5
FLAT_SHARE = 0.1
"""Near base and near peak closer than this share of the peak: nothing to tell apart."""


@dataclass(frozen=True, slots=True)
class DeclaredHours:
    """The hours a working day has (local clock); ``end`` before ``start`` is past midnight.

    An ``end`` of 00:00 is the end of the day.
    """

    start: time
    end: time

    @property
    def minutes(self) -> tuple[int, int]:
        """First minute of the day and the minute after the last; the second may be the smaller."""
        first, end = (at.hour * 60 + at.minute for at in (self.start, self.end))
        return first, end or 24 * 60


def operating_threshold(slots: pd.DataFrame, share: float = THRESHOLD_SHARE) -> float:
    """The power (kW) above which the plant is taken to operate.

    Raises ``ValueError`` when no slot is known, or the load is so even that idle and operating
    cannot be told apart.
    """
    low, high = near_base_and_peak(known_kw(slots))
    if high - low <= FLAT_SHARE * abs(high):
        raise ValueError("the load is even: operating hours cannot be found in it, declare them")
    return low + share * (high - low)


def operating_mask(slots: pd.DataFrame, threshold_kw: float | None = None) -> Bools:
    """Which half hours are operating ones, one truth for each half hour of the frame.

    An unknown half hour operates only as part of a gap shorter than an hour. Raises
    ``ValueError`` as ``operating_threshold`` does.
    """
    halves = half_hours(slots)
    limit = operating_threshold(halves) if threshold_kw is None else threshold_kw
    above = kw_of(halves) > limit
    merged = ~_without_short(~above, keep_ends=True)
    return _without_short(merged, keep_ends=False)


@dataclass(frozen=True, slots=True, eq=False)
class OperatingWeek:
    """The hours of a week in which the plant usually operates.

    ``votes`` (7 x 24, Monday first) is the share of those hours of the period that operated, NaN
    where none is known; ``operating`` where more than half did.
    """

    threshold_kw: float
    votes: Floats
    operating: Bools
    evidence: Evidence

    @property
    def hours_a_week(self) -> int:
        """How many hours of a week operate."""
        return int(self.operating.sum())

    def mask(self, index: pd.DatetimeIndex) -> Bools:
        """Whether each instant lies in an hour of the week that usually operates."""
        return np.asarray(self.operating[index.day_of_week, index.hour], dtype=np.bool_)


def operating_week(
    slots: pd.DataFrame,
    day_kinds: pd.Series[str] | None = None,
    threshold_kw: float | None = None,
) -> OperatingWeek:
    """The vote of every hour of the week.

    With ``day_kinds`` public holidays and closed days do not vote. Unknown half hours never do.
    Raises ``ValueError`` as ``operating_threshold`` does.
    """
    halves = half_hours(slots)
    index = index_of(halves)
    limit = operating_threshold(halves) if threshold_kw is None else threshold_kw
    runs = operating_mask(halves, limit)
    votes = halves["kwh"].notna().to_numpy() & _voters(index, day_kinds)
    clock = clock_of(index)
    hour = clock.weekday * 24 + clock.minute // 60
    for_it = np.bincount(hour[votes & runs], minlength=168)
    all_votes = np.bincount(hour[votes], minlength=168)
    share = np.divide(for_it, all_votes, out=np.full(168, np.nan), where=all_votes > 0)
    by_day = share.reshape(7, 24)
    return OperatingWeek(limit, by_day, by_day > MAJORITY, evidence_of(halves))


def declared_mask(
    index: pd.DatetimeIndex, day_kinds: pd.Series[str], hours: DeclaredHours | None = None
) -> Bools:
    """Which instants the plant declares as operating: on working days, within the hours.

    Without ``hours`` a working day is declared whole. Hours past midnight belong to the day they
    began on. Raises ``ValueError`` when the kind of a day is unknown.
    """
    day_of, dates = day_numbers(index)
    works = kinds_of(dates, day_kinds) == "working"
    if hours is None:
        return np.asarray(works[day_of], dtype=np.bool_)
    minute = clock_of(index).minute
    first, end = hours.minutes
    if first < end:
        return np.asarray(works[day_of] & (minute >= first) & (minute < end), dtype=np.bool_)
    before = np.concatenate(([works[0]], works[:-1]))
    evening, morning = works[day_of] & (minute >= first), before[day_of] & (minute < end)
    return np.asarray(evening | morning, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class HoursDifference:
    """A time in which detected and declared hours differ, from ``start`` to ``end``, excluded.

    ``runs`` says that the plant ran outside of its declared hours; else it stood still within
    them.
    """

    start: datetime
    end: datetime
    runs: bool
    hours: float
    kwh: float


@dataclass(frozen=True, slots=True)
class OperatingComparison:
    """Detected hours against declared ones, over the half hours that are known.

    ``differences`` are the times of an hour and more, in order; the sums count all half hours.
    """

    detected_h: float
    declared_h: float
    running_outside_h: float
    running_outside_kwh: float
    idle_inside_h: float
    differences: tuple[HoursDifference, ...]
    evidence: Evidence


def compare_operating(
    slots: pd.DataFrame,
    day_kinds: pd.Series[str],
    hours: DeclaredHours | None = None,
    threshold_kw: float | None = None,
) -> OperatingComparison:
    """Detected operating hours against the calendar and the declared hours.

    Without declared hours only running on days off can be told, and standing still on whole
    working days is not. Raises ``ValueError`` as ``operating_threshold`` and ``declared_mask`` do.
    """
    halves = half_hours(slots)
    index, kwh = index_of(halves), halves["kwh"].to_numpy()
    known = ~np.isnan(kwh)
    runs = operating_mask(halves, threshold_kw) & known
    declared = declared_mask(index, day_kinds, hours) & known
    outside = runs & ~declared
    idle = declared & ~runs if hours is not None else np.zeros_like(runs)
    differences = [
        HoursDifference(
            start=index[start].to_pydatetime(),
            end=(index[stop - 1] + pd.Timedelta(hours=HALF_HOUR)).to_pydatetime(),
            runs=ran,
            hours=float((stop - start) * HALF_HOUR),
            kwh=float(kwh[start:stop].sum()),
        )
        for mask, ran in ((outside, True), (idle, False))
        for start, stop in runs_of(mask)
        if stop - start >= SHORTEST_SLOTS
    ]
    return OperatingComparison(
        detected_h=float(runs.sum() * HALF_HOUR),
        declared_h=float(declared.sum() * HALF_HOUR),
        running_outside_h=float(outside.sum() * HALF_HOUR),
        running_outside_kwh=float(kwh[outside].sum()),
        idle_inside_h=float(idle.sum() * HALF_HOUR),
        differences=tuple(sorted(differences, key=lambda found: found.start)),
        evidence=evidence_of(halves),
    )


def runs_of(mask: Bools) -> Whole:
    """Where the mask is true: rows of first and last place of each run, the last excluded."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False]))))
    return edges.reshape(-1, 2)


def _without_short(mask: Bools, *, keep_ends: bool) -> Bools:
    """The mask without runs shorter than an hour.

    A run at an end of the period may be the rest of a longer one: ``keep_ends`` keeps it.
    """
    found = mask.copy()
    for start, stop in runs_of(mask):
        at_end = start == 0 or stop == len(mask)
        if stop - start < SHORTEST_SLOTS and not (keep_ends and at_end):
            found[start:stop] = False
    return found


def _voters(index: pd.DatetimeIndex, day_kinds: pd.Series[str] | None) -> Bools:
    if day_kinds is None:
        return np.ones(len(index), dtype=np.bool_)
    day_of, dates = day_numbers(index)
    votes = ~np.isin(kinds_of(dates, day_kinds), ["holiday", "closed"])
    return np.asarray(votes[day_of], dtype=np.bool_)
