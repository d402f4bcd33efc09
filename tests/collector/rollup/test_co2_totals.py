"""CO2 in totals: exact products, sums that leave nothing out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.carbon import co2_kg
from collector.rollup.co2_totals import METHOD_FIELDS, DayRates, Rate, co2_of_sum, with_co2
from collector.rollup.totals import Total

ENERGY = Total("s", "m", "1d", 0, 3.0, 0.0, 1.0, 1.0)
TOKYO = Rate.of("a", Decimal("0.452"), False)
STAND_IN = Rate.of("b", Decimal("0.421"), True)


def day(own: Rate | None, milli_wh: int = 1_000_000, **by_method: Rate) -> Total:
    """A day of this energy by these factors."""
    return with_co2(ENERGY, milli_wh, DayRates.of(own, by_method))


@given(
    milli_wh=st.integers(-(10**18), 10**18),
    digits=st.integers(0, 10**9),
    places=st.integers(0, 9),
)
def test_a_rate_is_the_exact_product_rounded_once(milli_wh: int, digits: int, places: int) -> None:
    """Whole numbers give what exact decimals give, made a float once."""
    factor = Decimal(digits).scaleb(-places)
    assert Rate.of("f", factor, False).kg(milli_wh) == float(co2_kg(milli_wh, factor))


def test_methods_stand_side_by_side() -> None:
    """Each method has its field; the site's own is named for itself."""
    total = day(TOKYO, market=TOKYO, location=STAND_IN)
    assert (total.co2_kg, total.co2_market_kg, total.co2_location_kg) == (0.452, 0.452, 0.421)
    assert (total.co2_basic_kg, total.provisional, total.factor_id) == (None, 0.0, "a")
    assert total.method_factors == "market=a;location=b"


def test_booking_again_leaves_nothing_of_the_old_figure() -> None:
    """No factor asked for is no CO2, never zero, and no name of the one before."""
    assert with_co2(day(TOKYO, market=TOKYO), 1, DayRates()) == ENERGY
    assert day(STAND_IN).provisional == 1.0


def test_a_sum_names_each_factor_once() -> None:
    """Factors are joined in the order they come, and a stand-in marks the sum."""
    parts = [day(STAND_IN, market=STAND_IN), day(TOKYO, market=TOKYO), day(STAND_IN, market=TOKYO)]
    total = co2_of_sum(ENERGY, parts)
    assert (total.co2_kg, total.factor_id, total.provisional) == (1.294, "b+a", 1.0)
    assert (total.co2_market_kg, total.method_factors) == (1.325, "market=b+a")
    assert co2_of_sum(ENERGY, [total, day(TOKYO, market=TOKYO)]).factor_id == "b+a"


def test_a_part_never_looks_like_a_whole() -> None:
    """A method that one part lacks has no sum; without parts there is none either."""
    parts = [day(TOKYO, market=TOKYO, location=TOKYO), day(None, market=TOKYO)]
    total = co2_of_sum(ENERGY, parts)
    assert (total.co2_kg, total.factor_id, total.provisional) == (None, "", 0.0)
    assert (total.co2_market_kg, total.co2_location_kg) == (0.904, None)
    assert total.method_factors == "market=a"
    assert co2_of_sum(replace(total, co2_kg=7.0), []) == ENERGY


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_sums_agree_however_they_are_added(energies: list[int]) -> None:
    """Days to a year give what days to months to a year give."""
    days = [day(TOKYO, milli_wh, **dict.fromkeys(METHOD_FIELDS, TOKYO)) for milli_wh in energies]
    months = [co2_of_sum(ENERGY, days[at : at + 7]) for at in range(0, len(days), 7)]
    assert co2_of_sum(ENERGY, months) == co2_of_sum(ENERGY, days)
