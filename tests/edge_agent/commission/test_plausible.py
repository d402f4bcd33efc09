"""The physics by which a reading is believed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.commission.plausible import ANCHORLESS, LOW_VOLTAGES_V, nominal_v, plausibility

SUPPLIES_V = st.sampled_from([57.7, 63.5, 100.0, 110.0, 120.0, 200.0, 210.0, 230.0, 400.0, 6600.0])


@st.composite
def healthy(draw: st.DrawFn) -> dict[str, float]:
    """A three-phase four-wire meter under some load, on any supply, importing or exporting."""
    phase_v = draw(SUPPLIES_V) * draw(st.floats(0.95, 1.05))
    sign = draw(st.sampled_from([1, -1]))
    values = {"frequency_hz": draw(st.sampled_from([50, 60])) + draw(st.floats(-0.3, 0.3))}
    totals = {"active_power_w": 0.0, "reactive_power_var": 0.0}
    for phase in ("l1", "l2", "l3"):
        volt = phase_v * draw(st.floats(0.97, 1.03))
        ampere = draw(st.floats(0.1, 500))
        angle = draw(st.floats(0, 0.9))
        values[f"voltage_{phase}_v"] = volt
        values[f"current_{phase}_a"] = ampere
        values[f"active_power_{phase}_w"] = sign * volt * ampere * math.cos(angle)
        values[f"reactive_power_{phase}_var"] = volt * ampere * math.sin(angle)
        totals["active_power_w"] += values[f"active_power_{phase}_w"]
        totals["reactive_power_var"] += values[f"reactive_power_{phase}_var"]
    apparent_va = math.hypot(*totals.values())
    factor = abs(totals["active_power_w"]) / apparent_va
    return values | totals | {"apparent_power_va": apparent_va, "power_factor": factor}


@given(healthy())
def test_healthy_meters_are_believed(values: dict[str, float]) -> None:
    """On every supply, at every load, in both directions."""
    assert plausibility(values).score > 0.8


@given(healthy(), st.sampled_from(["frequency_hz", "voltage_l1_v", "active_power_w"]))
def test_one_impossible_value_costs_belief(values: dict[str, float], name: str) -> None:
    """A value that is a million times too large is never overlooked."""
    before = plausibility(values).score
    assert plausibility(values | {name: values[name] * 1e6}).score < before - 0.05


@given(healthy(), st.floats(1e-3, 1e3))
def test_only_the_right_scale_of_power_is_agreed_to(
    values: dict[str, float], factor: float
) -> None:
    """Power far from voltage times current counts against it, a little less is a wiring's fault."""
    powers = {name: v * factor for name, v in values.items() if name.endswith(("_w", "_va"))}
    found = plausibility(values | powers)
    held = [point.held for point in found.points if "voltage times current" in point.told]
    apparent = [values[f"voltage_{p}_v"] * values[f"current_{p}_a"] for p in ("l1", "l2", "l3")]
    ratio = powers["apparent_power_va"] / sum(apparent)
    if 0.92 < ratio < 1.08:
        assert held == [1.0]
    elif 0.16 < ratio < 0.88:
        assert held == [0.7]
    elif ratio < 0.14 or ratio > 1.12:
        assert held == [0.0]


NAMES = ["frequency_hz", "voltage_l1_v", "current_l1_a", "active_energy_import_wh", "power_factor"]


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_score_is_always_a_score(values: dict[str, float]) -> None:
    """Whatever the words made, the score is between 0 and 1 and every point has its words."""
    found = plausibility(values)
    assert 0 <= found.score <= 1
    assert all(0 <= point.held <= 1 and point.told for point in found.points)


def test_nothing_is_no_proof() -> None:
    """Without values, and with nothing but zeros, nothing speaks for a meter."""
    assert plausibility({}).score == 0
    assert plausibility({"voltage_l1_v": 0.0, "frequency_hz": 0.0, "current_l1_a": 0.0}).score == 0


def test_energy_alone_is_not_much() -> None:
    """Without voltage or frequency a reading is never believed far."""
    assert plausibility({"active_energy_import_wh": 1234.0}).score == ANCHORLESS


def test_a_frequency_without_any_voltage_is_no_meter() -> None:
    """A meter takes its frequency from the voltage."""
    values = {"frequency_hz": 50.0, "voltage_l1_v": 0.0, "voltage_l2_v": 0.0}
    assert plausibility(values).score <= ANCHORLESS


@pytest.mark.parametrize("hertz", [0.5, 44, 55.6, 66, 500])
def test_what_is_no_grid_is_not_believed(hertz: float) -> None:
    """However well the voltage fits."""
    assert plausibility({"frequency_hz": hertz, "voltage_l1_v": 230.0}).score <= ANCHORLESS


@pytest.mark.parametrize("hertz", [47.5, 49.2, 50.0, 60.0, 62.5])
def test_grids_and_generators_are_believed(hertz: float) -> None:
    """A generator may be off by some hertz."""
    assert plausibility({"frequency_hz": hertz, "voltage_l1_v": 230.0}).score > 0.8


def test_a_dead_phase_does_not_make_a_meter_wrong() -> None:
    """Single-phase wiring on a three-phase meter shows zeros."""
    values = {"frequency_hz": 50.0, "voltage_l1_v": 101.0, "voltage_l2_v": 0.0, "voltage_l3_v": 0.0}
    assert plausibility(values).score > 0.9


def test_no_load_says_nothing_of_power() -> None:
    """What cannot be judged is left out: no point speaks of power."""
    values = {
        "frequency_hz": 50.0,
        "voltage_l1_v": 230.0,
        "current_l1_a": 0.0,
        "active_power_w": 0.0,
    }
    assert plausibility(values).score == 1
    assert not any("power is" in point.told for point in plausibility(values).points)


@pytest.mark.parametrize("nominal", [*LOW_VOLTAGES_V, 6600, 3810.5])
def test_supplies_are_known_with_their_tolerance(nominal: float) -> None:
    """Seven percent up and down is a supply still."""
    assert nominal_v(nominal * 1.07) is not None
    assert nominal_v(nominal * 0.93) is not None


@pytest.mark.parametrize("volt", [0.5, 12, 24, 32, 150, 1000, 1e5, -230])
def test_what_is_no_supply_is_none(volt: float) -> None:
    """Control voltages, and what other words make."""
    assert nominal_v(volt) is None
