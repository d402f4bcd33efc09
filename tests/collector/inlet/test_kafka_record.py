"""How messages stand in Kafka: what our bridge writes, and what others' bridges write."""

from __future__ import annotations

import pytest

from collector.inlet.kafka.record import Headers, Record, delivery_of, key_of, topic_of
from edge_agent.contract.topics import up

LIVE = up("pi-1", "live")


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        (b"pi-1", [("mqtt_topic", LIVE.encode())]),
        (b"pi-1", [("other", b"x"), ("mqtt_topic", LIVE)]),
        (None, [("mqtt_topic", LIVE.encode())]),
        (LIVE.encode(), []),
        (LIVE.encode(), [("mqtt_topic", None)]),
        (up("pi-2", "live").encode(), [("mqtt_topic", LIVE.encode())]),
    ],
    ids=["ours", "text", "no key", "the key is the topic", "an empty header", "header over key"],
)
def test_the_topic_is_found(key: bytes | None, headers: Headers) -> None:
    """In the header, whoever wrote it; else in a key that is the topic of an agent."""
    assert topic_of(Record(2, 41, key, b"{}", headers)) == LIVE


@pytest.mark.parametrize(
    ("key", "headers"),
    [(None, []), (b"pi-1", []), (b"\xff\xfe", []), (b"other/topic", [("mqtt_topic", b"")])],
)
def test_a_record_without_a_topic_tells_where_it_lies(key: bytes | None, headers: Headers) -> None:
    """Its place stands for the topic, which is no agent's, so that a person finds it again."""
    delivery = delivery_of(Record(2, 41, key, b"{}", headers), "mieruka-up", 3)
    assert delivery.topic == "kafka/mieruka-up/2/41"
    assert delivery.payload == b"{}"


def test_bytes_that_are_no_text_do_no_harm() -> None:
    """A header of any bytes becomes a topic that is no agent's."""
    assert topic_of(Record(0, 0, None, b"", [("mqtt_topic", b"\xff\x00")])) == "\ufffd\x00"


def test_a_tombstone_is_an_empty_message() -> None:
    """As MQTT clears a retained birth."""
    delivery = delivery_of(Record(1, 5, b"pi-1", None, [("mqtt_topic", LIVE.encode())]), "t", 1)
    assert (delivery.topic, delivery.payload) == (LIVE, b"")
    assert (delivery.partition, delivery.offset, delivery.connection) == (1, 5, 1)


@pytest.mark.parametrize(("topic", "key"), [(LIVE, b"pi-1"), ("some/other", b"some/other")])
def test_all_of_an_agent_has_one_key(topic: str, key: bytes) -> None:
    """So Kafka keeps it in one partition, in order; a foreign topic is its own key."""
    assert key_of(topic) == key
