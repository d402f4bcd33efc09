"""The values of played meters: fit to be stored, and the same whenever they are asked for."""

from __future__ import annotations

import pytest

from collector.validate import all_sound
from edge_agent.contract.quantity import QUANTITIES
from simulators.fleet import values

NOW_MS = 1_800_000_000_000


@pytest.mark.parametrize("meter", [0, 1, 4711, 49_999])
def test_values_are_known_and_sound(meter: int) -> None:
    """Every quantity is one of the contract, and the collector's own judge finds no fault."""
    instants = tuple(range(NOW_MS, NOW_MS + 60_000, 1000))
    columns = values.columns(meter, instants)
    assert set(columns) <= set(QUANTITIES)
    assert all_sound("site", "m1", instants, columns, NOW_MS + 60_000, 200_000.0)
    assert columns == values.columns(meter, instants)


def test_a_counter_counts_what_its_meter_draws() -> None:
    """An hour adds the mean power's energy, in whole steps, and the counter never falls."""
    hour = [values.counter_wh(3, NOW_MS + n * 60_000) for n in range(61)]
    assert hour == sorted(hour)
    assert abs(hour[-1] - hour[0] - values.power_w(3)) <= values.STEP_WH
    assert {wh % values.STEP_WH for wh in hour} == {0.0}


def test_meters_differ() -> None:
    """A fleet is not one meter many times."""
    assert len({values.power_w(meter) for meter in range(100)}) == 100
