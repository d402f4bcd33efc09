"""The load duration curve (負荷持続曲線): for how many hours the load is at least so high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.grid import HALF_HOUR, known_kw

NEAR_BASE_PERCENT = 2.5
NEAR_PEAK_PERCENT = 97.5
"""Percentiles of power: Price, "Methods for analyzing electric load shape", LBNL 2010."""


@dataclass(frozen=True, slots=True, eq=False)
class DurationCurve:
    """Powers of all known half hours, the largest first, against the hours they add up to.

    ``kw[i]`` is reached or passed for ``hours[i]`` hours. The area under it is the energy.
    ``near_base_kw`` and ``near_peak_kw`` are the 2.5th and the 97.5th percentile.
    """

    kw: Floats
    hours: Floats
    near_base_kw: float
    near_peak_kw: float
    evidence: Evidence

    @property
    def kwh(self) -> float:
        """The energy under the curve."""
        return float(self.kw.sum() * HALF_HOUR)

    def hours_above(self, kw: float) -> float:
        """The hours in which the power is above ``kw``."""
        return float((self.kw > kw).sum() * HALF_HOUR)

    def hours_above_share(self, share: float = 0.9) -> float:
        """The hours in which the power is above that share of the largest."""
        return self.hours_above(share * float(self.kw[0]))

    def points(self, most: int = 200) -> tuple[tuple[float, float], ...]:
        """Points (hours, kW) to draw it with: its first, its last, and evenly in between."""
        places = np.unique(np.linspace(0, len(self.kw) - 1, most).round().astype(int))
        return tuple((float(self.hours[i]), float(self.kw[i])) for i in places)


def duration_curve(slots: pd.DataFrame) -> DurationCurve:
    """The duration curve of the half hours that are known.

    Raises ``ValueError`` when none is.
    """
    halves = half_hours(slots)
    kw = np.asarray(np.sort(known_kw(halves))[::-1], dtype=np.float64)
    low, high = near_base_and_peak(kw)
    hours = np.asarray(np.arange(1, len(kw) + 1) * HALF_HOUR, dtype=np.float64)
    return DurationCurve(kw, hours, low, high, evidence_of(halves))


def near_base_and_peak(kw: Floats) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile of known powers (kW)."""
    low, high = np.percentile(kw, [NEAR_BASE_PERCENT, NEAR_PEAK_PERCENT])
    return float(low), float(high)
