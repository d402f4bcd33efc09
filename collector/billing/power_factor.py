"""The month's power factor, and what it makes of a demand charge.

The reading of the supply terms that leading current counts as 100 % (so only lagging reactive
energy is summed) and that the result is rounded half up to 1 % is general knowledge, not found in
a source: reference (analytics-reports) 1.5.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from collector.billing.load import BilledMonth
from collector.tariffs.tariff import PowerFactorRule, When

_DIGITS = 50


def month_power_factor(month: BilledMonth, rule: PowerFactorRule) -> Decimal | None:
    """100 W / sqrt(W^2 + Q^2) in % over the rule's hours of every day, rounded and capped.

    Slots without reactive energy are left out of both sums; None where no slot has both.
    """
    active = reactive = 0
    hours = When(spans=(rule.span,))
    for slot in month.slots:
        if slot.milli_wh is None or slot.lagging_milli_varh is None:
            continue
        if hours.covers("", "", month.local(slot.start_ms)[1]):
            active += slot.milli_wh
            reactive += slot.lagging_milli_varh
    if not active:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        percent = 100 * Decimal(active) / Decimal(active**2 + reactive**2).sqrt()
        return min(rule.rounding.apply(percent), rule.cap_percent)


def slots_without_reactive(month: BilledMonth) -> int:
    """How many of the month's slots have no reactive energy."""
    return sum(slot.lagging_milli_varh is None for slot in month.slots)


def charge_factor(rule: PowerFactorRule, percent: Decimal) -> Decimal:
    """What the demand charge is multiplied by: (100 + base - PF) / 100, so (185 - PF) / 100."""
    return (100 + rule.base_percent - percent) / 100
