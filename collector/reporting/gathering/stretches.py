"""Where a meter's energy is unknown or was bridged, as stretches of time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from collector.analysis.frame import index_of, slot_hours
from collector.analysis.operating import runs_of

ESTIMATED_SHARE = 0.01
"""A slot is estimated when a larger share of its energy was bridged."""


def stretches(slots: pd.DataFrame) -> Iterator[tuple[int, int, bool]]:
    """(from, to, estimated) of each stretch (UTC ms, end excluded) that was not measured.

    The missing stretches first, then the estimated ones, each in order of time.
    """
    kwh, estimated = slots["kwh"].to_numpy(), slots["estimated_kwh"].to_numpy()
    bridged = estimated > ESTIMATED_SHARE * np.abs(np.nan_to_num(kwh))
    start_ms = index_of(slots).as_unit("ms").asi8
    step_ms = round(slot_hours(slots) * 3_600_000)
    for mask, is_estimated in ((np.isnan(kwh), False), (bridged, True)):
        for first, stop in runs_of(mask):
            yield int(start_ms[first]), int(start_ms[stop - 1]) + step_ms, is_estimated
