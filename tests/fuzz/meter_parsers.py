"""What comes over a Modbus line: frames, words, SunSpec maps, registers that name a meter."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from edge_agent import identity, profile, sunspec
from edge_agent.decode import Ratios, out_of_bounds, values_in
from edge_agent.errors import AgentError, RefusedError
from edge_agent.listen.finder import FrameFinder
from edge_agent.listen.frames import question
from edge_agent.meter_link import _sender, _whole_answers
from tests.fuzz.parser import Parser

_PROFILES = tuple(profile.load(name) for name in profile.available())
_MBAP = bytes.fromhex("000100000007010304000a000b")


class FakeMeter:
    """Registers that are the bytes, again and again; every seventh read is refused."""

    def __init__(self, data: bytes) -> None:
        even = data + b"\0" * (len(data) % 2) or b"\0\0"
        self._words: Sequence[int] = struct.unpack(f">{len(even) // 2}H", even)
        self._reads = 0

    def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words there."""
        self._reads += 1
        if self._reads % 7 == 0:
            raise RefusedError("no such register", code=self._words[0] % 12)
        return tuple(self._words[(address + n) % len(self._words)] for n in range(count))


def _decoded(data: bytes) -> object:
    """Every block of one profile, filled with the bytes; the first byte chooses the profile."""
    chosen = _PROFILES[(data[0] if data else 0) % len(_PROFILES)]
    meter = FakeMeter(data[1:])
    found: dict[str, float] = {}
    for block in chosen.blocks:
        words = meter._words[: block.count]
        words = tuple(words) + (0,) * (block.count - len(words))
        found |= values_in(block, words, Ratios(2.0, 3.0))
        out_of_bounds(block, words)
    return found


def _identified(data: bytes) -> object:
    chosen = _PROFILES[(data[0] if data else 0) % len(_PROFILES)]
    return identity.match(chosen, FakeMeter(data[1:]).read)


def _map(data: bytes) -> object:
    return sunspec.find(FakeMeter(data).read, (201, 202, 203, 204, 211, 212, 213, 214))


def _heard(data: bytes) -> object:
    """A line listened to in two bites: where they part must not matter to anybody's health."""
    finder, cut = FrameFinder(), data[0] if data else 0
    heard = [*finder.feed(data[:cut], 0.0), *finder.feed(data[cut:], 1.0), *finder.quiet()]
    if finder.waiting:
        raise AssertionError(f"{finder.waiting} bytes are never judged")
    return heard


def _answers(data: bytes) -> object:
    return _whole_answers(data), _sender(data, True), _sender(data, False)


METERS = (
    Parser("modbus-words", _decoded, (AgentError,), (b"\0" * 60, b"\x01\x7f\xc0\0\0" * 9)),
    Parser("modbus-identity", _identified, (AgentError,), (b"\x01SunS\0\x01\0\x42" * 4,)),
    Parser(
        *("sunspec-map", _map, (AgentError, sunspec.NoMapError)),
        (b"SunS\0\x01\0\x42" + b"A" * 132 + b"\0\xcb\0\x69" + b"\0" * 210 + b"\xff\xff\0\0",),
        (b"SunS", b"\xff\xff", b"\0\xcb\0\x69"),
    ),
    Parser(
        *("rtu-line", _heard, ()),
        (question(1, 3, 0, 2) + bytes.fromhex("010304000a000b"), b"\x01\x83\x02\xc0\xf1"),
        (b"\x01\x03", b"\x01\x2b\x0e\x01\0", b"\xf7\x10", b"\xff" * 9),
    ),
    Parser("modbus-tcp-answers", _answers, (), (_MBAP, _MBAP * 2, _MBAP[:9])),
)
"""Every entrance of bytes from meters."""
