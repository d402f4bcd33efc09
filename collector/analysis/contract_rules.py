"""How contract power and power factor are counted where no tariff says so: dated data, not code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from collector.tariffs.rounding import Rounding
from collector.tariffs.tariff import PowerFactorRule

FILE = "contract_rules_jp.toml"


@dataclass(frozen=True, slots=True)
class ContractRules:
    """A row of ``data/contract_rules_jp.toml``, with its source.

    ``lookback_months`` counts the month itself. From ``negotiated_from_kw`` on the power is
    agreed with the supplier.
    """

    id: str
    from_date: date
    lookback_months: int
    negotiated_from_kw: float
    rounding: Rounding
    power_factor: PowerFactorRule
    source: str


@lru_cache(maxsize=1)
def high_voltage_rules() -> ContractRules:
    """The newest row that comes with this program."""
    text = resources.files("collector.analysis").joinpath("data", FILE).read_text(encoding="utf-8")
    rows = [_rules(row) for row in tomllib.loads(text)["rules"]]
    return max(rows, key=lambda rules: rules.from_date)


def _rules(row: Mapping[str, Any]) -> ContractRules:
    power_factor = row["power_factor"]
    return ContractRules(
        id=row["id"],
        from_date=date.fromisoformat(row["from_date"]),
        lookback_months=row["lookback_months"],
        negotiated_from_kw=float(row["negotiated_from_kw"]),
        rounding=_rounding(row["rounding"]),
        power_factor=PowerFactorRule(
            span=_span(power_factor["times"]),
            base_percent=Decimal(power_factor["base_percent"]),
            cap_percent=Decimal(power_factor["cap_percent"]),
            rounding=_rounding(power_factor["rounding"]),
        ),
        source=row["source"],
    )


def _rounding(row: Mapping[str, Any]) -> Rounding:
    return Rounding(row["mode"], Decimal(row["step"]))


def _span(times: str) -> tuple[int, int]:
    """Minutes of the day of "08:00-22:00"."""
    first, end = ([int(part) for part in at.split(":")] for at in times.split("-"))
    return first[0] * 60 + first[1], end[0] * 60 + end[1]
