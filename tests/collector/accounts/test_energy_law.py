"""Primary energy and crude oil under Japan's energy law."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.amounts import times
from collector.accounts.energy_law import (
    HEAT_VALUES,
    KL_PER_GJ,
    distances,
    primary_energy,
    total_gj,
    total_kl,
    whole_kl,
)

NEW, OLD = date(2023, 4, 1), date(2023, 3, 31)


def test_worked_case_seven_to_the_last_digit() -> None:
    """1,234,567 kWh are 10,666.65888 GJ and 275.199799104 kL (reference, worked case 7)."""
    (part,) = primary_energy([(NEW, 1_234_567_000_000)])
    assert part.gj == Decimal("10666.65888")
    assert part.crude_oil_kl == Decimal("275.199799104")


def test_worked_case_seven_before_the_revision() -> None:
    """The same energy a day earlier: 12,049.37392 GJ and 310.873847136 kL, and it is marked."""
    (part,) = primary_energy([(OLD, 1_234_567_000_000)])
    assert part.gj == Decimal("12049.37392")
    assert part.crude_oil_kl == Decimal("310.873847136")
    assert "day (8-22 h) and night" in part.heat_value.note


def test_a_period_that_crosses_the_revision_has_two_parts() -> None:
    """Each day counts by its own heat value."""
    parts = primary_energy([(OLD, 1_000_000_000), (NEW, 1_000_000_000)])
    assert [part.gj for part in parts] == [Decimal("9.76"), Decimal("8.64")]
    assert total_gj(parts) == Decimal("18.40")
    assert total_kl(parts) == times(Decimal("18.40"), KL_PER_GJ)


def test_no_days_have_no_primary_energy() -> None:
    """Nothing is not zero."""
    assert primary_energy([]) == ()


@pytest.mark.parametrize(("thousand_m3", "shown"), [(1300, 1509), (2600, 3019)])
def test_worked_case_ten(thousand_m3: int, shown: int) -> None:
    """The ministry's way to show kL is half up: 1,509.3 is 1,509 and 3,018.6 is 3,019."""
    kl = times(Decimal(thousand_m3), Decimal(45), KL_PER_GJ)
    assert whole_kl(kl) == shown


def test_distance_to_each_threshold() -> None:
    """275.2 kL are 24.8 kL short of 300; 1,500 kL of electricity alone are 6,729,113 kWh."""
    ways = distances(Decimal("275.199799104"))
    assert [way.threshold.kl for way in ways] == [300, 1500, 3000]
    assert ways[0].kl_left == Decimal("24.800200896")
    assert distances(Decimal(0))[1].kwh_left == 6_729_113
    assert distances(Decimal(1600))[1].kl_left == -100


def test_heat_values_leave_no_day_out_and_name_their_source() -> None:
    """The windows join without hole or overlap."""
    assert HEAT_VALUES[0].first == date.min
    assert HEAT_VALUES[-1].end == date.max
    for earlier, later in pairwise(HEAT_VALUES):
        assert earlier.end == later.first
    assert all(value.source for value in HEAT_VALUES)


@given(st.lists(st.integers(min_value=0, max_value=10**13), min_size=1, max_size=30))
def test_days_add_up_to_their_period(energies: list[int]) -> None:
    """The GJ of a period are exactly the GJ of its days."""
    days = [(date.fromordinal(NEW.toordinal() + n), one) for n, one in enumerate(energies)]
    whole = primary_energy(days)
    assert total_gj(whole) == sum(total_gj(primary_energy([day])) for day in days)
