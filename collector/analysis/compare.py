"""Two periods, or two meters, side by side: per day, kind of day by kind of day.

Plain sums of two months differ by their weekends; here each group of days is compared with the
same group, and the whole is worked out for one mix of days: that of the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from collector.analysis.base_load import base_load_of
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.grid import day_grid
from collector.analysis.load_factor import load_factor_of
from collector.analysis.typical_day import GROUPS, Group, groups_of, percentiles


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it is called, its slots, and the kinds of its days."""

    label: str
    slots: pd.DataFrame
    day_kinds: pd.Series[str]


@dataclass(frozen=True, slots=True)
class SideFigures:
    """The plain figures of a side. ``base_kw`` is the robust base load."""

    label: str
    kwh: float
    days: int
    base_kw: float
    peak_kw: float
    lf_peak: float | None
    evidence: Evidence


@dataclass(frozen=True, slots=True, eq=False)
class ComparedGroup:
    """A group of days on both sides, over days known for 80 %.

    ``first_kwh`` and ``second_kwh`` are per day (mean power x 24 h), None where a side has no
    such day, as are ``change_kwh`` and ``change_share`` then. The median days are 48 half hours
    (kW).
    """

    group: Group
    first_days: int
    second_days: int
    first_kwh: float | None
    second_kwh: float | None
    change_kwh: float | None
    change_share: float | None
    first_kw: Floats
    second_kw: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two sides, group by group, and together per day for the second's mix of days.

    ``first_kwh_a_day``, ``second_kwh_a_day``, ``change_kwh_a_day`` and ``change_share`` cover the
    groups that both sides have, weighted with the second's days; None where there is none.
    """

    first: SideFigures
    second: SideFigures
    groups: tuple[ComparedGroup, ...]
    first_kwh_a_day: float | None
    second_kwh_a_day: float | None
    change_kwh_a_day: float | None
    change_share: float | None


def compare_loads(first: Side, second: Side) -> Comparison:
    """The two sides side by side. The change is second - first: below zero where less is used.

    Raises ``ValueError`` when a side has no day known for 80 %, or a day of unknown kind.
    """
    by_group = [_by_group(side) for side in (first, second)]
    groups = tuple(
        _compared(group, by_group[0][group], by_group[1][group])
        for group in dict.fromkeys(GROUPS.values())
    )
    both = [each for each in groups if each.change_kwh is not None]
    days = sum(each.second_days for each in both)
    one, two = (_a_day(both, days, name) for name in ("first_kwh", "second_kwh"))
    change = None if one is None or two is None else two - one
    return Comparison(
        first=_figures(first),
        second=_figures(second),
        groups=groups,
        first_kwh_a_day=one,
        second_kwh_a_day=two,
        change_kwh_a_day=change,
        change_share=None if change is None or not one else change / one,
    )


def _by_group(side: Side) -> dict[Group, Floats]:
    grid = day_grid(side.slots)
    groups = groups_of(grid.dates, side.day_kinds)
    return {group: grid.kw[(groups == group) & grid.whole] for group in GROUPS.values()}


def _compared(group: Group, first: Floats, second: Floats) -> ComparedGroup:
    one, two = (float(np.nanmean(kw) * 24) if len(kw) else None for kw in (first, second))
    change = None if one is None or two is None else two - one
    return ComparedGroup(
        group=group,
        first_days=len(first),
        second_days=len(second),
        first_kwh=one,
        second_kwh=two,
        change_kwh=change,
        change_share=None if change is None or not one else change / one,
        first_kw=percentiles(first, 50)[0],
        second_kw=percentiles(second, 50)[0],
    )


def _a_day(groups: list[ComparedGroup], days: int, name: str) -> float | None:
    if not days:
        return None
    return float(sum(getattr(each, name) * each.second_days for each in groups) / days)


def _figures(side: Side) -> SideFigures:
    halves = half_hours(side.slots)
    factor = load_factor_of(halves)
    return SideFigures(
        label=side.label,
        kwh=factor.kwh,
        days=int(day_grid(halves).whole.sum()),
        base_kw=base_load_of(halves).kw,
        peak_kw=factor.peak_kw,
        lf_peak=factor.lf_peak,
        evidence=evidence_of(halves),
    )
