"""What exchanges say of a meter: values decoded whatever the other master's requests are."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent import profile, sunspec
from edge_agent.decode import Ratios
from edge_agent.errors import RefusedError
from edge_agent.listen.heard_values import HeardValues, Value, rounds
from edge_agent.listen.heard_words import HeardWords
from edge_agent.registers import number_to_words
from tests.edge_agent.listen.played import exchange

SDM = profile.load("eastron_sdm630")
ENERGY = "active_energy_import_wh"
ALL = tuple(register.quantity for register in SDM.registers)

SET = """
vendor = "Acme"
models = ["One"]
verification = "manual"
sources = [{ title = "Manual", where = "acme.example" }]
factory = { unit_id = 1, baud = 9600, parity = "N", stop_bits = 1 }
counter = { step_wh = 1 }
[reading]
function = 3
format = "u16"
word_order = "big"
max_registers = 10
timeout_ms = 300
[settings.ct_ratio]
function = 3
address = 100
format = "u16"
[settings.order]
function = 3
address = 101
format = "u16"
expect = [0]
severity = "stop"
message = "the order of words was changed"
[registers]
voltage_l1_v = { address = 0 }
current_l1_a = { address = 1, scale_by = ["ct_ratio"] }
"""


@pytest.fixture
def acme(tmp_path: Path) -> HeardValues:
    """A meter whose current hangs on a setting."""
    path = tmp_path / "acme.toml"
    path.write_text(SET, encoding="utf-8")
    return HeardValues(profile.load(str(path)), Ratios())


def floats(*values: float) -> list[int]:
    """Words of f32 values, high word first."""
    return [word for value in values for word in number_to_words(value, "f32")]


def test_whatever_register_lies_wholly_in_an_answer_is_decoded() -> None:
    """Odd spans give what they hold; a value that is cut by the span's end is absent."""
    meter = HeardValues(SDM, Ratios())
    meter.hear(exchange(1, 4, 0x0002, floats(101.0, 102.0, 5.0)[:5], at_s=7.0))
    taken = meter.take(ALL)
    assert taken == {"voltage_l2_v": Value(101.0, 7.0), "voltage_l3_v": Value(102.0, 7.0)}
    assert meter.take(ALL) == {}


def test_a_value_is_never_put_together_from_two_answers() -> None:
    """Its high word of one instant and its low word of another would be a third number."""
    meter = HeardValues(SDM, Ratios())
    high, low = floats(230.0)
    meter.hear(exchange(1, 4, 0x0000, [high]))
    meter.hear(exchange(1, 4, 0x0001, [low]))
    assert meter.take(ALL) == {}


def test_another_function_is_another_register() -> None:
    """Holding register 0 is not input register 0."""
    meter = HeardValues(SDM, Ratios())
    meter.hear(exchange(1, 3, 0x0000, floats(230.0)))
    assert meter.take(ALL) == {}


def test_ratios_are_applied() -> None:
    """Values are those of the primary side, as when they are polled."""
    meter = HeardValues(SDM, Ratios(ct=20.0, vt=2.0))
    meter.hear(exchange(1, 4, 0x0000, floats(100.0, 100.0, 100.0, 5.0)))
    taken = meter.take(ALL)
    assert (taken["voltage_l1_v"].value, taken["current_l1_a"].value) == (200.0, 100.0)


def test_the_newest_value_counts() -> None:
    """Of a value that came twice since it was taken, the older one is gone."""
    meter = HeardValues(SDM, Ratios())
    for at_s, volts in ((1.0, 100.0), (2.0, 101.0)):
        meter.hear(exchange(1, 4, 0x0000, floats(volts), at_s))
    assert meter.take(ALL) == {"voltage_l1_v": Value(101.0, 2.0)}


def test_what_hangs_on_a_setting_waits_until_that_was_heard(acme: HeardValues) -> None:
    """A current without its ratio is absent, not wrong; then it is right."""
    acme.hear(exchange(1, 3, 0, [100, 5]))
    assert set(acme.take(["voltage_l1_v", "current_l1_a"])) == {"voltage_l1_v"}
    assert acme.unscaled == ("current_l1_a",)
    acme.hear(exchange(1, 3, 100, [40]))
    acme.hear(exchange(1, 3, 0, [100, 5]))
    assert acme.take(["current_l1_a"])["current_l1_a"].value == 200.0
    assert not acme.unscaled


