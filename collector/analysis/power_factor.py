"""Power factor (力率): the month's as it is billed, the capacitor a target needs, leading at night.

PF = 100 W / sqrt(W² + Q²) over the hours of the rule, Q the lagging energy only: the same figure
as ``collector.billing.power_factor`` works out for a bill. Analytics-reports 1.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from collector.analysis.contract_rules import high_voltage_rules
from collector.analysis.demand import bill_months, month_edges
from collector.analysis.evidence import Evidence, evidence_by, evidence_of
from collector.analysis.frame import Floats, index_of, slot_hours
from collector.analysis.grid import Bools, clock_of
from collector.tariffs.tariff import PowerFactorRule

NIGHT = (22 * 60, 8 * 60)
"""22:00 to 08:00: what the hours of the rule leave."""


@dataclass(frozen=True, slots=True)
class MonthPowerFactor:
    """The power factor of a billing month.

    ``percent`` is rounded and capped as it is billed, ``exact_percent`` is not. ``kwh`` and
    ``lagging_kvarh`` are over the slots of the rule's hours in which both are known, ``known``
    their share of the slots of those hours.
    """

    month: date
    percent: float
    exact_percent: float
    kwh: float
    lagging_kvarh: float
    known: float
    evidence: Evidence


def monthly_power_factor(
    slots: pd.DataFrame, rule: PowerFactorRule | None = None, billing_day: int = 1
) -> tuple[MonthPowerFactor, ...]:
    """The power factor of each billing month, in order; months without a figure are left out.

    ``rule`` is the site's tariff's, None: the one of ``data/contract_rules_jp.toml``. Raises
    ``ValueError`` when there are no slots or the billing day is not 1 to 28.
    """
    if not 1 <= billing_day <= 28:
        raise ValueError(f"a billing day is 1-28, not {billing_day}")
    used = rule or high_voltage_rules().power_factor
    hours = _within(index_of(slots), used.span)
    months = bill_months(index_of(slots), billing_day)
    stood_on = evidence_by(slots, [within for within, _ in months])
    kwh, kvarh = _energies(slots)
    found = (
        _month(kwh[within], kvarh[within], hours[within], used, month_edges(number, 1)[0], evidence)
        for (within, number), evidence in zip(months, stood_on, strict=True)
    )
    return tuple(month for month in found if month is not None)


@dataclass(frozen=True, slots=True)
class Capacitor:
    """The reactive power a target needs (kvar), over the hours of the rule.

    ``mean_kvar`` = P (tan phi - tan phi target) by the means: what a bank that follows the load
    gives on average. ``fixed_kvar`` is the bank that is always on in those hours and reaches the
    target, where what it gives too much does not count. ``percent`` is the power factor before.
    Both are zero where the target is met.
    """

    percent: float
    target_percent: float
    mean_kvar: float
    fixed_kvar: float
    hours: float
    evidence: Evidence


def kvar_needed(
    slots: pd.DataFrame, target_percent: float, rule: PowerFactorRule | None = None
) -> Capacitor:
    """What is to be compensated to reach the target power factor over these slots.

    Raises ``ValueError`` for a target that is not above 0 and up to 100 %, and when active and
    reactive energy are known in no slot of the rule's hours.
    """
    if not 0 < target_percent <= 100:
        raise ValueError(f"a power factor is above 0 and up to 100 %, not {target_percent}")
    used = rule or high_voltage_rules().power_factor
    kwh, kvarh = _energies(slots)
    both = ~np.isnan(kwh) & ~np.isnan(kvarh) & _within(index_of(slots), used.span)
    kwh, kvarh = kwh[both], kvarh[both]
    if not kwh.sum() > 0:
        raise ValueError("no slot has both energies: measure reactive energy")
    length = slot_hours(slots)
    allowed = float(kwh.sum()) * float(np.sqrt((100 / target_percent) ** 2 - 1))
    return Capacitor(
        percent=_percent(float(kwh.sum()), float(kvarh.sum())),
        target_percent=target_percent,
        mean_kvar=max(float(kvarh.sum()) - allowed, 0.0) / (len(kwh) * length),
        fixed_kvar=_level(kvarh, allowed) / length,
        hours=len(kwh) * length,
        evidence=evidence_of(slots),
    )


@dataclass(frozen=True, slots=True)
class LeadingAtNight:
    """Leading reactive power between 22:00 and 08:00: a sign of capacitors left on.

    ``hours`` of the ``known_hours`` in which the leading energy is the larger, ``share`` their
    share, ``kvarh`` the leading energy less the lagging in them, ``largest_kvar`` the most.
    """

    hours: float
    known_hours: float
    share: float
    kvarh: float
    largest_kvar: float
    evidence: Evidence


def leading_at_night(slots: pd.DataFrame) -> LeadingAtNight:
    """How much of the night is leading.

    Raises ``ValueError`` when leading reactive energy is measured in no slot of a night.
    """
    length = slot_hours(slots)
    night = slots[_within(index_of(slots), NIGHT)]
    leading = night["reactive_export_kvarh"].to_numpy()
    lagging = night["reactive_kvarh"].fillna(0.0).to_numpy()
    known = ~np.isnan(leading)
    if not known.any():
        raise ValueError("leading reactive energy is not measured at night")
    net = np.where(known, leading - lagging, 0.0)
    over = net > 0
    return LeadingAtNight(
        hours=float(over.sum() * length),
        known_hours=float(known.sum() * length),
        share=float(over.sum() / known.sum()),
        kvarh=float(net[over].sum()),
        largest_kvar=float(net[over].max() / length) if over.any() else 0.0,
        evidence=evidence_of(slots),
    )


def _month(
    kwh: Floats, kvarh: Floats, hours: Bools, rule: PowerFactorRule, month: date, evidence: Evidence
) -> MonthPowerFactor | None:
    both = ~np.isnan(kwh) & ~np.isnan(kvarh) & hours
    active, lagging = float(kwh[both].sum()), float(kvarh[both].sum())
    if active <= 0:
        return None
    exact = _percent(active, lagging)
    # Binary fractions must not tip a half: energies are whole milli-Wh, 9 digits hold them.
    rounded = rule.rounding.apply(Decimal(repr(round(exact, 9))))
    return MonthPowerFactor(
        month=month,
        percent=float(min(rounded, rule.cap_percent)),
        exact_percent=exact,
        kwh=active,
        lagging_kvarh=lagging,
        known=float(both.sum() / hours.sum()),
        evidence=evidence,
    )


def _energies(slots: pd.DataFrame) -> tuple[Floats, Floats]:
    """Active and lagging reactive energy of every slot."""
    kwh, kvarh = (np.asarray(slots[name], dtype=np.float64) for name in ("kwh", "reactive_kvarh"))
    return kwh, kvarh


def _within(index: pd.DatetimeIndex, span: tuple[int, int]) -> Bools:
    minute = clock_of(index).minute
    first, end = span
    if first < end:
        return np.asarray((minute >= first) & (minute < end))
    return np.asarray((minute >= first) | (minute < end))


def _percent(kwh: float, kvarh: float) -> float:
    return 100 * kwh / float(np.hypot(kwh, kvarh))


def _level(kvarh: Floats, allowed: float) -> float:
    """The level above which the energies of the slots together hold ``allowed``."""
    falling = np.sort(kvarh)[::-1]
    if falling.sum() <= allowed:
        return 0.0
    levels = (np.cumsum(falling) - allowed) / np.arange(1, len(falling) + 1)
    # The level lies between the last energy above it and the next one: the largest of all.
    return float(levels.max())
