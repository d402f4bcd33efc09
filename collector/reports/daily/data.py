"""What the daily report says, before anyone words it. Powers are means of half hours in kW."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from collector.calendars.plant_calendar import DayKind
from collector.reports.report import Language
from collector.reports.site_data import FactorUsed
from collector.reports.site_head import SiteHead

Known = float | None
MONTHS_BEFORE = 11
"""So many months before the present one set the contract power with it (実量制)."""
DayGroup = Literal["working", "saturday", "off"]


@dataclass(frozen=True, slots=True)
class HalfHour:
    """Mean power from ``at_ms`` (UTC) on, at ``hour`` of the day; None where it is unknown."""

    at_ms: int
    hour: float
    kw: Known
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Typical:
    """The typical day beside it: median, P10 and P90 of each half hour over ``days`` days.

    ``kwh`` is the energy of the median day, ``night_kw`` the median of the nights' means.
    """

    group: DayGroup
    days: int
    median_kw: tuple[Known, ...]
    p10_kw: tuple[Known, ...]
    p90_kw: tuple[Known, ...]
    kwh: Known
    night_kw: Known


@dataclass(frozen=True, slots=True)
class CircuitDay:
    """A circuit's day, the same on a typical day of the kind, and its mean power at night."""

    name: str
    kwh: Known
    typical_kwh: Known
    night_kw: Known
    name_en: str = ""
    rest: bool = False

    def called(self, language: Language) -> str:
        """The name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch (UTC ms, end excluded) in which a meter's energy is unknown or was bridged."""

    name: str
    from_ms: int
    to_ms: int
    estimated: bool
    name_en: str = ""

    def called(self, language: Language) -> str:
        """The meter's name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class LeftOn:
    """A stretch in which much more than the base load ran while the plant does not work."""

    from_ms: int
    to_ms: int
    kwh: float
    kw: float


@dataclass(frozen=True, slots=True)
class DailyData:
    """A site's local day.

    ``kwh`` and below are those of the booked day; ``cost`` is its energy part, without the demand
    charge. ``meters`` counts the electricity meters. ``night_kw`` is the mean of 00:00-05:00.
    ``month_peak_kw`` is the largest demand of the billing month up to and with the day,
    ``year_peak_kw`` that of the ``year_months`` before it that are known, of eleven.
    """

    head: SiteHead
    day: date
    kind: DayKind
    holiday: tuple[str, str]
    half_hours: tuple[HalfHour, ...]
    kwh: Known = None
    estimated_kwh: float = 0.0
    coverage: float = 0.0
    cost: Known = None
    currency: str = ""
    co2_kg: Known = None
    provisional: bool = False
    factors: tuple[FactorUsed, ...] = ()
    night_kw: Known = None
    typical: Typical | None = None
    circuits: tuple[CircuitDay, ...] = ()
    meters: int = 0
    silences: tuple[Silence, ...] = ()
    left_on: tuple[LeftOn, ...] = ()
    contract_kw: Known = None
    target_kw: Known = None
    month_peak_kw: Known = None
    month_peak_at_ms: int | None = None
    year_peak_kw: Known = None
    year_months: int = 0

    @property
    def peak(self) -> HalfHour | None:
        """The half hour with the largest demand of the day."""
        known = [half for half in self.half_hours if half.kw is not None]
        return max(known, key=lambda half: half.kw or 0.0, default=None)
