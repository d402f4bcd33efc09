"""MQTT packets as a client gets them: bytes in any portions in, whole packets out. PURE.

Source: OASIS MQTT Version 5.0 sections 2 and 3. What a broker may not send us, and what is cut
short, is a ``PacketError``: the connection is of no use then.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from simulators.fleet.packets import Version

MOST_BYTES = 1024 * 1024
"""No packet from a broker to an agent is larger: receipts and commands are short."""
_RECEIVE_MAXIMUM = 0x21
_WIDTHS = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), 1),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), 2),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), 4),
}
_TEXTS = (0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F)
_VARINT, _PAIR = 0x0B, 0x26


class PacketError(ValueError):
    """Bytes that are no packet a broker may send; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Connack:
    """Whether the broker lets us in (``code`` 0), and how many messages may be on their way."""

    code: int
    window: int = 65_535


@dataclass(frozen=True, slots=True)
class Puback:
    """A message of ours was taken, or refused by a ``code`` of 0x80 and above; 0x10: by nobody."""

    packet_id: int
    code: int = 0


@dataclass(frozen=True, slots=True)
class Suback:
    """One code for each filter asked for."""

    packet_id: int
    codes: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A PUBLISH to us; ``packet_id`` 0 with QoS 0, which wants no answer."""

    topic: str
    payload: bytes
    packet_id: int


@dataclass(frozen=True, slots=True)
class Pingresp:
    """The broker is there."""


@dataclass(frozen=True, slots=True)
class Bye:
    """The broker ends the connection, and why (MQTT 5)."""

    code: int


Packet = Connack | Puback | Suback | Message | Pingresp | Bye


class Stream:
    """The bytes of one connection; ``feed`` answers the packets that have become whole."""

    def __init__(self, version: Version) -> None:
        self._mqtt5 = version == "5"
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take bytes in. Raises ``PacketError``; nothing more is to be fed then."""
        self._rest += data
        while (found := _framed(self._rest)) is not None:
            start, end = found
            first, body = self._rest[0], bytes(self._rest[start:end])
            del self._rest[:end]
            try:
                yield self._taken(first, body)
            except (IndexError, struct.error, UnicodeDecodeError) as error:
                raise PacketError(f"a packet of kind {first >> 4} is cut short") from error

    def _taken(self, first: int, body: bytes) -> Packet:
        match first >> 4:
            case 2:
                return self._connack(body)
            case 3:
                return self._message(first, body)
            case 4:
                return Puback(_u16(body, 0), body[2] if len(body) > 2 else 0)
            case 9:
                at = 2 + (_properties_end(body, 2) - 2 if self._mqtt5 else 0)
                return Suback(_u16(body, 0), body[at:])
            case 13:
                return Pingresp()
            case 14:
                return Bye(body[0] if body else 0)
        raise PacketError(f"a broker sends no packet of kind {first >> 4} to an agent")

    def _connack(self, body: bytes) -> Connack:
        if self._mqtt5 and len(body) > 2:
            return Connack(body[1], _receive_maximum(body, 2))
        return Connack(body[1])

    def _message(self, first: int, body: bytes) -> Message:
        end = 2 + _u16(body, 0)
        topic, packet_id = body[2:end].decode(), 0
        if len(body) < end:
            raise IndexError
        if first & 0x06:
            packet_id, end = _u16(body, end), end + 2
        if self._mqtt5:
            end = _properties_end(body, end)
        return Message(topic, body[end:], packet_id)


def _framed(data: bytearray) -> tuple[int, int] | None:
    """Where the body of the first packet begins and ends; None while it is not whole."""
    length = shift = 0
    for at in range(1, min(len(data), 5)):
        length |= (data[at] & 0x7F) << shift
        if data[at] < 0x80:
            if length > MOST_BYTES:
                raise PacketError(f"a packet of {length} bytes: more than an agent takes")
            end = at + 1 + length
            return (at + 1, end) if end <= len(data) else None
        shift += 7
    if len(data) >= 5:
        raise PacketError("a length of more than four bytes")
    return None


def _u16(body: bytes, at: int) -> int:
    number: int = struct.unpack_from("!H", body, at)[0]
    return number


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer and where it ends."""
    number = shift = 0
    for place in range(at, at + 4):
        number |= (body[place] & 0x7F) << shift
        if body[place] < 0x80:
            return number, place + 1
        shift += 7
    raise PacketError("a variable byte integer of more than four bytes")


def _properties_end(body: bytes, at: int) -> int:
    length, start = _varint(body, at)
    if start + length > len(body):
        raise IndexError
    return start + length


def _receive_maximum(body: bytes, at: int) -> int:
    end = _properties_end(body, at)
    _, at = _varint(body, at)
    while at < end:
        name, at = body[at], at + 1
        if name == _RECEIVE_MAXIMUM:
            return max(_u16(body, at), 1)
        at = _behind(body, name, at)
    return 65_535


def _behind(body: bytes, name: int, at: int) -> int:
    """Where the property ends whose value begins at ``at``."""
    if name in _WIDTHS:
        return at + _WIDTHS[name]
    if name in _TEXTS:
        return at + 2 + _u16(body, at)
    if name == _VARINT:
        return _varint(body, at)[1]
    if name == _PAIR:
        at += 2 + _u16(body, at)
        return at + 2 + _u16(body, at)
    raise PacketError(f"property {name:#04x} is not known to MQTT 5")
