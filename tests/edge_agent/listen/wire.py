"""What units say on a line, as bytes."""

from __future__ import annotations

from collections.abc import Sequence

from edge_agent.listen.frames import checksum


def framed(*data: int) -> bytes:
    """These bytes and their checksum."""
    return bytes(data) + checksum(bytes(data))


def answer(unit: int, function: int, words: Sequence[int]) -> bytes:
    """The answer with these registers."""
    data = b"".join(word.to_bytes(2, "big") for word in words)
    return framed(unit, function, len(data), *data)


def refusal(unit: int, function: int, code: int) -> bytes:
    """An exception."""
    return framed(unit, function | 0x80, code)
