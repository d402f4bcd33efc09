"""Modbus RTU frames as bytes. PURE.

Before: bytes that may begin a frame. After: every shape such a frame could have, as read by one
who hears both directions and is told neither. Shapes are those of the Modbus Application Protocol
V1.1b3, chapter 6; the checksum is that of the Serial Line Guide V1.02, 6.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

READS = (3, 4)
"""Read holding registers, read input registers."""
MAX_REGISTERS = 125
FEWEST_BYTES = 4
"""Unit, function, checksum: the shortest frame there is."""
QUESTION_BYTES = 8
LONGEST_BYTES = 256
LAST_UNIT = 247
_REFUSED = 0x80
_IDENTIFICATION = 43

Kind = Literal["question", "answer", "refusal", "other"]


@dataclass(frozen=True, slots=True)
class Question:
    """A request for ``count`` registers from ``address``; ``at_s`` is its last byte's arrival."""

    unit: int
    function: int
    address: int
    count: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The registers that a unit gives; which ones only the question tells."""

    unit: int
    function: int
    words: tuple[int, ...]
    at_s: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """An exception to a read, and its code."""

    unit: int
    function: int
    code: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Other:
    """A whole frame of a function that brings no registers."""

    unit: int
    function: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Unread:
    """``count`` bytes that belong to no frame."""

    count: int
    at_s: float


Frame = Question | Answer | Refusal | Other
Heard = Frame | Unread


@dataclass(frozen=True, slots=True)
class Shape:
    """What a frame could be, and its length in bytes; None while too few are there to tell."""

    kind: Kind
    length: int | None


def checksum(data: bytes) -> bytes:
    """The two bytes that end a frame, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc.to_bytes(2, "little")


def whole(data: bytes) -> bool:
    """Whether these bytes end with their own checksum."""
    return checksum(data[:-2]) == data[-2:]


def question(unit: int, function: int, address: int, count: int) -> bytes:
    """The request for ``count`` registers as it goes over the line."""
    head = bytes((unit, function)) + address.to_bytes(2, "big") + count.to_bytes(2, "big")
    return head + checksum(head)


def shapes(head: bytes) -> Iterator[Shape]:
    """What the frame that begins with ``head`` could be, questions first; nothing for noise.

    Lengths need at most the first eleven bytes, those of an identification (function 43) all.
    """
    if len(head) < 2 or head[0] > LAST_UNIT:
        return
    function = head[1]
    if function in READS:
        yield from _read_shapes(head)
    elif function > _REFUSED and function - _REFUSED in (*READS, *_LENGTHS, _IDENTIFICATION):
        yield Shape("refusal" if function - _REFUSED in READS else "other", 5)
    elif function == _IDENTIFICATION:
        yield Shape("other", 7)
        yield Shape("other", _identification(head))
    else:
        for least, at in _LENGTHS.get(function, ()):
            yield Shape("other", _length(head, least, at))


def parsed(kind: Kind, data: bytes, at_s: float) -> Frame:
    """The frame in ``data``, which is whole and of that kind."""
    unit, function = data[0], data[1]
    if kind == "question":
        address, count = _word(data, 2), _word(data, 4)
        return Question(unit, function, address, count, at_s)
    if kind == "answer":
        words = tuple(_word(data, at) for at in range(3, len(data) - 2, 2))
        return Answer(unit, function, words, at_s)
    if kind == "refusal":
        return Refusal(unit, function - _REFUSED, data[2], at_s)
    return Other(unit, function & ~_REFUSED, at_s)


def _read_shapes(head: bytes) -> Iterator[Shape]:
    if len(head) < 6 or 1 <= _word(head, 4) <= MAX_REGISTERS:
        yield Shape("question", QUESTION_BYTES)
    if len(head) < 3:
        yield Shape("answer", None)
    elif head[2] % 2 == 0 and 2 <= head[2] <= 2 * MAX_REGISTERS:
        yield Shape("answer", 5 + head[2])


def _length(head: bytes, least: int, at: int) -> int | None:
    if at < 0:
        return least
    return least + head[at] if len(head) > at else None


def _identification(head: bytes) -> int | None:
    """The length of an answer to 43 / 14 (6.21): objects that each bear their own length."""
    if len(head) < 8:
        return None
    end = 8
    for _ in range(head[7]):
        if len(head) < end + 2:
            return None
        end += 2 + head[end + 1]
    return end + 2


def _word(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = tuple(_crc_of(byte) for byte in range(256))
_LENGTHS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((8, -1), (5, 2)),
    2: ((8, -1), (5, 2)),
    5: ((8, -1),),
    6: ((8, -1),),
    7: ((4, -1), (5, -1)),
    8: ((8, -1),),
    11: ((4, -1), (8, -1)),
    12: ((4, -1), (5, 2)),
    15: ((8, -1), (9, 6)),
    16: ((8, -1), (9, 6)),
    17: ((4, -1), (5, 2)),
    20: ((5, 2),),
    21: ((5, 2),),
    22: ((10, -1),),
    23: ((13, 10), (5, 2)),
}
"""By function, question and answer: bytes of the frame, and which byte counts the rest of them."""
