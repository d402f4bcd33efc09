"""A meter model as data."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent import profile
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.errors import StopError
from edge_agent.profile import Register, plan, power_factor_of_4q
from edge_agent.registers import Limits

GOOD = """
vendor = "Acme"
models = ["One"]
verification = "manual"
[[sources]]
title = "Manual"
where = "acme.example"
[factory]
unit_id = 1
baud = 9600
parity = "N"
stop_bits = 1
[reading]
function = 3
format = "u16"
word_order = "big"
max_registers = 10
max_gap = 2
timeout_ms = 300
[counter]
step_wh = 1
[registers]
voltage_l1_v = { address = 0x0000, scale = 0.1 }
current_l1_a = { address = 0x0002, scale = 0.01, offset = -1.0 }
active_energy_import_wh = { address = 0x0010, format = "u32", function = 4, word_order = "little" }
frequency_hz = { address = 0x0003, optional = true, not_available = [0xFFFF] }
"""


def _write(folder: Path, text: str) -> str:
    path = folder / "acme.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _register(**more: object) -> Register:
    fields = {"quantity": "voltage_l1_v", "function": 3, "address": 0, "format": "u16", **more}
    return Register(**fields)  # type: ignore[arg-type]


def test_a_profile_is_loaded_by_path_and_planned(tmp_path: Path) -> None:
    """Defaults are filled in, and blocks are cut by function, gap and optional."""
    model = profile.load(_write(tmp_path, GOOD))
    assert (model.name, model.vendor, model.counter_modulus_wh) == ("acme", "Acme", None)
    blocks = [(b.function, b.address, b.count, b.optional) for b in model.blocks]
    assert blocks == [(3, 0, 3, False), (4, 0x10, 2, False), (3, 3, 1, True)]
    energy = model.blocks[1].registers[0]
    assert (energy.word_order, energy.byte_order, energy.words) == ("little", "big", 2)


@pytest.mark.parametrize("name", profile.available())
def test_every_shipped_profile_is_sound(name: str) -> None:
    """It loads, says where it is from, and every register is read exactly once."""
    model = profile.load(name)
    assert model.name == name
    assert model.sources
    assert model.verification in ("hardware", "manual", "code")
    read = [register for block in model.blocks for register in block.registers]
    assert sorted(read, key=lambda r: r.quantity) == sorted(
        model.registers, key=lambda r: r.quantity
    )
    assert {"active_power_w", "active_energy_import_wh"} <= {r.quantity for r in model.registers}
    assert all(block.count <= model.max_registers for block in model.blocks)


@pytest.mark.parametrize("name", profile.available())
@given(data=st.data())
def test_every_shipped_register_runs_backwards(name: str, data: st.DataObject) -> None:
    """A value that goes into words comes out of them within the register's resolution."""
    register = data.draw(st.sampled_from(profile.load(name).registers))
    value = data.draw(st.floats(-0.99, 0.99)) * (1 if register.encoding else 1000)
    if register.format.startswith("u"):
        value = abs(value)
    back = register.value_of(register.words_of(value))
    coarse = register.scale / 2 if register.format[0] in "us" else abs(value) * 1e-6
    assert back == pytest.approx(value, abs=coarse + 1e-9)


def test_eastron_is_read_as_its_manual_asks() -> None:
    """SDM630: even starts and counts, at most 80 registers, 60 ms of silence, two requests."""
    model = profile.load("eastron_sdm630")
    assert model.min_gap_ms == 60
    assert [(b.function, b.address, b.count) for b in model.blocks] == [(4, 0, 80), (4, 200, 26)]


def test_omron_is_read_as_it_is_in_the_field() -> None:
    """KM-N1: at most 20 registers a request; the Wh counter comes round at 2^32 Wh."""
    model = profile.load("omron_km_n1")
    assert max(block.count for block in model.blocks) == 20
    assert model.counter_modulus_wh == 2.0**32
    assert {r.quantity for r in model.unverified} == {
        "voltage_l1_l2_v",
        "voltage_l2_l3_v",
        "voltage_l3_l1_v",
    }


def test_scale_and_offset_make_the_value() -> None:
    """Value = number x scale + offset, without the dust of a decimal scale."""
    assert _register(scale=0.1).value_of([2_301]) == 230.1
    assert _register(scale=0.01, offset=-1.0).value_of([250]) == 1.5
    assert _register(scale=1000.0).value_of([3]) == 3_000.0
    assert _register(scale=0.1).words_of(230.1) == [2_301]


def test_not_available_is_absent() -> None:
    """A raw listed as not available gives no value, in whatever word order it comes."""
    register = _register(format="u32", word_order="little", not_available=(0x7FFF_FFFE,))
    assert register.value_of([0xFFFE, 0x7FFF]) is None
    assert register.value_of([0xFFFD, 0x7FFF]) == 0x7FFF_FFFD


