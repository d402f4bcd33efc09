"""Quantities that a meter shows agree with each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.contract.quantity import QUANTITIES
from simulators.electricity import Draw, Supply, gain, quantities, reactive_share
from simulators.hookup import SOUND, Hookup

powers = st.floats(0, 400_000)
factors = st.floats(0.5, 1.0)


def _values(power_w: float, power_factor: float, at_ms: int = 0) -> dict[str, float]:
    draw = Draw(power_w, 1000.0, 300.0, power_factor, full_power_w=400_000)
    return quantities(draw, Supply(), at_ms, seed=3)


def test_every_quantity_is_there() -> None:
    """Whatever an electric profile asks for has a value, and nothing has a name of its own."""
    units = {"V", "A", "W", "var", "VA", "", "Hz", "Wh", "varh"}
    electric = {name for name, quantity in QUANTITIES.items() if quantity.unit in units}
    assert set(_values(1000, 0.9)) == (electric - {"heat_energy_wh"}) | {"pulse_count"}


@given(powers, factors)
def test_phases_add_up_to_totals(power_w: float, power_factor: float) -> None:
    """Active, reactive and apparent power of the phases sum up to the totals."""
    values = _values(power_w, power_factor)
    for kind, unit in (("active", "w"), ("reactive", "var"), ("apparent", "va")):
        phases = sum(values[f"{kind}_power_l{phase}_{unit}"] for phase in (1, 2, 3))
        assert phases == pytest.approx(values[f"{kind}_power_{unit}"])
    currents = sum(values[f"current_l{phase}_a"] for phase in (1, 2, 3)) / 3
    assert currents == pytest.approx(values["current_avg_a"])


@given(powers, factors)
def test_voltage_times_current_is_apparent_power(power_w: float, power_factor: float) -> None:
    """Each phase's volts and amperes give its voltamperes, and the factor gives its watts."""
    values = _values(power_w, power_factor)
    for phase in ("l1", "l2", "l3"):
        apparent_va = values[f"voltage_{phase}_v"] * values[f"current_{phase}_a"]
        assert apparent_va == pytest.approx(values[f"apparent_power_{phase}_va"])
        assert apparent_va * power_factor == pytest.approx(values[f"active_power_{phase}_w"])


@given(powers, st.integers(0, 2**41))
def test_supply_stays_in_its_bounds(power_w: float, at_ms: int) -> None:
    """Volts stay within 4 % of the supply's and hertz within 0.1 Hz."""
    values = _values(power_w, 0.9, at_ms)
    assert 0.96 * 210 < values["voltage_l1_l2_v"] < 1.04 * 210
    assert values["voltage_ln_avg_v"] == pytest.approx(values["voltage_ll_avg_v"] / 3**0.5)
    assert abs(values["frequency_hz"] - 50) < 0.1


def test_a_load_pulls_the_voltage_down() -> None:
    """At full power the voltage is 1.5 % lower than idle."""
    idle, full = _values(0, 0.9), _values(400_000, 0.9)
    assert full["voltage_ll_avg_v"] / idle["voltage_ll_avg_v"] == pytest.approx(0.985, abs=0.001)


def test_a_pure_resistance_has_no_reactive_power() -> None:
    """At a power factor of 1 nothing is reactive."""
    assert reactive_share(1.0) == 0
    assert reactive_share(0.8) == pytest.approx(0.75)


@given(powers, factors)
def test_the_active_power_is_the_truth(power_w: float, power_factor: float) -> None:
    """A sound meter shows exactly what the load draws: the ledger compares with it."""
    assert _values(power_w, power_factor)["active_power_w"] == power_w


def test_a_sound_counter_counts_what_is_drawn() -> None:
    """A Wh is a Wh, and the varh follow the phase angle."""
    assert gain(0.8, SOUND).active == 1
    assert gain(0.8, SOUND).reactive == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("hookup", "least", "most"),
    [
        (Hookup(miswired=("reversed_l1",)), 0.30, 0.34),
        (Hookup(miswired=("reversed_l1", "reversed_l2", "reversed_l3")), -1.001, -0.999),
        (Hookup(ct_factor=0.5), 0.4999, 0.5001),
        (Hookup("3P3W", ct_factor=2.0, vt_factor=2.0), 3.999, 4.001),
        (Hookup(miswired=("single_phase",)), 0.999, 1.001),
    ],
)
def test_a_miswired_counter_counts_what_it_measures(
    hookup: Hookup, least: float, most: float
) -> None:
    """The gain of the counter is what the shown power is of the true one, at any load."""
    assert least < gain(0.9, hookup).active < most
    for power_w in (500.0, 300_000.0):
        draw = Draw(power_w, 0, 0, 0.9, full_power_w=400_000)
        shown_w = quantities(draw, Supply(), 7_000_000, 3, hookup)["active_power_w"]
        assert shown_w / power_w == pytest.approx(gain(0.9, hookup).active)
