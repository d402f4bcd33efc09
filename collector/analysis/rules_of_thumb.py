"""Published rules of thumb as ranges, each with its source and how sure it is: data, not code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

FILE = "rules_of_thumb.toml"


@dataclass(frozen=True, slots=True)
class RuleOfThumb:
    """A range ``low`` to ``high`` in ``unit``; what it says of stands in ``says``."""

    id: str
    low: float
    high: float
    unit: str
    says: str
    source: str
    confidence: Literal["high", "medium", "low"]


@lru_cache(maxsize=1)
def rules_of_thumb() -> tuple[RuleOfThumb, ...]:
    """The rows that come with this program."""
    text = resources.files("collector.analysis").joinpath("data", FILE).read_text(encoding="utf-8")
    return tuple(RuleOfThumb(**row) for row in tomllib.loads(text)["rule"])


def rule_of_thumb(rule: str) -> RuleOfThumb:
    """The row of that id. Raises ``KeyError`` when there is none."""
    for row in rules_of_thumb():
        if row.id == rule:
            return row
    raise KeyError(rule)
