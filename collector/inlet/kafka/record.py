"""PURE. How a message of MQTT is laid down as a record of Kafka, and found in one again.

Value: the payload, byte for byte. Header ``mqtt_topic``: the topic, UTF-8. Key: the agent, so that
all of an agent is in one partition, in order. So any bridge can write it that can set a header; of
one that cannot, a key that is itself the topic is taken as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.inlet.waiting import Delivery
from edge_agent.contract.topics import parse_up

TOPIC_HEADER = "mqtt_topic"
NOWHERE = "kafka/"
"""How what stands for the topic begins where a record tells none."""
Headers = Sequence[tuple[str, bytes | str | None]]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in the log; ``value`` is None where Kafka has a tombstone."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class KafkaDelivery(Delivery):
    """A message out of the log; ``connection`` counts the assignments of partitions."""

    partition: int = 0
    offset: int = 0


def key_of(topic: str) -> bytes:
    """The key under which a message of this topic is laid down: its agent, else the topic."""
    found = parse_up(topic)
    return (found.agent if found else topic).encode()


def delivery_of(record: Record, log: str, assignment: int) -> KafkaDelivery:
    """The message that a record of the topic ``log`` holds.

    A record that does not tell its MQTT topic gets its place in the log instead: that is no
    agent's topic, so it ends as a dead letter that says where it lies.
    """
    topic = topic_of(record) or f"{NOWHERE}{log}/{record.partition}/{record.offset}"
    return KafkaDelivery(
        *(topic, record.value or b"", assignment),
        partition=record.partition,
        offset=record.offset,
    )


def topic_of(record: Record) -> str:
    """The MQTT topic that a record tells; empty when it tells none."""
    for name, value in record.headers:
        if name == TOPIC_HEADER and value:
            return _text(value)
    key = _text(record.key or b"")
    return key if parse_up(key) else ""


def _text(value: bytes | str) -> str:
    if isinstance(value, str):
        return value
    return value.decode("utf-8", "replace")
