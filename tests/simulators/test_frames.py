"""Frames: requests are found in whatever bytes come, answers are packed by the standard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU

from simulators.frames import (
    Framing,
    NoModbusError,
    Numbered,
    Request,
    Serial,
    checksum,
    refusal_body,
    words_body,
)

units = st.integers(1, 247)
functions = st.sampled_from([3, 4])
addresses = st.integers(0, 0xFFFF)
counts = st.integers(1, 125)
requests = st.tuples(units, functions, addresses, counts)


def _rtu(unit: int, function: int, address: int, count: int) -> bytes:
    body = bytes([unit, function]) + address.to_bytes(2, "big") + count.to_bytes(2, "big")
    return body + checksum(body)


def _all(framing: Framing, heard: bytes) -> list[Request]:
    left, found = bytearray(heard), []
    while request := framing.take(left):
        found.append(request)
    return found


@given(st.binary(min_size=1, max_size=40))
def test_the_checksum_is_the_librarys(data: bytes) -> None:
    """Two implementations of CRC-16/MODBUS agree on any bytes."""
    assert checksum(data) == FramerRTU.compute_CRC(data).to_bytes(2, "big")


def test_the_checksum_of_a_known_frame() -> None:
    """The example of many manuals: 01 03 00 00 00 0A has the checksum C5 CD."""
    assert checksum(bytes.fromhex("01 03 0000 000A")) == bytes.fromhex("C5CD")


@given(st.lists(requests, min_size=1, max_size=5))
def test_requests_come_out_as_they_went_in(rows: list[tuple[int, int, int, int]]) -> None:
    """Any number of requests behind each other are found, on a line and in a connection."""
    line = b"".join(_rtu(*row) for row in rows)
    assert [(r.unit, r.function, r.address, r.count) for r in _all(Serial(), line)] == rows
    numbered = b"".join(
        number.to_bytes(2, "big") + b"\0\0\0\6" + _rtu(*row)[:-2] for number, row in enumerate(rows)
    )
    found = _all(Numbered(), numbered)
    assert [(r.unit, r.function, r.address, r.count) for r in found] == rows
    assert [r.number for r in found] == list(range(len(rows)))


@given(requests, st.integers(0, 7))
def test_half_a_request_waits_for_the_rest(row: tuple[int, int, int, int], cut: int) -> None:
    """A request in two pieces is one request, and none before its last byte."""
    frame, heard = _rtu(*row), bytearray()
    heard += frame[:cut]
    assert Serial().take(heard) is None
    heard += frame[cut:]
    found = Serial().take(heard)
    assert found is not None
    assert (found.unit, found.address) == (row[0], row[2])
    assert not heard


@given(st.binary(max_size=3), requests)
def test_noise_before_a_request_is_dropped(noise: bytes, row: tuple[int, int, int, int]) -> None:
    """A few odd bytes before a request and enough silence behind do not hide it for ever."""
    heard = bytearray(noise + _rtu(*row) + b"\xff" * 300)
    found = Serial().take(heard)
    assert found is not None
    assert (found.unit, found.function, found.address, found.count) == row


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("01 05 0001 FF00", 5), ("01 06 0001 0003", 6), ("01 10 0001 0002 04 000A 0102", 16),
        ("11 16 0004 00F2 0025", 22), ("11 11", 17), ("01 2B 0E 01 00", 43),
        ("01 17 0003 0006 000E 0003 06 00FF 00FF 00FF", 23),
    ],
)  # fmt: skip
def test_other_functions_are_recognised(text: str, function: int) -> None:
    """The examples of the standard for other functions are whole requests without an address."""
    body = bytes.fromhex(text)
    (found,) = _all(Serial(), body + checksum(body))
    assert (found.function, found.count, found.size) == (function, 0, len(body) + 2)


@pytest.mark.parametrize(
    "head", ["0001 0001 0006", "0001 0000 0001", "0001 0000 0FFF", "4745 5420"]
)
def test_what_is_not_modbus_is_refused(head: str) -> None:
    """Another protocol, an impossible length, or a web browser: the connection is worth nothing."""
    with pytest.raises(NoModbusError):
        Numbered().take(bytearray(bytes.fromhex(head) + b" / HTTP"))


def test_answers_are_packed() -> None:
    """Words and refusals, with a checksum on a line and with the request's number on a network."""
    request = Request(unit=7, function=3, address=1, count=2, number=0x1234)
    words = words_body(3, [1, 0xFFFE])
    assert words == bytes.fromhex("03 04 0001 FFFE")
    assert Serial().packed(request, 7, words)[:-2] == b"\x07" + words
    assert Numbered().packed(request, 7, words) == bytes.fromhex("1234 0000 0007 07") + words
    assert refusal_body(4, 2) == bytes.fromhex("84 02")
