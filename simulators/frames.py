"""Modbus frames as a meter sees them: requests out of bytes, answers into bytes.

PURE. Before: the bytes that came on a line so far. After: whole requests, and the frames of
answers. Written from the Modbus Application Protocol V1.1b3 and Modbus over Serial Line V1.02,
apart from the agent's own library, so that neither can hide the other's mistakes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

MODBUS_PROTOCOL = 0
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE = 1, 2, 3, 4
LARGEST_FRAME = 260
_SHORT = 4
_FIXED: Mapping[int, int] = MappingProxyType(
    {**dict.fromkeys(range(1, 7), 8), 7: _SHORT, 11: _SHORT, 12: _SHORT, 17: _SHORT, 22: 10, 43: 7}
)
"""Bytes of a serial request by its function, checksum included."""
_COUNTED: Mapping[int, tuple[int, int]] = MappingProxyType({15: (6, 9), 16: (6, 9), 23: (10, 13)})
"""Where the count of data bytes stands, and how long the request is without them."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``address`` and ``count`` are those of a read, else both are 0.

    ``number`` is the transaction number of Modbus TCP; ``size`` the bytes it took on the line.
    """

    unit: int
    function: int
    address: int = 0
    count: int = 0
    number: int = 0
    size: int = 8


class NoModbusError(ValueError):
    """What came on a connection is not Modbus: it can only be closed."""


class Framing(Protocol):
    """How requests and answers are packed on one kind of line."""

    def take(self, heard: bytearray) -> Request | None:
        """The first whole request, taken out of ``heard``; None when there is none yet.

        Raises ``NoModbusError`` when there never will be one.
        """
        ...

    def packed(self, request: Request, unit: int, body: bytes) -> bytes:
        """The frame of an answer from ``unit``: ``body`` is function code and data."""
        ...


class Serial:
    """RTU: unit, body, checksum. Bytes that are no request are noise and left out."""

    def take(self, heard: bytearray) -> Request | None:
        """The first request whose checksum fits; noise before it is dropped."""
        while len(heard) >= _SHORT:
            size = _size(heard)
            if size is not None and size > len(heard):
                return None
            if size is not None and checksum(heard[: size - 2]) == bytes(heard[size - 2 : size]):
                frame = bytes(heard[:size])
                del heard[:size]
                return _request(frame[0], frame[1:-2], size=size)
            del heard[0]
        return None

    def packed(self, request: Request, unit: int, body: bytes) -> bytes:
        """Unit, body and checksum."""
        frame = bytes([unit]) + body
        return frame + checksum(frame)


class Numbered:
    """Modbus TCP: a header with the transaction number and the length before unit and body."""

    def take(self, heard: bytearray) -> Request | None:
        """The first whole frame."""
        if len(heard) < 8:
            return None
        number, protocol, length = struct.unpack(">HHH", heard[:6])
        if protocol != MODBUS_PROTOCOL or not 2 <= length <= LARGEST_FRAME - 6:
            raise NoModbusError(f"protocol {protocol}, length {length}")
        if len(heard) < 6 + length:
            return None
        frame = bytes(heard[6 : 6 + length])
        del heard[: 6 + length]
        # On the line behind a gateway the same request has no header, but a checksum.
        return _request(frame[0], frame[1:], number, length + 2)

    def packed(self, request: Request, unit: int, body: bytes) -> bytes:
        """The header with the request's number, unit and body."""
        return struct.pack(">HHHB", request.number, MODBUS_PROTOCOL, len(body) + 1, unit) + body


def checksum(data: bytes | bytearray) -> bytes:
    """CRC-16/MODBUS, low byte first, as it stands at the end of a serial frame."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return struct.pack("<H", crc)


def words_body(function: int, words: Sequence[int]) -> bytes:
    """The body of an answer that brings registers."""
    return struct.pack(f">BB{len(words)}H", function, 2 * len(words), *words)


def refusal_body(function: int, code: int) -> bytes:
    """The body of an exception."""
    return bytes([function | 0x80, code])


def _size(heard: bytearray) -> int | None:
    """How long the request at the head is; None when its function is unknown."""
    function = heard[1]
    if function in _COUNTED:
        at, least = _COUNTED[function]
        return least + heard[at] if len(heard) > at else at + 1
    return _FIXED.get(function)


def _request(unit: int, body: bytes, number: int = 0, size: int = 8) -> Request:
    function = body[0]
    if function in (3, 4) and len(body) == 5:
        address, count = struct.unpack(">HH", body[1:])
        return Request(unit, function, address, count, number, size)
    return Request(unit, function, number=number, size=size)


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_CRC = _crc_table()
