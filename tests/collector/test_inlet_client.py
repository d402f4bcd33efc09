"""PUBLISH packets read by hand: as paho reads them, and never out of their bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import _packet
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.exception import MalformedPacket
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from collector.inlet.client import parse_publish

topics = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda topic: len(topic.encode()) < 65_536
)


def packet(topic: str, payload: bytes, packet_id: int, properties: bytes | None) -> bytes:
    """A PUBLISH packet without its fixed header."""
    name = topic.encode()
    middle = packet_id.to_bytes(2, "big") if packet_id else b""
    return len(name).to_bytes(2, "big") + name + middle + (properties or b"") + payload


def properties_of(content_type: str) -> bytes:
    """The properties of a message as paho writes them."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    if content_type:
        properties.ContentType = content_type
    packed: bytes = properties.pack()  # type: ignore[no-untyped-call]
    return packed


@given(
    topic=topics,
    payload=st.binary(max_size=300),
    packet_id=st.integers(0, 65_535),
    content_type=st.none() | st.text(st.characters(codec="ascii"), max_size=300),
)
def test_a_message_is_read_as_it_was_written(
    topic: str, payload: bytes, packet_id: int, content_type: str | None
) -> None:
    """With and without packet id, in both versions, whatever its properties are."""
    mqtt5 = content_type is not None
    written = packet(
        topic, payload, packet_id, properties_of(content_type or "") if mqtt5 else None
    )
    read = parse_publish(bytearray(written), 1 if packet_id else 0, mqtt5)
    assert read == (topic, packet_id, payload)


@given(body=st.binary(max_size=40), qos=st.integers(0, 1), mqtt5=st.booleans())
def test_any_bytes_are_read_as_paho_reads_them_or_refused(
    body: bytes, qos: int, mqtt5: bool
) -> None:
    """What this cannot read it says; what it reads, paho reads alike or calls malformed."""
    try:
        topic, packet_id, payload = parse_publish(body, qos, mqtt5)
    except (IndexError, UnicodeDecodeError):
        return
    version = MQTTProtocolVersion.MQTTv5 if mqtt5 else MQTTProtocolVersion.MQTTv311
    try:
        theirs = _packet.decode_publish(0x30 | qos << 1, bytearray(body), version)
    except MalformedPacket:
        return  # an unknown property, which is skipped here as all are
    assert (theirs.topic, theirs.mid, bytes(theirs.payload)) == (topic.encode(), packet_id, payload)


CUT_SHORT = (
    b"",
    b"\x00",
    b"\x00\x05ab",
    b"\x00\x01a\x00",
    b"\x00\x01a\x00\x01\xff\xff\xff\xff\x7f",
    b"\x00\x01a\x00\x01\x05\x03",
)


@pytest.mark.parametrize("body", CUT_SHORT)
def test_a_packet_that_ends_too_early_is_refused(body: bytes) -> None:
    """Neither a topic nor a payload is made up."""
    with pytest.raises(IndexError):
        parse_publish(body, 1, True)
