"""A meter model as data."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge_agent import profile
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.errors import StopError
from edge_agent.profile import Register, plan, power_factor_of_4q
from edge_agent.registers import FORMATS, Limits, number_to_words
from edge_agent.words import in_language
from tests.edge_agent.profile_texts import GOOD, made, write


def _register(**more: object) -> Register:
    fields = {"quantity": "voltage_l1_v", "function": 3, "address": 0, "format": "u16", **more}
    return Register(**fields)  # type: ignore[arg-type]


def test_a_profile_is_loaded_by_path_and_planned(tmp_path: Path) -> None:
    """Defaults are filled in, and blocks are cut by function, gap and optional."""
    model = profile.load(write(tmp_path, GOOD))
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
    read = [register for block in model.blocks for register in block.registers]
    assert sorted(read, key=lambda r: r.quantity) == sorted(
        model.registers, key=lambda r: r.quantity
    )
    useful = {"active_power_w", "active_energy_import_wh", "pulse_count", "voltage_l1_l2_v"}
    assert useful & {r.quantity for r in model.registers}
    assert all(block.count <= model.max_registers for block in model.blocks)


def _numbers(format: str) -> st.SearchStrategy[int | float]:
    """What a number format can show, as far as a double can tell its steps apart."""
    bits = 16 * FORMATS[format].words
    least = -min(2 ** (bits - 1), 2**40) if format[0] == "s" else 0
    most = 10 ** (bits // 4) - 1 if format[0] == "b" else min(2 ** (bits - 1) - 1, 2**40)
    return st.floats(-1e6, 1e6, width=32) if format[0] == "f" else st.integers(least, most)


@pytest.mark.parametrize("name", profile.available())
@given(data=st.data())
def test_every_shipped_register_runs_backwards(name: str, data: st.DataObject) -> None:
    """A value that goes into words comes out of them the same, whatever its power of ten."""
    row = data.draw(st.sampled_from(profile.load(name).registers))
    power = data.draw(st.integers(-10, 10)) if row.scale_register is not None else 0
    numbers = st.floats(-2, 2, width=32) if row.encoding else _numbers(row.format)
    words = number_to_words(data.draw(numbers), row.format, row.word_order, row.byte_order)
    value = row.value_of(words, power)
    assume(value is not None)
    assert row.value_of(row.words_of(value or 0.0, power), power) == pytest.approx(value)


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
        ("baud = 9600\n", "", "factory.baud: missing (a serial line has baud, parity"),
        ("stop_bits = 1", "stop_bits = 1\nbauds = [1200]", "factory.bauds: the factory's own is"),
        ("stop_bits = 1", 'stop_bits = 1\nparities = ["E"]', "factory.parities: the factory's own"),
        ("stop_bits = 1", "stop_bits = 1\ntcp_port = 0", "factory.tcp_port = 0: less than 1"),
        ('"manual"', '"manual"\nwirings = ["4P"]', 'wirings[0] = "4P": not one of the choices'),
        ('"manual"', '"manual"\nvalues = "half"', 'values = "half": not one of the choices'),
        ("scale = 0.1", "range = [5, 5]", "voltage_l1_v.range: the lower bound is not below"),
        ("scale = 0.1", 'scale_by = ["ct"]', "scale_by = ct: no such setting (there are none yet"),
        ("scale = 0.1", "scale_register = 0x0002", "overlaps"),
        ("scale = 0.1", "scale_register = 0x0020", "0x0000 to 0x0020 is longer than the 10"),
        ('"u32", function', '"f32", scale_register = 0x12, function', "belongs to whole numbers"),
        ("scale = 0.1", "scale_register = 0x10000", "scale_register = 65536: more than 65535"),
    ],
)
def test_every_fault_of_a_profile_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A faulty profile stops with a line that names the place and what to write."""
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(StopError) as caught:
        profile.load(path)
    assert told in caught.value.message
    assert caught.value.message.startswith("profile acme: ")
    assert caught.value.hint
    assert profile.faults(path) == caught.value.message.splitlines()


def test_all_faults_of_a_profile_come_at_once(tmp_path: Path) -> None:
    """Two faults are two lines."""
    text = GOOD.replace("voltage_l1_v", "volts").replace("scale = 0.01", "scale = 0")
    assert len(profile.faults(write(tmp_path, text))) == 2


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


FACTS = """
[[identity]]
role = "model"
function = 3
address = 0x000B
format = "u16"
between = [[330, 345]]
[[identity]]
role = "serial"
function = 3
address = 0x0100
format = "text"
count = 4
[settings.ct]
function = 3
address = 0x0006
format = "u16"
[settings.prefix]
function = 3
address = 0x001E
format = "f32"
map = [[0, 1.0], [1, 1000.0]]
expect = [0]
severity = "stop"
message = "set it back to kWh"
[[never_write]]
address = 0x0002
why = "clears the energy"
"""


