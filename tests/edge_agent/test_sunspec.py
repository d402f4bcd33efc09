"""Meters whose map begins wherever its maker liked: SunSpec."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent import identity, sunspec
from edge_agent.decode import Ratios, values_in
from edge_agent.errors import RefusedError
from edge_agent.profile import Profile
from edge_agent.registers import words_of_text
from edge_agent.settle import settle
from tests.edge_agent.profile_texts import GOOD, Registers, made

ANCHORED = (
    GOOD.replace("max_registers = 10", "max_registers = 125")
    .replace("scale = 0.1", "scale_register = 0x0001, format = 's16'")
    .replace("0x0000", "0x0005")
    .replace("function = 4, ", "")
)
ANCHOR = '[anchor]\nkind = "sunspec"\nmodels = [201, 203]\n'


def _chain(base: int, *models: tuple[int, int]) -> Registers:
    """A device with the common model, then these models (ID, length), zeroes inside."""
    common = [1, 66, *([0] * 66)]
    common[2:18] = words_of_text("Acme", 16)
    common[18:34] = words_of_text("M-203", 16)
    common[50:66] = words_of_text("S-77", 16)
    words = [*sunspec.MARKER, *common]
    for id, length in models:
        words += [id, length, *([0] * length)]
    return Registers().put(3, base, [*words, 0xFFFF, 0])


def _model(folder: Path) -> Profile:
    text = ANCHORED.replace("address = 0x0002, scale = 0.01, offset = -1.0", "address = 0x0007")
    return made(folder, ANCHOR, text.replace("0x0001, format", "0x0009, format"))


@pytest.mark.parametrize("base", sunspec.BASES)
def test_the_map_is_found_where_it_begins(tmp_path: Path, base: int) -> None:
    """At 40000, 50000 or 0; other models before it are walked over; the texts come along."""
    meter = _chain(base, (160, 20), (203, 105))
    settled = settle(_model(tmp_path), meter.read)
    at = base + 2 + 68 + 22
    assert settled.complaints == ()
    assert settled.profile.anchor is None
    assert {row.quantity: row.address - at for row in settled.profile.registers} == {
        "voltage_l1_v": 5,
        "current_l1_a": 7,
        "active_energy_import_wh": 0x10,
        "frequency_hz": 3,
    }
    assert (settled.serial, settled.model) == ("S-77", "M-203")


def test_scale_registers_move_along(tmp_path: Path) -> None:
    """The value and its power of ten are read at the place that was found."""
    meter = _chain(40_000, (203, 105))
    settled = settle(_model(tmp_path), meter.read)
    at = 40_000 + 70
    meter.put(3, at + 5, [2_301]).put(3, at + 9, [0xFFFF])
    block = settled.profile.blocks[0]
    words = meter.read(block.function, block.address, block.count)
    assert values_in(block, words, Ratios())["voltage_l1_v"] == 230.1


@pytest.mark.parametrize(
    ("meter", "told"),
    [
        (Registers(), "no SunSpec map at register 40000, 50000 or 0"),
        (_chain(0, (103, 50)), "no SunSpec model 201, 203 among 1, 103"),
        (_chain(0, (203, 104)), "SunSpec model 203 is 104 registers long, not 105"),
        (Registers().put(3, 0, [*sunspec.MARKER, 7, 0xFFF0]), "no end, at register 65524"),
        (Registers().put(3, 0, [*sunspec.MARKER, *([7, 0] * 70)]), "no end, at register 130"),
    ],
)
def test_a_map_that_makes_no_sense_stops_the_meter(
    tmp_path: Path, meter: Registers, told: str
) -> None:
    """No map, no such model, a wrong length, a chain without end: one line, and no readings."""
    settled = settle(_model(tmp_path), meter.read)
    assert settled.stops
    assert told in settled.complaints[0].text


def test_a_model_at_the_end_of_the_addresses_is_refused() -> None:
    """A model that would reach past 0xFFFF is no map."""
    meter = Registers().put(3, 0, [*sunspec.MARKER, 7, 65_450]).put(3, 65_454, [203, 105])
    with pytest.raises(sunspec.NoMapError, match="long"):
        sunspec.find(meter.read, [203])


def test_a_busy_device_is_not_one_without_a_map() -> None:
    """Only a refused address means that there is nothing."""
    with pytest.raises(RefusedError):
        sunspec.find(Registers(code=6).read, [203])


def test_a_device_that_keeps_its_texts_to_itself_is_still_found() -> None:
    """A common model that cannot be read leaves the texts empty."""
    meter = Registers().put(3, 0, [*sunspec.MARKER, 1, 66]).put(3, 70, [203, 105])
    place = sunspec.find(meter.read, [203])
    assert (place.model.address, place.texts) == (70, {})


def test_sunspec_meters_are_told_by_their_chain(tmp_path: Path) -> None:
    """The model in the chain is the match; another device is a contradiction."""
    found = identity.match(_model(tmp_path), _chain(0, (203, 105)).read)
    assert (found.score, found.serial, found.model) == (1.0, "S-77", "M-203")
    assert "203 at register 70" in found.told[0]
    other = identity.match(_model(tmp_path), Registers().read)
    assert (other.score, other.known) == (0.0, True)


@given(st.lists(st.tuples(st.integers(2, 0xFFFE), st.integers(0, 300)), max_size=20))
def test_every_sound_chain_is_walked_to_its_model(before: list[tuple[int, int]]) -> None:
    """Whatever stands before it, the model is found where the lengths say."""
    others = [row for row in before if row[0] != 203]
    meter = _chain(0, *others, (203, 105))
    place = sunspec.find(meter.read, [203])
    assert place.model.address == 70 + sum(2 + length for _, length in others)
