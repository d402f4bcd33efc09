"""Savings in a normal year: the plant before and after, both under the same conditions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from collector.analysis.baselines import Baseline
from collector.analysis.limits import rules
from collector.analysis.observations import STEPS, Conditions
from collector.analysis.savings import (
    LOWER,
    UPPER,
    Band,
    band,
    calendar_months,
    uncertainty_kwh,
)


@dataclass(frozen=True, slots=True)
class NormalisedSavings:
    """What the measure saves in a normal year (kWh), both models on the same conditions."""

    kwh: float
    before_kwh: float
    after_kwh: float
    at_68: Band
    at_90: Band
    points: int
    caveats: tuple[str, ...]


def normalised(before: Baseline, after: Baseline, normal: Conditions) -> NormalisedSavings:
    """The saving under normal conditions: baseline's model less the reporting period's own.

    The uncertainty is that of both, added as squares. Raises ``ValueError`` for models of
    different points, or conditions that are unknown.
    """
    if before.model.interval != after.model.interval:
        raise ValueError("the two models have points of different length")
    sides = {"before": before.model, "after": after.model}
    both = pd.DataFrame({name: model.expected(normal) for name, model in sides.items()}).dropna()
    if both.empty:
        raise ValueError("nothing is known of the normal conditions")
    totals = {name: float(both[name].sum()) for name in sides}
    kwh = totals["before"] - totals["after"]
    index = pd.DatetimeIndex(both.index)
    months = calendar_months(index[0], index[-1] + STEPS[before.model.interval])
    k = rules().k_factor(before.model.interval, months)

    def ranged(confidence: float) -> Band:
        parts = [
            uncertainty_kwh(model.statistics, totals[name], len(both), k, confidence)
            for name, model in sides.items()
        ]
        return band(kwh, confidence, math.hypot(*parts))

    outside = [model.outside(normal) for model in sides.values()]
    return NormalisedSavings(
        kwh=kwh,
        before_kwh=totals["before"],
        after_kwh=totals["after"],
        at_68=ranged(LOWER),
        at_90=ranged(UPPER),
        points=len(both),
        caveats=tuple(each for each in (*before.reasons, *after.reasons, *outside) if each),
    )
