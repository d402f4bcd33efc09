"""What is told of each site of a portfolio, before anyone words it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from collector.reports.report import Language

Known = float | None


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """A site over local days ``first`` to ``end`` (excluded); None where a figure is not known.

    ``kwh`` is the energy of its stored days, ``kwh_before`` that of the same days a year before
    (only of days both years have, ``change`` likewise). ``co2_kg`` is by the site's own method,
    ``co2_by_method_kg`` by each that could be booked. ``peak_kw`` is the largest half hour,
    ``lf_peak`` mean over largest power, ``lf_contract`` mean over contract power. ``base_kw`` is
    the median of the days' lowest half hours, ``standby_share`` the energy of half hours detected
    as not operating, ``off_day_share`` that of Sundays, holidays and closed days, ``night_share``
    that of 22:00 to 8:00. ``coverage`` is the measured share of the time, ``estimated`` the
    bridged share of the energy, ``missing`` the share of half hours that are unknown. ``remarks``
    say why a figure is not there, one line each.
    """

    site: str
    name: str
    first: date
    end: date
    kwh: Known = None
    kwh_before: Known = None
    change: Known = None
    co2_kg: Known = None
    co2_by_method_kg: Mapping[str, float] = field(default_factory=dict)
    energy_cost: Known = None
    currency: str = ""
    peak_kw: Known = None
    peak_at: datetime | None = None
    contract_kw: Known = None
    lf_peak: Known = None
    lf_contract: Known = None
    base_kw: Known = None
    base_share: Known = None
    standby_kw: Known = None
    standby_share: Known = None
    off_day_share: Known = None
    night_share: Known = None
    coverage: float = 0.0
    estimated: float = 0.0
    missing: float = 1.0
    remarks: tuple[str, ...] = ()
    name_en: str = ""

    def called(self, language: Language) -> str:
        """The site's name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.site


@dataclass(frozen=True, slots=True)
class SiteFault:
    """A site of which nothing could be told, and why; ``stored`` is False without any data."""

    site: str
    reason: str
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The sites over local days ``first`` to ``end`` (excluded), in the order asked for."""

    first: date
    end: date
    sites: tuple[SiteFigures, ...]
    faults: tuple[SiteFault, ...] = ()
