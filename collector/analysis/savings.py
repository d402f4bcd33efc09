"""Savings against a baseline, with their uncertainty (IPMVP options B and C, Guideline 14).

Avoided energy = what the baseline's model expects under the reporting period's conditions - what
was used + non-routine adjustments. Option C takes the whole site's meter, option B the sub-meter
of the equipment; the arithmetic is the same. A baseline is fitted by ``baseline``, or made of any
model by ``judged``.

Uncertainty of m reporting points (Guideline 14-2014 as OpenDSM codes it):
dS = K t (expected / m) CV(RMSE) sqrt((n / n') (1 + 2 / n') m), n' = n (1 - rho) / (1 + rho), t of
n' - p degrees of freedom, K by interval and length from ``data/mv_limits.toml``.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from collector.analysis.baselines import Baseline
from collector.analysis.evidence import Evidence
from collector.analysis.fit import FitStatistics
from collector.analysis.limits import rules
from collector.analysis.observations import STEPS, Conditions, interval_of, points_of
from collector.analysis.student_t import t_two_sided

LOWER, UPPER = 0.68, 0.90
"""The two confidences a saving is told with."""
LEAST_FREE = 10
"""Independent points beyond the parameters, below which a range is hardly one."""
KNOWN = 0.9
"""The share of the reporting period below which a reader is told (OpenDSM: 90 % coverage)."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change that has nothing to do with the measure: dated, named, signed.

    ``kwh`` is what the time from ``first`` to ``end`` (excluded) would have used more in the
    baseline's plant (a third shift: above zero), so it is added to the expected energy. Raises
    ``ValueError`` without a name or reason, or for a time that is none.
    """

    name: str
    reason: str
    first: date
    end: date
    kwh: float

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.reason.strip():
            raise ValueError("an adjustment needs a name and a reason")
        if self.end <= self.first or not math.isfinite(self.kwh):
            raise ValueError(f"adjustment {self.name}: needs an energy, and an end after its start")


@dataclass(frozen=True, slots=True)
class Band:
    """The saving as a range (kWh): it lies within with that confidence, 0 to 1.

    ``fraction`` is the uncertainty over the saving's size, None where there is no saving.
    """

    confidence: float
    uncertainty_kwh: float
    low_kwh: float
    high_kwh: float
    fraction: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Savings:
    """A saving in kWh over ``points`` of the reporting period that are known on both sides.

    ``expected_kwh`` and ``actual_kwh`` are of these points alone; nothing is scaled up to the
    unknown ones, ``evidence`` tells how many there are. ``sound``: the baseline may carry a saving,
    no more than a twentieth of the period (``limits``) lies beyond what its model has seen, and
    90 % of it is known. ``points_beyond`` counts what lies beyond, of ``points_used`` whose energy
    is known. ``by_point`` has
    columns ``expected_kwh`` and ``actual_kwh`` for pictures and CUSUM. ``caveats`` say what to
    doubt.
    """

    kwh: float
    expected_kwh: float
    actual_kwh: float
    adjustments: tuple[Adjustment, ...]
    at_68: Band
    at_90: Band
    points: int
    months: float
    k_factor: float
    evidence: Evidence
    points_beyond: int
    points_used: int
    sound: bool
    caveats: tuple[str, ...]
    by_point: pd.DataFrame

    @property
    def beyond_share(self) -> float:
        """The share of the used points that lie beyond what the baseline has seen, 0 to 1."""
        return self.points_beyond / self.points_used

    @property
    def adjustments_kwh(self) -> float:
        """All adjustments together (kWh, signed)."""
        return sum(each.kwh for each in self.adjustments)

    @property
    def share(self) -> float | None:
        """The saving over what was expected, adjustments counted: 0.1 is 10 %; None of nothing."""
        expected = self.expected_kwh + self.adjustments_kwh
        return self.kwh / expected if expected > 0.0 else None

    @property
    def proven(self) -> bool:
        """Whether it is sound, above zero, and its uncertainty at 68 % below half of it."""
        fraction = self.at_68.fraction
        certain = fraction is not None and fraction < rules().most_uncertain
        return self.sound and self.kwh > 0.0 and certain


def avoided(
    base: Baseline,
    kwh: pd.Series[float],
    conditions: Conditions,
    adjustments: Sequence[Adjustment] = (),
) -> Savings:
    """What was saved in the reporting period against the baseline (kWh, with 68 and 90 % ranges).

    ``kwh`` are points like the baseline's, ``conditions`` what they stood under. Raises
    ``ValueError`` for points of another length, none known on both sides, a period that overlaps
    the baseline's, or an adjustment outside the period.
    """
    index = points_of(kwh)
    if interval_of(index) != base.model.interval:
        raise ValueError(f"the baseline has {base.model.interval} points: give the same")
    if (index.tz is None) != (base.model.evidence.start.tzinfo is None):
        raise ValueError("baseline and reporting period must both be in site time, or both without")
    expected = base.model.expected(conditions).reindex(index)
    both = pd.DataFrame({"expected_kwh": expected, "actual_kwh": kwh.astype("float64")})
    known = both.dropna()
    if known.empty:
        raise ValueError("no point of the reporting period is known with its conditions")
    evidence = _evidence(index, len(known), base)
    _refuse(base, evidence, adjustments)
    return _savings(
        base=base,
        known=known,
        adjustments=tuple(adjustments),
        evidence=evidence,
        stretch=_stretch(base, kwh.astype("float64"), conditions),
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Why, and at how many of the points whose energy is known, the model is stretched."""

    why: str
    beyond: int
    used: int

    @property
    def tolerable(self) -> bool:
        return self.beyond <= rules().most_beyond * self.used


