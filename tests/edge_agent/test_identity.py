"""Whether a meter is what a profile says."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent import identity
from edge_agent.profile import IdentityRow
from tests.edge_agent.profile_texts import Registers, made

ROWS = """
[[identity]]
role = "vendor"
function = 3
address = 0x0040
format = "text"
count = 4
chars_per_register = 1
text = ["soco"]
[[identity]]
role = "model"
function = 3
address = 0x000B
format = "u32"
equals = [0x42323320, 7]
[[identity]]
role = "serial"
function = 4
address = 0x0100
format = "u32"
"""
VENDOR, MODEL, SERIAL = [83, 79, 67, 79], [0x4232, 0x3320], [0x0001, 0x0002]


def _meter(vendor: list[int] | None = None, model: list[int] | None = None) -> Registers:
    meter = Registers().put(4, 0x100, SERIAL)
    if vendor:
        meter.put(3, 0x40, vendor)
    return meter.put(3, 0x0B, model) if model else meter


@pytest.mark.parametrize(
    ("meter", "score", "known"),
    [
        (_meter(VENDOR, MODEL), 1.0, True),
        (_meter(VENDOR), 0.5, True),
        (_meter(VENDOR, [0, 8]), 0.0, True),
        (_meter([65, 66, 67, 68], MODEL), 0.0, True),
        (_meter(), 0.0, False),
    ],
)
def test_a_meter_is_scored_by_its_rows(
    tmp_path: Path, meter: Registers, score: float, known: bool
) -> None:
    """All as expected is 1, one contradiction 0, refused rows count half; nothing is no verdict."""
    found = identity.match(made(tmp_path, ROWS), meter.read)
    assert (found.score, found.known, found.serial) == (score, known, "65538")


def test_the_reasons_name_register_and_value(tmp_path: Path) -> None:
    """A person sees what was read and what the model would show."""
    found = identity.match(made(tmp_path, ROWS), _meter(VENDOR, [0, 8]).read)
    assert found.told == (
        "register 0x0040 says SOCO, as this model does",
        "register 0x000B says 8, where this model says 1110586144, 7",
    )
    assert found.model == "8"


def test_a_profile_without_rows_is_not_known(tmp_path: Path) -> None:
    """Nothing is asked and nothing is said."""
    meter = Registers()
    found = identity.match(made(tmp_path, ""), meter.read)
    assert (found.score, found.known, found.told, meter.asked) == (0.0, False, (), [])


def _row(**more: object) -> IdentityRow:
    fields = {"role": "model", "function": 3, "address": 0, "count": 1, "format": "u16", **more}
    return IdentityRow(**fields)  # type: ignore[arg-type]


def test_ranges_hold_their_ends() -> None:
    """330 and 345 are inside, 329 and 346 are not."""
    row = _row(between=((330, 345), (1, 1)))
    assert [row.accepts([n]) for n in (329, 330, 345, 346, 1)] == [False, True, True, False, True]
    assert row.wanted() == "330-345, 1"


def test_words_that_hold_no_number_are_not_accepted() -> None:
    """A NaN or a BCD digit above nine fits nothing."""
    assert not _row(format="bcd16", equals=(10,)).accepts([0x00AA])
    assert _row(format="bcd16").shown([0x00AA]) == ""


def test_a_serial_number_that_was_never_written_is_none() -> None:
    """All ones is the erased memory, not a number."""
    assert _row(role="serial", format="u32", count=2).shown([0xFFFF, 0xFFFF]) == ""
    assert _row(role="serial", format="f32", count=2).shown([0x4148, 0]) == "12.5"


@pytest.mark.parametrize(
    ("row", "typical"),
    [
        (_row(begins=("iEM",), format="text", count=4), "iEM"),
        (_row(between=((330, 345),)), 330),
        (_row(equals=(7, 9)), 7),
        (_row(), 12345),
        (_row(format="text", count=1), "12"),
    ],
)
def test_a_typical_meter_is_accepted(row: IdentityRow, typical: str | int) -> None:
    """What simulators show is what the row expects."""
    assert row.typical() == typical
    assert row.accepts(row.words_of(typical))
