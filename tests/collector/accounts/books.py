"""Factors and books made up for tests of the accounts, small enough to check by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from collector.accounts.account import DayEnergy
from collector.accounts.certificates import Certificate, CorrectionRate
from collector.accounts.contracts import Contract
from collector.accounts.ledger import Book
from collector.accounts.span import Span
from collector.factors.factor import Factor, Source
from collector.factors.lookup import FactorLibrary

TOKYO = ZoneInfo("Asia/Tokyo")
KWH = 1_000_000
"""Milli-Wh in a kWh."""
CONTRACT = Contract(date(2020, 4, 1), "JP", "S1", "M")
SOURCE = Source("list", "ministry", "1", "2026-01-09", "open", "ministry (Mieruka)")
_SHIPPED = FactorLibrary.shipped().find("JP", "A0269", "M", "jp_shk_basic", date(2025, 4, 1)).factor
FY2025 = Span(date(2025, 4, 1), date(2026, 4, 1), "FY2025")


def factor(name: str, method: str, value: str, **more: Any) -> Factor:
    """A row of supplier S1's menu M for FY2025, known from 2026-01-09, unless said otherwise."""
    regional = method in ("jp_shk_national_average", "jp_shk_substitute", "location")
    usual: dict[str, Any] = {
        "region": "JP",
        "supplier": "" if regional else "S1",
        "supplier_name": "" if regional else "One",
        "menu": "" if regional else "M",
        "menu_name": "",
        "kind": "national" if regional else "named",
        "gas": "CO2",
        "valid_from": date(2025, 4, 1),
        "valid_to": date(2026, 4, 1),
        "known_on": date(2026, 1, 9),
        "status": "official",
        "supersedes": "",
        "note": "",
        "source": SOURCE,
    }
    row = {**usual, **more}
    return replace(_SHIPPED, id=name, method=method, kg_per_kwh=Decimal(value), **row)


def library(*more: Factor, basic: str = "0.5", adjusted: str = "0.4") -> FactorLibrary:
    """The three rows of FY2025 that a plant in Japan needs, and more."""
    rows = (
        factor("basic", "jp_shk_basic", basic),
        factor("adjusted", "jp_shk_adjusted", adjusted),
        factor("average", "jp_shk_national_average", "0.423"),
    )
    return FactorLibrary((*rows, *more))


def days_of(first: date, kwh: Iterable[float], coverage: float = 1.0) -> tuple[DayEnergy, ...]:
    """Days in a row with these kWh."""
    return tuple(
        DayEnergy(date.fromordinal(first.toordinal() + number), round(one * KWH), 0, coverage)
        for number, one in enumerate(kwh)
    )


def book(
    days: Sequence[DayEnergy],
    contracts: Sequence[Contract] = (CONTRACT,),
    certificates: Sequence[Certificate] = (),
    rates: Sequence[CorrectionRate] = (),
) -> Book:
    """A site's book in Japan."""
    return Book("s", TOKYO, tuple(contracts), tuple(certificates), tuple(days), tuple(rates))


def claim(kwh: float, use: Span, kind: str = "non_fossil_fit", **more: Any) -> Certificate:
    """A retired certificate, generated in the time it is used in."""
    usual = {"vintage": use, "tracking_no": "T1", "retired_on": date(2026, 3, 1)}
    return Certificate(kind, round(kwh * KWH), use=use, **{**usual, **more})
