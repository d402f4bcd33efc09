"""MQTT packets as a client makes them, for 3.1.1 and 5. PURE.

Only what an agent of ours sends: CONNECT with a will, SUBSCRIBE and PUBLISH with QoS 1, PUBACK,
PINGREQ, DISCONNECT. Source: OASIS MQTT Version 5.0 sections 2 and 3, MQTT Version 3.1.1 section 3.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Version = Literal["5", "3.1.1"]
PINGREQ = b"\xc0\x00"
LARGEST = 268_435_455
"""The most bytes that the remaining length of a packet can tell (2.1.4)."""
_LEVEL = {"5": 5, "3.1.1": 4}
_CLEAN, _WILL, _WILL_QOS_1, _WILL_RETAIN, _PASSWORD, _USERNAME = 0x02, 0x04, 0x08, 0x20, 0x40, 0x80
_CONTENT_TYPE, _SESSION_EXPIRY = 0x03, 0x11


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes for a client that goes without a word: retained, QoS 1."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Hello:
    """A CONNECT. With ``expiry_s`` 0 the session ends with the connection, as MQTT 3.1.1's do."""

    client: str
    will: Will
    keepalive_s: int
    version: Version = "5"
    expiry_s: int = 0
    username: str = ""
    password: str = ""


def connect(hello: Hello) -> bytes:
    """CONNECT (3.1). Raises ``ValueError`` for a text longer than 65,535 bytes."""
    flags = _WILL | _WILL_QOS_1 | _WILL_RETAIN
    if hello.version != "5" or not hello.expiry_s:
        flags |= _CLEAN
    body = bytearray(_text(hello.client))
    if hello.version == "5":
        body += b"\x00"  # no properties of the will
    body += _text(hello.will.topic) + _binary(hello.will.payload)
    if hello.username:
        flags |= _USERNAME
        body += _text(hello.username)
        if hello.password:
            flags |= _PASSWORD
            body += _text(hello.password)
    head = _text("MQTT") + bytes([_LEVEL[hello.version], flags])
    head += struct.pack("!H", hello.keepalive_s)
    if hello.version == "5":
        head += _properties(struct.pack("!BI", _SESSION_EXPIRY, hello.expiry_s))
    return _packet(0x10, head + body)


def subscribe(packet_id: int, filters: Sequence[str], version: Version) -> bytes:
    """SUBSCRIBE (3.8) to each filter with QoS 1."""
    body = bytearray(struct.pack("!H", packet_id))
    if version == "5":
        body += b"\x00"
    for one in filters:
        body += _text(one) + b"\x01"
    return _packet(0x82, body)


def publish(
    packet_id: int,
    topic: str,
    payload: bytes,
    version: Version,
    *,
    retain: bool = False,
    content_type: str = "",
) -> bytes:
    """PUBLISH (3.3) with QoS 1; the content type goes with MQTT 5 only."""
    head = _text(topic) + struct.pack("!H", packet_id)
    if version == "5":
        named = bytes([_CONTENT_TYPE]) + _text(content_type) if content_type else b""
        head += _properties(named)
    return _packet(0x33 if retain else 0x32, head + payload)


def puback(packet_id: int) -> bytes:
    """PUBACK (3.4) of a message that was taken: the short form, alike in both versions."""
    return struct.pack("!BBH", 0x40, 2, packet_id)


def disconnect(version: Version) -> bytes:
    """DISCONNECT (3.14) without will; with MQTT 5 the session is given up too."""
    if version != "5":
        return b"\xe0\x00"
    return _packet(0xE0, b"\x00" + _properties(struct.pack("!BI", _SESSION_EXPIRY, 0)))


def varint(number: int) -> bytes:
    """A variable byte integer (1.5.5). Raises ``ValueError`` above ``LARGEST``."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} bytes do not fit into one packet")
    found = bytearray()
    while True:
        number, low = divmod(number, 128)
        found.append(low | (0x80 if number else 0))
        if not number:
            return bytes(found)


def _packet(first: int, body: bytes | bytearray) -> bytes:
    return bytes([first]) + varint(len(body)) + body


def _properties(content: bytes) -> bytes:
    return varint(len(content)) + content


def _text(text: str) -> bytes:
    return _binary(text.encode())


def _binary(content: bytes) -> bytes:
    if len(content) > 0xFFFF:
        raise ValueError(f"{len(content)} bytes are too long for a field of MQTT")
    return struct.pack("!H", len(content)) + content