def test_a_value_beyond_floats_is_absent() -> None:
    """A finite number that its scale drives past the largest float is no value."""
    register = _register(format="f64", scale=1e300)
    assert register.value_of(register.words_of(1e10)) == pytest.approx(1e10)
    assert register.value_of([0x7FE0, 0, 0, 0]) is None


@pytest.mark.parametrize(
    ("coded", "plain"),
    [(0.9, 0.9), (1.0, 1.0), (1.25, 0.75), (-0.8, -0.8), (-1.25, -0.75), (2.0, 0.0), (0.0, 0.0)],
)
def test_four_quadrant_power_factor(coded: float, plain: float) -> None:
    """Beyond one the load is leading: 2 - |x|, with the sign of the quadrant."""
    assert power_factor_of_4q(coded) == plain


def test_a_power_factor_beyond_two_is_absent() -> None:
    """A number that the four-quadrant code does not have is no value."""
    assert math.isnan(power_factor_of_4q(2.5))
    register = _register(format="f32", encoding="power_factor_4q")
    assert register.value_of([0x4040, 0x0000]) is None


def test_optional_registers_stay_among_themselves() -> None:
    """A refusal of an optional block costs no other value: touching ones share, others do not."""
    rows = [
        _register(address=0),
        _register(address=1, quantity="current_l1_a", optional=True),
        _register(address=2, quantity="current_l2_a", optional=True),
        _register(address=4, quantity="current_l3_a", optional=True),
        _register(address=3, quantity="frequency_hz"),
    ]
    blocks = plan(rows, Limits(10, 5))
    assert [(b.address, b.count, b.optional) for b in blocks] == [
        (0, 4, False),
        (1, 2, True),
        (4, 1, True),
    ]


def test_a_block_can_be_read_without_its_gaps() -> None:
    """The parts bring the same registers and touch no other."""
    rows = [_register(address=0), _register(address=3, quantity="current_l1_a")]
    (block,) = plan(rows, Limits(10, 5))
    parts = block.without_gaps()
    assert [(part.address, part.count) for part in parts] == [(0, 1), (3, 1)]
    assert [part.registers for part in parts] == [(rows[0],), (rows[1],)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("voltage_l1_v", "voltage_l1", "registers.voltage_l1: no such quantity (did you mean"),
        ('format = "u16"', 'format = "u17"', 'format = "u17": unknown format (did you mean u16'),
        ('format = "u16"', "", "registers.voltage_l1_v.format: missing"),
        ("function = 3", "function = 6", "reading.function = 6: not one of the choices"),
        ("[0xFFFF]", "[0x1FFFF]", "frequency_hz.not_available: does not fit into u16"),
        ("scale = 0.1", "scale = 0", "scale is zero"),
        ("0x0010", "0xFFFF", "0xFFFF to 0x10000 is outside"),
        ("address = 0x0003", "address = 0x0002", "0x0002: overlaps current_l1_a"),
        ("max_gap = 2", "max_gap = 2\nholes = [[2, 4]]", "current_l1_a: 0x0002 to 0x0002 is in"),
        ("max_gap = 2", "max_gab = 2", "max_gab: unknown key (did you mean max_gap"),
        ("0x0002, scale", "0x0002, skale", "skale: unknown key (did you mean scale"),
        ("step_wh = 1", "step_wh = 0", "counter.step_wh = 0: not more than 0"),
        ("[[sources]]", "[[sources", "not TOML"),
    ],
)
def test_every_fault_of_a_profile_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A faulty profile stops with a line that names the place and what to write."""
    assert old in GOOD
    path = _write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(StopError) as caught:
        profile.load(path)
    assert told in caught.value.message
    assert caught.value.message.startswith("profile acme: ")
    assert caught.value.hint
    assert profile.faults(path) == caught.value.message.splitlines()


def test_all_faults_of_a_profile_come_at_once(tmp_path: Path) -> None:
    """Two faults are two lines."""
    text = GOOD.replace("voltage_l1_v", "volts").replace("scale = 0.01", "scale = 0")
    assert len(profile.faults(_write(tmp_path, text))) == 2


def test_an_unknown_profile_names_near_ones() -> None:
    """A wrong name is answered with the right one."""
    with pytest.raises(StopError, match="did you mean eastron_sdm630"):
        profile.load("eastron_sdm360")


def test_an_absent_file_is_one_line(tmp_path: Path) -> None:
    """A path that leads nowhere is told as such."""
    with pytest.raises(StopError, match="cannot be read"):
        profile.load(str(tmp_path / "no.toml"))


def test_profiles_speak_only_of_known_quantities() -> None:
    """What a profile can bring is in the published vocabulary."""
    for name in profile.available():
        assert {r.quantity for r in profile.load(name).registers} <= set(QUANTITIES)
