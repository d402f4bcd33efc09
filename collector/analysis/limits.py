"""Limits that a baseline is held against, and the factors of its uncertainty: data, not code.

The rows stand in ``data/mv_limits.toml`` with their sources.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from collector.analysis.observations import Interval

FILE = "mv_limits.toml"


@dataclass(frozen=True, slots=True)
class Limit:
    """A row: the figure ``of`` must be at least or at most so much, at some interval or any.

    ``must``: a baseline beyond it is refused; else the row is advice.
    """

    of: str
    at_least: float | None
    at_most: float | None
    must: bool
    source: str
    confidence: str
    interval: Interval | None = None
    reporting_months_up_to: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A limit held against a figure."""

    limit: Limit
    figure: float

    @property
    def passed(self) -> bool:
        """Whether the figure is within the limit."""
        low, high = self.limit.at_least, self.limit.at_most
        return (low is None or self.figure >= low) and (high is None or self.figure <= high)

    @property
    def why(self) -> str:
        """The comparison in words, with its source."""
        sign, bound = ("at least", self.limit.at_least)
        if bound is None:
            sign, bound = ("at most", self.limit.at_most)
        word = "needed" if self.limit.must else "advised"
        return f"{self.limit.of} is {self.figure:.4g}, {sign} {bound:g} {word}: {self.limit.source}"


@dataclass(frozen=True, slots=True)
class Rules:
    """All limits, and what a saving is judged by.

    ``most_beyond`` is the share of the reporting period's points (0 to 1) that may lie beyond what
    the baseline has seen.
    """

    limits: tuple[Limit, ...]
    most_uncertain: float
    at_confidence: float
    most_beyond: float
    k: Mapping[str, tuple[float, ...]]
    k_source: str

    def k_factor(self, interval: Interval, months: float) -> float:
        """K of the uncertainty formula for a reporting period of so many months."""
        value = 0.0
        for coefficient in self.k[interval]:
            value = value * months + coefficient
        return value


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rows that come with this program."""
    text = resources.files("collector.analysis").joinpath("data", FILE).read_text(encoding="utf-8")
    doc = tomllib.loads(text)
    k = {name: _floats(doc["k"][name]) for name in ("hourly", "daily", "monthly")}
    saving = doc["saving"]
    return Rules(
        limits=tuple(_limit(row) for row in doc["limits"]),
        most_uncertain=float(saving["most_uncertain"]),
        at_confidence=float(saving["at_confidence"]),
        most_beyond=float(doc["beyond"]["most"]),
        k=k,
        k_source=doc["k"]["source"],
    )


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(
        of=row["of"],
        at_least=_maybe(row.get("at_least")),
        at_most=_maybe(row.get("at_most")),
        must=row["must"],
        source=row["source"],
        confidence=row["confidence"],
        interval=row.get("interval"),
        reporting_months_up_to=_maybe(row.get("reporting_months_up_to")),
    )


def _maybe(value: float | None) -> float | None:
    return None if value is None else float(value)


def _floats(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def checks(
    figures: Mapping[str, float], interval: Interval, reporting_months: float | None
) -> tuple[Check, ...]:
    """The figures held against every limit that applies to them.

    ``reporting_months`` None leaves the limits of a whole building out.
    """
    found = [
        Check(limit, figures[limit.of])
        for limit in rules().limits
        if limit.of in figures
        and limit.interval in (None, interval)
        and limit.of != "cv_rmse_whole_building"
    ]
    if reporting_months is None:
        return tuple(found)
    whole = _whole_building(reporting_months)
    return (*found, Check(whole, figures["cv_rmse"]))


def _whole_building(reporting_months: float) -> Limit:
    rows = [limit for limit in rules().limits if limit.of == "cv_rmse_whole_building"]
    return next(
        limit
        for limit in rows
        if limit.reporting_months_up_to is None or reporting_months <= limit.reporting_months_up_to
    )
