"""Typical days (代表日) and the two pictures beside them: weekdays overlaid, and the calendar heat.

A typical day is the median of each half hour over the days of a kind and season, with the 10th
and 90th percentile; five days at least. Analytics-reports 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_by, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.gates import Gate, gate, needs
from collector.analysis.grid import Bools, DayGrid, day_grid, kinds_of

Group = Literal["working", "saturday", "off"]
GROUPS: Mapping[str, Group] = {
    "working": "working", "saturday": "saturday",
    "sunday": "off", "holiday": "off", "closed": "off",
}  # fmt: skip
"""The group of each kind of day: what is off stands still for whatever reason."""
Seasons = Literal["year", "quarter", "meteorological", "month"]
_METEOROLOGICAL = ("dec-feb", "mar-may", "jun-aug", "sep-nov")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True, eq=False)
class TypicalDay:
    """Power by half hour (48, kW) on a typical day of a group in a season.

    ``median_kw``, ``p10_kw`` and ``p90_kw`` are None where there are too few days; ``gate`` says
    how many are needed. A half hour known on none of the days is NaN. ``known_slots`` in
    ``evidence`` are those of the days that count.
    """

    group: Group
    season: str
    days: int
    median_kw: Floats | None
    p10_kw: Floats | None
    p90_kw: Floats | None
    gate: Gate
    evidence: Evidence

    @property
    def kwh(self) -> float | None:
        """The energy of the median day, None where there is none or a half hour is unknown."""
        if self.median_kw is None or np.isnan(self.median_kw).any():
            return None
        return float(self.median_kw.sum() / 2)


def typical_days(
    slots: pd.DataFrame,
    day_kinds: pd.Series[str],
    season: Seasons = "meteorological",
    least_days: int | None = None,
) -> tuple[TypicalDay, ...]:
    """The typical day of each group and season that has days in the period.

    Days known for less than 80 % do not count. ``least_days`` stands over the data file's five.
    Raises ``ValueError`` when there are no slots or the kind of a day is unknown.
    """
    halves = half_hours(slots)
    grid = day_grid(halves)
    groups = groups_of(grid.dates, day_kinds)
    seasons = seasons_of(grid.dates, season)
    wanted = [
        (group, name, (groups == group) & (seasons == name))
        for name in dict.fromkeys(seasons)
        for group in dict.fromkeys(GROUPS.values())
    ]
    there = [each for each in wanted if each[2].any()]
    stood_on = evidence_by(halves, [days[grid.day_of] for _, _, days in there])
    return tuple(
        _typical(grid, *each, least_days, evidence)
        for each, evidence in zip(there, stood_on, strict=True)
    )


def groups_of(dates: pd.DatetimeIndex, day_kinds: pd.Series[str]) -> npt.NDArray[np.object_]:
    """The group of each date (naive midnights): working, saturday or off."""
    kinds = kinds_of(dates, day_kinds)
    return np.array([GROUPS[kind] for kind in kinds], dtype=object)


def seasons_of(dates: pd.DatetimeIndex, season: Seasons) -> npt.NDArray[np.object_]:
    """The season of each date: "year", "q1" to "q4", "dec-feb" and so on, or a month's name.

    Named by months, so that they hold on both halves of the earth.
    """
    if season == "year":
        return np.full(len(dates), "year", dtype=object)
    if season == "quarter":
        names = [f"q{quarter}" for quarter in dates.quarter]
    elif season == "month":
        names = [_MONTHS[month - 1] for month in dates.month]
    else:
        names = [_METEOROLOGICAL[month % 12 // 3] for month in dates.month]
    return np.array(names, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class WeekdayOverlay:
    """The median day of each weekday, Monday first (7 x 48, kW), and of how many days each is.

    NaN where a weekday has no day that counts.
    """

    median_kw: Floats
    days: tuple[int, ...]
    evidence: Evidence


def weekday_overlay(slots: pd.DataFrame) -> WeekdayOverlay:
    """The weekdays to lay over each other. Days known for less than 80 % do not count."""
    halves = half_hours(slots)
    grid = day_grid(halves)
    of_weekday = [grid.whole & (grid.dates.day_of_week.to_numpy() == number) for number in range(7)]
    return WeekdayOverlay(
        median_kw=np.array([percentiles(grid.kw[days], 50)[0] for days in of_weekday]),
        days=tuple(int(days.sum()) for days in of_weekday),
        evidence=evidence_of(halves),
    )


@dataclass(frozen=True, slots=True, eq=False)
class CalendarHeat:
    """Power of every half hour of every day: ``kw`` has a row a date and 48 columns.

    NaN where unknown, and in the hour that clocks skip.
    """

    dates: pd.DatetimeIndex
    kw: Floats
    evidence: Evidence


def calendar_heat(slots: pd.DataFrame) -> CalendarHeat:
    """The days by half hour, for a heat map."""
    halves = half_hours(slots)
    grid = day_grid(halves)
    return CalendarHeat(grid.dates, grid.kw, evidence_of(halves))


def percentiles(rows: Floats, *percents: float) -> Floats:
    """The percentiles down each column of what is known, a row each; NaN where nothing is.

    Linear between ranks, as ``numpy.nanpercentile``, which takes a column at a time.
    """
    ranked = np.sort(rows, axis=0)
    known = (~np.isnan(rows)).sum(axis=0)
    columns, last = np.arange(rows.shape[1]), np.maximum(known - 1, 0)
    if not len(rows):
        return np.full((len(percents), rows.shape[1]), np.nan)
    found = []
    for percent in percents:
        place = percent / 100 * last
        low = np.floor(place).astype(np.int64)
        below, above = ranked[low, columns], ranked[np.minimum(low + 1, last), columns]
        found.append(below + (above - below) * (place - low))
    return np.array(found, dtype=np.float64)


def _typical(
    grid: DayGrid,
    group: Group,
    season: str,
    days: Bools,
    least_days: int | None,
    evidence: Evidence,
) -> TypicalDay:
    counted = days & grid.whole
    need = next(need for need in needs() if need.analysis == "typical_day")
    there = gate(need, int(counted.sum()), least_days)
    low, middle, high = percentiles(grid.kw[counted], 10, 50, 90) if there.passed else [None] * 3
    return TypicalDay(
        group=group,
        season=season,
        days=int(counted.sum()),
        median_kw=middle,
        p10_kw=low,
        p90_kw=high,
        gate=there,
        evidence=evidence,
    )
