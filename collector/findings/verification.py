"""Whether a done finding keeps its promise: M&V of its circuit against its frozen baseline.

IPMVP option B on the circuit's own meter, option C where the finding is of the whole site. The
baseline is the days frozen when it was done; the reporting period begins on the day the measure
works and ends with the last known day. Of the models the data allows (operating days, temperature,
production) the one with the smallest CV(RMSE) over the baseline is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from collector.analysis.baselines import Baseline, Kind, baseline
from collector.analysis.observations import Conditions, daily_kwh, daily_temperature, points_of
from collector.analysis.savings import Savings, avoided
from collector.analysis.site_load import SiteLoad
from collector.analysis.typical_day import groups_of
from collector.errors import CollectorError
from collector.findings.finding import Range
from collector.findings.status import Promise
from collector.findings.yearly import YEAR_DAYS

KINDS: tuple[Kind, ...] = ("states", "change_point", "production")
Outcome = Literal["kept", "not_yet", "missed", "unsure"]
LEAST_DAYS = 14


@dataclass(frozen=True, slots=True, eq=False)
class Verified:
    """What a done finding has saved since, against what was promised for as many days.

    ``outcome``: kept where the most likely saving is within or above the promised range and
    above its uncertainty; missed where even the high end at 90 % is below the promise's low end;
    unsure where the uncertainty at 68 % is half of the saving or more; else not_yet.
    """

    key: str
    promise: Promise
    promised_kwh: Range
    model: Kind
    baseline: Baseline
    savings: Savings
    outcome: Outcome


def verified(key: str, circuit: str, promise: Promise, load: SiteLoad) -> Verified:
    """The saving of a finding; ``load`` reaches from the baseline's first day to the newest.

    Raises ``CollectorError`` when there are too few days since, the circuit is gone, or no
    model of its baseline can be made.
    """
    slots = _slots(load, circuit)
    kwh = daily_kwh(slots)
    before = _within(kwh, promise.first, promise.end)
    after = _within(kwh[: kwh.last_valid_index()], promise.done_on, None)
    if int(after.notna().sum()) < LEAST_DAYS:
        known = int(after.notna().sum())
        hint = f"{LEAST_DAYS} are needed: wait, or look after the meter"
        raise CollectorError(f"{key}: only {known} whole days since {promise.done_on}", hint)
    name, base = _best(key, before, load, "B" if circuit else "C", _months(after))
    savings = avoided(base, after, _conditions(load, points_of(after)))
    share = len(savings.by_point) / YEAR_DAYS
    promised = Range(promise.low_kwh, promise.mid_kwh, promise.high_kwh).times(share)
    return Verified(key, promise, promised, name, base, savings, _outcome(savings, promised))


def _outcome(savings: Savings, promised: Range) -> Outcome:
    if savings.at_90.high_kwh < promised.low:
        return "missed"
    if not savings.proven:
        return "unsure"
    return "kept" if savings.kwh >= promised.low else "not_yet"


def _best(
    key: str, kwh: pd.Series[float], load: SiteLoad, option: Literal["B", "C"], months: float
) -> tuple[Kind, Baseline]:
    found, faults = [], []
    for kind in KINDS:
        try:
            conditions = _conditions(load, points_of(kwh))
            base = baseline(kwh, conditions, kind=kind, option=option, reporting_months=months)
        except ValueError as error:
            faults.append(str(error))
        else:
            found.append((kind, base))
    if not found:
        raise CollectorError(f"{key}: no baseline can be made", faults[0])
    return min(found, key=lambda pair: pair[1].model.statistics.cv_rmse)


def _conditions(load: SiteLoad, index: pd.DatetimeIndex) -> Conditions:
    outside = load.temperature_c
    celsius = None if outside is None else daily_temperature(outside).reindex(index)
    made = load.production
    states = pd.Series(groups_of(index, load.day_kinds), index=index)
    return Conditions(
        index, celsius, None if made is None else made.reindex(index), states.astype(str)
    )


def _slots(load: SiteLoad, circuit: str) -> pd.DataFrame:
    if not circuit:
        return load.slots
    try:
        return load.circuit(circuit).slots
    except KeyError as error:
        hint = "a finding is verified while its meter is in the settings"
        raise CollectorError(f"{load.site} has no circuit {circuit} any more", hint) from error


def _within(kwh: pd.Series[float], first: date, end: date | None) -> pd.Series[float]:
    days = points_of(kwh)
    inside = days >= pd.Timestamp(first)
    if end is not None:
        inside &= days < pd.Timestamp(end)
    return kwh[inside]


def _months(kwh: pd.Series[float]) -> float:
    return len(kwh) / (YEAR_DAYS / 12)
