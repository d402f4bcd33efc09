"""Cost of energy: exact decimals in one currency, never rounded here.

The energy part of a bill only: bands and adders by the kWh. What hangs on demand, power factor
and rounding by the line belongs to the bill of a whole month (``collector.billing``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount of money, exact, and its currency (ISO 4217)."""

    amount: Decimal
    currency: str


def add_costs(parts: Iterable[Cost | None]) -> Cost | None:
    """The costs together.

    None when a part has none, when two are in different currencies, or when there are no parts:
    a sum that leaves something out must not look like a whole one.
    """
    held = list(parts)
    known = [part for part in held if part is not None]
    currencies = {part.currency for part in known}
    if len(known) < len(held) or len(currencies) != 1:
        return None
    return Cost(sum((part.amount for part in known), Decimal(0)), currencies.pop())
