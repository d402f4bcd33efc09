"""PURE. The wire format of Protocol Buffers, as much of it as a Sparkplug payload needs.

Source: protobuf.dev, "Encoding": a field is a key (number << 3 | wire type) and a varint, eight or
four bytes little endian, or a length with so many bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, I64, LEN, I32 = 0, 1, 2, 5
_MASK = (1 << 64) - 1
MOST_VARINT_BYTES = 10
Value = int | bytes
"""A varint as an unsigned number; any other wire type as its bytes."""


def varint(value: int) -> bytes:
    """The number as a varint; a negative one as its two's complement in 64 bits."""
    rest, found = value & _MASK, bytearray()
    while rest > 0x7F:
        found.append(rest & 0x7F | 0x80)
        rest >>= 7
    found.append(rest)
    return bytes(found)


def whole(number: int, value: int) -> bytes:
    """A field that holds a whole number or a truth value."""
    return varint(number << 3 | VARINT) + varint(value)


def double(number: int, value: float) -> bytes:
    """A field that holds a number of 64 bits."""
    return varint(number << 3 | I64) + struct.pack("<d", value)


def held(number: int, content: bytes) -> bytes:
    """A field that holds bytes, text in UTF-8 or a message."""
    return varint(number << 3 | LEN) + varint(len(content)) + content


def text(number: int, content: str) -> bytes:
    """A field that holds text."""
    return held(number, content.encode("utf-8"))


def fields(message: bytes) -> Iterator[tuple[int, int, Value]]:
    """Number, wire type and value of each field. Raises ``ValueError`` for what is no message."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, kind, value
            continue
        length, place = _length(message, place, kind)
        if place + length > len(message):
            raise ValueError("a field ends behind its message")
        yield number, kind, message[place : place + length]
        place += length


def _length(message: bytes, place: int, kind: int) -> tuple[int, int]:
    if kind == LEN:
        return _varint(message, place)
    if kind not in (I64, I32):
        raise ValueError(f"wire type {kind} is none")
    return (8 if kind == I64 else 4), place


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(message[place : place + MOST_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value & _MASK, place + index + 1
    raise ValueError("a number does not end")
