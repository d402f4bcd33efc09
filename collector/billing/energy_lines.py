"""Lines for energy: by time band and tier, at the market's price, and reactive energy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from collector.billing.errors import BillError
from collector.billing.lines import BillLine, plain, rounded, source_text
from collector.billing.load import MINUTE_MS, BilledMonth, Terms, kwh_of
from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import Band, EnergyCharge, Market, Tariff, Tier


def energy_lines(
    month: BilledMonth, tariff: Tariff, charges: Sequence[EnergyCharge], days: TariffDays
) -> Iterator[BillLine]:
    """A line for each band and tier in which energy was used, in the tariff's order.

    Raises ``BillError`` where a slot lies in two bands.
    """
    milli_wh = by_band(month, days)
    labels = {band.id: band for band in tariff.bands}
    for charge in charges:
        if milli_wh.get(charge.band):
            kwh = rounded(tariff, "kwh", kwh_of(milli_wh[charge.band]))
            yield from _tier_lines(tariff, labels[charge.band], charge.tiers, kwh)


def by_band(month: BilledMonth, days: TariffDays) -> Mapping[str, int]:
    """The energy (milli-Wh) of each band. Raises ``BillError`` where a slot lies in two bands."""
    found: dict[str, int] = defaultdict(int)
    for slot in month.slots:
        day, minute = month.local(slot.start_ms)
        minutes = (slot.end_ms - slot.start_ms) // MINUTE_MS
        band = days.band(day, minute, minutes)
        if band is None:
            raise straddles(day.isoformat(), minute, minutes)
        found[band] += slot.milli_wh or 0
    return found


def straddles(day: str, minute: int, minutes: int) -> BillError:
    """The error for a slot that begins in one band and ends in another."""
    at = f"{day} {minute // 60:02}:{minute % 60:02}"
    hint = "give shorter slots: slot_minutes = 15, or a file with 15-minute values"
    return BillError(f"the slot of {minutes} minutes at {at} lies in two time bands", hint)


def portions(tiers: Sequence[Tier], quantity: Decimal) -> Iterator[tuple[Tier, Decimal]]:
    """How much of a quantity is charged in each tier; tiers that get nothing are left out."""
    limits = [Decimal(0), *(min(tier.up_to or quantity, quantity) for tier in tiers)]
    for tier, (begin, end) in zip(tiers, pairwise(limits), strict=True):
        if end > begin:
            yield tier, end - begin


def _tier_lines(
    tariff: Tariff, band: Band, tiers: Sequence[Tier], kwh: Decimal
) -> Iterator[BillLine]:
    split = [(Tier(None, tiers[-1].price), kwh)] if kwh < 0 else list(portions(tiers, kwh))
    for tier, part in split:
        suffix = f" (to {plain(tier.up_to)} kWh)" if tier.up_to is not None else ""
        yield BillLine(
            kind="energy",
            part=band.id,
            label_en=f"Energy, {band.label_en}{suffix}",
            label_ja=f"電力量料金 {band.label_ja}{suffix}",
            quantity=part,
            unit="kWh",
            price=tier.price,
            amount=rounded(tariff, "energy", part * tier.price),
            formula=f"{plain(part)} kWh × {plain(tier.price)}",
            source=source_text(tariff.source),
        )


def market_lines(
    month: BilledMonth, tariff: Tariff, market: Market, terms: Terms
) -> Iterator[BillLine | str]:
    """One line for all energy whose slot has a market price, and a warning for the rest."""
    keep = 1 - market.loss_percent / 100
    bare = priced = 0
    amount = Decimal(0)
    for slot in month.slots:
        price = terms.market_prices.get(slot.start_ms)
        if price is None:
            bare += slot.milli_wh or 0
        else:
            priced += slot.milli_wh or 0
            amount += kwh_of(slot.milli_wh or 0) * (price / keep + market.fee_per_kwh)
    if bare:
        yield f"no market price of {market.area} for {plain(kwh_of(bare))} kWh: left out"
    if priced:
        yield _market_line(tariff, market, kwh_of(priced), rounded(tariff, "market", amount))


def _market_line(tariff: Tariff, market: Market, kwh: Decimal, amount: Decimal) -> BillLine:
    loss, fee = plain(market.loss_percent), plain(market.fee_per_kwh)
    return BillLine(
        kind="market",
        part=market.area,
        label_en="Energy at the market price",
        label_ja="電力量料金(市場連動)",
        quantity=kwh,
        unit="kWh",
        price=amount / kwh,
        amount=amount,
        formula=f"sum over slots of kWh × (area price / (1 - {loss} %) + {fee}); price is the mean",
        source=source_text(tariff.source),
    )


def reactive_lines(month: BilledMonth, tariff: Tariff) -> Iterator[BillLine | str]:
    """A line for reactive energy beyond the free share, or a warning where it is not measured."""
    charge = tariff.reactive
    if charge is None:
        return
    known = [slot for slot in month.slots if slot.lagging_milli_varh is not None]
    if len(known) < len(month.slots):
        yield f"no reactive energy in {len(month.slots) - len(known)} slots: left out"
    kvarh = kwh_of(sum(slot.lagging_milli_varh or 0 for slot in known))
    kwh = kwh_of(sum(slot.milli_wh or 0 for slot in known))
    beyond = kvarh - kwh * charge.free_percent / 100
    if beyond > 0:
        share = f"{plain(charge.free_percent)} % of {plain(kwh)} kWh"
        yield BillLine(
            kind="reactive",
            part="reactive",
            label_en="Reactive energy beyond the free share",
            label_ja="無効電力量料金",
            quantity=beyond,
            unit="kvarh",
            price=charge.price,
            amount=rounded(tariff, "reactive", beyond * charge.price),
            formula=f"({plain(kvarh)} kvarh - {share}) × {plain(charge.price)}",
            source=source_text(tariff.source),
        )
