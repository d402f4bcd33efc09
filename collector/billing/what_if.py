"""The same load under another tariff or another contract power, and what a kW less is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain

from collector.billing.bill import bill, previous_month
from collector.billing.lines import Bill
from collector.billing.load import AgreedPower, BilledMonth, PreviousMonth, Terms
from collector.billing.power_factor import charge_factor
from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import DemandCharge, LineKind, Tariff, TariffError

_MONTHS = 12
_DAYS = 365


@dataclass(frozen=True, slots=True)
class KindDifference:
    """What the lines of one kind cost now and otherwise, in the bills' currency."""

    kind: LineKind
    now: Decimal
    otherwise: Decimal

    @property
    def saving(self) -> Decimal:
        """How much less it costs otherwise; negative: more."""
        return self.now - self.otherwise


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same months billed in two ways."""

    now: tuple[Bill, ...]
    otherwise: tuple[Bill, ...]

    @property
    def saving(self) -> Decimal:
        """How much less the months cost otherwise; negative: more."""
        return sum((one.total - other.total for one, other in self._pairs()), Decimal(0))

    def kinds(self) -> tuple[KindDifference, ...]:
        """The difference by kind of line, in the order in which the bills have them."""
        lines = chain.from_iterable(one.lines for one in (*self.now, *self.otherwise))
        return tuple(
            KindDifference(kind, _sum(self.now, kind), _sum(self.otherwise, kind))
            for kind in dict.fromkeys(line.kind for line in lines)
        )

    def _pairs(self) -> Iterator[tuple[Bill, Bill]]:
        return zip(self.now, self.otherwise, strict=True)


def bills(
    months: Sequence[BilledMonth],
    tariff: Tariff,
    terms: Terms | None = None,
    from_day: date = date.min,
) -> tuple[Bill, ...]:
    """The bills of months in order of time, each with the demands of those before it.

    Months before ``from_day`` only serve as that history, beside ``terms.previous``. Raises
    ``BillError`` as ``bill`` does.
    """
    given = terms or Terms()
    held: list[PreviousMonth] = list(given.previous)
    found = []
    for month in months:
        if month.first >= from_day:
            found.append(bill(month, tariff, replace(given, previous=tuple(held))))
        if month.slots:
            held.append(previous_month(month, tariff))
    return tuple(found)


def compare(
    months: Sequence[BilledMonth],
    tariff: Tariff,
    other: Tariff,
    terms: Terms | None = None,
    from_day: date = date.min,
    contract_kw: Decimal | None = None,
) -> Comparison:
    """The months under the tariff, and otherwise: under another one, with an agreed power, or both.

    ``contract_kw`` is an agreed contract power on all days. Raises ``TariffError`` for tariffs in
    different currencies, ``BillError`` as ``bill`` does.
    """
    if tariff.currency != other.currency:
        hint = "compare tariffs of one currency"
        raise TariffError(f"{other.id} is in {other.currency}, not in {tariff.currency}", hint)
    now = bills(months, tariff, terms, from_day)
    changed = terms or Terms()
    if contract_kw is not None:
        changed = replace(changed, agreed=(AgreedPower(contract_kw, date.min),))
    return Comparison(now, bills(months, other, changed, from_day))


def hours_of_use(months: Sequence[BilledMonth], tariff: Tariff) -> Decimal:
    """Yearly kWh / largest demand of the tariff's first charge, the months taken for a year.

    Zero for a tariff without demand charge, and where nothing is known.
    """
    known = [previous_month(month, tariff) for month in months if month.slots]
    charge = tariff.demand[0].id if tariff.demand else ""
    peak = max((month.demand.get(charge, Decimal(0)) for month in known), default=Decimal(0))
    kwh = sum((month.kwh for month in known), Decimal(0))
    return kwh * _MONTHS / len(known) / peak if peak else Decimal(0)


def value_of_one_kw(
    tariff: Tariff, power_factor_percent: Decimal, year: int, utilisation_hours: Decimal
) -> Decimal:
    """What one kW of demand less saves in a calendar year, in the tariff's currency, untaxed.

    Counts every demand charge that applies at so many hours of use once, at the price of its
    highest tier, with the power factor where the charge depends on it: 2,142.78 yen at 100 % is
    2,142.78 x 0.85 x 12 = 21,856 yen a year. It is reached only when every month's demand that is
    looked back to falls too.
    """
    days = TariffDays(tariff)
    firsts = [date(year, number, 1) for number in range(1, _MONTHS + 1)]
    values = (
        _price_on(charge, days.season(first)) * _factor(tariff, charge, power_factor_percent)
        for charge in tariff.demand
        if charge.utilisation.covers(utilisation_hours)
        for first in firsts
    )
    return sum(values, Decimal(0))


def _price_on(charge: DemandCharge, season: str) -> Decimal:
    # The price of a month, whatever time the tariff states it for.
    months = {"month": Decimal(1), "year": Decimal(1) / _MONTHS, "day": Decimal(_DAYS) / _MONTHS}
    for price in charge.prices:
        if not price.seasons or season in price.seasons:
            return price.tiers[-1].price * months[charge.per]
    return Decimal(0)


def _factor(tariff: Tariff, charge: DemandCharge, percent: Decimal) -> Decimal:
    rule = tariff.power_factor
    if rule is None or not charge.power_factor:
        return Decimal(1)
    return charge_factor(rule, min(percent, rule.cap_percent))


def _sum(found: Sequence[Bill], kind: LineKind) -> Decimal:
    return sum((one.amount(kind) for one in found), Decimal(0))
