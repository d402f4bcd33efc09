"""Energy of slots and of the longer periods made of them.

Stands between ``counters`` (a curve of cumulative energy) and ``sums`` (totals to store). A slot's
energy is the difference of the curve at its edges, so neighbouring slots share the value at their
edge and a day's slots add up exactly to the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from collector.rollup.counters import Bridge, EnergyCurve

MILLI_WH_PER_KWH = 1_000_000


@dataclass(frozen=True, slots=True)
class PeriodEnergy:
    """What went through a meter in a period (UTC ms, half-open), and how well that is known.

    ``estimated_milli_wh`` is the part of ``milli_wh`` that was not measured slot by slot,
    ``measured_ms`` the time that was measured, ``estimated_ms`` the time bridged by estimation
    (what is left of the period is missing), ``peak_kw`` the largest mean demand of a slot in it.
    Every slot counts for the peak, a bridged or half-known one too: a mean over a gap is at most
    the true peak within it, and the figure can never be lower than a peak that was measured. The
    energy may be of any kind a counter counts: "kwh" reads kvarh for a reactive counter.
    """

    start_ms: int
    end_ms: int
    milli_wh: int
    estimated_milli_wh: int
    measured_ms: int
    peak_kw: float
    estimated_ms: int = 0

    @property
    def missing_ms(self) -> int:
        """Time (ms) of the period of which nothing is known."""
        return self.end_ms - self.start_ms - self.measured_ms - self.estimated_ms

    @property
    def known(self) -> bool:
        """Whether anything is known of it: some of its time, or energy that is certain."""
        return bool(self.milli_wh or self.measured_ms or self.estimated_ms)

    @property
    def kwh(self) -> float:
        """Energy in kWh; exact to the milli-Wh up to 9 TWh."""
        return self.milli_wh / MILLI_WH_PER_KWH

    @property
    def coverage(self) -> float:
        """Measured share of the period's time, 0 to 1."""
        return self.measured_ms / (self.end_ms - self.start_ms)


def demand_kw(milli_wh: int, duration_ms: int) -> float:
    """Mean power (kW) of an energy (milli-Wh) over a time (ms): demand = kWh / h."""
    return milli_wh * 36 / (10 * duration_ms)


def slot_energies(curve: EnergyCurve, edges_ms: Sequence[int]) -> list[PeriodEnergy]:
    """The energy of each slot between neighbouring edges (UTC ms, ascending).

    A slot of which nothing is known (outside the samples, or wholly in a missing stretch for
    which nothing is booked) is left out; a slot that is partly known books what is known, with a
    coverage below 1. Energy that is certain to have gone through a missing stretch is spread
    evenly over it and counts as estimated, its time as missing. The slots between the first and
    the last sample add up to the whole curve, exactly.
    """
    if len(curve.at_ms) < 2:
        return []
    marks = [curve.energy_at(edge) for edge in edges_ms]
    bridges = _Bridges(curve)
    slots: list[PeriodEnergy] = []
    for (start_ms, end_ms), (start, end) in zip(pairwise(edges_ms), pairwise(marks), strict=True):
        known_ms = min(end_ms, curve.at_ms[-1]) - max(start_ms, curve.at_ms[0])
        if known_ms <= 0:
            continue
        estimated_milli_wh, estimated_ms, missing_ms = bridges.within(start_ms, end_ms)
        milli_wh = end - start
        if missing_ms == known_ms and not milli_wh:
            continue
        measured_ms = known_ms - estimated_ms - missing_ms
        peak_kw = demand_kw(milli_wh, end_ms - start_ms)
        slots.append(
            PeriodEnergy(
                *(start_ms, end_ms, milli_wh, estimated_milli_wh),
                *(measured_ms, peak_kw, estimated_ms),
            )
        )
    return slots


def add_up(parts: Iterable[PeriodEnergy], start_ms: int, end_ms: int) -> PeriodEnergy:
    """The period made of the parts: energies and times added, the largest peak kept.

    Raises ``ValueError`` without parts: a period of which nothing is known has no energy.
    """
    held = list(parts)
    return PeriodEnergy(
        start_ms,
        end_ms,
        milli_wh=sum(part.milli_wh for part in held),
        estimated_milli_wh=sum(part.estimated_milli_wh for part in held),
        measured_ms=sum(part.measured_ms for part in held),
        peak_kw=max(part.peak_kw for part in held),
        estimated_ms=sum(part.estimated_ms for part in held),
    )


class _Bridges:
    """The curve's bridges, asked for slot by slot in order of time."""

    def __init__(self, curve: EnergyCurve) -> None:
        self._curve = curve
        self._next = 0

    def within(self, start_ms: int, end_ms: int) -> tuple[int, int, int]:
        """Energy not measured (milli-Wh), estimated time and missing time (ms) in the slot."""
        estimated_milli_wh = estimated_ms = missing_ms = 0
        for bridge in self._touching(start_ms, end_ms):
            from_ms, to_ms = max(bridge.from_ms, start_ms), min(bridge.to_ms, end_ms)
            estimated_milli_wh += self._curve.energy_at(to_ms) - self._curve.energy_at(from_ms)
            if bridge.quality == "missing":
                missing_ms += to_ms - from_ms
            else:
                estimated_ms += to_ms - from_ms
        return estimated_milli_wh, estimated_ms, missing_ms

    def _touching(self, start_ms: int, end_ms: int) -> Iterator[Bridge]:
        bridges = self._curve.bridges
        while self._next < len(bridges) and bridges[self._next].to_ms <= start_ms:
            self._next += 1
        position = self._next
        while position < len(bridges) and bridges[position].from_ms < end_ms:
            yield bridges[position]
            position += 1
