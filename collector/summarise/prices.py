"""What the energy of a site's slots costs, by the tariff in force on each local day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from collector.billing.site_costs import EnergyPrice
from collector.errors import StopError
from collector.rollup.carbon import energy_kwh
from collector.rollup.costs import Cost
from collector.rollup.periods import Calendar
from collector.site_config import SiteSettings
from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import Tariff

Slot = tuple[int, int]
"""Start (UTC ms) and energy (milli-Wh)."""


class SitePrices:
    """Energy in, its cost out, for one site.

    ``faults`` says what was missing on the way, ``notes`` what the cost was booked without.
    """

    def __init__(self, site: SiteSettings, calendar: Calendar, tariffs: TariffLibrary) -> None:
        self._site, self._calendar, self._tariffs = site, calendar, tariffs
        self._by_tariff: dict[str, EnergyPrice | None] = {}
        self._of_day: dict[date, tuple[Tariff, EnergyPrice] | None] = {}
        self._faults: dict[str, None] = {}
        self._notes: dict[str, set[str]] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What costs leave out, each thing once, with the months it is left out of."""
        return tuple(
            f"site {self._site.id}: {what} is not known for {_told(sorted(months))}: cost is booked"
            " without it (add the months to your own file of the series, then: collector recompute"
            " --cost)"
            for what, months in self._notes.items()
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """What is missing, each thing once, in the order it was met."""
        return tuple(self._faults)

    def cost(self, day: date, slots: Sequence[Slot]) -> Cost | None:
        """The energy cost of slots of a local day; None without a tariff, or without a price."""
        if day not in self._of_day:
            self._of_day[day] = self._on(day)
        found = self._of_day[day]
        if found is None:
            return None
        tariff, price = found
        prices = price.prices([start_ms for start_ms, _ in slots])
        by_price: dict[Decimal, int] = {}
        for (_, milli_wh), per_kwh in zip(slots, prices, strict=True):
            if per_kwh is None:
                hours = f"tariff {tariff.id}: no price for some hours of {day}"
                self._note(f"{hours}: no cost booked")
                return None
            by_price[per_kwh] = by_price.get(per_kwh, 0) + milli_wh
        parts = (energy_kwh(milli_wh) * per_kwh for per_kwh, milli_wh in by_price.items())
        return Cost(sum(parts, Decimal(0)), tariff.currency)

    def _on(self, day: date) -> tuple[Tariff, EnergyPrice] | None:
        begun = [entry for entry in self._site.tariffs if entry.from_date <= day]
        if not begun:
            return None
        try:
            tariff = self._tariffs.nearest(begun[-1].tariff, day)
        except StopError as error:
            self._note(str(error))
            return None
        if not tariff.covers(day):
            used = f"that of {tariff.valid_from} is used"
            self._note(f"tariff {tariff.id} has no version for its days: {used}")
        price = self._price(tariff)
        if price is None:
            return None
        month = self._calendar.billing_month_of(day)
        for adder in price.unknown(month):
            self._notes.setdefault(f"tariff {tariff.id}: {adder}", set()).add(f"{month:%Y-%m}")
        return tariff, price

    def _price(self, tariff: Tariff) -> EnergyPrice | None:
        key = f"{tariff.id} {tariff.valid_from}"
        if key not in self._by_tariff:
            self._by_tariff[key] = None
            try:
                self._by_tariff[key] = EnergyPrice(tariff, self._calendar)
            except StopError as error:
                self._note(str(error))
        return self._by_tariff[key]

    def _note(self, fault: str) -> None:
        self._faults[f"site {self._site.id}: {fault}"] = None


def _told(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{len(months)} months, {months[0]} to {months[-1]}"
