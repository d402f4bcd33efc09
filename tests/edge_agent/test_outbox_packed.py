"""Values in a row of the outbox: small, complete, and safe against what a disk may give back."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis.strategies import binary, dictionaries, floats, sampled_from, text

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.outbox.packed import codes_of, pack, unpack

NUMBERS = floats(allow_nan=False, allow_infinity=False)
VALUES = dictionaries(sampled_from(list(QUANTITIES)), NUMBERS)


@given(values=VALUES)
def test_values_come_back_as_they_were(values: dict[str, float]) -> None:
    """Names, order and every bit of every value."""
    back = unpack(pack(values))
    assert list(back) == list(values)
    assert list(map(math.copysign, [1.0] * len(back), back.values())) == list(
        map(math.copysign, [1.0] * len(values), values.values())
    )
    assert back == values


def test_forty_values_of_a_meter_take_little_room() -> None:
    """A sixth of the same as JSON, which is what wears out a memory card."""
    wide = {name: 230.1 + at / 7 for at, name in enumerate(list(QUANTITIES)[:40])}
    (*floats32,) = struct.unpack("<40f", struct.pack("<40f", *wide.values()))
    as_meters_give = dict(zip(wide, floats32, strict=True))
    assert len(pack(wide)) == 402
    assert len(pack(as_meters_give)) == 242
    assert len(json.dumps(as_meters_give)) > 1500
    assert unpack(pack(as_meters_give)) == as_meters_give


@given(values=dictionaries(sampled_from(list(QUANTITIES)), floats(width=32) | NUMBERS))
def test_a_short_value_is_the_very_same(values: dict[str, float]) -> None:
    """Short and long values stand side by side, and none is rounded."""
    values = {name: value for name, value in values.items() if math.isfinite(value)}
    assert unpack(pack(values)) == values


@given(values=dictionaries(text(), NUMBERS, min_size=1))
def test_a_quantity_nobody_knows_is_kept_all_the_same(values: dict[str, float]) -> None:
    """A name without a code costs more room, not the reading."""
    assert unpack(pack(values)) == values


def test_rows_of_earlier_agents_are_read() -> None:
    """Before, rows were JSON objects."""
    assert unpack('{"active_power_w":7,"frequency_hz":50.02}') == {
        "active_power_w": 7,
        "frequency_hz": 50.02,
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["active_power_w", "of_no_table"])
def test_what_is_not_finite_is_refused(name: str, value: float) -> None:
    """It could never be sent."""
    with pytest.raises(ValueError, match="not a finite number"):
        pack({"frequency_hz": 50.0, name: value})


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"1",
        b"\x02\x00",
        b"\x02\x00\xff",
        b"1234567",
        pack({"active_power_w": 1.0})[:-1],
        b"\xff" * 10,
        b"\x00" * 20,
        "",
        "[1]",
        "7",
        '{"active_power_w":"much"}',
        '{"active_power_w":1e',
        '{"active_power_w":NaN}',
        '{"active_power_w":null}',
    ],
)
def test_what_cannot_have_been_packed_is_refused(spoilt: bytes | str) -> None:
    """A damaged disk gives back an error, never other values."""
    with pytest.raises(ValueError, match=r"."):
        unpack(spoilt)


@given(spoilt=binary(max_size=80))
def test_no_bytes_do_harm(spoilt: bytes) -> None:
    """Anything at all is finite values of known quantities or one error."""
    try:
        values = unpack(spoilt)
    except ValueError:
        return
    assert values.keys() <= QUANTITIES.keys()
    assert all(map(math.isfinite, values.values()))


def test_two_names_with_one_code_are_found_at_once() -> None:
    """Nobody can add a quantity whose code is taken: the import fails, and so does this test."""
    codes: dict[int, str] = {}
    for number in range(100_000):
        name = f"q{number}"
        (code,) = codes_of([name]).values()
        if code in codes:
            with pytest.raises(ValueError, match="give one another name"):
                codes_of([codes[code], name])
            return
        codes[code] = name
    pytest.fail("fifteen bits tell a hundred thousand names apart")
