"""What the monthly report says, before anyone words it. Energies in kWh, powers in kW."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from collector.accounts.account import Account
from collector.accounts.span import Span
from collector.accounts.targets import ReductionRule
from collector.analysis.typical_day import Group
from collector.billing.lines import Bill
from collector.reports.report import Language
from collector.reports.site_data import SiteOverviewData
from collector.reports.site_head import SiteHead

Known = float | None


@dataclass(frozen=True, slots=True)
class GroupDays:
    """The days of a group in a month: how many are known, their mean energy and base load."""

    group: Group
    days: int
    kwh_a_day: Known
    base_kw: Known


@dataclass(frozen=True, slots=True)
class MonthSums:
    """A month's figures; ``co2_kg`` by the site's own method, None where a day has none.

    ``known_days`` are those with a booked total, ``energy_cost`` is without the demand charge.
    """

    span: Span
    known_days: int
    kwh: Known
    co2_kg: Known
    energy_cost: Known
    peak_kw: Known
    load_factor: Known
    base_kw: Known
    groups: tuple[GroupDays, ...] = ()

    def of(self, group: Group) -> GroupDays | None:
        """The days of the group, None where there are none."""
        return next((days for days in self.groups if days.group == group), None)


@dataclass(frozen=True, slots=True)
class MonthPeak:
    """A billing month's largest demand and its base load; ``whole`` when all its days are seen."""

    month: date
    peak_kw: float
    at_ms: int
    whole: bool
    base_kw: Known


@dataclass(frozen=True, slots=True)
class ContractOutlook:
    """What the demand charge hangs on, this month and the next one.

    ``kw`` is this month's contract power, set by the demand of ``set_by``; it is ``agreed`` where
    a power of the settings stands instead. ``next_kw`` is the least that next month's can be,
    set by ``next_set_by``, which counts up to and with ``counts_until``. ``missing`` months of the
    twelve are unknown. ``one_kw_a_year`` is what a kW less is worth, in ``currency``.
    """

    kw: float
    demand_kw: float
    set_by: date
    agreed: bool
    next_kw: float
    next_demand_kw: float
    next_set_by: date
    counts_until: date
    missing: int
    negotiated: bool
    one_kw_a_year: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class CircuitMonth:
    """A circuit's energy this month, the month before, and the same month of last year.

    ``level`` counts from 0 at the top; ``rest`` is what no child of a parent accounts for.
    """

    name: str
    level: int
    kwh: Known
    month_before_kwh: Known
    year_before_kwh: Known
    name_en: str = ""
    rest: bool = False

    def called(self, language: Language) -> str:
        """The name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class NotableDay:
    """A day worth a look: the most or least energy of its group, the peak, or unlike its kind.

    ``kwh`` is the day's energy; for an unusual day ``apart_kwh`` is how far it was from its kind
    between the half hours ``from_slot`` and ``to_slot`` (excluded).
    """

    day: date
    why: Literal["most", "least", "peak", "unusual"]
    group: Group
    kwh: Known
    peak_kw: Known = None
    apart_kwh: float = 0.0
    from_slot: int = 0
    to_slot: int = 0


@dataclass(frozen=True, slots=True)
class TargetYear:
    """The fiscal year so far against the path to the target, by one method.

    ``allowed_kg`` is the path's for the whole year, None without a base figure (``why_not``);
    ``year_end_kg`` is the forecast, or the year itself where it is over.
    """

    year: Span
    method: str
    known_end: date
    so_far_kg: Decimal | None
    allowed_kg: Decimal | None
    year_end_kg: Decimal | None
    rule: ReductionRule | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A proposal that waits: what to do where, and what it is worth in a year."""

    measure: Mapping[Language, str]
    circuit: Mapping[Language, str]
    kwh: float
    co2_t: float
    yen_low: float
    yen_high: float
    currency: str
    doing: bool


@dataclass(frozen=True, slots=True)
class MonthlyData:
    """A site's month. ``overview`` has its totals as the site overview shows them.

    ``by_bill`` says that the month is a billing month, not a calendar month. ``bill`` is that of
    the billing month named like it (None: ``no_bill`` says why), ``bill_before`` last year's,
    ``bill_month_before`` that of the month before.
    ``peaks`` are up to thirteen billing months, the last one that of the report.
    """

    head: SiteHead
    span: Span
    by_bill: bool
    overview: SiteOverviewData
    this: MonthSums
    month_before: MonthSums | None = None
    year_before: MonthSums | None = None
    bill: Bill | None = None
    no_bill: str = ""
    bill_before: Bill | None = None
    bill_month_before: Bill | None = None
    account: Account | None = None
    target: TargetYear | None = None
    peaks: tuple[MonthPeak, ...] = ()
    contract: ContractOutlook | None = None
    contract_kw: Known = None
    circuits: tuple[CircuitMonth, ...] = ()
    notable: tuple[NotableDay, ...] = ()
    findings: tuple[OpenFinding, ...] = ()
    findings_known: bool = False
