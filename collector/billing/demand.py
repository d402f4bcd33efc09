"""The demand of a month: the largest mean power of its windows, and the power that is billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise

from collector.billing.errors import BillError
from collector.billing.lines import plain
from collector.billing.load import MINUTE_MS, AgreedPower, BilledMonth, BilledSlot, Terms
from collector.rollup.periods import midnight_ms
from collector.tariffs.days import TariffDays
from collector.tariffs.rounding import Rounding
from collector.tariffs.series import months_on
from collector.tariffs.tariff import DemandCharge

_HOUR_MS = 60 * MINUTE_MS
_DIGITS = 50


@dataclass(frozen=True, slots=True)
class BilledDemand:
    """The power billed for the days ``first`` to before ``end``, and why it is that power.

    ``power`` and ``excess`` (above an agreed power) are in the unit of the charge.
    """

    first: date
    end: date
    power: Decimal
    excess: Decimal
    reason: str


def measured_demand(
    month: BilledMonth,
    charge: DemandCharge,
    days: TariffDays,
    first: date | None = None,
    end: date | None = None,
) -> Decimal | None:
    """The largest mean power of the month's windows, or of those of some of its days.

    A window of which a part is missing counts with what is known: its mean can only be below the
    true one. None where no window holds a value. Raises ``BillError`` for slots longer than the
    charge's interval and, with kVA, for slots without reactive energy.
    """
    _check_slots(month, charge)
    from_ms = midnight_ms(month.zone, first or month.first)
    to_ms = midnight_ms(month.zone, end or month.end)
    largest: tuple[Decimal, int] | None = None
    for start_ms, slots in _windows(month, charge):
        day, minute = month.local(start_ms)
        if from_ms <= start_ms < to_ms and days.within(charge.when, day, minute):
            found = _apparent(slots) if charge.unit == "kVA" else Decimal(_energy(slots)), start_ms
            largest = found if largest is None else max(largest, found, key=lambda item: item[0])
    if largest is None:
        return None
    return largest[0].scaleb(-6) * 60 / charge.interval_minutes


def billed_demand(
    month: BilledMonth, charge: DemandCharge, days: TariffDays, terms: Terms
) -> tuple[BilledDemand, ...]:
    """The billed power of each stretch of days between changes of the agreed power.

    Raises ``BillError`` when the charge needs an agreed power and there is none.
    """
    cuts = {agreed.from_date for agreed in terms.agreed}
    inner = sorted(day for day in cuts if month.first < day < month.end)
    return tuple(
        _stretch(month, charge, days, terms, first, end)
        for first, end in pairwise([month.first, *inner, month.end])
    )


def looked_back(charge: DemandCharge, month: date, terms: Terms) -> Mapping[date, Decimal]:
    """The demands of the previous bill months that the charge looks back to, by month."""
    earliest = months_on(month, -charge.lookback_months)
    calendar = charge.ratchet_calendar_months
    return {
        known.month: known.demand[charge.id]
        for known in terms.previous
        if earliest <= known.month < month
        and charge.id in known.demand
        and (not calendar or known.month.month in calendar)
    }


def _check_slots(month: BilledMonth, charge: DemandCharge) -> None:
    minutes, interval = month.slot_minutes, charge.interval_minutes
    if minutes is None:
        return
    what = f"the demand of {charge.id} is a mean of {interval} minutes"
    if minutes > interval or interval % minutes:
        hint = f"give slots of {interval} minutes: slot_minutes of the site, or a file with them"
        raise BillError(f"{what}, the slots have {minutes}", hint)
    if charge.window == "sliding" and minutes == interval:
        raise BillError(f"{what} that slides, the slots have {minutes}", "give shorter slots")


def _windows(
    month: BilledMonth, charge: DemandCharge
) -> Iterator[tuple[int, Sequence[BilledSlot]]]:
    length_ms = charge.interval_minutes * MINUTE_MS
    if charge.window == "sliding":
        yield from _sliding(month.slots, length_ms)
        return
    fixed: dict[int, list[BilledSlot]] = defaultdict(list)
    for slot in month.slots:
        midnight = midnight_ms(month.zone, month.local(slot.start_ms)[0])
        fixed[slot.start_ms - (slot.start_ms - midnight) % length_ms].append(slot)
    yield from fixed.items()


def _sliding(
    slots: Sequence[BilledSlot], length_ms: int
) -> Iterator[tuple[int, Sequence[BilledSlot]]]:
    end = 0
    for number, first in enumerate(slots):
        while end < len(slots) and slots[end].end_ms <= first.start_ms + length_ms:
            end += 1
        yield first.start_ms, slots[number:end]


def _energy(slots: Sequence[BilledSlot]) -> int:
    return sum(slot.milli_wh or 0 for slot in slots)


def _apparent(slots: Sequence[BilledSlot]) -> Decimal:
    reactive = 0
    for slot in slots:
        if slot.lagging_milli_varh is None:
            hint = "measure reactive energy, or choose a tariff on kW"
            raise BillError("a demand in kVA needs reactive energy in every slot", hint)
        reactive += slot.lagging_milli_varh - (slot.leading_milli_varh or 0)
    with localcontext() as context:
        context.prec = _DIGITS
        return Decimal(_energy(slots) ** 2 + reactive**2).sqrt()


def _stretch(
    month: BilledMonth,
    charge: DemandCharge,
    days: TariffDays,
    terms: Terms,
    first: date,
    end: date,
) -> BilledDemand:
    own = measured_demand(month, charge, days, first, end) or Decimal(0)
    agreed = _agreed_on(terms.agreed, first)
    if agreed is not None:
        excess = max(own - agreed.kw, Decimal(0)) if charge.mode == "agreed" else Decimal(0)
        reason = f"agreed from {agreed.from_date}"
        return BilledDemand(first, end, agreed.kw, _to_step(charge.rounding, excess), reason)
    if charge.mode == "agreed":
        hint = "write contract_power_kw or [[sites.contract_powers]], or give --contract-kw"
        raise BillError(f"the tariff's {charge.id} is an agreed power, and none is given", hint)
    power, reason = _measured(month, charge, terms, own)
    return BilledDemand(first, end, _to_step(charge.rounding, power), Decimal(0), reason)


def _agreed_on(agreed: Sequence[AgreedPower], day: date) -> AgreedPower | None:
    begun = [power for power in agreed if power.from_date <= day]
    return max(begun, key=lambda power: power.from_date, default=None)


def _measured(
    month: BilledMonth, charge: DemandCharge, terms: Terms, own: Decimal
) -> tuple[Decimal, str]:
    found = [(own, "this month's largest")]
    if charge.minimum:
        found.append((charge.minimum, "the tariff's minimum"))
    for earlier, power in looked_back(charge, month.month, terms).items():
        share = "" if charge.ratchet_percent == 100 else f"{plain(charge.ratchet_percent)} % of "
        found.append((power * charge.ratchet_percent / 100, f"{share}{earlier:%Y-%m}'s"))
    return max(found, key=lambda item: item[0])


def _to_step(rounding: Rounding | None, power: Decimal) -> Decimal:
    return power if rounding is None else rounding.apply(power)
