"""What a tariff file may say: one class is one table of it, and turns into what it describes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from collector.tariffs.entry_values import (
    WEEKDAYS,
    Currency,
    DaySpan,
    Id,
    ListedDay,
    Month,
    NotNegative,
    Number,
    Percent,
    Positive,
    Text,
    Times,
    Weekday,
    twelve_or_none,
)
from collector.tariffs.rounding import Rounding, RoundingMode
from collector.tariffs.series import Confidence, Series, SeriesEntry, Source, months_on
from collector.tariffs.tariff import (
    DAY_MINUTES,
    Adder,
    AdderKind,
    Band,
    DayType,
    DemandCharge,
    EnergyCharge,
    LineKind,
    Market,
    PowerFactorRule,
    ReactiveCharge,
    Season,
    SeasonPrice,
    Status,
    Tariff,
    Tax,
    Tier,
    Utilisation,
    When,
)


class Entry(BaseModel):
    """A table of the file: nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceEntry(Entry):
    """Where the figures come from."""

    title: Text
    url: Text
    published_on: Text
    confidence: Confidence
    note: str = ""

    def made(self) -> Source:
        """The source."""
        return Source(**self.model_dump())


class SeriesEntryEntry(Entry):
    """A price of one bill month, or of several."""

    first: Month = Field(alias="from")
    end: Month | None = Field(default=None, alias="to")
    value: Number
    confidence: Confidence | None = None
    note: str = ""

    def made(self, source: Source) -> SeriesEntry:
        """The price with the months it stands for and where it comes from."""
        end = self.end or months_on(self.first, 1)
        own = replace(
            source,
            confidence=self.confidence or source.confidence,
            note=self.note or source.note,
        )
        return SeriesEntry(self.first, end, self.value, own)


class SeriesTable(Entry):
    """A price by bill month."""

    id: Id
    title: Text
    source: SourceEntry
    entries: list[SeriesEntryEntry] = []

    def made(self) -> Series:
        """The series."""
        source = self.source.made()
        return Series(self.id, self.title, tuple(entry.made(source) for entry in self.entries))


class SeasonEntry(Entry):
    """A part of the year."""

    id: Id
    spans: list[DaySpan] = Field(min_length=1)

    def made(self) -> Season:
        """The season."""
        return Season(self.id, tuple(self.spans))


class DayTypeEntry(Entry):
    """A kind of day; one without any rule is what the others leave."""

    id: Id
    weekdays: list[Weekday] = []
    holidays: str = ""
    dates: list[ListedDay] = []

    def made(self) -> DayType:
        """The kind of day."""
        return DayType(
            self.id,
            tuple(WEEKDAYS.index(name) for name in self.weekdays),
            self.holidays,
            tuple(day for day in self.dates if not isinstance(day, date)),
            tuple(day for day in self.dates if isinstance(day, date)),
        )


class WhenEntry(Entry):
    """Hours of some days of some seasons."""

    seasons: list[str] = []
    days: list[str] = []
    times: list[Times] = Field(default=[(0, DAY_MINUTES)], min_length=1)

    def made(self) -> When:
        """The hours."""
        return When(tuple(self.seasons), tuple(self.days), tuple(self.times))


class BandEntry(Entry):
    """A time band."""

    id: Id
    label_en: Text
    label_ja: Text
    when: list[WhenEntry] = Field(min_length=1)

    def made(self) -> Band:
        """The band."""
        return Band(self.id, self.label_en, self.label_ja, _made(self.when))


class TierEntry(Entry):
    """A price up to a quantity; the last tier has no end."""

    up_to: Positive | None = None
    price: Number

    def made(self) -> Tier:
        """The tier."""
        return Tier(self.up_to, self.price)


class Priced(Entry):
    """Something with one price or with tiers, and perhaps only for some hours of use."""

    price: Number | None = None
    tiers: list[TierEntry] = []
    from_utilisation_hours: Annotated[int, Field(ge=0)] = 0
    below_utilisation_hours: Annotated[int, Field(gt=0)] | None = None

    @property
    def priced(self) -> tuple[Tier, ...]:
        """The tiers, or the one price as the only tier; both or none is told by the checks."""
        one = () if self.price is None else (Tier(None, self.price),)
        return (*one, *(tier.made() for tier in self.tiers))

    @property
    def utilisation(self) -> Utilisation:
        """The hours of use it is meant for."""
        return Utilisation(self.from_utilisation_hours, self.below_utilisation_hours)


class EnergyEntry(Priced):
    """The price of energy in a band; without a band, at all hours."""

    band: str = "all"

    def made(self) -> EnergyCharge:
        """The charge."""
        return EnergyCharge(self.band, self.priced, self.utilisation)


class RoundingEntry(Entry):
    """How something is rounded."""

    mode: RoundingMode
    step: Positive

    def made(self) -> Rounding:
        """The rounding."""
        return Rounding(self.mode, self.step)


class SeasonPriceEntry(Entry):
    """A price of demand in some seasons."""

    seasons: list[str] = Field(min_length=1)
    price: Number | None = None
    tiers: list[TierEntry] = []

    def made(self) -> SeasonPrice:
        """The price."""
        one = () if self.price is None else (Tier(None, self.price),)
        return SeasonPrice(tuple(self.seasons), (*one, *(tier.made() for tier in self.tiers)))