def test_facts_around_the_registers_are_loaded(tmp_path: Path) -> None:
    """Identity, settings and what nobody may write come with the profile, orders filled in."""
    model = made(tmp_path, FACTS)
    kind, serial = model.identity
    assert (kind.role, kind.count, kind.between, kind.word_order) == (
        "model",
        1,
        ((330, 345),),
        "big",
    )
    assert (serial.role, serial.count, serial.format, serial.expects) == (
        "serial",
        4,
        "text",
        False,
    )
    ct, prefix = model.settings
    assert (ct.name, ct.words, ct.severity, ct.expect) == ("ct", 1, "warn", ())
    assert (prefix.words, prefix.factors, prefix.severity) == (2, ((0, 1.0), (1, 1000.0)), "stop")
    assert model.never_write[0].address == 2
    assert (model.bauds, model.parities, model.tcp_port) == ((9600,), ("N",), None)
    assert model.to_settle


def test_a_meter_without_serial_line_has_no_baud(tmp_path: Path) -> None:
    """Only Ethernet: baud, parity and stop bits are absent."""
    text = GOOD.replace('baud = 9600\nparity = "N"\nstop_bits = 1', "tcp_port = 502")
    model = profile.load(write(tmp_path, text))
    assert (model.baud, model.parity, model.stop_bits, model.tcp_port) == (None, None, None, 502)
    assert (model.bauds, model.parities) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("between = [[330, 345]]", "between = [[345, 330]]", "between: the lower bound is above"),
        ("between = [[330, 345]]", 'text = ["a"]', "identity[0].text: a number is compared with"),
        ("between", "equals = [1]\nbetween", "identity[0]: between and equals exclude each other"),
        ('"u16"\nbetween', '"u17"\nbetween', 'identity[0].format = "u17": unknown format'),
        ('"u16"\nbetween', '"u16"\ncount = 2\nbetween', "count = 2: u16 takes 1 registers"),
        ('role = "model"', 'role = "name"', 'identity[0].role = "name": not one of the choices'),
        ("count = 4\n", "", "identity[1].count: missing (how many registers the text takes)"),
        ("count = 4", 'count = 1\ntext = ["abc"]', "identity[1].text: empty, or longer than its"),
        ("count = 4", 'count = 1\ntext = [""]', "identity[1].text: empty, or longer than its"),
        ("count = 4", "count = 4\nequals = [1]", "identity[1]: a text is compared with text"),
        ("count = 4", "count = 11", "identity[1].count = 11: longer than the 10 registers"),
        ("0x0100", "0xFFFE", "identity[1].address: goes beyond 0xFFFF"),
        ("count = 4", "count = 4\nchars_per_register = 3", "chars_per_register = 3: not one of"),
        ('"u16"\n[settings.prefix]', '"u1"\n[settings.prefix]', "settings.ct.format"),
        ('"u16"\n[settings.prefix]', '"u16"\nscale = 0\n[settings.prefix]', "zero is no factor"),
        ("[1, 1000.0]", "[1, 0.0]", "settings.prefix.map: a factor that is not above zero"),
        ('message = "set it back to kWh"\n', "", "settings.prefix.message: missing (say what"),
        ('"stop"', '"halt"', 'settings.prefix.severity = "halt": not one of the choices'),
        ("address = 0x0002\n", "", "never_write[0]: neither address nor function"),
        ("address = 0x0002", "address = 2\nfunction = 6", "never_write[0]: neither address nor"),
        ("address = 0x0002", "address = 2\nlast = 1", "never_write[0].last: not behind address"),
        ('why = "clears the energy"', "", "never_write[0].why: missing"),
        ("[[never_write]]", '[anchor]\nkind = "x"\nmodels = [201]\n[[never_write]]', "anchor.kind"),
        ("[[never_write]]", '[anchor]\nkind = "sunspec"\nmodels = []\n[[never_write]]', "empty"),
    ],
)
def test_every_fault_of_the_facts_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """What could not be read or compared is told with its place."""
    assert old in FACTS
    told_now = "\n".join(profile.faults(write(tmp_path, GOOD + FACTS.replace(old, new, 1))))
    assert told in told_now


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('models = ["One"]', 'models = "One"', 'models: not a list of the right form (write ["One'),
        ('models = ["One"]', "models = []", "models: empty (write"),
        ("unit_id = 1", 'unit_id = "1"', 'factory.unit_id = "1": not a whole number'),
        ("unit_id = 1", "unit_id = true", "factory.unit_id = true: not a whole number"),
        ("step_wh = 1", 'step_wh = "1"', 'counter.step_wh = "1": not a number'),
        ("max_gap = 2", "max_gap = 2\nholes = [[5, 4]]", "reading.holes: the lower bound is above"),
        (
            "max_gap = 2",
            "max_gap = 2\nholes = [[1, 2, 3]]",
            "reading.holes: not a list",
        ),
        ("max_gap = 2", "max_gap = 2\nreadable = [4]", "reading.readable: not a list"),
        ("max_gap = 2", "max_gap = 2\neven = 1", "reading.even = 1: neither true nor false"),
        (
            "scale = 0.1",
            "range = [1]",
            "registers.voltage_l1_v.range: not a list",
        ),
        (
            "scale = 0.1",
            "range = [nan, 1]",
            "registers.voltage_l1_v.range: not a list",
        ),
        ("scale = 0.1", 'scale_by = "ct"', "voltage_l1_v.scale_by: not a list"),
        (
            "{ address = 0x0000, scale = 0.1 }",
            "5",
            "registers.voltage_l1_v = 5: not a table",
        ),
        ('vendor = "Acme"', "vendor = 5", "vendor = 5: not a text (write it in quotes)"),
        ('vendor = "Acme"', "", "vendor: missing (add this key)"),
        ("[counter]\nstep_wh = 1", "counter = 1", "counter = 1: not a table (write [counter])"),
        (
            "timeout_ms = 300",
            "timeout_ms = 1",
            "reading.timeout_ms = 1: less than 10",
        ),
    ],
)
def test_every_fault_of_the_form_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Wrong types, lists and limits are one line each, with an example of what to write."""
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if new == "counter = 1":
        text = f"counter = 1\n{text.replace(new, '')}"
    (line,) = profile.faults(write(tmp_path, text))
    assert told in line
    assert in_language(line, "ja").startswith("プロファイル acme: ")


def test_parts_of_one_list_are_one_fault(tmp_path: Path) -> None:
    """Two bad entries in a list are one line, that of an anchor has its own example."""
    text = GOOD + '[anchor]\nkind = "sunspec"\nmodels = ["a", "b"]\n'
    (line,) = profile.faults(write(tmp_path, text))
    assert "anchor.models: not a list of the right form (write [201, 202" in line


def test_neither_serial_nor_ethernet_is_a_fault(tmp_path: Path) -> None:
    """A meter must be reached somehow."""
    text = GOOD.replace('baud = 9600\nparity = "N"\nstop_bits = 1\n', "")
    (line,) = profile.faults(write(tmp_path, text))
    assert "factory: neither a serial line nor Ethernet" in line


def test_faults_are_told_in_japanese_too(tmp_path: Path) -> None:
    """A line keeps its parts, so that a reader of Japanese gets them in Japanese."""
    text = GOOD.replace("address = 0x0003", "address = 0x0002")
    (line,) = profile.faults(write(tmp_path, text))
    told = in_language(line, "ja")
    assert told.startswith("プロファイル acme: registers.frequency_hz.address = 0x0002: ")
    assert "current_l1_a と重なっています" in told


def test_only_a_single_source_makes_a_profile_doubtful(tmp_path: Path) -> None:
    """Two programs that agree, or a manual, are more than one program alone."""
    second = '[[sources]]\ntitle = "B"\nwhere = "b"\n[factory]'
    alone = GOOD.replace('"manual"', '"code"')
    assert profile.load(write(tmp_path, alone)).doubtful
    assert not profile.load(write(tmp_path, alone.replace("[factory]", second))).doubtful
    assert not profile.load(write(tmp_path, GOOD)).doubtful
    assert profile.load(write(tmp_path, GOOD.replace('"manual"', '"none"'))).doubtful


def test_a_value_and_its_scale_register_come_in_one_request(tmp_path: Path) -> None:
    """The plan reads both together, whatever lies between, and each value once."""
    text = GOOD.replace("scale = 0.1", "scale_register = 0x0008").replace(
        "max_gap = 2", "max_gap = 0"
    )
    model = profile.load(write(tmp_path, text))
    block = model.blocks[0]
    assert (block.address, block.count) == (0, 9)
    assert [row.quantity for row in block.registers] == ["voltage_l1_v", "current_l1_a"]
    assert block.without_gaps()[0].count == 9


def test_a_moved_profile_is_the_same_meter_elsewhere(tmp_path: Path) -> None:
    """Every address, hole and identity row moves; what would leave the map is refused."""
    model = made(tmp_path, FACTS, GOOD.replace("max_gap = 2", "max_gap = 2\nholes = [[4, 5]]"))
    moved = model.moved(100)
    assert [b.address - 100 for b in moved.blocks] == [b.address for b in model.blocks]
    assert moved.limits.holes[0].address == 104
    assert moved.identity[0].address == 111
    assert moved.settings[0].address == 106
    with pytest.raises(ValueError, match="outside"):
        model.moved(0xFFFF)


@pytest.mark.parametrize("name", profile.available())
def test_every_shipped_fact_runs_backwards(name: str) -> None:
    """What a meter of this model shows is accepted by its own rows and settings."""
    model = profile.load(name)
    for row in model.identity:
        words = row.words_of(row.typical())
        assert len(words) == row.count
        assert row.accepts(words)
        assert row.shown(words)
    for setting in model.settings:
        words = setting.words_of(setting.typical())
        assert setting.number_of(words) == setting.typical()
        if any(setting.name in row.scale_by for row in model.registers):
            assert setting.factor_of(setting.typical()) is not None
