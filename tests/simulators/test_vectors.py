"""Vectors at a meter's terminals, and what a meter of each wiring makes of them."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.electricity import circuit
from simulators.hookup import Hookup, arriving, miswirings
from simulators.vectors import PHASES, Three, Vectors, Wiring, measured, powers, turned

WIRINGS: tuple[Wiring, ...] = get_args(Wiring)
wirings = st.sampled_from(WIRINGS)
watts = st.floats(1, 400_000)
factors = st.floats(0.3, 1.0)
SQRT3 = math.sqrt(3)


def _balanced(phase_v: float, current_a: float, lag_degrees: float) -> Vectors:
    """Three equal phases, each current so far behind its voltage."""
    angles = (0.0, -120.0, 120.0)
    v1, v2, v3 = (turned(phase_v, angle) for angle in angles)
    i1, i2, i3 = (turned(current_a, angle - lag_degrees) for angle in angles)
    return Vectors((v1, v2, v3), (i1, i2, i3))


@given(wirings, watts, factors)
def test_every_wiring_sees_the_whole_power(wiring: Wiring, power_w: float, factor: float) -> None:
    """The elements of a meter add up to what the load draws, two wattmeters as well as three."""
    total = sum(powers(circuit(power_w, factor, 210.0, Hookup(wiring)), wiring), 0j)
    assert total.real == pytest.approx(power_w)
    assert total.imag == pytest.approx(power_w * math.tan(math.acos(factor)), abs=1e-6 * power_w)


@given(wirings, watts, factors)
def test_powers_are_a_right_triangle(wiring: Wiring, power_w: float, factor: float) -> None:
    """S² is P² + Q² in every phase, and P over S is the power factor."""
    values = measured(circuit(power_w, factor, 210.0, Hookup(wiring)), wiring, 1.0)
    for where in ["", *(f"_{p}" for p in PHASES[wiring] if f"active_power_{p}_w" in values)]:
        active, reactive = values[f"active_power{where}_w"], values[f"reactive_power{where}_var"]
        apparent = values[f"apparent_power{where}_va"]
        assert apparent == pytest.approx(math.hypot(active, reactive))
        assert values[f"power_factor{where}"] == pytest.approx(active / apparent)


@given(watts, factors)
def test_two_wattmeters_by_the_textbook(power_w: float, factor: float) -> None:
    """Balanced, the two elements show U I cos(30° ± φ), and their difference tells the Q."""
    lag = math.degrees(math.acos(factor))
    current_a = power_w / factor / (SQRT3 * 210.0)
    one, other = powers(_balanced(210.0 / SQRT3, current_a, lag), "3P3W")
    assert one.real == pytest.approx(210.0 * current_a * math.cos(math.radians(30 + lag)), abs=1e-6)
    assert other.real == pytest.approx(210.0 * current_a * math.cos(math.radians(30 - lag)))
    reactive = SQRT3 * (other.real - one.real)
    assert reactive == pytest.approx(power_w * math.tan(math.acos(factor)), abs=1e-6 * power_w)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_the_neutral_carries_what_is_unbalanced(one: float, two: float, three: float) -> None:
    """I_N² = I1² + I2² + I3² - I1 I2 - I2 I3 - I3 I1 when each current is in phase."""
    currents: Three = (turned(one, 0), turned(two, -120), turned(three, 120))
    values = measured(Vectors(_balanced(230.0, 0, 0).voltages, currents), "3P4W", 1.0)
    square = one**2 + two**2 + three**2 - one * two - two * three - three * one
    assert values["current_n_a"] ** 2 == pytest.approx(square, abs=1e-6)


def test_without_a_neutral_currents_add_up_to_nothing() -> None:
    """In 3P3W the third current is the meter's own sum, and equals the one that flows."""
    vectors = circuit(50_000, 0.8, 210.0, Hookup("3P3W"))
    assert abs(sum(vectors.currents)) < 1e-9
    assert measured(vectors, "3P3W", 1.0)["current_l2_a"] == pytest.approx(abs(vectors.currents[1]))


def test_a_half_loaded_three_wire_circuit_returns_through_the_neutral() -> None:
    """1P3W: 105 V each, 210 V between; equal loads leave the neutral empty, one alone fills it."""
    volts: Three = (105 + 0j, -105 + 0j, 0j)
    equal = measured(Vectors(volts, (10 + 0j, -10 + 0j, 0j)), "1P3W", 1.0)
    alone = measured(Vectors(volts, (10 + 0j, 0j, 0j)), "1P3W", 1.0)
    assert (equal["voltage_l1_v"], equal["voltage_l1_l2_v"]) == (105, 210)
    assert (equal["active_power_w"], equal["current_n_a"]) == (2100, 0)
    assert (alone["active_power_w"], alone["current_n_a"]) == (1050, 10)


