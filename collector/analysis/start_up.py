"""Start-up peaks: how fast the load rises when work begins, and which circuits begin together.

Ramp = largest increase over 30 minutes within 2 h of a start (analytics-reports 1.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from collector.analysis.contribution import leaves_of
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import A_SECOND, Floats, half_hours, index_of
from collector.analysis.grid import Bools, Whole, day_numbers, kw_of
from collector.analysis.operating import operating_mask, runs_of
from collector.analysis.site_load import CircuitLoad

WITHIN_SLOTS = 4
"""Two hours of half hours."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """One start of work: ``at`` the half hour with the largest increase, ``kw`` what it reached.

    ``makes_day_peak`` says that the largest half hour of the local day lies in the two hours.
    """

    start: datetime
    at: datetime
    increase_kw: float
    kw: float
    makes_day_peak: bool


@dataclass(frozen=True, slots=True)
class StartUps:
    """All starts of the period in order, with the usual (median) and the largest increase.

    Both are None where there is no start; ``day_peaks`` counts those that make the day's peak.
    """

    starts: tuple[StartUp, ...]
    median_increase_kw: float | None
    largest_increase_kw: float | None
    day_peaks: int
    evidence: Evidence


def start_up_peaks(slots: pd.DataFrame, operating: Bools | None = None) -> StartUps:
    """The ramp of each start; ``operating`` says which half hours operate, None: detected.

    A start after an unknown half hour is left out: what it rose from is not known. Raises
    ``ValueError`` when the mask has another length, or as ``operating_threshold`` does.
    """
    halves = half_hours(slots)
    runs = operating_mask(halves) if operating is None else operating
    kw = kw_of(halves)
    if len(runs) != len(kw):
        raise ValueError(f"the mask has {len(runs)} half hours, the load has {len(kw)}")
    starts = _start_ups(index_of(halves), kw, _starts(runs, kw))
    rises = [start.increase_kw for start in starts]
    return StartUps(
        starts=starts,
        median_increase_kw=float(np.median(rises)) if rises else None,
        largest_increase_kw=max(rises, default=None),
        day_peaks=sum(start.makes_day_peak for start in starts),
        evidence=evidence_of(halves),
    )


@dataclass(frozen=True, slots=True)
class SimultaneousStart:
    """Circuits that began in the same half hour, the largest increase first.

    ``increase_kw`` is the sum of their increases in it: what staggering could spread.
    """

    at: datetime
    circuits: tuple[str, ...]
    increase_kw: float


def simultaneous_starts(circuits: Sequence[CircuitLoad]) -> tuple[SimultaneousStart, ...]:
    """The half hours in which two or more circuits began to operate, the largest increase first.

    Circuits that are somebody's parent are left out, as are those in whose load no start shows
    (even, or unknown).
    """
    begun: dict[int, list[tuple[float, str]]] = {}
    leaves = leaves_of(circuits)
    for circuit in leaves:
        for at_s, rise in _rises(circuit):
            begun.setdefault(at_s, []).append((rise, circuit.id))
    found = [
        SimultaneousStart(
            at=datetime.fromtimestamp(at_s, index_of(leaves[0].slots).tz),
            circuits=tuple(name for _, name in sorted(each, key=lambda one: (-one[0], one[1]))),
            increase_kw=sum(rise for rise, _ in each),
        )
        for at_s, each in begun.items()
        if len(each) > 1
    ]
    return tuple(sorted(found, key=lambda start: (-start.increase_kw, start.at)))


def _rises(circuit: CircuitLoad) -> Iterator[tuple[int, float]]:
    """Each start of the circuit: its half hour (UTC s), and how much it rose in it (kW)."""
    halves = half_hours(circuit.slots)
    try:
        runs = operating_mask(halves)
    except ValueError:
        return
    index, kw = index_of(halves), kw_of(halves)
    places = _starts(runs, kw)
    instants_s = index.asi8[places] // A_SECOND[index.unit]
    yield from zip(instants_s.tolist(), (kw[places] - kw[places - 1]).tolist(), strict=True)


def _starts(runs: Bools, kw: Floats) -> Whole:
    """The places at which a run begins, with the half hour before it known."""
    begun = runs_of(runs)[:, 0]
    begun = begun[begun > 0]
    return begun[~np.isnan(kw[begun]) & ~np.isnan(kw[begun - 1])]


def _start_ups(index: pd.DatetimeIndex, kw: Floats, places: Whole) -> tuple[StartUp, ...]:
    day_of, dates = day_numbers(index)
    highest = np.full(len(dates), np.nan)
    np.fmax.at(highest, day_of, kw)
    # Beyond the period's end nothing is known.
    padded = np.concatenate((kw, np.full(WITHIN_SLOTS, np.nan)))
    within = padded[places[:, np.newaxis] + np.arange(-1, WITHIN_SLOTS)]
    rises = np.diff(within, axis=1)
    steepest = np.where(np.isnan(rises), -np.inf, rises).argmax(axis=1)
    reached = np.fmax.reduce(within[:, 1:], axis=1)
    begun, at = index[places].to_pydatetime(), index[places + steepest].to_pydatetime()
    return tuple(
        StartUp(
            start=begun[number],
            at=at[number],
            increase_kw=float(rises[number, steepest[number]]),
            kw=float(kw[place + steepest[number]]),
            makes_day_peak=bool(reached[number] >= highest[day_of[place]]),
        )
        for number, place in enumerate(places)
    )
