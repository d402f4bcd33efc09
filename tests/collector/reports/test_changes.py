"""Changes as people read them, and amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.reports.changes import change_cell, change_of, change_text
from collector.reports.money import money


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (105.0, 100.0, "+5.0"),
        (Decimal("99.7"), 100.0, "−0.3"),
        (100.04, 100.0, "±0"),
        (100.0, 100.0, "±0"),
        (100.06, 100.0, "+0.1"),
        (99.94, 100.0, "−0.1"),
        (333.0, 100.0, "+233"),
        (1.0, 0.0, "–"),
        (1.0, -5.0, "–"),
        (None, 5.0, "–"),
        (5.0, None, "–"),
    ],
)
def test_a_change_has_its_sign(now: float | None, before: float | None, text: str) -> None:
    """Up is +, down is −, next to nothing is ±0, and what cannot be compared is absent."""
    assert text in change_cell(now, before).text
    assert change_cell(now, before).text == change_text(change_of(now, before))


@pytest.mark.parametrize(
    ("amount", "currency", "language", "told"),
    [
        (1234567.5, "JPY", "ja", ("1,234,568", "円")),
        (Decimal("-47429.985"), "JPY", "en", ("−47,430", "yen")),
        (12.3, "EUR", "en", ("12.30", "EUR")),
        (None, "JPY", "en", ("–", "yen")),
    ],
)
def test_money_has_the_decimals_of_its_currency(
    amount: float | Decimal | None, currency: str, language: str, told: tuple[str, str]
) -> None:
    """Yen are whole, other currencies have two decimals; unknown is absent, not zero."""
    assert money(amount, currency, language) == told  # type: ignore[arg-type]
