"""What the SBT report is made of: this year, the base year, the rule, and what a person entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from collector.accounts.account import Account
from collector.accounts.targets import Path, ReductionRule
from collector.reports.constants import constant_on
from collector.reports.signed import BaseYear, SignedAccount

METHODS = ("location", "market")
Answer = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person entered (None: nothing): Scope 1 in tonnes, facts of the firm."""

    s1_t: Decimal | None = None
    base_s1_t: Decimal | None = None
    staff: Decimal | None = None
    turnover_meur: Decimal | None = None
    assets_meur: Decimal | None = None
    flag: bool | None = None
    excluded_sector: bool | None = None
    scope_3: bool | None = None
    reduction_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition of the route: what was entered, the limit, and whether it is met."""

    id: str
    value: Decimal | None
    limit: Decimal | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Standing:
    """A method's totals (kg): this year, the base year, the line's allowance. None: not known."""

    method: str
    now_kg: Decimal | None
    base_kg: Decimal | None
    path: Path | None
    allowed_kg: Decimal | None

    @property
    def gap_kg(self) -> Decimal | None:
        """How far above the line (below zero: below it); None where it cannot be said."""
        if self.now_kg is None or self.allowed_kg is None:
            return None
        return self.now_kg - self.allowed_kg

    @property
    def on_line(self) -> bool | None:
        """Whether this year lies on the line or below; None where it cannot be said."""
        return None if self.gap_kg is None else self.gap_kg <= 0


@dataclass(frozen=True, slots=True)
class SbtData:
    """The report of a fiscal year ``year`` against a base year."""

    site: str
    name: str
    name_en: str
    zone: ZoneInfo
    fiscal_year_starts: int
    signed: SignedAccount
    made_at_ms: int
    year: int
    rule: ReductionRule
    base: BaseYear | None
    entered: Entered

    @property
    def account(self) -> Account:
        """The account that is told."""
        return self.signed.account

    @property
    def complete(self) -> bool:
        """Whether energy is known of every day of the year."""
        return len(self.account.days) == self.account.span.length

    def scope_2_kg(self, method: str) -> Decimal | None:
        """Scope 2 of the year by the method, kg."""
        return self.account.sum_of(method).kg


def standing_of(data: SbtData, method: str) -> Standing:
    """The year against the line by one method: Scope 1 and 2 together, never a part of them."""
    now = _together(data.entered.s1_t, data.scope_2_kg(method))
    held: Mapping[str, Decimal] = data.base.kg if data.base else {}
    base = _together(data.entered.base_s1_t, held.get(method))
    path = Path(data.rule, base) if base else None
    return Standing(method, now, base, path, path.allowed_kg(data.year) if path else None)


def criteria_of(data: SbtData) -> tuple[Criterion, ...]:
    """The conditions of the route, the size of emissions first."""
    entered, on = data.entered, date(2024, 1, 1)
    total = _together(entered.s1_t, data.scope_2_kg("location"))
    tonnes = None if total is None else total.scaleb(-3)
    return (
        _below("most_t", tonnes, on),
        _below("most_staff", entered.staff, on),
        _below("most_turnover_meur", entered.turnover_meur, on),
        _below("most_assets_meur", entered.assets_meur, on),
        Criterion("no_flag", None, None, _not(entered.flag)),
        Criterion("no_excluded", None, None, _not(entered.excluded_sector)),
    )


def eligible(data: SbtData) -> Answer:
    """Whether the route is open: small enough, no excluded sector, and three of the four sizes."""
    size, *four, sector = criteria_of(data)
    least = constant_on("sbt", "least_criteria", date(2024, 1, 1))
    wanted = int(least.value) if least else len(four)
    met = sum(one.answer == "yes" for one in four)
    open_ones = sum(one.answer == "unknown" for one in four)
    if "no" in (size.answer, sector.answer) or met + open_ones < wanted:
        return "no"
    if met < wanted or "unknown" in (size.answer, sector.answer):
        return "unknown"
    return "yes"


def missing_of(data: SbtData) -> tuple[str, ...]:
    """What is missing for a sound report, as keys of the words."""
    entered, found = data.entered, []
    checks = (
        ("s1", entered.s1_t is None),
        ("base_s1", entered.base_s1_t is None),
        ("base_s2", data.base is None),
        ("base_frozen", data.base is not None and data.base.origin != "closed"),
        ("days", not data.complete),
        ("location", data.scope_2_kg("location") is None),
        ("market", data.scope_2_kg("market") is None),
        ("closed", not data.signed.history),
        ("eligibility", eligible(data) == "unknown"),
        ("scope_3", not entered.scope_3),
    )
    found += [key for key, lacking in checks if lacking]
    return tuple(found)


_FACTS = (
    *(("staff", "staff"), ("turnover_meur", "turnover_meur"), ("assets_meur", "assets_meur")),
    *(("flag", "flag"), ("excluded", "excluded_sector")),
)
"""The options that tell of the firm, each with its name in ``Entered``."""


def open_facts(data: SbtData) -> tuple[str, ...]:
    """The options about the firm that nobody has given."""
    return tuple(option for option, name in _FACTS if getattr(data.entered, name) is None)


def _together(s1_t: Decimal | None, s2_kg: Decimal | None) -> Decimal | None:
    # Scope 1 may be zero, but a total without it is none: a part must not look like a whole.
    return None if s1_t is None or s2_kg is None else s1_t.scaleb(3) + s2_kg


def _below(id: str, value: Decimal | None, on: date) -> Criterion:
    held = constant_on("sbt", id, on)
    limit = held.value if held else None
    answer: Answer = "unknown"
    if value is not None and limit is not None:
        answer = "yes" if value < limit else "no"
    return Criterion(id, value, limit, answer)


def _not(answer: bool | None) -> Answer:
    return "unknown" if answer is None else "no" if answer else "yes"