@pytest.mark.parametrize("wiring", WIRINGS)
def test_a_wiring_shows_only_what_it_has(wiring: Wiring) -> None:
    """No phase voltage without a neutral, no third phase in single-phase circuits."""
    values = measured(circuit(1000, 0.9, 210.0, Hookup(wiring)), wiring, 1.0)
    assert ("voltage_l1_v" in values) == (wiring != "3P3W")
    assert ("voltage_l1_l2_v" in values) == (wiring != "1P2W")
    assert ("current_l3_a" in values) == wiring.startswith("3P")
    assert ("current_n_a" in values) == (wiring in ("3P4W", "1P3W"))


def test_without_current_there_is_no_division() -> None:
    """An idle meter shows zero power and the power factor that it was told."""
    values = measured(_balanced(121.0, 0.0, 0.0), "3P4W", 0.87)
    assert (values["active_power_w"], values["power_factor"]) == (0, 0.87)


@pytest.mark.parametrize(
    ("wiring", "word", "shares", "total"),
    [
        # At a power factor of 1, in shares of one phase's (or wattmeter's) sound power.
        ("3P4W", "reversed_l2", (1, -1, 1), 1 / 3),
        ("3P4W", "swapped_currents_l1_l2", (-0.5, -0.5, 1), 0),
        ("3P4W", "swapped_voltages_l2_l3", (1, -0.5, -0.5), 0),
        ("3P4W", "missing_voltage_l3", (1, 1, 0), 2 / 3),
        ("3P3W", "reversed_l1", (-1, 1), 0),
        ("3P3W", "swapped_currents_l1_l3", (0, 0), 0),
        ("3P3W", "swapped_voltages_l1_l3", (0, 0), 0),
        ("3P3W", "missing_voltage_l1", (0, 1), 0.5),
        ("1P3W", "reversed_l1", (-1, 1), 0),
        ("1P3W", "swapped_currents_l1_l2", (-1, -1), -1),
        ("1P3W", "missing_voltage_l2", (1, 0), 0.5),
        ("1P2W", "reversed_l1", (-1,), -1),
    ],
)
def test_miswirings_by_the_textbook(
    wiring: Wiring, word: str, shares: tuple[float, ...], total: float
) -> None:
    """Each fault shows the shares of power that the vectors give on paper."""
    if wiring.startswith("1P"):
        one, two = 105 + 0j, -105 + 0j
        both = wiring == "1P3W"
        sound = Vectors((one, two if both else 0j, 0j), (10 + 0j, -10 + 0j if both else 0j, 0j))
    else:
        sound = _balanced(210.0 / SQRT3, 10.0, 0.0)
    healthy = powers(sound, wiring)
    found = powers(arriving(sound, Hookup(wiring, (word,))), wiring)
    got = [power.real / right.real for power, right in zip(found, healthy, strict=True)]
    assert got == pytest.approx(shares, abs=1e-9)
    whole = sum(power.real for power in healthy)
    assert sum(power.real for power in found) / whole == pytest.approx(total, abs=1e-9)


def test_wrong_ratios_scale_what_is_shown() -> None:
    """Half the CT ratio halves current and power, twice the VT ratio doubles voltage and power."""
    sound = _balanced(121.0, 10.0, 20.0)
    right = measured(sound, "3P4W", 1.0)
    hookup = Hookup(ct_factor=0.5, vt_factor=2.0)
    shown = measured(arriving(sound, hookup), "3P4W", 1.0)
    assert not hookup.sound
    assert shown["current_l1_a"] == pytest.approx(right["current_l1_a"] / 2)
    assert shown["voltage_l1_v"] == pytest.approx(right["voltage_l1_v"] * 2)
    assert shown["active_power_w"] == pytest.approx(right["active_power_w"])
    assert shown["power_factor"] == pytest.approx(right["power_factor"])


@pytest.mark.parametrize("wiring", WIRINGS)
def test_every_miswiring_changes_what_is_shown(wiring: Wiring) -> None:
    """No word of the list is without effect, and each comes back as a word of that wiring."""
    sound = circuit(10_000, 0.8, 210.0, Hookup(wiring))
    for word in miswirings(wiring):
        hookup = Hookup(wiring, (word,))
        wrong = arriving(circuit(10_000, 0.8, 210.0, hookup), hookup)
        assert measured(wrong, wiring, 1.0) != pytest.approx(measured(sound, wiring, 1.0)), word


@pytest.mark.parametrize(
    ("wiring", "word"),
    [
        ("3P3W", "reversed_l2"), ("1P2W", "missing_voltage_l2"), ("1P3W", "single_phase"),
        ("3P4W", "reversed_l4"), ("3P4W", "backwards"),
    ],
)  # fmt: skip
def test_a_wiring_refuses_what_it_cannot_have(wiring: Wiring, word: str) -> None:
    """A fault of a transformer or voltage that the wiring lacks is refused by name."""
    with pytest.raises(ValueError, match=f"{word} is no miswiring of {wiring}"):
        arriving(circuit(1000, 0.9, 210.0, Hookup(wiring)), Hookup(wiring, (word,)))
