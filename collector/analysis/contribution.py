"""Who makes the load: each circuit's share of the energy and of the site's peak.

Peak contribution is P_i(t*) / P_site(t*), t* the site's largest half hour (analytics-reports 1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours, index_of
from collector.analysis.grid import HALF_HOUR, aligned_kw, kw_of
from collector.analysis.site_load import CircuitLoad


@dataclass(frozen=True, slots=True)
class Part:
    """A circuit's mean power in a half hour, and its share of the site's (0 to 1).

    None where it is unknown, or the site's is nothing.
    """

    circuit: str
    kw: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A circuit's part of the site.

    ``kwh`` and ``energy_share`` are over the half hours of which both are known, ``known`` their
    share of the site's known half hours; ``peak_kw`` and ``peak_share`` are in the site's largest
    half hour, None where the circuit is unknown in it. Shares are None where the site's energy or
    power there is nothing.
    """

    circuit: str
    name: str
    kwh: float
    energy_share: float | None
    peak_kw: float | None
    peak_share: float | None
    known: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """The circuits that are nobody's parent, the largest energy first, and what they leave.

    ``at`` and ``peak_kw`` are the site's largest half hour. ``rest_kwh`` is the unmeasured
    remainder over the half hours in which site and all circuits are known, ``rest_share`` its
    share of the site's energy in them; both None where there is no such half hour.
    ``rest_peak_kw`` is None where a circuit is unknown at the peak.
    """

    shares: tuple[Share, ...]
    kwh: float
    peak_kw: float
    at: datetime
    rest_kwh: float | None
    rest_share: float | None
    rest_peak_kw: float | None
    evidence: Evidence


def leaves_of(circuits: Sequence[CircuitLoad]) -> tuple[CircuitLoad, ...]:
    """The circuits that are nobody's parent: none of them counts another's energy."""
    parents = {circuit.parent for circuit in circuits}
    return tuple(circuit for circuit in circuits if circuit.id not in parents)


def contribution_of(slots: pd.DataFrame, circuits: Sequence[CircuitLoad]) -> Contribution:
    """What each circuit adds to the site's energy and to its peak.

    Raises ``ValueError`` when no slot of the site is known.
    """
    halves = half_hours(slots)
    index, kw = index_of(halves), kw_of(halves)
    if np.isnan(kw).all():
        raise ValueError("no slot of the site is known: choose a period with readings")
    leaves = leaves_of(circuits)
    each = [aligned_kw(circuit.slots, index) for circuit in leaves]
    place = int(np.nanargmax(kw))
    shares = [_share(c, power, kw, place) for c, power in zip(leaves, each, strict=True)]
    rest = kw - np.sum(each, axis=0) if each else kw.copy()
    known = ~np.isnan(rest)
    rest_kwh = float(rest[known].sum() * HALF_HOUR) if known.any() else None
    return Contribution(
        shares=tuple(sorted(shares, key=lambda share: (-share.kwh, share.circuit))),
        kwh=float(np.nansum(kw) * HALF_HOUR),
        peak_kw=float(kw[place]),
        at=index[place].to_pydatetime(),
        rest_kwh=rest_kwh,
        rest_share=_ratio(rest_kwh, float(kw[known].sum() * HALF_HOUR)),
        rest_peak_kw=_known(rest[place]),
        evidence=evidence_of(halves),
    )


def parts_at(
    circuits: Sequence[CircuitLoad], at: pd.DatetimeIndex, site_kw: Floats
) -> tuple[list[tuple[Part, ...]], list[float | None]]:
    """For each half hour of ``at`` the circuits' parts, the largest first, and what they leave.

    ``site_kw`` is the site's mean power in them. The rest is None where a circuit is unknown.
    """
    leaves = leaves_of(circuits)
    each = np.array([aligned_kw(circuit.slots, at) for circuit in leaves])
    each = each.reshape(len(leaves), len(at))
    parts = [
        tuple(
            sorted(
                (_part(leaf, each[row, column], total) for row, leaf in enumerate(leaves)),
                key=lambda part: (-(part.kw or 0.0), part.circuit),
            )
        )
        for column, total in enumerate(site_kw)
    ]
    return parts, [_known(rest) for rest in site_kw - each.sum(axis=0)]


def _part(circuit: CircuitLoad, kw: float, site_kw: float) -> Part:
    known = _known(kw)
    return Part(circuit.id, known, _ratio(known, float(site_kw)))


def _share(circuit: CircuitLoad, kw: Floats, site_kw: Floats, place: int) -> Share:
    both = ~np.isnan(kw) & ~np.isnan(site_kw)
    kwh, site_kwh = (float(power[both].sum() * HALF_HOUR) for power in (kw, site_kw))
    peak = _known(kw[place])
    return Share(
        circuit=circuit.id,
        name=circuit.name,
        kwh=kwh,
        energy_share=_ratio(kwh, site_kwh),
        peak_kw=peak,
        peak_share=_ratio(peak, float(site_kw[place])),
        known=float(both.sum() / (~np.isnan(site_kw)).sum()),
    )


def _ratio(part: float | None, whole: float) -> float | None:
    return None if part is None or whole <= 0 else part / whole


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
