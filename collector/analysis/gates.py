"""Gates: whether there is enough data for a figure, so that a report says so instead of guessing.

What each analysis needs stands in ``data/needs.toml`` with its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import pandas as pd

from collector.analysis.evidence import evidence_of
from collector.analysis.frame import half_hours
from collector.analysis.grid import day_grid, kinds_of


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on the data. ``figure`` must be ``limit`` or more; ``why`` is its source."""

    name: str
    passed: bool
    figure: float
    limit: float
    why: str


@dataclass(frozen=True, slots=True)
class Need:
    """A row of ``data/needs.toml``."""

    analysis: str
    name: str
    limit: float
    source: str


@lru_cache(maxsize=1)
def needs() -> tuple[Need, ...]:
    """What each analysis needs, as the data file has it."""
    text = resources.files("collector.analysis").joinpath("data", "needs.toml")
    rows = tomllib.loads(text.read_text(encoding="utf-8"))["needs"]
    return tuple(
        Need(row["analysis"], row["name"], float(row["limit"]), row["source"]) for row in rows
    )


def gate(need: Need, figure: float, limit: float | None = None) -> Gate:
    """The need held against what there is; ``limit`` stands over the data file's."""
    least = need.limit if limit is None else float(limit)
    return Gate(need.name, bool(figure >= least), float(figure), least, need.source)


def gates_for(
    analysis: str,
    slots: pd.DataFrame,
    day_kinds: pd.Series[str] | None = None,
    kinds: Iterable[str] = (),
) -> tuple[Gate, ...]:
    """What the analysis of that name needs, held against these slots.

    ``day_kinds`` and ``kinds`` say which days count where a kind of day is needed; without them
    all do. Raises ``ValueError`` for an analysis that has no row, or when there are no slots.
    """
    rows = [need for need in needs() if need.analysis == analysis]
    if not rows:
        raise ValueError(f"no need is written for {analysis}: see analysis/data/needs.toml")
    there = available(slots, day_kinds, kinds)
    return tuple(gate(need, there[need.name]) for need in rows)


def passed(found: Iterable[Gate]) -> bool:
    """Whether all gates are open."""
    return all(each.passed for each in found)


def available(
    slots: pd.DataFrame, day_kinds: pd.Series[str] | None = None, kinds: Iterable[str] = ()
) -> Mapping[str, float]:
    """What there is, by the names of the needs.

    Days count when 80 % of them is known, months when any of their half hours is. Raises
    ``ValueError`` when there are no slots.
    """
    grid = day_grid(slots)
    evidence = evidence_of(half_hours(slots))
    counted = grid.whole
    if day_kinds is not None:
        counted = counted & np.isin(kinds_of(grid.dates, day_kinds), list(kinds))
    months = grid.dates[grid.known > 0].to_period("M")
    return {
        "months": float(months.nunique()),
        "days": float(grid.whole.sum()),
        "days_of_kind": float(counted.sum()),
        "known": evidence.known,
        "coverage": evidence.coverage,
        "reactive_known": float(slots["reactive_kvarh"].notna().mean()),
    }