class DemandEntry(Priced):
    """A demand charge."""

    id: Id
    label_en: Text = "Demand charge"
    label_ja: Text = "基本料金"
    interval_minutes: Literal[15, 30, 60]
    window: Literal["fixed", "sliding"] = "fixed"
    unit: Literal["kW", "kVA"] = "kW"
    per: Literal["month", "day", "year"] = "month"
    season_prices: list[SeasonPriceEntry] = []
    mode: Literal["measured", "agreed"] = "measured"
    lookback_months: Annotated[int, Field(ge=0, le=24)] = 0
    ratchet_percent: Percent = Decimal(100)
    ratchet_calendar_months: list[Annotated[int, Field(ge=1, le=12)]] = []
    minimum: NotNegative = Decimal(0)
    excess_factor: Positive | None = None
    rounding: RoundingEntry | None = None
    power_factor: bool = False
    when: list[WhenEntry] = []

    def made(self) -> DemandCharge:
        """The charge."""
        of_all = (SeasonPrice((), self.priced),) if self.priced else ()
        return DemandCharge(
            **{name: getattr(self, name) for name in _DEMAND_AS_WRITTEN},
            prices=(*of_all, *(price.made() for price in self.season_prices)),
            ratchet_calendar_months=tuple(self.ratchet_calendar_months),
            rounding=self.rounding.made() if self.rounding else None,
            when=_made(self.when),
            utilisation=self.utilisation,
        )


_DEMAND_AS_WRITTEN = (
    "id", "label_en", "label_ja", "interval_minutes", "window", "unit", "per", "mode",
    "lookback_months", "ratchet_percent", "minimum", "excess_factor", "power_factor",
)  # fmt: skip


class PowerFactorEntry(Entry):
    """How the power factor multiplies a demand charge."""

    times: Times
    base_percent: Percent
    cap_percent: Percent = Decimal(100)
    rounding: RoundingEntry

    def made(self) -> PowerFactorRule:
        """The rule."""
        rounding = self.rounding.made()
        return PowerFactorRule(self.times, self.base_percent, self.cap_percent, rounding)


class ReactiveEntry(Entry):
    """A price on reactive energy beyond a share of the active."""

    free_percent: NotNegative
    price: NotNegative

    def made(self) -> ReactiveCharge:
        """The charge."""
        return ReactiveCharge(self.free_percent, self.price)


class AdderEntry(Entry):
    """What comes on top."""

    id: Id
    kind: AdderKind
    label_en: Text
    label_ja: Text
    per: Literal["kWh", "kW", "month", "day", "year"]
    price: Number | None = None
    series: str = ""
    by_month: Annotated[list[Number], AfterValidator(twelve_or_none)] = []
    sign: Literal[1, -1] = 1

    def made(self) -> Adder:
        """The adder."""
        return Adder(**{**dict(self), "by_month": tuple(self.by_month)})


class MarketEntry(Entry):
    """Energy at the market's price."""

    area: Text
    loss_percent: Percent
    fee_per_kwh: Number

    def made(self) -> Market:
        """The rule."""
        return Market(self.area, self.loss_percent, self.fee_per_kwh)


class TaxEntry(Entry):
    """What the prices say of tax."""

    mode: Literal["included", "added", "none"]
    percent: Percent = Decimal(0)

    def made(self) -> Tax:
        """The tax."""
        return Tax(self.mode, self.percent)


class TariffTable(Entry):
    """A tariff in one version."""

    id: Id
    name_en: Text
    name_ja: str = ""
    area: Text
    supplier: Text
    voltage: Text
    currency: Currency
    status: Status
    valid_from: date
    valid_to: date | None = None
    source: SourceEntry
    tax: TaxEntry
    seasons: list[SeasonEntry] = []
    day_types: list[DayTypeEntry] = []
    bands: list[BandEntry] = []
    energy: list[EnergyEntry] = []
    demand: list[DemandEntry] = []
    power_factor: PowerFactorEntry | None = None
    reactive: ReactiveEntry | None = None
    adders: list[AdderEntry] = []
    market: MarketEntry | None = None
    minimum_per_month: NotNegative | None = None
    rounding: dict[LineKind | Literal["total", "kwh"], RoundingEntry] = {}
    under_kw: Positive | None = None
    notes: str = ""

    def made(self) -> Tariff:
        """The tariff, its series still to be put in."""
        everywhere = () if self.bands else (Band("all", "all hours", "全時間"),)
        return Tariff(
            **{name: getattr(self, name) for name in _AS_WRITTEN},
            **{name: _made(getattr(self, name)) for name in _LISTS},
            name_ja=self.name_ja or self.name_en,
            source=self.source.made(),
            tax=self.tax.made(),
            bands=_made(self.bands) or everywhere,
            power_factor=self.power_factor.made() if self.power_factor else None,
            reactive=self.reactive.made() if self.reactive else None,
            market=self.market.made() if self.market else None,
            rounding={kind: entry.made() for kind, entry in self.rounding.items()},
        )


_LISTS = ("seasons", "day_types", "energy", "demand", "adders")
_AS_WRITTEN = (
    "id", "name_en", "area", "supplier", "voltage", "currency", "status", "valid_from",
    "valid_to", "minimum_per_month", "under_kw", "notes",
)  # fmt: skip


def _made(entries: Any) -> Any:
    return tuple(entry.made() for entry in entries)
