"""Demand: the month's largest half hour, the contract power it sets, and how to stay under it.

Demand is the mean power of a fixed half hour from :00 or :30 (30分最大需要電力), so 2 x kWh; a
month is the stretch between two meter readings. Reference: analytics-reports 1.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd

from collector.analysis.contract_rules import ContractRules, high_voltage_rules
from collector.analysis.contribution import Part, parts_at
from collector.analysis.evidence import Evidence, evidence_by, evidence_of
from collector.analysis.frame import Floats, half_hours, index_of
from collector.analysis.grid import HALF_HOUR, day_numbers, kinds_of, kw_of
from collector.analysis.site_load import CircuitLoad
from collector.billing.load import AgreedPower


@dataclass(frozen=True, slots=True)
class MonthMaximum:
    """The largest demand of a billing month.

    ``month`` is the first day of the month the bill is named after (the one it ends in),
    ``first`` and ``end`` (excluded) are its days, ``at`` is the start of the half hour.
    """

    month: date
    first: date
    end: date
    peak_kw: float
    at: datetime
    evidence: Evidence

    @property
    def whole(self) -> bool:
        """Whether the slots reach over all days of the month."""
        return self.evidence.start.date() <= self.first and self.evidence.end.date() >= self.end


def monthly_maxima(slots: pd.DataFrame, billing_day: int = 1) -> tuple[MonthMaximum, ...]:
    """The largest demand of each billing month, in order of time.

    Months of which no slot is known are left out. ``billing_day`` is 1 to 28, as
    ``rollup.periods`` has it. Raises ``ValueError`` for another day and when there are no slots.
    """
    if not 1 <= billing_day <= 28:
        raise ValueError(f"a billing day is 1-28, not {billing_day}")
    halves = half_hours(slots)
    kw = kw_of(halves)
    months = [
        (within, number)
        for within, number in bill_months(index_of(halves), billing_day)
        if not np.isnan(kw[within]).all()
    ]
    stood_on = evidence_by(halves, [within for within, _ in months])
    largest = [within.start + int(np.nanargmax(kw[within])) for within, _ in months]
    at = index_of(halves)[largest].to_pydatetime()
    return tuple(
        MonthMaximum(*month_edges(number, billing_day), float(kw[place]), at[row], stood_on[row])
        for row, ((_, number), place) in enumerate(zip(months, largest, strict=True))
    )


def bill_months(index: pd.DatetimeIndex, billing_day: int) -> list[tuple[slice, int]]:
    """The slots of each billing month in order, and its number: 12 x year + month - 1."""
    day_of, dates = day_numbers(index)
    months = dates.year * 12 + dates.month - 1
    later = (dates.day >= billing_day) & (billing_day > 1)
    numbers = np.asarray(months + later, dtype=np.int64)[day_of]
    cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return [(slice(start, stop), int(numbers[start])) for start, stop in pairwise(cuts)]


def month_edges(number: int, billing_day: int) -> tuple[date, date, date]:
    """The month of that number (see ``bill_months``): its name, its first day, its end."""
    month = _first_of(number)
    if billing_day == 1:
        return month, month, _first_of(number + 1)
    return month, _first_of(number - 1).replace(day=billing_day), month.replace(day=billing_day)


@dataclass(frozen=True, slots=True)
class ContractPower:
    """The contract power of a billing month.

    ``kw`` is what is billed: the agreed power where one is in force at the month's end, else the
    largest demand of the months, rounded. ``set_by`` is the month that set it. ``missing`` are
    the months looked back to of which nothing is known: with any, the true power can be higher.
    ``negotiated`` says that the demand reaches the power from which it is agreed with the
    supplier (協議制), so that the rule of the largest demand (実量制) no longer holds.
    """

    month: date
    kw: float
    agreed: bool
    demand_kw: float
    set_by: MonthMaximum
    missing: tuple[date, ...]
    negotiated: bool

    @property
    def evidence(self) -> Evidence:
        """What the month that set it stands on."""
        return self.set_by.evidence


def contract_power(
    maxima: Sequence[MonthMaximum],
    month: date | None = None,
    lookback_months: int | None = None,
    agreed: Sequence[AgreedPower] = (),
    rules: ContractRules | None = None,
) -> ContractPower:
    """The contract power of ``month`` (any day of the month it is named after; None: the last).

    The largest demand of ``lookback_months`` months, the month itself among them (実量制: 12),
    rounded half up to 1 kW. Raises ``ValueError`` when none of the months is known.
    """
    rules = rules or high_voltage_rules()
    if not maxima:
        raise ValueError("no month has a demand that is known: choose a longer period")
    last = _number_of(month or maxima[-1].month)
    first = last - (lookback_months or rules.lookback_months) + 1
    seen = {_number_of(found.month): found for found in maxima}
    known = [seen[number] for number in range(first, last + 1) if number in seen]
    if not known:
        raise ValueError(f"no demand is known of the months up to {_first_of(last):%Y-%m}")
    largest = max(known, key=lambda found: found.peak_kw)
    # Energies are whole Wh: what lies beyond is the noise of binary fractions.
    rounded = float(rules.rounding.apply(Decimal(repr(round(largest.peak_kw, 6)))))
    power = _agreed_before(agreed, _first_of(last + 1))
    return ContractPower(
        month=_first_of(last),
        kw=rounded if power is None else power,
        agreed=power is not None,
        demand_kw=largest.peak_kw,
        set_by=largest,
        missing=tuple(_first_of(n) for n in range(first, last + 1) if n not in seen),
        negotiated=largest.peak_kw >= rules.negotiated_from_kw,
    )


@dataclass(frozen=True, slots=True)
class Peak:
    """One of the largest demands, and who made it.

    ``parts`` are the circuits that are nobody's parent, the largest first; ``rest_kw`` is what
    they leave of the site, None where one of them is unknown. ``temperature_c`` is that of the
    hour outside.
    """

    at: datetime
    kw: float
    day_kind: str
    temperature_c: float | None
    parts: tuple[Part, ...]
    rest_kw: float | None


def top_peaks(
    slots: pd.DataFrame,
    circuits: Sequence[CircuitLoad] = (),
    n: int = 20,
    temperature: pd.Series[float] | None = None,
    day_kinds: pd.Series[str] | None = None,
) -> tuple[Peak, ...]:
    """The ``n`` largest half hours of the period, the largest first.

    Every half hour counts by itself: two in a row are two peaks, as shaving has to lower both.
    Raises ``ValueError`` when no slot is known.
    """
    halves = half_hours(slots)
    index, kw = index_of(halves), kw_of(halves)
    known = np.flatnonzero(~np.isnan(kw))
    if not known.size:
        raise ValueError("no slot of the period is known: choose a period with readings")
    order = known[np.argsort(-kw[known], kind="stable")][:n]
    parts, rests = parts_at(circuits, index[order], kw[order])
    day_of, dates = day_numbers(index)
    kinds = None if day_kinds is None else kinds_of(dates, day_kinds)
    return tuple(
        Peak(
            at=index[place].to_pydatetime(),
            kw=float(kw[place]),
            day_kind="" if kinds is None else str(kinds[day_of[place]]),
            temperature_c=_temperature_at(temperature, index[place]),
            parts=parts[number],
            rest_kw=rests[number],
        )
        for number, place in enumerate(order)
    )


@dataclass(frozen=True, slots=True)
class Shaving:
    """What stands above a target demand.

    ``target_kw`` is the target, ``kw`` how far the largest demand stands above it, ``above_kwh``
    the energy above it in ``slots`` half hours on ``days`` days, ``longest_h`` the longest time
    without a break, ``largest_kwh`` the most energy above it in one such time: what a battery or
    a shift must hold.
    """

    target_kw: float
    kw: float
    above_kwh: float
    slots: int
    days: int
    longest_h: float
    largest_kwh: float
    evidence: Evidence


def shave(slots: pd.DataFrame, target_kw: float) -> Shaving:
    """How much energy stands above a target demand (kW). Unknown slots are not above it.

    Raises ``ValueError`` when no slot is known.
    """
    halves = half_hours(slots)
    kw = kw_of(halves)
    if np.isnan(kw).all():
        raise ValueError("no slot of the period is known: choose a period with readings")
    over = np.where(kw > target_kw, kw - target_kw, 0.0)
    longest, largest = _longest_run(over)
    return Shaving(
        target_kw=float(target_kw),
        kw=float(over.max()),
        above_kwh=float(over.sum() * HALF_HOUR),
        slots=int((over > 0).sum()),
        days=len(np.unique(day_numbers(index_of(halves))[0][over > 0])),
        longest_h=longest,
        largest_kwh=largest,
        evidence=evidence_of(halves),
    )


def shaving_curve(slots: pd.DataFrame, targets_kw: Sequence[float]) -> tuple[Shaving, ...]:
    """``shave`` for each of the targets, in their order."""
    halves = half_hours(slots)
    return tuple(shave(halves, target) for target in targets_kw)


def _longest_run(over: Floats) -> tuple[float, float]:
    """The longest time above (h), and the most energy (kWh) in one time."""
    above = over > 0
    if not above.any():
        return 0.0, 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], above, [False]))))
    starts, stops = edges[::2], edges[1::2]
    energy = [over[start:stop].sum() for start, stop in zip(starts, stops, strict=True)]
    return float((stops - starts).max() * HALF_HOUR), float(max(energy) * HALF_HOUR)


def _temperature_at(temperature: pd.Series[float] | None, at: pd.Timestamp) -> float | None:
    if temperature is None:
        return None
    # Hours are looked for, not computed: in some zones they begin at half past in UTC.
    place = int(index_of(temperature).searchsorted(at, side="right")) - 1
    if place < 0 or at - index_of(temperature)[place] >= pd.Timedelta(hours=1):
        return None
    found = float(temperature.iloc[place])
    return None if np.isnan(found) else found


def _agreed_before(agreed: Sequence[AgreedPower], end: date) -> float | None:
    begun = [power for power in agreed if power.from_date < end]
    return float(max(begun, key=lambda power: power.from_date).kw) if begun else None


def _number_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
