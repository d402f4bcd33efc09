"""Cumulative sum of savings: when a plant began to use less, or more, than expected.

The sum is of (expected - actual): rising is saving. Other tools draw (actual - expected), where
falling is saving; the axis must say which. The alarm is the tabular CUSUM: each side sums what
exceeds k sigma and speaks beyond h sigma (k = 0.5 and h = 5: a change of one sigma is found in
about ten points, a false alarm comes about once in 465 points a pair of sides; Montgomery,
Introduction to Statistical Quality Control).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from collector.analysis.observations import points_of

Direction = Literal["saving", "waste"]
SLACK, DECISION = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was noticed: since when, seen when, and its size (kWh a point, above zero)."""

    direction: Direction
    since: pd.Timestamp
    seen_at: pd.Timestamp
    kwh_a_point: float


@dataclass(frozen=True, slots=True, eq=False)
class Cusum:
    """``cumulative_kwh`` (expected - actual, rising = saving) at the known points, and changes.

    ``unknown_points`` were left out, so the sum stands still over them.
    """

    cumulative_kwh: pd.Series[float]
    sigma_kwh: float
    unknown_points: int
    changes: tuple[Change, ...]


def cusum_of(
    actual_kwh: pd.Series[float],
    expected_kwh: pd.Series[float],
    sigma_kwh: float,
    *,
    slack: float = SLACK,
    decision: float = DECISION,
) -> Cusum:
    """The cumulative saving (kWh) and the changes in it. ``sigma_kwh``: the baseline's RMSE.

    Raises ``ValueError`` for a sigma that is not above zero, or no point known on both sides.
    """
    if not sigma_kwh > 0.0:
        raise ValueError("the baseline's scatter must be above zero: an exact fit has no alarm")
    index = points_of(actual_kwh)
    difference = (expected_kwh.reindex(index) - actual_kwh).dropna()
    if difference.empty:
        raise ValueError("no point is known with what was expected of it")
    values = [float(value) for value in difference]
    times = [pd.Timestamp(time) for time in difference.index]
    changes = [
        *_changes(times, values, sigma_kwh, (slack, decision), "saving"),
        *_changes(times, [-value for value in values], sigma_kwh, (slack, decision), "waste"),
    ]
    return Cusum(
        cumulative_kwh=difference.cumsum().rename("cumulative_kwh"),
        sigma_kwh=sigma_kwh,
        unknown_points=len(index) - len(difference),
        changes=tuple(sorted(changes, key=lambda change: change.seen_at)),
    )


def _changes(
    times: list[pd.Timestamp],
    values: list[float],
    sigma: float,
    limits: tuple[float, float],
    direction: Direction,
) -> list[Change]:
    """One side of the tabular CUSUM; a change ends where its sum is back at zero."""
    slack, decision = limits[0] * sigma, limits[1] * sigma
    found: list[Change] = []
    total, since, noticed = 0.0, 0, None
    for place, value in enumerate(values):
        total = max(0.0, total + value - slack)
        if total == 0.0:
            since, noticed = place + 1, None
        elif total > decision and noticed is None:
            noticed = place
            size = float(np.mean(values[since : place + 1]))
            found.append(Change(direction, times[since], times[place], size))
    return found
