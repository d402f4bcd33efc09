"""What runs while nobody works: standby, closed days, and loads left on after hours.

Standby share is the energy of non-operating half hours over all energy; it is told with its kW,
kWh and the share of hours beside it, because half of all hours are nights (analytics-reports 1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from collector.analysis.base_load import base_load_of
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours, index_of
from collector.analysis.grid import HALF_HOUR, Bools, aligned_kw, day_grid, kinds_of, kw_of
from collector.analysis.operating import operating_mask, runs_of
from collector.analysis.site_load import CircuitLoad

CLOSED = ("sunday", "holiday", "closed")
"""Kinds of day on which nothing should run; a Saturday is told apart, as many plants half work."""
AFTER_HOURS_SHARE = 0.1
AFTER_HOURS_KW = 1.0
"""After-hours load: above base + max(10 %, 1 kW) for half an hour (analytics-reports 1.4)."""


@dataclass(frozen=True, slots=True)
class Standby:
    """The load of non-operating half hours: its mean power, energy, and share of all energy.

    Over known half hours only; ``kwh + operating_kwh`` is all their energy. ``kw`` is None where
    no known half hour is non-operating, ``share`` where there is no energy.
    """

    kw: float | None
    kwh: float
    operating_kwh: float
    share: float | None
    hours: float
    hours_share: float
    evidence: Evidence


def standby_of(slots: pd.DataFrame, operating: Bools | None = None) -> Standby:
    """Standby of the period; ``operating`` says which half hours operate, None: detected.

    Raises ``ValueError`` when no slot is known, the mask has another length, or as
    ``operating_threshold`` does.
    """
    halves = half_hours(slots)
    runs = operating_mask(halves) if operating is None else operating
    return _standby(kw_of(halves), runs, evidence_of(halves))


def standby_by_circuit(
    circuits: Sequence[CircuitLoad], slots: pd.DataFrame, operating: Bools | None = None
) -> tuple[tuple[CircuitLoad, Standby], ...]:
    """What each circuit takes while the site does not operate, the most energy first.

    ``slots`` are the site's. Circuits of which nothing is known are left out.
    """
    halves = half_hours(slots)
    runs = operating_mask(halves) if operating is None else operating
    found = []
    for circuit in circuits:
        kw = aligned_kw(circuit.slots, index_of(halves))
        if not np.isnan(kw).all():
            found.append((circuit, _standby(kw, runs, evidence_of(circuit.slots))))
    return tuple(sorted(found, key=lambda pair: (-pair[1].kwh, pair[0].id)))


@dataclass(frozen=True, slots=True)
class ClosedDayLoad:
    """The load of days on which nothing should run.

    ``kwh`` over ``days`` days known for 80 %, ``kw`` their mean power, ``share`` of the energy of
    all such days, ``working_kw`` the mean power of working days beside it (None where there is
    none), ``p90_kwh`` the 90th percentile of a closed day's energy.
    """

    kw: float
    kwh: float
    days: int
    share: float | None
    working_kw: float | None
    p90_kwh: float
    evidence: Evidence


def closed_day_load(
    slots: pd.DataFrame, day_kinds: pd.Series[str], kinds: Sequence[str] = CLOSED
) -> ClosedDayLoad:
    """The load of Sundays, holidays and closed days, over the days that are known for 80 %.

    Raises ``ValueError`` when there is no such day or the kind of a day is unknown.
    """
    halves = half_hours(slots)
    grid = day_grid(halves)
    days = kinds_of(grid.dates, day_kinds)
    closed, working = np.isin(days, list(kinds)) & grid.whole, (days == "working") & grid.whole
    if not closed.any():
        raise ValueError("there is no closed day that is known: choose a longer period")
    kwh = halves["kwh"].to_numpy()
    energy = np.bincount(
        grid.day_of, weights=np.where(np.isnan(kwh), 0.0, kwh), minlength=len(days)
    )
    hours = np.bincount(grid.day_of[~np.isnan(kwh)], minlength=len(days)) * HALF_HOUR
    whole = float(energy[grid.whole].sum())
    return ClosedDayLoad(
        kw=float(energy[closed].sum() / hours[closed].sum()),
        kwh=float(energy[closed].sum()),
        days=int(closed.sum()),
        share=float(energy[closed].sum()) / whole if whole > 0 else None,
        working_kw=float(energy[working].sum() / hours[working].sum()) if working.any() else None,
        p90_kwh=float(np.percentile(energy[closed], 90)),
        evidence=evidence_of(halves),
    )


@dataclass(frozen=True, slots=True)
class LeftOn:
    """A time outside of the calendar in which the load stood above its base.

    ``kwh`` is the energy above the base load, ``kw`` the largest power.
    """

    start: datetime
    end: datetime
    hours: float
    kwh: float
    kw: float


@dataclass(frozen=True, slots=True)
class AfterHours:
    """Loads left on outside of the calendar.

    ``limit_kw`` is what a half hour must pass, ``base_kw`` the base load it stands on; ``kwh`` is
    the energy above the base in ``hours`` hours of the times found.
    """

    base_kw: float
    limit_kw: float
    kwh: float
    hours: float
    times: tuple[LeftOn, ...]
    evidence: Evidence


def after_hours(
    slots: pd.DataFrame, inside: Bools, base_kw: float | None = None, shortest_h: float = 0.5
) -> AfterHours:
    """Loads above base + max(10 %, 1 kW) outside of the calendar, for half an hour or longer.

    ``inside`` says which half hours the calendar covers (``declared_mask`` or an
    ``OperatingWeek.mask``). Raises ``ValueError`` when the mask has another length or no base
    load can be found.
    """
    halves = half_hours(slots)
    index, kw = index_of(halves), kw_of(halves)
    _check_mask(inside, kw)
    base = base_load_of(halves).kw if base_kw is None else base_kw
    limit = base + max(AFTER_HOURS_SHARE * base, AFTER_HOURS_KW)
    over = (kw > limit) & ~inside
    times = tuple(
        _left_on(index, kw, base, start, stop)
        for start, stop in runs_of(over)
        if (stop - start) * HALF_HOUR >= shortest_h
    )
    return AfterHours(
        base_kw=base,
        limit_kw=limit,
        kwh=sum(found.kwh for found in times),
        hours=sum(found.hours for found in times),
        times=times,
        evidence=evidence_of(halves),
    )


def _left_on(index: pd.DatetimeIndex, kw: Floats, base_kw: float, start: int, stop: int) -> LeftOn:
    return LeftOn(
        start=index[start].to_pydatetime(),
        end=(index[stop - 1] + pd.Timedelta(hours=HALF_HOUR)).to_pydatetime(),
        hours=float((stop - start) * HALF_HOUR),
        kwh=float((kw[start:stop] - base_kw).sum() * HALF_HOUR),
        kw=float(kw[start:stop].max()),
    )


def _standby(kw: Floats, operating: Bools, evidence: Evidence) -> Standby:
    _check_mask(operating, kw)
    known = ~np.isnan(kw)
    if not known.any():
        raise ValueError("no slot of the period is known: choose a period with readings")
    idle = known & ~operating
    kwh = float(kw[idle].sum() * HALF_HOUR)
    operating_kwh = float(kw[known & operating].sum() * HALF_HOUR)
    whole = kwh + operating_kwh
    return Standby(
        kw=float(kw[idle].mean()) if idle.any() else None,
        kwh=kwh,
        operating_kwh=operating_kwh,
        share=kwh / whole if whole > 0 else None,
        hours=float(idle.sum() * HALF_HOUR),
        hours_share=float(idle.sum() / known.sum()),
        evidence=evidence,
    )


def _check_mask(mask: Bools, kw: Floats) -> None:
    if len(mask) != len(kw):
        raise ValueError(f"the mask has {len(mask)} half hours, the load has {len(kw)}")
