"""The producer: records into Kafka, each answered once all replicas in step have it.

Idempotent, and without an end to its patience: a cluster that is away is waited for. What Kafka
refuses comes back as a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from collector.errors import StopError
from collector.inlet.kafka.access import options_of
from collector.inlet.kafka.consumer import QUIET, is_final, seen
from collector.inlet.kafka.outage import Outage
from collector.inlet.kafka.record import TOPIC_HEADER, key_of
from collector.inlet.waiting import Delivery
from collector.kafka_config import KafkaSettings

TOO_LARGE = "MSG_SIZE_TOO_LARGE"
LINGER_MS = 5
BATCH_BYTES = 256 * 1024
"""Below what any topic takes: Kafka weighs whole batches, and refuses the small with the large."""
LARGEST_BYTES = 8 * 1024 * 1024
"""A record the client lets pass; what the topic takes is the cluster's to say."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A delivery that Kafka has not taken; ``name`` is the fault's in librdkafka."""

    number: int
    name: str
    reason: str


class LogProducer:
    """Puts deliveries into the topic. For one thread.

    ``taken`` is called, out of ``put`` and ``turn``, with the number of each that Kafka has.
    Raises ``StopError`` when the settings can never work.
    """

    def __init__(
        self, settings: KafkaSettings, client_id: str, outage: Outage, taken: Callable[[int], None]
    ) -> None:
        self._topic, self._outage, self._taken = settings.topic, outage, taken
        self._refused: list[Refusal] = []
        self.fatal = False
        """Whether this producer will never write again: a new one is needed."""
        self._producer = self._made(settings, client_id)

    def _made(self, settings: KafkaSettings, client_id: str) -> Producer:
        options: dict[str, Any] = {
            **options_of(settings, client_id),
            "enable.idempotence": True,
            "acks": "all",
            "message.timeout.ms": 0,
            "message.max.bytes": LARGEST_BYTES,
            "linger.ms": LINGER_MS,
            "batch.size": BATCH_BYTES,
            "error_cb": self._note,
            "logger": QUIET,
        }
        try:
            return Producer(options)
        except KafkaException as error:
            fault: KafkaError = error.args[0]
            hint = "check the section [kafka] and the files it names"
            raise StopError(f"Kafka cannot be used as it is set: {fault.str()}", hint) from error

    def put(self, number: int, delivery: Delivery) -> None:
        """Begin to write a message; whether Kafka has it is told by ``taken`` or ``refused``."""
        told = partial(self._told, number)
        headers: list[tuple[str, str | bytes | None]] = [(TOPIC_HEADER, delivery.topic)]
        key = key_of(delivery.topic)
        try:
            self._producer.produce(
                self._topic, delivery.payload, key=key, headers=headers, on_delivery=told
            )
        except KafkaException as error:
            self._refuse(number, error.args[0])
        except BufferError as error:
            self._refused.append(Refusal(number, "_QUEUE_FULL", str(error)))

    def turn(self, wait_s: float) -> None:
        """Hear what has become of the messages, waiting up to ``wait_s`` for the first answer."""
        self._producer.poll(wait_s)

    def refused(self) -> Sequence[Refusal]:
        """Take the refusals there are by now."""
        refused, self._refused = self._refused, []
        return refused

    def look(self) -> None:
        """Ask whether cluster and topic are there, and note the answer."""
        name, reason = seen(self._producer, self._topic)
        if name:
            self._outage.down(name, reason)
        else:
            self._outage.back()

    def close(self, within_s: float) -> None:
        """Wait for what is on the way, and give up the rest."""
        self._producer.flush(within_s)
        self._producer.purge()
        self._producer.flush(1.0)

    def _told(self, number: int, error: KafkaError | None, _message: object) -> None:
        if error is None:
            self._outage.back()
            self._taken(number)
        else:
            self._refuse(number, error)

    def _refuse(self, number: int, error: KafkaError) -> None:
        self.fatal = self.fatal or is_final(error)
        self._refused.append(Refusal(number, error.name(), error.str()))

    def _note(self, error: KafkaError) -> None:
        self.fatal = self.fatal or is_final(error)
        self._outage.heard(error.name(), error.str())
