"""A tariff: what is charged for energy, demand, power factor and the rest, from when to when.

Prices are decimals in ``currency``. The model follows section 3.3 of the reference
(analytics-reports): calendar, seasons, bands, energy, demand, power factor, adders, market,
rounding. Times are local times of day in minutes; "22:00-08:00" means 0 to 8 and 22 to 24 of the
same day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from collector.errors import StopError
from collector.tariffs.rounding import Rounding
from collector.tariffs.series import Series, SeriesEntry, Source

MonthDay = tuple[int, int]
MinuteSpan = tuple[int, int]
Status = Literal["current", "old", "example"]
LineKind = Literal[
    "demand", "excess", "reactive", "energy", "market", "fuel", "levy", "capacity",
    "adjustment", "discount", "fixed", "minimum", "tax",
]  # fmt: skip
AdderKind = Literal["fuel", "levy", "capacity", "adjustment", "discount", "fixed"]
QUARTER_MINUTES = 15
"""Bands begin and end on a quarter of an hour."""
DAY_MINUTES = 24 * 60


_Place = TypeVar("_Place", int, MonthDay)


class TariffError(StopError):
    """No tariff applies, or a tariff file has faults: one line each."""


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year: half-open spans of (month, day), which may run over the year's end."""

    id: str
    spans: tuple[tuple[MonthDay, MonthDay], ...]

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        at = (day.month, day.day)
        return any(_between(at, first, end) for first, end in self.spans)


