"""MQTT packets as they are made and taken apart, against the bytes the standards show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.fleet import packets
from simulators.fleet.packets import LARGEST, Hello, Will
from simulators.fleet.stream import (
    MOST_BYTES,
    Bye,
    Connack,
    Message,
    Packet,
    PacketError,
    Pingresp,
    Puback,
    Stream,
    Suback,
)

HELLO = Hello("a1", Will("t", b"gone"), 20, "3.1.1")


def taken(data: bytes, version: packets.Version = "5") -> list[Packet]:
    """The packets in bytes that come at once."""
    return list(Stream(version).feed(data))


@pytest.mark.parametrize(
    ("number", "wire"),
    [
        (0, "00"), (127, "7f"), (128, "8001"), (16_383, "ff7f"), (16_384, "808001"),
        (2_097_151, "ffff7f"), (2_097_152, "80808001"), (268_435_455, "ffffff7f"),
    ],
)  # fmt: skip
def test_lengths_are_written_as_table_1_1_shows(number: int, wire: str) -> None:
    """The variable byte integer has the bounds of MQTT 5's table 1-1."""
    assert packets.varint(number).hex() == wire


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_a_length_out_of_bounds_is_refused(number: int) -> None:
    """What four bytes cannot tell raises instead of going out wrong."""
    with pytest.raises(ValueError, match="do not fit"):
        packets.varint(number)


def test_hello_in_both_versions() -> None:
    """CONNECT carries name, level, flags, keep-alive, client id and will as 3.1 lays them out."""
    plain = "101700044d515454042e001400026131000174" + "0004676f6e65"
    assert packets.connect(HELLO).hex() == plain
    five = Hello("a1", Will("t", b"gone"), 20, "5", expiry_s=3600)
    assert packets.connect(five).hex() == (
        "101e00044d515454052c001405" + "1100000e10" + "00026131" + "00" + "000174" + "0004676f6e65"
    )


def test_a_password_goes_with_its_name_only() -> None:
    """User name and password set their flags and end the CONNECT."""
    named = packets.connect(Hello("a1", Will("t", b""), 20, "3.1.1", 0, "a1", "pw"))
    assert named[9] == 0x02 | 0x04 | 0x08 | 0x20 | 0x40 | 0x80
    assert named.endswith(b"\x00\x02a1\x00\x02pw")


def test_a_field_too_long_is_refused() -> None:
    """A text that two bytes of length cannot tell raises."""
    with pytest.raises(ValueError, match="too long"):
        packets.connect(Hello("a" * 65_536, Will("t", b""), 20))


def test_leave_is_taken_with_the_session() -> None:
    """MQTT 5 gives the session up by an expiry of zero, 3.1.1 has none to give up."""
    assert packets.disconnect("5").hex() == "e007000511" + "00000000"
    assert packets.disconnect("3.1.1").hex() == "e000"


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40),
    st.binary(max_size=300),
    st.integers(1, 65_535),
    st.sampled_from(("5", "3.1.1")),
)
def test_what_is_published_is_read_again(
    topic: str, payload: bytes, packet_id: int, version: packets.Version
) -> None:
    """A PUBLISH of ours taken apart gives topic, payload and number back."""
    sent = packets.publish(packet_id, topic, payload, version, content_type="text")
    assert taken(sent, version) == [Message(topic, payload, packet_id)]


WIRE = bytes.fromhex(
    "2006000003210014"
    + "40020007"
    + "4004000810" + "00"
    + "9004000100" + "01"
    + "d000"
    + "3206" + "000161" + "0009" + "00"
    + "e0018e"
)  # fmt: skip
TOLD = [
    Connack(0, 20), Puback(7), Puback(8, 0x10), Suback(1, b"\x01"), Pingresp(),
    Message("a", b"", 9), Bye(0x8E),
]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_packets_come_in_any_portions(size: int) -> None:
    """However TCP cuts the bytes, the same packets come out."""
    stream = Stream("5")
    portions = (WIRE[at : at + size] for at in range(0, len(WIRE), size))
    assert [packet for portion in portions for packet in stream.feed(portion)] == TOLD


def test_a_hello_answered_in_the_older_version() -> None:
    """CONNACK and SUBACK of MQTT 3.1.1 have no properties."""
    assert taken(bytes.fromhex("20020005"), "3.1.1") == [Connack(5)]
    assert taken(bytes.fromhex("9003000180"), "3.1.1") == [Suback(1, b"\x80")]


def test_the_window_is_found_among_other_properties() -> None:
    """Receive Maximum stands behind properties of every width."""
    before = bytes.fromhex("1100000001" + "2401" + "1200026131" + "26000161" + "000162")
    content = before + bytes.fromhex("210003")
    packet = bytes([0x20, len(content) + 3, 0, 0, len(content)]) + content
    assert taken(packet) == [Connack(0, 3)]


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        ("8200", "no packet of kind 8"),
        ("4001ff", "cut short"),
        ("3003000561", "cut short"),
        ("30020001", "cut short"),
        ("200400000299", "cut short"),
        ("2005000002 9901".replace(" ", ""), "not known"),
        ("30ffffffff01", "more than four bytes"),
        (f"30{packets.varint(MOST_BYTES + 1).hex()}", "more than an agent takes"),
        ("3002ff ff".replace(" ", ""), "cut short"),
        ("30040001ff00", "cut short"),
    ],
)
def test_what_no_broker_may_send_is_refused(wire: str, reason: str) -> None:
    """Each wrong packet is one error that says what is wrong with it."""
    with pytest.raises(PacketError, match=reason):
        taken(bytes.fromhex(wire))


@given(st.binary(max_size=200), st.sampled_from(("5", "3.1.1")))
def test_no_bytes_raise_anything_else(data: bytes, version: packets.Version) -> None:
    """Whatever comes is packets, an unfinished one, or a ``PacketError``."""
    try:
        found = taken(data, version)
    except PacketError:
        return
    assert len(found) <= len(data) // 2
