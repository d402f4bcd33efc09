"""What the site overview is made of: totals as stored, and the evidence beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from collector.factors.factor import Factor
from collector.reports.report import Language
from collector.rollup.totals import Total

Standing = Literal["official", "provisional", "fallback", "outdated"]
"""What a factor is to the days it was booked for: their own; in the place of one that is not yet
final; in the place of one that does not exist; or by now no longer what applies to them."""
STANDINGS: tuple[Standing, ...] = ("official", "provisional", "fallback", "outdated")
"""From the best to the worst: a factor has the worst standing it had on any day."""


@dataclass(frozen=True, slots=True)
class MeterData:
    """One meter's totals in the period. ``readings`` is the number stored, None if not counted.

    ``name`` is what the plant calls it; ``name_en`` what the English page says instead.
    """

    id: str
    name: str
    days: tuple[Total, ...] = ()
    slots: tuple[Total, ...] = ()
    parent: str | None = None
    name_en: str = ""
    readings: int | None = None

    def called(self, language: Language) -> str:
        """The name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.id


@dataclass(frozen=True, slots=True)
class FactorUsed:
    """An emission factor behind the period's CO2, as it must be cited.

    ``value`` is kg/kWh of the ``gas``, CO2 or CO2e; the activity window starts with
    ``valid_from`` and excludes ``valid_to`` (None: open). ``supplier`` and ``menu`` are as the
    source prints them, ``published`` is the publisher's date or revision, ``attribution`` what
    its licence asks for.
    """

    id: str
    value: Decimal
    source_title: str
    publisher: str
    status: Standing
    valid_from: date
    valid_to: date | None
    method: str
    supplier: str = ""
    menu: str = ""
    published: str = ""
    attribution: str = ""
    region: str = ""
    gas: str = "CO2"

    @classmethod
    def of(cls, factor: Factor, status: Standing) -> FactorUsed:
        """The citation of a row that days were booked with."""
        source = factor.source
        return cls(
            factor.id,
            factor.kg_per_kwh,
            source.title,
            source.publisher,
            status,
            factor.valid_from,
            factor.valid_to,
            factor.method,
            supplier=" ".join(filter(None, (factor.supplier, factor.supplier_name))),
            menu=factor.menu_name or factor.menu,
            published=", ".join(filter(None, (source.published_on, source.revision))),
            attribution=source.attribution,
            region=factor.region,
            gas=factor.gas,
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence in both languages; ``at_ms`` (UTC) when it is about an instant."""

    ja: str
    en: str
    at_ms: int | None = None

    def said(self, language: Language) -> str:
        """The sentence in the language."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What is known of the readings' way: stored, lost, duplicated (None: not known), events."""

    readings_stored: int
    readings_lost: int | None = None
    readings_duplicated: int | None = None
    events: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteOverviewData:
    """Everything the site overview says. Times are UTC ms, ``to_ms`` is excluded.

    ``site_days`` and ``site_slots`` are the totals of ``_site`` (periods 1d and 30m),
    ``unmeasured_days`` those of ``_unmeasured``. ``from_ms`` should be a local midnight
    (the total of the day it lies in is taken whole); ``to_ms`` may lie within a day, which is
    then shown as unfinished. ``remarks`` stand at the top of the page.
    """

    site_id: str
    name: str
    zone: ZoneInfo
    from_ms: int
    to_ms: int
    made_at_ms: int
    software_version: str
    site_days: tuple[Total, ...]
    site_slots: tuple[Total, ...]
    meters: tuple[MeterData, ...] = ()
    unmeasured_days: tuple[Total, ...] = ()
    factors: tuple[FactorUsed, ...] = ()
    delivery: DeliveryCounts | None = None
    name_en: str = ""
    fiscal_year_starts: int = 4
    contract_power_kw: float | None = None
    remarks: tuple[Remark, ...] = ()

    def called(self, language: Language) -> str:
        """The site's name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.site_id

    @property
    def leaves(self) -> tuple[MeterData, ...]:
        """The meters that are nobody's parent: with the unmeasured rest they make up the site."""
        parents = {meter.parent for meter in self.meters}
        return tuple(meter for meter in self.meters if meter.id not in parents)