@dataclass(frozen=True, slots=True)
class DayType:
    """A kind of day: by weekday (0 Monday), public holiday, or the tariff's own day list.

    One without any rule is every day that no other type takes.
    """

    id: str
    weekdays: tuple[int, ...] = ()
    holidays: str = ""
    every_year: tuple[MonthDay, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def rest(self) -> bool:
        """Whether it takes what the others leave."""
        return not (self.weekdays or self.holidays or self.every_year or self.days)


@dataclass(frozen=True, slots=True)
class When:
    """Hours of a year: seasons, day types (both: empty for all) and spans of minutes of the day."""

    seasons: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    spans: tuple[MinuteSpan, ...] = ((0, DAY_MINUTES),)

    def covers(self, season: str, day_type: str, minute: int) -> bool:
        """Whether that minute of such a day lies in it."""
        return (
            (not self.seasons or season in self.seasons)
            and (not self.days or day_type in self.days)
            and any(_between(minute, first, end) for first, end in self.spans)
        )


def _between(at: _Place, first: _Place, end: _Place) -> bool:
    return first <= at < end if first < end else at >= first or at < end


@dataclass(frozen=True, slots=True)
class Band:
    """A time band with its price: the hours in which a kWh costs the same."""

    id: str
    label_en: str
    label_ja: str
    when: tuple[When, ...] = (When(),)


@dataclass(frozen=True, slots=True)
class Tier:
    """A price up to a quantity (kWh or kW of the month); None: whatever is above."""

    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Utilisation:
    """The hours of use (yearly kWh / yearly peak kW) for which a price is meant, half-open."""

    from_hours: int = 0
    below_hours: int | None = None

    def covers(self, hours: Decimal) -> bool:
        """Whether a site of so many hours of use pays this price."""
        return self.from_hours <= hours and (self.below_hours is None or hours < self.below_hours)


@dataclass(frozen=True, slots=True)
class EnergyCharge:
    """The price of a kWh in a band, by tier of the month's kWh in that band."""

    band: str
    tiers: tuple[Tier, ...]
    utilisation: Utilisation = Utilisation()


@dataclass(frozen=True, slots=True)
class SeasonPrice:
    """The price of a unit of demand in some seasons (empty: all), by tier of that demand."""

    seasons: tuple[str, ...]
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class DemandCharge:
    """A price on the largest mean power of the month.

    ``mode`` measured: the largest of this month and of ``ratchet_percent`` of each of the
    ``lookback_months`` before it (100 % of 11 months is Japan's contract power, a part of them a US
    ratchet), at least ``minimum``. ``mode`` agreed: the power of the contract, and on what goes
    beyond it ``excess_factor`` times the price (contract excess charge).
    ``ratchet_calendar_months``: only these months (1-12) are looked back to; empty for all.
    ``rounding`` is that of the billed power. ``when``: only windows that begin in it count.
    """

    id: str
    label_en: str
    label_ja: str
    interval_minutes: int
    window: Literal["fixed", "sliding"]
    unit: Literal["kW", "kVA"]
    per: Literal["month", "day", "year"]
    prices: tuple[SeasonPrice, ...]
    mode: Literal["measured", "agreed"]
    lookback_months: int = 0
    ratchet_percent: Decimal = Decimal(100)
    ratchet_calendar_months: tuple[int, ...] = ()
    minimum: Decimal = Decimal(0)
    excess_factor: Decimal | None = None
    rounding: Rounding | None = None
    power_factor: bool = False
    when: tuple[When, ...] = ()
    utilisation: Utilisation = Utilisation()


@dataclass(frozen=True, slots=True)
class PowerFactorRule:
    """The month's power factor multiplies a demand charge by (100 + base - PF) / 100.

    PF = 100 W / sqrt(W^2 + Q^2) over the hours of ``span`` each day, Q the lagging reactive energy
    only, rounded to ``rounding`` and no more than ``cap_percent``. Reference 1.5.
    """

    span: MinuteSpan
    base_percent: Decimal
    cap_percent: Decimal
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class ReactiveCharge:
    """A price on each kvarh beyond ``free_percent`` of the kWh (48.43 %: power factor 0.9)."""

    free_percent: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Adder:
    """What comes on top, per kWh, per kW of the first demand charge, or per month, day or year.

    Exactly one of ``price``, ``series`` (the id of a price by bill month) and ``by_month`` (twelve
    prices, January first) is given. ``sign`` -1 turns a price printed positive into a deduction.
    """

    id: str
    kind: AdderKind
    label_en: str
    label_ja: str
    per: Literal["kWh", "kW", "month", "day", "year"]
    price: Decimal | None = None
    series: str = ""
    by_month: tuple[Decimal, ...] = ()
    sign: Literal[1, -1] = 1


@dataclass(frozen=True, slots=True)
class Market:
    """Energy at the area's market price: price of the slot / (1 - loss) + fee, per kWh."""

    area: str
    loss_percent: Decimal
    fee_per_kwh: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """``included`` in all prices, ``added`` at the end, or ``none``."""

    mode: Literal["included", "added", "none"]
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a tariff, from ``valid_from`` to before ``valid_to``.

    ``rounding`` is by kind of line, and ``total`` and ``kwh`` (the energy of a band) beside them.
    ``under_kw``: a site that reaches this demand must have another contract.
    ``series`` are those its adders name, put in by the library.
    """

    id: str
    name_en: str
    name_ja: str
    area: str
    supplier: str
    voltage: str
    currency: str
    status: Status
    valid_from: date
    valid_to: date | None
    source: Source
    tax: Tax
    seasons: tuple[Season, ...]
    day_types: tuple[DayType, ...]
    bands: tuple[Band, ...]
    energy: tuple[EnergyCharge, ...]
    demand: tuple[DemandCharge, ...] = ()
    power_factor: PowerFactorRule | None = None
    reactive: ReactiveCharge | None = None
    adders: tuple[Adder, ...] = ()
    market: Market | None = None
    minimum_per_month: Decimal | None = None
    rounding: Mapping[str, Rounding] = field(default_factory=dict)
    under_kw: Decimal | None = None
    series: tuple[Series, ...] = ()
    notes: str = ""

    def covers(self, day: date) -> bool:
        """Whether this version is in force on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def price_of(self, adder: Adder, month: date) -> SeriesEntry | None:
        """The adder's price, with its sign, in a bill month (its first day); None: not known."""
        if adder.series:
            entry = self.series_of(adder).entry(month)
            return entry and replace(entry, value=adder.sign * entry.value)
        price = adder.by_month[month.month - 1] if adder.by_month else adder.price
        return price if price is None else SeriesEntry(month, month, adder.sign * price)

    def series_of(self, adder: Adder) -> Series:
        """The series an adder names."""
        return next(series for series in self.series if series.id == adder.series)
