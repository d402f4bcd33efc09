"""Where a site's CO2 is to go: base year, target, and the straight path between them.

The rules are data, each with its source and how sure it is. A base year can be counted in two
ways, and a figure says which was chosen: ``activity`` applies the factor published for the
activity of that year (for FY2013 the one measured in FY2012), ``measured`` the factor measured in
that year (for FY2013 the one published for FY2014 activity), as many voluntary targets do
(reference co2-factors.md section 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Literal

from collector.accounts.account import DayEnergy
from collector.accounts.amounts import added, times
from collector.accounts.contracts import contract_on
from collector.accounts.ledger import Book
from collector.accounts.methods import Factors, Lookup
from collector.accounts.span import Span
from collector.errors import CollectorError
from collector.rollup.carbon import co2_kg
from collector.site_config import TargetSettings

BaseRule = Literal["activity", "measured"]
Confidence = Literal["high", "medium", "low"]
_PATH = Context(prec=50)
"""A path divides by years, which no decimal holds exactly; 50 digits are left of it."""


@dataclass(frozen=True, slots=True)
class ReductionRule:
    """By how much less (percent of the base year) a scheme asks for, and who says so."""

    scheme: str
    percent: Decimal
    base_year: int
    target_year: int
    source: str
    confidence: Confidence
    note: str = ""


JP_2030 = ReductionRule(
    scheme="jp_2030",
    percent=Decimal(46),
    base_year=2013,
    target_year=2030,
    source="Japan's national target: -46 % in FY2030 against FY2013 (地球温暖化対策計画)",
    confidence="high",
    note="a target of the country; a plant takes it for its own by choice",
)
_SBT = "SBT for small and medium-sized enterprises, target year 2030"
_SBT_LIMIT = "Scope 1 and location-based Scope 2 below 10,000 t, and at least 3 of the size limits"


def sbt_sme_rule(base_year: int) -> ReductionRule:
    """What the SBT route for small firms asks for from a base year.

    2018 has its own published value; from 2020 on it is 42 %. For other years only a formula was
    found, max(42, 4.2 x (2030 - base year)), and not in a source of the scheme: low confidence.
    """
    if base_year == 2018:
        return _sbt(base_year, Decimal(50), f"{_SBT}: green2050 on base year 2018", "high")
    if base_year >= 2020:
        return _sbt(base_year, Decimal(42), f"{_SBT}: base years 2020 and later", "medium")
    percent = max(Decimal(42), Decimal("4.2") * (2030 - base_year))
    formula = f"{_SBT}: formula max(42, 4.2 x (2030 - base year)), general knowledge"
    return _sbt(base_year, min(percent, Decimal(100)), formula, "low")


def rule_of(settings: TargetSettings) -> ReductionRule:
    """The rule that a site's settings choose; its own percentage stands over the scheme's.

    Raises ``CollectorError`` for an own target without a percentage, or one not after its base.
    """
    rule = {
        "jp_2030": lambda: JP_2030,
        "sbt_sme": lambda: sbt_sme_rule(settings.base_year),
        "own": lambda: _own(settings),
    }[settings.scheme]()
    if settings.target_year <= settings.base_year:
        raise CollectorError(
            f"the target year {settings.target_year} is not after the base year"
            f" {settings.base_year}",
            "correct base_year or target_year in [sites.target]",
        )
    percent = rule.percent
    if settings.reduction_percent is not None:
        percent = Decimal(str(settings.reduction_percent))
    return ReductionRule(
        *(rule.scheme, percent, settings.base_year, settings.target_year),
        *(rule.source, rule.confidence, rule.note),
    )


@dataclass(frozen=True, slots=True)
class Path:
    """The straight line from the base year's kilograms to the target's."""

    rule: ReductionRule
    base_kg: Decimal

    @property
    def target_kg(self) -> Decimal:
        """What is left to emit in the target year, exact."""
        return times(self.base_kg, (100 - self.rule.percent).scaleb(-2))

    def allowed_kg(self, year: int) -> Decimal | None:
        """What the path leaves for a year; the target's from its year on, None before the base."""
        rule = self.rule
        if year < rule.base_year:
            return None
        if year >= rule.target_year:
            return self.target_kg
        gone = Decimal(year - rule.base_year)
        share = _PATH.divide(gone, Decimal(rule.target_year - rule.base_year))
        fall = _PATH.multiply(self.base_kg - self.target_kg, share)
        return _PATH.subtract(self.base_kg, fall)


def base_year_kg(
    book: Book, span: Span, factors: Factors, method: str, rule: BaseRule = "activity"
) -> Decimal:
    """The base year's CO2 (kg) from its own energy, by the chosen rule, before certificates.

    Raises ``CollectorError`` when a day of the year has no energy, contract or factor: a base
    year of which a part is missing would make every later year look worse.
    """
    lookup = Lookup(factors)
    days = [energy for energy in book.days if span.holds(energy.day)]
    if len(days) < span.length:
        raise CollectorError(
            f"energy is known of {len(days)} of {span.length} days of the base year {span}",
            "write the base year's CO2 as base_t in [sites.target]",
        )
    return added(_base_kg(book, lookup, energy, method, rule) for energy in days)


def _base_kg(book: Book, lookup: Lookup, energy: DayEnergy, method: str, rule: BaseRule) -> Decimal:
    contract = contract_on(book.contracts, energy.day)
    if contract is None:
        hint = "add a [[sites.contracts]] that begins earlier, or base_t in [sites.target]"
        raise CollectorError(f"no contract on {energy.day}, in the base year", hint)
    day = _year_after(energy.day) if rule == "measured" else energy.day
    applied = lookup.applied(contract, method, day)
    if applied.factor is None:
        raise CollectorError(applied.reason, "write base_t in [sites.target]")
    return co2_kg(energy.milli_wh, applied.factor.kg_per_kwh)


def _own(settings: TargetSettings) -> ReductionRule:
    if settings.reduction_percent is None:
        hint = "write reduction_percent in [sites.target]"
        raise CollectorError("an own target needs its reduction", hint)
    percent = Decimal(str(settings.reduction_percent))
    years = (settings.base_year, settings.target_year)
    return ReductionRule("own", percent, *years, "the site's own settings", "high")


def _sbt(base_year: int, percent: Decimal, source: str, confidence: Confidence) -> ReductionRule:
    return ReductionRule("sbt_sme", percent, base_year, 2030, source, confidence, _SBT_LIMIT)


def _year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)
