"""An answered block as values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.decode import Ratios, out_of_bounds, values_in
from edge_agent.errors import BadAnswerError
from edge_agent.profile import ReadBlock, Register


def _block(*quantities: str) -> ReadBlock:
    rows = [Register(name, 3, 100 + 2 * at, "u16") for at, name in enumerate(quantities)]
    return ReadBlock(3, 100, 2 * len(rows) - 1, tuple(rows))


def test_values_are_taken_from_their_addresses() -> None:
    """Each register is found at its own place in the block; words between them are passed over."""
    block = _block("voltage_l1_v", "frequency_hz", "power_factor")
    assert values_in(block, [230, 9, 50, 9, 1], Ratios()) == {
        "voltage_l1_v": 230.0,
        "frequency_hz": 50.0,
        "power_factor": 1.0,
    }


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        ("voltage_l1_v", 200.0),
        ("current_l1_a", 30.0),
        ("active_power_w", 600.0),
        ("reactive_power_var", 600.0),
        ("apparent_power_va", 600.0),
        ("active_energy_import_wh", 600.0),
        ("reactive_energy_import_varh", 600.0),
        ("power_factor", 10.0),
        ("frequency_hz", 10.0),
    ],
)
def test_ratios_make_primary_values(quantity: str, value: float) -> None:
    """CT multiplies current, power and energy; VT voltage, power and energy; others stay."""
    assert values_in(_block(quantity), [10], Ratios(ct=3.0, vt=20.0)) == {quantity: value}


def test_every_unit_is_known_to_the_ratios() -> None:
    """No quantity has a unit that ratios might forget."""
    units = {"V", "A", "W", "var", "VA", "Wh", "varh", "Hz", "count", "m3", "kg", "ms", ""}
    assert {quantity.unit for quantity in QUANTITIES.values()} <= units


def test_an_absent_value_is_left_out() -> None:
    """What the meter marks as not available is not in the values."""
    register = Register("voltage_l1_v", 3, 0, "u16", not_available=(0xFFFF,))
    assert values_in(ReadBlock(3, 0, 1, (register,)), [0xFFFF], Ratios()) == {}


@pytest.mark.parametrize("words", [[], [1], [1, 2, 3, 4]])
def test_another_count_of_words_is_a_bad_answer(words: list[int]) -> None:
    """Words that are too few or too many are never shifted into place."""
    with pytest.raises(BadAnswerError, match="3 were asked for"):
        values_in(_block("voltage_l1_v", "frequency_hz"), words, Ratios())


def _with_scale(word: int, value: int = 2_301, **more: object) -> tuple[ReadBlock, list[int]]:
    fields = {"quantity": "voltage_l1_v", "function": 3, "address": 10, "format": "s16", **more}
    register = Register(scale_register=12, **fields)  # type: ignore[arg-type]
    return ReadBlock(3, 10, 3, (register,)), [value & 0xFFFF, 0, word]


@given(power=st.integers(-10, 10), value=st.integers(-0x7FFF, 0x7FFF))
def test_a_scale_register_is_a_power_of_ten(power: int, value: int) -> None:
    """The number is multiplied by ten to the power that the same answer brings."""
    block, words = _with_scale(power & 0xFFFF, value)
    shown = values_in(block, words, Ratios())["voltage_l1_v"]
    assert math.isclose(shown, value * 10.0**power, rel_tol=1e-12)
    assert block.registers[0].words_of(shown, power) == [value & 0xFFFF]


def test_decimal_powers_leave_no_dust() -> None:
    """2301 with a power of -1 is 230.1."""
    block, words = _with_scale(0xFFFF)
    assert values_in(block, words, Ratios()) == {"voltage_l1_v": 230.1}


@pytest.mark.parametrize("word", [0x8000, 11, 0xFFFF - 10, 0x7FFF])
def test_a_power_that_is_none_leaves_the_value_out(word: int) -> None:
    """No scale factor, or one beyond plus or minus ten: the value is absent."""
    block, words = _with_scale(word, bounds=(0.0, 1.0))
    assert values_in(block, words, Ratios()) == {}
    assert out_of_bounds(block, words) == ()


def test_zero_may_mean_nothing() -> None:
    """Where the profile says so, 0 is absent; elsewhere it is a value."""
    block, words = _with_scale(0, 0)
    assert values_in(block, words, Ratios()) == {"voltage_l1_v": 0.0}
    block, words = _with_scale(0, 0, zero_is_missing=True)
    assert values_in(block, words, Ratios()) == {}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (2_299, ("voltage_l1_v is 2299, outside 90 to 300",)),
        (89, ("voltage_l1_v is 89, outside 90 to 300",)),
        (90, ()),
        (300, ()),
    ],
)
def test_what_cannot_be_true_is_left_out_and_told(value: int, told: tuple[str, ...]) -> None:
    """A value outside its range is absent, and there is a line that says why; ends are inside."""
    block, words = _with_scale(0, value, bounds=(90.0, 300.0))
    assert out_of_bounds(block, words) == told
    assert ("voltage_l1_v" in values_in(block, words, Ratios(ct=5, vt=10))) is not bool(told)


def test_a_value_without_a_range_is_never_out_of_it() -> None:
    """Registers without bounds are passed over."""
    assert out_of_bounds(_block("voltage_l1_v"), [0xFFFF]) == ()
