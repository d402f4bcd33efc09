"""Exact amounts."""

from __future__ import annotations

from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.amounts import added, less, plain, times, whole

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=9)


@given(st.lists(AMOUNTS, max_size=20))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    """A sum of decimals is the sum of the fractions they stand for."""
    assert Fraction(added(amounts)) == sum(map(Fraction, amounts))


@given(AMOUNTS, AMOUNTS)
def test_products_and_differences_are_exact(one: Decimal, other: Decimal) -> None:
    """So are products and differences, whatever the default context would round to."""
    assert Fraction(times(one, other)) == Fraction(one) * Fraction(other)
    assert Fraction(less(one, other)) == Fraction(one) - Fraction(other)


def test_what_cannot_be_exact_is_refused() -> None:
    """A product of more digits than the context holds is refused, not rounded."""
    with pytest.raises(Inexact):
        times(*[Decimal("1.000000001")] * 20)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("558024.284000000", "558024.284"),
        ("1E+3", "1000"),
        ("0.000", "0"),
        ("-0.00", "0"),
        ("-1.50", "-1.5"),
        ("100", "100"),
        ("1E-9", "0.000000001"),
    ],
)
def test_every_digit_is_shown_and_no_more(amount: str, text: str) -> None:
    """Zeros at the end and exponents go, digits stay."""
    assert plain(Decimal(amount)) == text


@pytest.mark.parametrize(("amount", "shown"), [("1509.3", 1509), ("3018.6", 3019), ("0.5", 1)])
def test_whole_numbers_are_rounded_half_up(amount: str, shown: int) -> None:
    """Half a unit counts as one, also where bankers would round to even."""
    assert whole(Decimal(amount)) == shown
