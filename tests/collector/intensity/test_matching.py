"""Hourly matching and the weighted mean: worked cases, and what may never happen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.intensity.matching import Claim, SlotEnergy, matching, weighted_mean
from collector.intensity.point import SIGNAL, IntensityPoint
from collector.intensity.series import IntensitySeries

HALF = 1_800_000
KWH = 1_000_000


def slots(*kwh: float) -> list[SlotEnergy]:
    """Consecutive half hours from the epoch on."""
    return [SlotEnergy(n * HALF, (n + 1) * HALF, round(value * KWH)) for n, value in enumerate(kwh)]


def claim(kwh: float, begin: int = 0, end: int = 48) -> Claim:
    """A certificate for half hours ``begin`` to ``end``."""
    return Claim(round(kwh * KWH), begin * HALF, end * HALF)


USE = slots(10, 10, 10, 10)


def test_volume_matches_what_hours_do_not() -> None:
    """40 kWh used evenly, 40 kWh generated in two slots: all by volume, half by the slot."""
    found = matching(USE, [claim(40)], slots(0, 20, 20, 0))
    assert (found.volume_share, found.slot_share) == (Decimal(1), Decimal("0.5"))
    assert (found.by_volume_milli_wh, found.by_slot_milli_wh) == (40 * KWH, 20 * KWH)
    assert found.obstacles == ()
    assert found.label == SIGNAL


def test_a_certificate_takes_no_more_than_it_holds() -> None:
    """10 kWh of certificates on 40 kWh of generation: each slot gets its part of the ten."""
    found = matching(USE, [claim(10)], slots(0, 20, 20, 0))
    assert found.by_slot_milli_wh == 10 * KWH


def test_generation_is_never_taken_twice() -> None:
    """Two certificates on one profile share it."""
    found = matching(USE, [claim(40), claim(40)], slots(0, 8, 8, 0))
    assert found.by_slot_milli_wh == 16 * KWH


def test_hourly_generation_is_spread_over_its_half_hours() -> None:
    """20 kWh in an hour are 10 in each half of it."""
    hourly = [SlotEnergy(0, 2 * HALF, 20 * KWH)]
    assert matching(USE, [claim(40)], hourly).by_slot_milli_wh == 20 * KWH


def test_without_a_profile_the_hours_cannot_be_told() -> None:
    """A yearly certificate says nothing of hours: absent, not zero, and why."""
    found = matching(USE, [claim(40)])
    assert (found.slot_share, found.by_slot_milli_wh) == (None, None)
    assert found.obstacles == (
        "1 of 1 certificates have no hourly time stamp and no generation profile is given",
    )


def test_a_certificate_with_an_hour_needs_no_profile() -> None:
    """Its energy is spread over the hour it names."""
    found = matching(USE, [claim(12, 1, 3)])
    assert found.by_slot_milli_wh == 12 * KWH
    assert found.obstacles == ()


def test_use_outside_the_vintage_is_not_matched() -> None:
    """Only the two slots inside the vintage can be."""
    found = matching(USE, [claim(40, 2, 4)])
    assert (found.in_vintage_milli_wh, found.by_volume_milli_wh) == (20 * KWH, 20 * KWH)


def test_certificates_of_different_vintage_are_used_where_they_fit() -> None:
    """The one that ends early is used early, so that both are used up."""
    found = matching(USE, [claim(20, 0, 4), claim(20, 0, 2)])
    assert found.by_volume_milli_wh == 40 * KWH


def test_no_certificate_is_an_obstacle_and_matches_nothing() -> None:
    """Zero by volume, unknown by the hour."""
    found = matching(USE, [])
    assert found.by_volume_milli_wh == 0
    assert found.obstacles == ("no certificate applies to this time",)


def test_no_use_has_no_share() -> None:
    """Nothing of nothing is not 100 %."""
    assert matching([], [claim(1)], USE).volume_share is None


ENERGIES = st.lists(st.integers(0, 50), min_size=1, max_size=12)
CLAIMS = st.lists(
    st.builds(claim, st.integers(0, 200), st.integers(0, 5), st.integers(6, 12)), max_size=4
)


@given(used=ENERGIES, made=ENERGIES, claims=CLAIMS)
def test_matching_never_exceeds_use_claims_or_generation(
    used: list[int], made: list[int], claims: list[Claim]
) -> None:
    """By the slot is never more than by volume, and neither more than use, claims or generation."""
    found = matching(slots(*used), claims, slots(*made))
    assert found.by_slot_milli_wh is not None
    assert found.by_slot_milli_wh <= found.by_volume_milli_wh <= found.in_vintage_milli_wh
    assert found.in_vintage_milli_wh <= found.used_milli_wh
    assert found.by_volume_milli_wh <= sum(held.milli_wh for held in claims)
    assert found.by_slot_milli_wh <= sum(made) * KWH


GRID = IntensitySeries(
    IntensityPoint("jp-03", n * HALF, (n + 1) * HALF, grams, "actual", "direct", "x")
    for n, grams in enumerate([100.0, 300.0])
)


def test_the_mean_is_weighted_by_use() -> None:
    """30 kWh at 100 and 10 at 300 g/kWh met 150, where the plain mean is 200."""
    found = weighted_mean(slots(30, 10), GRID)
    assert (found.weighted_g_per_kwh, found.flat_g_per_kwh) == (Decimal(150), Decimal(200))
    assert found.label == SIGNAL


def test_use_without_intensity_is_told_and_left_out() -> None:
    """The third slot's grid is unknown."""
    found = weighted_mean(slots(30, 10, 5), GRID)
    assert (found.known_milli_wh, found.used_milli_wh) == (40 * KWH, 45 * KWH)
    assert found.weighted_g_per_kwh == Decimal(150)


@pytest.mark.parametrize("used", [[], slots(0, 0)])
def test_no_use_has_no_weighted_mean(used: list[SlotEnergy]) -> None:
    """It is absent."""
    assert weighted_mean(used, GRID).weighted_g_per_kwh is None


@given(used=st.lists(st.integers(0, 100), min_size=2, max_size=2))
def test_the_weighted_mean_lies_between_the_extremes(used: list[int]) -> None:
    """Whenever the plant used power, it met something between the cleanest and the dirtiest."""
    found = weighted_mean(slots(*used), GRID).weighted_g_per_kwh
    assert (found is None) == (sum(used) == 0)
    assert found is None or 100 <= found <= 300
