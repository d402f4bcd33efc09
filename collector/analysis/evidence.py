"""What a result stands on: its window of time, and how much of it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from collector.analysis.frame import A_SECOND, Floats, index_of

Used = slice | npt.NDArray[np.bool_]
"""Which slots of a frame: a stretch of them, or a mask."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The window of a result (site time, ``end`` excluded) and what is known of its slots.

    ``coverage`` is the measured share of the time, ``estimated`` the share of the known energy
    that was bridged over gaps, both 0 to 1.
    """

    start: datetime
    end: datetime
    slots: int
    known_slots: int
    coverage: float
    estimated: float

    @property
    def known(self) -> float:
        """The share of slots of which the energy is known, 0 to 1; 0 where there are none."""
        return self.known_slots / self.slots if self.slots else 0.0


def evidence_of(slots: pd.DataFrame, used: Used = slice(None)) -> Evidence:
    """What a result on these slots stands on; with ``used``, on those of them.

    Slots of which the mask is false still lie in the window, from the first used to the last.
    Raises ``ValueError`` when there are none.
    """
    return evidence_by(slots, [used])[0]


def evidence_by(slots: pd.DataFrame, uses: Sequence[Used]) -> tuple[Evidence, ...]:
    """What several results stand on that share a frame, as ``evidence_of`` each."""
    index = index_of(slots)
    instants = index.asi8 // A_SECOND[index.unit]
    columns = tuple(
        np.asarray(slots[name], dtype=np.float64) for name in ("kwh", "estimated_kwh", "coverage")
    )
    step_s = int(instants[1] - instants[0]) if len(index) > 1 else 30 * 60
    return tuple(
        _evidence(instants[used], step_s, index.tz, *(column[used] for column in columns))
        for used in uses
    )


def _evidence(
    instants_s: npt.NDArray[np.int64],
    step_s: int,
    zone: tzinfo | None,
    kwh: Floats,
    estimated_kwh: Floats,
    coverage: Floats,
) -> Evidence:
    if not instants_s.size:
        raise ValueError("there are no slots: choose a longer period")
    known = ~np.isnan(kwh)
    energy = float(kwh[known].sum())
    return Evidence(
        start=datetime.fromtimestamp(int(instants_s[0]), zone),
        end=datetime.fromtimestamp(int(instants_s[-1]) + step_s, zone),
        slots=len(instants_s),
        known_slots=int(known.sum()),
        coverage=float(coverage.mean()),
        estimated=float(np.nansum(estimated_kwh)) / energy if energy > 0 else 0.0,
    )