def _stretch(base: Baseline, kwh: pd.Series[float], conditions: Conditions) -> _Stretch:
    used = kwh.dropna().index
    beyond = base.model.beyond(conditions).reindex(used, fill_value=False)
    why = base.model.outside(conditions) if beyond.any() else ""
    return _Stretch(why, int(beyond.sum()), len(used))


def _evidence(index: pd.DatetimeIndex, known: int, base: Baseline) -> Evidence:
    end = index[-1] + STEPS[base.model.interval]
    return Evidence(
        start=index[0].to_pydatetime(),
        end=end.to_pydatetime(),
        slots=len(index),
        known_slots=known,
        coverage=known / len(index),
        estimated=0.0,
    )


def _refuse(base: Baseline, evidence: Evidence, adjustments: Sequence[Adjustment]) -> None:
    if evidence.start < base.model.evidence.end and base.model.evidence.start < evidence.end:
        raise ValueError("the reporting period overlaps the baseline's: a saving needs two times")
    for each in adjustments:
        if each.first < evidence.start.date() or each.end > evidence.end.date():
            raise ValueError(f"adjustment {each.name} lies outside the reporting period")


def _caveats(base: Baseline, stretch: _Stretch, evidence: Evidence) -> tuple[str, ...]:
    said = [*base.reasons, *base.advice, *base.model.caveats]
    if stretch.why:
        said.append(_said(stretch, base))
    statistics = base.model.statistics
    if statistics.effective_n < statistics.p + LEAST_FREE:
        said.append(
            f"neighbouring points are so alike that the {statistics.n} of the baseline count as "
            f"{statistics.effective_n:.0f}: take longer points"
        )
    if evidence.coverage < KNOWN:
        said.append(f"only {evidence.coverage:.0%} of the reporting period is known")
    return tuple(said)


def _said(stretch: _Stretch, base: Baseline) -> str:
    points = {"hourly": "hours", "daily": "days", "monthly": "months"}[base.model.interval]
    of = f"{stretch.beyond} of {stretch.used} {points} lie beyond"
    limit = f"{rules().most_beyond:.0%}"
    verdict = f"within the {limit} allowed" if stretch.tolerable else f"more than {limit}"
    return f"{stretch.why}: {of}, {verdict}"


def _savings(
    *,
    base: Baseline,
    known: pd.DataFrame,
    adjustments: tuple[Adjustment, ...],
    evidence: Evidence,
    stretch: _Stretch,
) -> Savings:
    expected, actual = float(known["expected_kwh"].sum()), float(known["actual_kwh"].sum())
    kwh = expected - actual + sum(each.kwh for each in adjustments)
    months = calendar_months(evidence.start, evidence.end)
    k = rules().k_factor(base.model.interval, months)
    statistics, m = base.model.statistics, len(known)
    bands = [
        band(kwh, confidence, uncertainty_kwh(statistics, expected, m, k, confidence))
        for confidence in (LOWER, UPPER)
    ]
    return Savings(
        kwh=kwh,
        expected_kwh=expected,
        actual_kwh=actual,
        adjustments=adjustments,
        at_68=bands[0],
        at_90=bands[1],
        points=m,
        months=months,
        k_factor=k,
        evidence=evidence,
        points_beyond=stretch.beyond,
        points_used=stretch.used,
        sound=base.ok and stretch.tolerable and evidence.coverage >= KNOWN,
        caveats=_caveats(base, stretch, evidence),
        by_point=known,
    )


def uncertainty_kwh(
    statistics: FitStatistics, expected_kwh: float, points: int, k: float, confidence: float
) -> float:
    """How far the saving over ``points`` may be off (kWh, one side) with that confidence."""
    n, independent = statistics.n, statistics.effective_n
    t = t_two_sided(confidence, max(independent - statistics.p, 1.0))
    spread = math.sqrt(n / independent * (1.0 + 2.0 / independent) * points)
    return k * t * expected_kwh / points * statistics.cv_rmse * spread


def band(kwh: float, confidence: float, uncertainty: float) -> Band:
    """The range about a saving (kWh)."""
    fraction = uncertainty / abs(kwh) if kwh else None
    return Band(confidence, uncertainty, kwh - uncertainty, kwh + uncertainty, fraction)


def calendar_months(start: datetime, end: datetime) -> float:
    """Months from start to end, the part of the last by its days."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    days = end.day - start.day + (end.hour - start.hour) / 24.0
    return whole + days / calendar.monthrange(end.year, end.month)[1]
