"""Numbers are rounded once, half up, to three or four digits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.reports.numbers import (
    as_given,
    decimals_for,
    energy,
    exact_sum,
    mass,
    percent,
    plain,
    power,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12345.6, "12,350"),
        (1234.5, "1,235"),
        (999.96, "1,000"),
        (12.345, "12.35"),
        (0.4, "0.4000"),
        (0, "0"),
        (-12.3, "−12.30"),
        (None, "–"),
    ],
)
def test_four_digits_rounded_half_up(number: float | None, text: str) -> None:
    """Four significant digits, thousands separated, a dash for what is not known."""
    assert plain(number) == text


def test_a_column_shares_its_decimals() -> None:
    """The largest number of a column sets how many decimals the small ones may have."""
    assert decimals_for(812.34) == 1
    assert [plain(x, 4, 1) for x in (812.34, 9.876, 0)] == ["812.3", "9.9", "0.0"]


def test_sums_are_exact() -> None:
    """Adding tenths gives tenths, where binary floats drift."""
    assert exact_sum([0.1] * 10) == Decimal("1.0")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1, "100"),
        (0.99997, "100"),
        (0.9996, "99.9"),
        (1.123, "112"),
        (0.123, "12.3"),
        (0.0004, "<0.1"),
        (0, "0"),
        (None, "–"),
    ],
)
def test_percent_never_claims_all_or_nothing(share: float | None, text: str) -> None:
    """100 stands only for everything and 0 only for nothing."""
    assert percent(share) == text


def test_units_grow_with_the_number() -> None:
    """Energy turns to MWh from 100,000 kWh on, CO2 to tonnes from 10,000 kg on."""
    assert energy(99_999) == ("100,000", "kWh")
    assert energy(959_636.71) == ("959.6", "MWh")
    assert mass(9_876.5) == ("9,877", "kg-CO₂")
    assert mass(Decimal("558024.284")) == ("558.0", "t-CO₂")
    assert energy(None) == ("–", "kWh")


def test_powers() -> None:
    """Measured powers carry four digits at most; a contract stays as it was written."""
    assert [power(x) for x in (0, 3.456, 52.34, 1234.5)] == ["0", "3.46", "52.3", "1,235"]
    assert [as_given(x) for x in (250, 250.0, 62.5, 1500)] == ["250", "250", "62.5", "1,500"]
