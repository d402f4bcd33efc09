"""CO2 to the last digit: the worked cases of the accounting rules."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from collector.factors.lookup import FactorLibrary
from collector.rollup.carbon import co2_kg, energy_kwh

FACTORS = FactorLibrary.shipped()
YEAR_MWH = 1_234_567_000_000
"""1,234,567 kWh: the energy of the worked cases."""


def tonnes(supplier: str, menu: str, method: str, on: date, known_on: date | None = None) -> str:
    """Tonnes of the worked cases' energy, as digits."""
    match = FACTORS.find("JP", supplier, menu, method, on, known_on)
    assert match.status == "official"
    return str(co2_kg(YEAR_MWH, match.factor.kg_per_kwh).scaleb(-3).normalize())


@pytest.mark.parametrize("method", ["jp_shk_basic", "jp_shk_adjusted"])
def test_residual_menu_of_fy2025(method: str) -> None:
    """Case 1: Tokyo's residual M for FY2025, basic and adjusted alike."""
    assert tonnes("A0269", "M", method, date(2025, 4, 1)) == "558.024284"
    assert tonnes("A0269", "", method, date(2026, 3, 31)) == "558.024284"


def test_wrong_rows_give_other_figures() -> None:
    """Case 1: the whole company, the national average and the substitute are other figures."""
    rows = {factor.id: factor for factor in FACTORS.factors}
    others = {
        "jp-shk-r6-A0269-whole-adjusted": "519.752707",
        "jp-shk-r6-national-average": "522.221841",
        "jp-shk-r6-substitute": "513.579872",
    }
    for row, figure in others.items():
        assert co2_kg(YEAR_MWH, rows[row].kg_per_kwh) == Decimal(figure) * 1000


def test_restatement_of_a_corrected_factor() -> None:
    """Case 3: Shikoku's menu C for FY2022, as known before and from the correction on."""
    on, menu = date(2022, 10, 1), ("A0274", "C", "jp_shk_adjusted")
    assert tonnes(*menu, on, known_on=date(2023, 5, 31)) == "658.024211"
    assert tonnes(*menu, on, known_on=date(2023, 6, 1)) == "656.789644"
    assert tonnes(*menu, on) == "656.789644"


def test_basic_and_adjusted_may_differ() -> None:
    """Case 4: V-Power's menu D has a basic and an adjusted value of its own."""
    assert tonnes("A0045", "D", "jp_shk_basic", date(2025, 7, 1)) == "664.197046"
    assert tonnes("A0045", "D", "jp_shk_adjusted", date(2025, 7, 1)) == "595.061294"


def test_rounding_comes_last() -> None:
    """Case 11: twelve months of case 1 rounded to whole tonnes are six tonnes too many."""
    factor = Decimal("0.452")
    twelfth = YEAR_MWH // 12
    months = [twelfth] * 11 + [YEAR_MWH - 11 * twelfth]
    parts = [co2_kg(milli_wh, factor) for milli_wh in months]
    whole = sum(parts, Decimal(0))
    assert whole == Decimal("558024.284")
    shown = [(kg / 1000).quantize(Decimal(1), ROUND_HALF_UP) for kg in parts]
    assert sum(shown) == 564
    assert (whole / 1000).quantize(Decimal(1), ROUND_HALF_UP) == 558


def test_milli_watt_hours_are_exact_kwh() -> None:
    """One milli-Wh is a millionth of a kWh, with no digit lost in large counters."""
    assert energy_kwh(1) == Decimal("0.000001")
    assert energy_kwh(123_456_789_012_345_678) == Decimal("123456789012.345678")
    assert co2_kg(10**16 + 1, Decimal("0.1234567")) == Decimal("1234567000.0000001234567")
