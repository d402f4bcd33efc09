"""An answered block as values."""

from __future__ import annotations

import pytest

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.decode import Ratios, values_in
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
    units = {"V", "A", "W", "var", "VA", "Wh", "varh", "Hz", "count", "m3", "kg", ""}
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
