"""Energy intensity of the energy law: the worked example to the digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.intensity import five_year_change, intensity_of, intensity_target

EXAMPLE = tuple(Decimal(text) for text in ("3.244", "3.247", "2.906", "2.819", "2.796"))


def test_the_ministrys_worked_example() -> None:
    """3.244, 3.247, 2.906, 2.819, 2.796 give 100.1, 89.5, 97.0, 99.2 and 96.4 %."""
    found = five_year_change(EXAMPLE)
    ratios = [str(ratio) for ratio in found.ratios_percent]
    assert ratios == ["100.1", "89.5", "97.0", "99.2"]
    assert str(found.percent) == "96.4"
    assert found.reached


def test_the_target_is_data() -> None:
    """99.0 % or less is on target, with a source."""
    assert intensity_target().percent == Decimal("99.0")
    assert "省エネ法" in intensity_target().source
    steady = five_year_change([Decimal(1)] * 5)
    assert (steady.percent, steady.reached) == (Decimal("100.0"), False)


def test_a_percent_a_year_is_just_reached() -> None:
    """Intensities that fall by exactly 1 % a year reach the target."""
    yearly = [Decimal("0.99") ** year * 4 for year in range(5)]
    found = five_year_change(yearly)
    assert (found.percent, found.reached) == (Decimal("99.0"), True)


def test_intensity_has_four_significant_digits() -> None:
    """(A - B - B') / C: 12,345.6 less 345.6 and 100 GJ over 3,700 t are 3.216 GJ/t."""
    found = intensity_of(
        Decimal("12345.6"), Decimal(3700), sold=Decimal("345.6"), bought_heat=Decimal(100)
    )
    assert str(found) == "3.216"
    assert str(intensity_of(Decimal(1), Decimal(3000))) == "0.0003333"
    assert intensity_of(Decimal(123456), Decimal(1)) == Decimal(123500)


@settings(deadline=None)
@given(st.lists(st.decimals("0.5", "9.999", places=3), min_size=5, max_size=5))
def test_the_mean_lies_among_the_ratios(yearly: list[Decimal]) -> None:
    """The mean change is never above the largest ratio or below the smallest."""
    found = five_year_change(yearly)
    assert min(found.ratios_percent) <= found.percent <= max(found.ratios_percent)


def test_wrong_inputs_are_refused() -> None:
    """Four years, a year of zero, no activity, an amount below zero."""
    with pytest.raises(ValueError, match="five yearly intensities are needed, there are 4"):
        five_year_change(EXAMPLE[:4])
    with pytest.raises(ValueError, match="above zero"):
        five_year_change([*EXAMPLE[:4], Decimal(0)])
    with pytest.raises(ValueError, match="activity above zero"):
        intensity_of(Decimal(1), Decimal(0))
    with pytest.raises(ValueError, match="below zero"):
        intensity_of(Decimal(1), Decimal(1), sold=Decimal(-1))
