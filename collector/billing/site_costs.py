"""What a kWh costs in a slot, so that energy cost can be booked by slot, day and circuit.

Demand charges, power factor, fees, minimum and the rounding of lines belong to the whole bill and
are not in it; tax is, where it is added to the prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from collector.billing.energy_lines import straddles
from collector.rollup.periods import Calendar
from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import DAY_MINUTES, Tariff, Tier


class EnergyPrice:
    """The price of a kWh under one tariff, by slot: time band and what is added per kWh.

    With tiers the price is the first tier's, since a slot does not know how far the month will
    come; ``exact`` is then False. ``utilisation_hours`` chooses between price pairs (None: the
    first). An adder whose price in a bill month is not known is left out: ``unknown`` names it.
    Raises ``BillError`` when a time band begins or ends inside the calendar's slots.
    """

    def __init__(
        self,
        tariff: Tariff,
        calendar: Calendar,
        utilisation_hours: Decimal | None = None,
        market_prices: Mapping[int, Decimal] | None = None,
    ) -> None:
        hours = utilisation_hours or Decimal(0)
        self._tiers: Mapping[str, Sequence[Tier]] = {
            charge.band: charge.tiers
            for charge in tariff.energy
            if charge.utilisation.covers(hours)
        }
        self.exact = all(len(tiers) == 1 for tiers in self._tiers.values())
        self._tariff = tariff
        self._calendar = calendar
        self._market = market_prices or {}
        self._days = TariffDays(tariff)
        self._by_day: dict[date, tuple[Decimal | None, ...]] = {}
        self._by_pattern: dict[tuple[date, tuple[str, ...]], tuple[Decimal | None, ...]] = {}
        self._known: dict[int, Decimal | None] = {}
        self._refuse_edges_inside_slots()

    def price_per_kwh(self, start_ms: int) -> Decimal | None:
        """The price of a kWh, in the tariff's currency, in the slot that begins at the instant.

        None where it is not known: energy at the market's price without that price.
        """
        return self.prices((start_ms,))[0]

    def prices(self, starts_ms: Sequence[int]) -> list[Decimal | None]:
        """The price of a kWh in each slot, given by its start (UTC ms), in the same order."""
        known = self._known
        for start_ms in starts_ms:
            if start_ms not in known:
                known[start_ms] = self._price(start_ms)
        return [known[start_ms] for start_ms in starts_ms]

    def unknown(self, month: date) -> tuple[str, ...]:
        """The adders per kWh whose price in the bill month (its first day) is not known."""
        return tuple(
            adder.label_en
            for adder in self._tariff.adders
            if adder.per == "kWh" and self._tariff.price_of(adder, month) is None
        )

    def _price(self, start_ms: int) -> Decimal | None:
        at = datetime.fromtimestamp(start_ms / 1000, self._calendar.zone)
        day = at.date()
        if day not in self._by_day:
            self._by_day[day] = self._of_day(day)
        base = self._by_day[day][(60 * at.hour + at.minute) // 15]
        market = self._tariff.market
        if market is None or base is None:
            return base
        price = self._market.get(start_ms)
        if price is None:
            return None
        return base + self._taxed(price / (1 - market.loss_percent / 100) + market.fee_per_kwh)

    def _of_day(self, day: date) -> tuple[Decimal | None, ...]:
        month = self._calendar.billing_month_of(day)
        bands = tuple(self._days.bands(day))
        if (month, bands) not in self._by_pattern:
            added = self._added(month)
            by_band = {
                band: self._taxed(added + self._tiers[band][0].price)
                for band in dict.fromkeys(bands)
                if band in self._tiers
            }
            bare = self._taxed(added) if not self._tiers else None
            self._by_pattern[month, bands] = tuple(by_band.get(band, bare) for band in bands)
        return self._by_pattern[month, bands]

    def _added(self, month: date) -> Decimal:
        adders = [adder for adder in self._tariff.adders if adder.per == "kWh"]
        entries = [self._tariff.price_of(adder, month) for adder in adders]
        return sum((entry.value for entry in entries if entry), Decimal(0))

    def _taxed(self, price: Decimal) -> Decimal:
        tax = self._tariff.tax
        return price * (100 + tax.percent) / 100 if tax.mode == "added" else price

    def _refuse_edges_inside_slots(self) -> None:
        minutes = self._calendar.slot_minutes
        for band in self._tariff.bands:
            for edge in (edge for when in band.when for span in when.spans for edge in span):
                if edge % minutes and edge != DAY_MINUTES:
                    raise straddles("any day", edge - edge % minutes, minutes)
