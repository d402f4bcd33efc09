"""A supplier's invoice, as it is compared with a bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.tariffs.tariff import LineKind


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One printed line; what is not printed is None. ``part`` "": all of that kind."""

    kind: LineKind
    part: str
    label: str
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice for the local days ``from_date`` to before ``to_date``."""

    from_date: date
    to_date: date
    currency: str
    total: Decimal
    lines: tuple[InvoiceLine, ...]
