"""Exact amounts: decimals are added and multiplied without loss, and shown as people read them.

A figure that is signed must come out the same to the last digit whoever computes it again, so
every operation here raises rather than rounds (``decimal.Inexact``).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact

_EXACT = Context(prec=80, traps=[Inexact])
ZERO = Decimal(0)


def added(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; zero of nothing."""
    total = ZERO
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def less(amount: Decimal, part: Decimal) -> Decimal:
    """The exact difference ``amount - part``."""
    return _EXACT.subtract(amount, part)


def times(*amounts: Decimal) -> Decimal:
    """The exact product."""
    product = Decimal(1)
    for amount in amounts:
        product = _EXACT.multiply(product, amount)
    return product


def whole(amount: Decimal) -> int:
    """The amount to the nearest whole number, halves away from zero (for display only)."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def grouped(amount: Decimal) -> str:
    """Every digit of the amount with thousands separated, for people."""
    return f"{Decimal(plain(amount)):,f}"


def plain(amount: Decimal) -> str:
    """Every digit of the amount, without exponent and without zeros at its end."""
    text = format(amount, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text