def test_a_setting_that_changes_changes_the_scale(acme: HeardValues) -> None:
    """Whenever the other master reads it again, it is taken over."""
    for ratio in (40, 60):
        acme.hear(exchange(1, 3, 100, [ratio]))
        acme.hear(exchange(1, 3, 0, [100, 5]))
        assert acme.take(["current_l1_a"])["current_l1_a"].value == 5.0 * ratio


def test_a_meter_that_is_set_wrongly_gives_no_values(acme: HeardValues) -> None:
    """The profile says which setting makes its values wrong, and why."""
    acme.hear(exchange(1, 3, 101, [1]))
    acme.hear(exchange(1, 3, 0, [100, 5]))
    assert acme.take(["voltage_l1_v"]) == {}
    assert acme.wrong == "the order of words was changed"


def test_a_setting_that_a_meter_need_not_have_is_assumed_aloud() -> None:
    """Energies of an SDM630 are kWh as it comes, and MWh once its prefix was heard to be set."""
    meter = HeardValues(SDM, Ratios())
    assert meter.assumed == ("energy_prefix",)
    meter.hear(exchange(1, 4, 0x0048, floats(12.5)))
    assert meter.take([ENERGY])[ENERGY].value == 12_500.0
    meter.hear(exchange(1, 3, 0x001E, floats(1.0)))
    assert not meter.assumed
    meter.hear(exchange(1, 4, 0x0048, floats(12.5)))
    assert meter.take([ENERGY])[ENERGY].value == 12_500_000.0


def test_a_sunspec_map_is_found_where_its_model_is_read_as_a_whole() -> None:
    """The number and the length of the model say where it begins; before that nothing is known."""
    model = profile.load("sunspec_201_204")
    assert model.anchor is not None
    words = [0x8000] * 107
    words[:2] = [203, sunspec.LENGTHS[203]]
    (power,) = [row for row in model.registers if row.quantity == "active_power_w"]
    assert power.scale_register is not None
    words[power.address], words[power.scale_register] = 123, 1
    meter = HeardValues(model, Ratios())
    meter.hear(exchange(1, 3, 40_069 + 10, words[10:]))
    assert meter.take(["active_power_w"]) == {}
    assert "active_power_w" in meter.unscaled
    meter.hear(exchange(1, 3, 40_069, words))
    assert meter.take(["active_power_w"])["active_power_w"].value == 1_230.0
    meter.hear(exchange(1, 3, 40_069 + 2, words[2:]))
    assert meter.take(["active_power_w"])["active_power_w"].value == 1_230.0


def test_words_can_be_read_as_if_the_unit_had_been_asked() -> None:
    """From several answers; what was not heard is refused as an address that is not there."""
    words = HeardWords()
    assert words.keep(exchange(1, 3, 10, [1, 2]))
    assert words.keep(exchange(1, 3, 12, [3]))
    assert not words.keep(exchange(1, 3, 10, [1, 2]))
    assert words.read(3, 10, 3) == (1, 2, 3)
    with pytest.raises(RefusedError) as refused:
        words.read(3, 11, 3)
    assert refused.value.code == 2
    with pytest.raises(RefusedError):
        words.read(4, 10, 1)


def test_answers_that_follow_each_other_are_one_reading_at_the_counters_instant() -> None:
    """Slots are cut by the counter; power may be a moment older."""
    values = {
        "active_power_w": Value(1.0, 10.0),
        ENERGY: Value(2.0, 10.3),
        "frequency_hz": Value(50.0, 10.6),
    }
    assert rounds(values) == [
        (10.3, {"active_power_w": 1.0, ENERGY: 2.0, "frequency_hz": 50.0}),
    ]


def test_answers_that_lie_apart_are_readings_of_their_own() -> None:
    """A counter of a minute ago is not told as of now."""
    values = {"active_power_w": Value(1.0, 60.0), ENERGY: Value(2.0, 10.0)}
    assert rounds(values) == [(10.0, {ENERGY: 2.0}), (60.0, {"active_power_w": 1.0})]
    assert rounds({}) == []
