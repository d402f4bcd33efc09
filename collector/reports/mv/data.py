"""What the M&V report says, as plain values: nothing here is a frame, nothing is worded.

A saving that a gate forbids is not in it: ``saving`` is None then, and ``withheld`` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from collector.accounts.span import Span
from collector.reports.mv.saving import CarbonPart, Savings
from collector.reports.report import Language
from collector.reports.site_head import SiteHead

Option = Literal["B", "C"]
Driver = Literal["temperature", "production", "calendar"]
TermKind = Literal["fixed", "state", "product", "heating", "cooling"]
WithheldBy = Literal[
    "no_model", "check", "baseline_known", "reporting_known", "reporting_days", "no_points",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages; English falls back to the one there is."""

    ja: str
    en: str = ""

    def in_(self, language: Language) -> str:
        """The name in the language."""
        return (self.en if language == "en" else "") or self.ja


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the baseline: kWh a day, or kWh a day per K or per unit of a product.

    ``of`` is the state or product it belongs to, ``at_c`` the change point of heating and cooling.
    ``low`` to ``high`` hold it with 95 % confidence; None where that is not known.
    """

    kind: TermKind
    value: float
    of: str = ""
    at_c: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def doubtful(self) -> bool:
        """Whether it is not shown to differ from zero."""
        return self.low is not None and self.low <= 0.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """How well the baseline fits; shares 0 to 1, residual = observed - predicted.

    ``autocorrelation`` is that of neighbouring days' residuals, ``effective_n`` how many
    independent days the ``n`` are worth.
    """

    n: int
    p: int
    mean_kwh: float
    rmse_kwh: float
    r_squared: float
    cv_rmse: float
    nmbe: float
    autocorrelation: float
    effective_n: float


@dataclass(frozen=True, slots=True)
class Model:
    """The baseline: kWh of a day = the sum of its terms; ``drivers`` are what it goes by."""

    kind: str
    drivers: tuple[Driver, ...]
    terms: tuple[Term, ...]
    statistics: Statistics

    def of_kind(self, kind: TermKind) -> tuple[Term, ...]:
        """Its terms of a kind."""
        return tuple(term for term in self.terms if term.kind == kind)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was tried; None where it could not be fitted, ``why`` then says it."""

    kind: str
    statistics: Statistics | None
    chosen: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A limit held against the baseline's figure ``of``; ``must``: without it nothing is said."""

    of: str
    figure: float
    at_least: float | None
    at_most: float | None
    must: bool
    source: str
    passed: bool


@dataclass(frozen=True, slots=True)
class DayPoint:
    """A local day: what it stood under, what was used, what the baseline expects of it (kWh).

    None is unknown. ``amounts`` are in the order of ``MvData.products``; ``adjusted_kwh`` is the
    part of the non-routine adjustments that falls on the day.
    """

    day: date
    state: str | None
    temperature_c: float | None
    amounts: tuple[float | None, ...]
    kwh: float | None
    expected_kwh: float | None = None
    adjusted_kwh: float = 0.0
    kg_per_kwh: float | None = None
    kl_per_kwh: float = 0.0

    @property
    def used(self) -> bool:
        """Whether both sides are known."""
        return self.kwh is not None and self.expected_kwh is not None

    @property
    def avoided_kwh(self) -> float:
        """What was saved on the day, adjustments counted; an unknown day has its adjustments."""
        if self.kwh is None or self.expected_kwh is None:
            return self.adjusted_kwh
        return self.expected_kwh - self.kwh + self.adjusted_kwh


@dataclass(frozen=True, slots=True)
class Window:
    """A period's data: its days, those whose energy is known, those that the model could use.

    ``coverage`` is the measured share of its time, ``estimated`` the share of the known energy
    that was bridged (0 to 1).
    """

    span: Span
    known_days: int
    used_days: int
    coverage: float
    estimated: float
    days: tuple[DayPoint, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a driver went over in both periods; ``days_beyond`` lie outside what the model knows.

    A tenth of the baseline's span beyond either end is still within.
    """

    driver: Driver
    of: str
    unit: str
    baseline: tuple[float, float] | None
    reporting: tuple[float, float] | None
    known_baseline: int
    known_reporting: int
    days_beyond: int

    @property
    def within(self) -> bool:
        """Whether the baseline has seen all of it."""
        return not self.days_beyond


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A non-routine adjustment as it was written; ``end`` is excluded."""

    first: date
    end: date
    kwh: float
    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why no saving is told; ``check`` where a limit of the baseline fails."""

    by: WithheldBy
    figure: float = 0.0
    limit: float = 0.0
    check: CheckRow | None = None


@dataclass(frozen=True, slots=True)
class MeterRow:
    """A meter of the boundary as it stood from ``since`` on; "" and None are not known."""

    meter: str
    name: Named
    profile: str
    serial: str
    since: date | None
    ratio: float | None
    step_wh: float | None
    told_by: str
    certified_until: date | None


@dataclass(frozen=True, slots=True)
class Promised:
    """The finding that is verified, and its promise for as many days as the saving is of (kWh)."""

    key: str
    done_on: date
    low_kwh: float
    mid_kwh: float
    high_kwh: float


@dataclass(frozen=True, slots=True)
class MvData:
    """All that the report says. ``circuit`` is "" for the whole site (option C).

    ``products`` are production meters with names and units. ``beyond`` are the drivers that the
    baseline has not seen as they were. ``known_at_least`` is the coverage both periods need.
    """

    head: SiteHead
    option: Option
    circuit: str
    circuit_name: Named
    baseline: Window
    reporting: Window
    shortened: bool
    asked_drivers: tuple[Driver, ...]
    products: Mapping[str, tuple[Named, str]]
    model: Model | None
    candidates: tuple[Candidate, ...]
    checks: tuple[CheckRow, ...]
    reaches: tuple[Reach, ...]
    known_at_least: float
    withheld: tuple[Withheld, ...]
    saving: Savings | None
    carbon: CarbonPart
    adjustments: tuple[Adjusted, ...]
    meters: tuple[MeterRow, ...]
    factor_snapshot: str
    promised: Promised | None = None
    pending: int = 0

    @property
    def beyond(self) -> tuple[Reach, ...]:
        """The drivers that lie beyond what the baseline has seen."""
        return tuple(reach for reach in self.reaches if not reach.within)
