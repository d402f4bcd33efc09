"""Lines for demand: the billed power by stretches of days, the power factor, the excess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from collector.billing.demand import BilledDemand
from collector.billing.energy_lines import portions
from collector.billing.lines import BillLine, plain, rounded, source_text
from collector.billing.load import BilledMonth
from collector.billing.power_factor import charge_factor
from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import DemandCharge, Tariff, Tier

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Multiplier:
    """What a charge per unit and month is multiplied by, and how a formula writes it."""

    value: Decimal
    text: str

    def times(self, value: Decimal, text: str) -> Multiplier:
        """Multiplied once more."""
        return Multiplier(self.value * value, f"{self.text} × {text}")


ONCE = Multiplier(Decimal(1), "")


def demand_lines(
    month: BilledMonth,
    tariff: Tariff,
    charge: DemandCharge,
    stretches: Sequence[BilledDemand],
    days: TariffDays,
    power_factor_percent: Decimal | None,
) -> Iterator[BillLine]:
    """A line for each stretch, season price and tier; then those of what exceeds an agreed power.

    ``power_factor_percent`` is the month's; None where the charge does not depend on it.
    """
    factor = _power_factor(tariff, charge, power_factor_percent)
    for stretch in stretches:
        for count, tiers in _by_season(charge, stretch, days):
            by_time = _by_time(month, charge, count, len(stretches) > 1)
            whole = Multiplier(factor.value * by_time.value, factor.text + by_time.text)
            for tier, power in portions(tiers, stretch.power):
                yield _line(tariff, charge, power, tier, whole, stretch.reason)
            if stretch.excess and charge.excess_factor is not None:
                beyond = whole.times(charge.excess_factor, plain(charge.excess_factor))
                yield _excess_line(tariff, charge, stretch, tiers[-1], beyond)


def _by_season(
    charge: DemandCharge, stretch: BilledDemand, days: TariffDays
) -> Iterator[tuple[int, Sequence[Tier]]]:
    # How many days of the stretch have which price; days of a season without a price cost nothing.
    count = (stretch.end - stretch.first).days
    dates = [stretch.first + timedelta(days=number) for number in range(count)]
    everywhere = next((price.tiers for price in charge.prices if not price.seasons), None)
    if everywhere is not None:
        yield count, everywhere
        return
    for season, run in groupby(dates, key=days.season):
        found = [price.tiers for price in charge.prices if season in price.seasons]
        if found:
            yield len(list(run)), found[0]


def _power_factor(tariff: Tariff, charge: DemandCharge, percent: Decimal | None) -> Multiplier:
    rule = tariff.power_factor
    if rule is None or percent is None or not charge.power_factor:
        return ONCE
    text = f"({plain(100 + rule.base_percent)} - {plain(percent)})/100"
    return ONCE.times(charge_factor(rule, percent), text)


def _by_time(month: BilledMonth, charge: DemandCharge, count: int, cut: bool) -> Multiplier:
    if charge.per == "day":
        return ONCE.times(Decimal(count), f"{count} days")
    found = ONCE
    if charge.per == "year":
        found = Multiplier(Decimal(1) / _MONTHS, f" / {_MONTHS}")
    if cut or count < month.days:
        found = found.times(Decimal(count) / month.days, f"{count}/{month.days} days")
    return found


def _line(
    tariff: Tariff,
    charge: DemandCharge,
    power: Decimal,
    tier: Tier,
    multiplier: Multiplier,
    reason: str,
) -> BillLine:
    amount = power * tier.price * multiplier.value
    return BillLine(
        kind="demand",
        part=charge.id,
        label_en=charge.label_en,
        label_ja=charge.label_ja,
        quantity=power,
        unit=charge.unit,
        price=tier.price,
        amount=rounded(tariff, "demand", amount),
        formula=f"{plain(power)} {charge.unit} × {plain(tier.price)}{multiplier.text} ({reason})",
        source=source_text(tariff.source),
    )


def _excess_line(
    tariff: Tariff,
    charge: DemandCharge,
    stretch: BilledDemand,
    tier: Tier,
    multiplier: Multiplier,
) -> BillLine:
    excess = stretch.excess
    amount = excess * tier.price * multiplier.value
    return BillLine(
        kind="excess",
        part=charge.id,
        label_en=f"{charge.label_en}, contract exceeded",
        label_ja="契約超過金",
        quantity=excess,
        unit=charge.unit,
        price=tier.price,
        amount=rounded(tariff, "excess", amount),
        formula=f"{plain(excess)} {charge.unit} × {plain(tier.price)}{multiplier.text}",
        source=source_text(tariff.source),
    )
