"""Unusual days: those that leave what days of their kind and season do.

Robust z = 0.6745 x (x - median) / MAD of each half hour against the days of its group and season;
a day is unusual with |z| > 3.5 in two half hours in a row (analytics-reports 1.4; Iglewicz and
Hoaglin 1993 for 0.6745 and 3.5) and enough energy to matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.grid import HALF_HOUR, Bools, day_grid
from collector.analysis.operating import runs_of
from collector.analysis.typical_day import GROUPS, Seasons, groups_of, percentiles, seasons_of

LIMIT_Z = 3.5
LEAST_DAYS = 5
LEAST_SHARE = 0.1
LEAST_KW = 1.0
LEAST_DAY_SHARE = 0.2
"""A difference that counts is also 10 % of the median and 1 kW, and over the day a fifth of a
usual day's energy: a very even night would make every whisper unusual. Own choice."""


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day unlike its kind: from half hour ``first_slot`` to ``end_slot`` (excluded, 0 to 48).

    That is its longest stretch; ``slots`` counts all its unusual half hours, ``worst_z`` is the
    largest of them by size, ``kwh`` the energy above (or, negative, below) the median in them.
    """

    day: date
    group: str
    first_slot: int
    end_slot: int
    slots: int
    worst_z: float
    kwh: float


@dataclass(frozen=True, slots=True)
class UnusualDays:
    """The unusual days, the most energy first, of ``judged`` days that had enough to compare."""

    days: tuple[UnusualDay, ...]
    judged: int
    evidence: Evidence


def unusual_days(
    slots: pd.DataFrame,
    day_kinds: pd.Series[str],
    season: Seasons = "meteorological",
    limit_z: float = LIMIT_Z,
) -> UnusualDays:
    """The days unlike others of their group and season.

    Judged are days known for 80 % of which there are five or more alike. Raises ``ValueError``
    when there are no slots or the kind of a day is unknown.
    """
    halves = half_hours(slots)
    grid = day_grid(halves)
    groups, seasons = groups_of(grid.dates, day_kinds), seasons_of(grid.dates, season)
    found, judged = [], 0
    for name in dict.fromkeys(seasons):
        for group in dict.fromkeys(GROUPS.values()):
            alike = np.flatnonzero((groups == group) & (seasons == name) & grid.whole)
            if len(alike) >= LEAST_DAYS:
                judged += len(alike)
                found += _unusual(grid.dates[alike], grid.kw[alike], group, limit_z)
    ranked = sorted(found, key=lambda each: (-abs(each.kwh), each.day))
    return UnusualDays(tuple(ranked), judged, evidence_of(halves))


def robust_z(rows: Floats) -> Floats:
    """The robust z of every value against its column's median; NaN where unknown or all alike.

    Where more than half of a column is equal (MAD 0), the mean deviation stands in:
    z = (x - median) / (1.2533 x mean deviation).
    """
    apart = rows - percentiles(rows, 50)[0]
    mad = percentiles(np.abs(apart), 50)[0] / 0.6745
    known = np.maximum((~np.isnan(apart)).sum(axis=0), 1)
    mean = np.nansum(np.abs(apart), axis=0) / known * 1.2533
    scale = np.where(mad > 0, mad, mean)
    z = np.divide(apart, scale, out=np.full_like(apart, np.nan), where=scale > 0)
    return np.asarray(z, dtype=np.float64)


def _unusual(dates: pd.DatetimeIndex, rows: Floats, group: str, limit_z: float) -> list[UnusualDay]:
    middle = percentiles(rows, 50)[0]
    z, apart = robust_z(rows), rows - middle
    counts = np.abs(apart) > np.maximum(LEAST_SHARE * np.abs(middle), LEAST_KW)
    over = (np.abs(z) > limit_z) & counts
    in_a_row = (over[:, 1:] & over[:, :-1]).any(axis=1)
    kwh = np.abs(np.where(over, apart, 0.0).sum(axis=1)) * HALF_HOUR
    usual = float(np.nansum(middle)) * HALF_HOUR
    return [
        _day(dates[row].date(), group, over[row], z[row], apart[row])
        for row in np.flatnonzero(in_a_row & (kwh >= LEAST_DAY_SHARE * usual)).tolist()
    ]


def _day(day: date, group: str, over: Bools, z: Floats, apart: Floats) -> UnusualDay:
    first, end = max(runs_of(over), key=lambda run: run[1] - run[0])
    return UnusualDay(
        day=day,
        group=group,
        first_slot=int(first),
        end_slot=int(end),
        slots=int(over.sum()),
        worst_z=float(z[over][np.abs(z[over]).argmax()]),
        kwh=float(apart[over].sum() * HALF_HOUR),
    )
