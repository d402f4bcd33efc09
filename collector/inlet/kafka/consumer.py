"""The consumer: the records of the partitions that the group has given to this collector.

Kafka's client commits on its own, every second, but only what ``store`` has named: so an offset
is committed after the receipt, and a process that ends in between reads those records again. A
member keeps its name over a restart: within ``SESSION_MS`` nobody else is given its partitions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from confluent_kafka import (
    OFFSET_INVALID,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from collector.errors import RetryLaterError, StopError
from collector.inlet.kafka.access import hint_of, options_of
from collector.inlet.kafka.outage import Outage
from collector.inlet.kafka.record import Record
from collector.kafka_config import KafkaSettings

SESSION_MS = 10_000
COMMIT_EVERY_MS = 1_000
READ_AHEAD_KB = 4_096
LOOK_S = 2.0
QUIET = logging.Logger("librdkafka", logging.CRITICAL + 1)
"""Takes what Kafka's client would write to stderr: its errors come here too, and are told once."""
Positions = Mapping[int, int]
Assigned = Callable[[Positions], None]


class LogConsumer:
    """A member of the consumer group. For one thread.

    ``assigned`` is called, out of ``read``, with the partitions that are this member's from now
    on, each with the offset the group has come to; where that is not known, -1. ``given_back`` is
    called before they are taken away: what is stored by then is committed.
    Raises ``StopError`` when the settings can never work.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        member: str,
        outage: Outage,
        assigned: Assigned,
        given_back: Callable[[], None],
    ) -> None:
        self._topic, self._outage = settings.topic, outage
        self._assigned, self._given_back = assigned, given_back
        self.fatal = False
        """Whether this consumer will never read again: a new one is needed."""
        self._consumer = made(settings, f"mieruka-collector-{member}", self._note, member)
        self._consumer.subscribe([self._topic], on_assign=self._take, on_revoke=self._give)

    def read(self, max_records: int, wait_s: float) -> list[Record]:
        """Answer the next records, in order within each partition, waiting for the first."""
        try:
            messages = self._consumer.consume(max_records, wait_s)
        except KafkaException as error:
            self._note(error.args[0])
            return []
        records: list[Record] = []
        for message in messages:
            fault = message.error()
            if fault is None:
                records.append(_record(message))
            else:
                self._note(fault)
        if records:
            self._outage.back()
        return records

    def hold(self, held: bool) -> None:
        """Read nothing more, or go on reading; the member keeps its partitions meanwhile."""
        partitions = self._consumer.assignment()
        (self._consumer.pause if held else self._consumer.resume)(partitions)

    def store(self, partition: int, position: int) -> bool:
        """Let ``position`` be committed; False when the partition is no longer this member's."""
        try:
            self._consumer.store_offsets(offsets=[TopicPartition(self._topic, partition, position)])
        except (KafkaException, RuntimeError):  # given to another member, or closed
            return False
        return True

    def look(self) -> None:
        """Ask whether cluster and topic are there, and note the answer."""
        name, reason = seen(self._consumer, self._topic)
        if name:
            self._outage.down(name, reason)
        else:
            self._outage.back()

    def close(self) -> None:
        """Commit what was stored and end."""
        try:
            self._consumer.close()
        except (KafkaException, RuntimeError) as error:
            self._outage.down("", f"did not end in good order: {error}")

    def _take(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._outage.back()
        try:
            partitions = consumer.committed(partitions, LOOK_S)
        except KafkaException as error:
            self._note(error.args[0])
        self._assigned({place.partition: max(place.offset, -1) for place in partitions})

    def _give(self, _consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self._given_back()

    def _note(self, error: KafkaError) -> None:
        self.fatal = self.fatal or is_final(error)
        if error.code() != KafkaError._PARTITION_EOF:
            self._outage.heard(_name(error), error.str())


def made(
    settings: KafkaSettings, client_id: str, note: Callable[[KafkaError], None], member: str = ""
) -> Consumer:
    """A consumer that belongs to the group as ``member``. Raises ``StopError``."""
    options: dict[str, Any] = {
        **options_of(settings, client_id),
        "group.id": settings.group,
        "session.timeout.ms": SESSION_MS,
        "heartbeat.interval.ms": SESSION_MS // 3,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": True,
        "auto.commit.interval.ms": COMMIT_EVERY_MS,
        "enable.auto.offset.store": False,
        "queued.max.messages.kbytes": READ_AHEAD_KB,
        "fetch.max.bytes": READ_AHEAD_KB * 1024,
        "error_cb": note,
        "logger": QUIET,
    }
    if member:
        options["group.instance.id"] = member
    try:
        return Consumer(options)
    except KafkaException as error:
        fault: KafkaError = error.args[0]
        hint = "check the section [kafka] and the files it names"
        raise StopError(f"Kafka cannot be used as it is set: {fault.str()}", hint) from error


def seen(client: Any, topic: str) -> tuple[str, str]:
    """The name and text of what keeps this consumer or producer from the topic; empty if nothing.

    Waits ``LOOK_S`` at most for the cluster's answer.
    """
    try:
        found = client.list_topics(topic, timeout=LOOK_S).topics[topic]
    except KafkaException as error:
        fault: KafkaError = error.args[0]
        return fault.name(), fault.str()
    if found.error is not None:
        return found.error.name(), f"topic {topic}: {found.error.str()}"
    return "", ""


def check(settings: KafkaSettings, client_id: str) -> str:
    """Look at cluster and topic once; answers what was found.

    Raises ``RetryLaterError`` when they are not there, and ``StopError`` as ``made`` does.
    """
    faults: list[KafkaError] = []
    consumer = made(settings, client_id, faults.append)
    try:
        name, reason = seen(consumer, settings.topic)
        consumer.poll(0)  # what went wrong on the way is told only here
        for fault in faults:
            if fault.code() != KafkaError._ALL_BROKERS_DOWN:
                name, reason = fault.name(), fault.str()
        if name:
            raise RetryLaterError(reason, hint_of(name))
        partitions = len(
            consumer.list_topics(settings.topic, LOOK_S).topics[settings.topic].partitions
        )
    finally:
        consumer.close()
    return f"{settings.brokers[0]} has topic {settings.topic} with {partitions} partitions"


def is_final(error: KafkaError) -> bool:
    """Whether the client that tells of this error will never work again."""
    return error.fatal() or error.code() == KafkaError._FATAL


def _name(error: KafkaError) -> str:
    # One that ends the consumer for good keeps its own name to itself.
    fenced = is_final(error) and "fenced" in error.str().lower()
    return "FENCED_INSTANCE_ID" if fenced else error.name()


def _record(message: Message) -> Record:
    partition, offset, headers = message.partition(), message.offset(), message.headers() or ()
    return Record(
        0 if partition is None else partition,
        OFFSET_INVALID if offset is None else offset,
        message.key(),
        message.value(),
        tuple(headers.items() if isinstance(headers, dict) else headers),
    )
