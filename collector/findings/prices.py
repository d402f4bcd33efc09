"""What a kWh and a kW saved are worth at a site: by slot, by year, and by which bills.

The price of a kWh is the marginal one of its slot: energy of its time band, adjustments and levy.
The value of a kW is that of ``billing.what_if.value_of_one_kw``. A list price that already has all
in it serves where there is no tariff (``flat_prices``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from collector.analysis.frame import Floats, index_of
from collector.billing.load import BilledMonth, Terms
from collector.billing.site_costs import EnergyPrice
from collector.billing.what_if import hours_of_use, value_of_one_kw
from collector.errors import CollectorError
from collector.findings.finding import Said
from collector.rollup.periods import Calendar
from collector.tariffs.tariff import Tariff, Utilisation


@dataclass(frozen=True)
class Billing:
    """The site's bill months with the tariff in force, and the tariffs it could have instead.

    ``months`` reach a year back before the first billed one (``billed_from``, in
    ``billing.what_if.bills`` the ``from_day``); ``power_factor_percent`` is the newest month's.
    """

    months: tuple[BilledMonth, ...] = field(repr=False)
    tariff: Tariff
    terms: Terms
    from_month: BilledMonth = field(repr=False)
    others: tuple[Tariff, ...] = ()
    power_factor_percent: Decimal = Decimal(100)

    @cached_property
    def utilisation_hours(self) -> Decimal:
        """Yearly kWh over the largest demand (h), which chooses between price pairs.

        Zero where the tariff has no such pairs.
        """
        limits = [charge.utilisation for charge in self.tariff.energy]
        limits += [charge.utilisation for charge in self.tariff.demand]
        if all(limit == Utilisation() for limit in limits):
            return Decimal(0)
        return hours_of_use(self.months, self.tariff)

    @property
    def agreed(self) -> bool:
        """Whether the contract power is agreed rather than set by demand."""
        return any(charge.mode == "agreed" for charge in self.tariff.demand)

    @property
    def agreed_kw(self) -> float | None:
        """The agreed power in force at the end of the last month (kW); None where none is."""
        begun = [p for p in self.terms.agreed if p.from_date < self.months[-1].end]
        return float(max(begun, key=lambda p: p.from_date).kw) if begun else None

    def kw_value(self, percent: Decimal | None = None) -> float:
        """What a kW of demand is worth a year at a power factor (None: the newest month's)."""
        given = self.power_factor_percent if percent is None else percent
        year = self.months[-1].month.year
        return float(value_of_one_kw(self.tariff, given, year, self.utilisation_hours))


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices along the slots of a site's load.

    ``per_kwh`` has the price of each slot (NaN where not known), ``one_kw`` the worth of a kW of
    demand a year (0 where demand is not billed), in ``currency``. ``basis`` says in a sentence
    what they are, ``caveats`` what they leave out.
    """

    currency: str
    per_kwh: Floats
    one_kw: float
    basis: Said
    caveats: tuple[Said, ...] = ()
    billing: Billing | None = None

    @property
    def mean(self) -> float:
        """The plain mean of the known prices."""
        return float(np.nanmean(self.per_kwh))


def flat_prices(slots: pd.DataFrame, per_kwh: float, one_kw: float = 0.0) -> Prices:
    """One price for all slots, of a kWh with everything in it, and of a kW a year.

    Raises ``CollectorError`` for a price that is not above nothing.
    """
    if not per_kwh > 0 or one_kw < 0:
        raise CollectorError(f"a price of {per_kwh:g} a kWh", "write one above zero: --price 25.5")
    text = f"¥{per_kwh:,.2f}/kWh"
    kw = f", ¥{one_kw:,.0f}/kW" if one_kw else ""
    basis = Said(f"一律{text}{kw}(指定の単価)", f"one price of {text}{kw} as given")
    return Prices("JPY", np.full(len(slots), per_kwh), one_kw, basis)


def tariff_prices(slots: pd.DataFrame, calendar: Calendar, billing: Billing) -> Prices:
    """Prices by the tariff in force, for the slots of a load.

    Raises ``BillError`` where a time band begins inside a slot, and ``CollectorError`` when no
    slot has a price: energy at the market's price without prices.
    """
    tariff = billing.tariff
    energy = EnergyPrice(tariff, calendar, billing.utilisation_hours, billing.terms.market_prices)
    starts = index_of(slots).as_unit("ms").asi8.tolist()
    found = [np.nan if price is None else float(price) for price in energy.prices(starts)]
    per_kwh = np.array(found, dtype=np.float64)
    if np.isnan(per_kwh).all():
        hint = "give a price instead: --price 25.5"
        raise CollectorError(f"tariff {tariff.id} has no price for any slot of the period", hint)
    one_kw = billing.kw_value()
    basis = _basis(tariff, per_kwh, one_kw, billing.power_factor_percent)
    caveats = tuple(_caveats(tariff, energy, billing))
    return Prices(tariff.currency, per_kwh, one_kw, basis, caveats, billing)


def _basis(tariff: Tariff, per_kwh: Floats, one_kw: float, percent: Decimal) -> Said:
    low, high = float(np.nanmin(per_kwh)), float(np.nanmax(per_kwh))
    kwh = f"{low:,.2f}-{high:,.2f}" if high - low > 0.005 else f"{low:,.2f}"
    unit = tariff.currency
    return Said(
        f"{tariff.name_ja}({tariff.id}): {kwh} {unit}/kWh(調整額・賦課金込み)、"
        f"1 kWは年{one_kw:,.0f} {unit}(力率{percent:g} %)",
        f"{tariff.name_en} ({tariff.id}): {kwh} {unit}/kWh with adjustments and levy,"
        f" a kW {one_kw:,.0f} {unit} a year (power factor {percent:g} %)",
    )


def _caveats(tariff: Tariff, energy: EnergyPrice, billing: Billing) -> list[Said]:
    found = []
    months = [month.month for month in billing.months if month.first >= billing.from_month.first]
    unknown = sorted({name for month in months for name in energy.unknown(month)})
    if unknown:
        text = ", ".join(unknown)
        found.append(
            Said(
                f"単価が分からない月があり含めていない: {text}",
                f"left out in months without a price: {text}",
            )
        )
    if not energy.exact:
        found.append(
            Said("段階料金は第1段の単価で評価", "tiers are valued at the first tier's price")
        )
    if tariff.status == "example":
        found.append(
            Said("料金表は計算例で、実在の契約ではない", "the tariff is a worked example, no offer")
        )
    return found
