"""Amounts of money as people read them: yen without decimals, other currencies with two."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from collector.reports.numbers import ABSENT
from collector.reports.report import Language

YEN = "JPY"


def money(amount: float | Decimal | None, currency: str, language: Language) -> tuple[str, str]:
    """(text, unit) of an amount, rounded half up once: 1,234,567 and 円 or yen; 12.30 and EUR."""
    unit = money_unit(currency, language)
    if amount is None:
        return ABSENT, unit
    step = Decimal(1) if currency == YEN else Decimal("0.01")
    value = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    return f"{value.quantize(step, rounding=ROUND_HALF_UP):,}".replace("-", "−"), unit


def money_unit(currency: str, language: Language) -> str:
    """円 or yen; of another currency its code."""
    if currency == YEN:
        return "円" if language == "ja" else "yen"
    return currency
