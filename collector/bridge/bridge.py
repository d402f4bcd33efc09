"""Station: MQTT inlet -> Kafka -> acknowledgement.

A message is acknowledged at MQTT only when Kafka has it on all replicas in step, and in the order
in which it came. While Kafka is away at most ``MAX_ON_THE_WAY`` messages are held here, the window
of the MQTT session is full, and the agents keep their readings: no receipt comes.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from collector.bridge.producer import TOO_LARGE, LogProducer, Refusal
from collector.config import CollectorSettings
from collector.errors import ConfigError
from collector.inlet import Delivery, Inlet
from collector.inlet.in_order import InOrder
from collector.inlet.kafka.access import hint_of
from collector.inlet.kafka.outage import Outage

MAX_ON_THE_WAY = 2_000
MAX_BYTES = 8 * 1024 * 1024
AT_ONCE = 200
LOOK_EVERY_S = 2.0
LONGEST_PAUSE_S = 30.0
CLOSES_WITHIN_S = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BridgeStatus:
    """What a bridge has done since it was made, and how it is.

    ``refused`` counts messages that Kafka will never take: they are acknowledged and their agents
    send the readings again. ``repeated`` counts attempts after a refusal that may pass.
    """

    mqtt: bool
    kafka: bool
    forwarded: int
    refused: int
    repeated: int
    waiting: int
    on_the_way: int
    on_the_way_bytes: int
    connection_losses: int
    kafka_losses: int
    last_fault: str


class Bridge:
    """One bridge, driven by ``run_once``.

    Raises ``ConfigError`` without a [kafka], and ``StopError`` when its settings cannot work.
    """

    def __init__(self, settings: CollectorSettings) -> None:
        if settings.kafka is None:
            fault = "kafka: missing (where the bridge leads: add the section [kafka])"
            raise ConfigError([fault], "see deploy/kafka/README.md")
        self._kafka = settings.kafka
        self._name = f"{settings.collector.id}-bridge"
        shared = {"share_group": settings.bridge.share_group}
        self._inlet = Inlet(settings.mqtt.model_copy(update=shared), self._name)
        self.outage = Outage(self._kafka.brokers[0])
        self._there = False
        self._begun = 0
        self._on_the_way: dict[int, Delivery] = {}
        self._bytes = 0
        self._order: InOrder[int] = InOrder()
        self._done: list[Delivery] = []
        self._again: list[int] = []
        self._suspects: deque[int] = deque()
        self._tried = 0
        self._again_s = self._looked_s = 0.0
        self._pause_s = 1.0
        self._forwarded = self._refused = self._repeated = 0
        self._producer = self._made()

    @property
    def turned_s(self) -> float:
        """When the MQTT thread last went round (monotonic); full, it waits for room."""
        return self._inlet.turned_s

    def run_once(self, wait_s: float = 0.2) -> int:
        """Take what there is room for, write it, acknowledge what Kafka has; answers how many came.

        Waits up to ``wait_s`` when nothing moves. Raises ``StopError``.
        """
        self._inlet.start()
        self._renew()
        moved = self._take(0.0 if self._on_the_way else wait_s)
        self._producer.turn(0.0 if moved else wait_s)
        self._put_again(self._producer.refused())
        self._acknowledge()
        self._look()
        return moved

    def stop(self) -> None:
        """Wait a moment for what is on the way, then end; what Kafka has not comes again."""
        self._producer.close(CLOSES_WITHIN_S)
        self._acknowledge()
        self._inlet.stop()

    def status(self) -> BridgeStatus:
        """Tell how the bridge is."""
        inlet = self._inlet
        return BridgeStatus(
            mqtt=inlet.connected,
            kafka=self._there and not self.outage.fault,
            forwarded=self._forwarded,
            refused=self._refused,
            repeated=self._repeated,
            waiting=inlet.queued_messages,
            on_the_way=len(self._on_the_way),
            on_the_way_bytes=self._bytes,
            connection_losses=inlet.connection_losses,
            kafka_losses=self.outage.count,
            last_fault=self.outage.fault or inlet.last_fault,
        )

    def _take(self, wait_s: float) -> int:
        room = MAX_ON_THE_WAY - len(self._on_the_way)
        if room <= 0 or self._bytes >= MAX_BYTES or self._again or self._suspects:
            return 0
        deliveries = self._inlet.take(min(room, AT_ONCE), wait_s)
        for delivery in deliveries:
            self._begun += 1
            self._on_the_way[self._begun] = delivery
            self._bytes += len(delivery.payload)
            self._order.begin(self._begun)
            self._producer.put(self._begun, delivery)
        return len(deliveries)

    def _taken(self, number: int) -> None:
        self._pause_s, self._there = 1.0, True
        self._forwarded += 1
        self._finish(number)
        if number == self._tried:
            self._tried = 0
            self._try_next()

    def _finish(self, number: int) -> None:
        for done in self._order.finish(number):
            delivery = self._on_the_way.pop(done)
            self._bytes -= len(delivery.payload)
            self._done.append(delivery)

    def _acknowledge(self) -> None:
        done, self._done = self._done, []
        if done:
            self._inlet.ack_all(done)

    def _put_again(self, refusals: Sequence[Refusal]) -> None:
        for refusal in refusals:
            if refusal.name == TOO_LARGE:
                self._suspect(refusal.number)
                continue
            self.outage.down(refusal.name, refusal.reason)
            self._again.append(refusal.number)
        now_s = time.monotonic()
        if refusals and self._again:
            self._again_s = now_s + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        elif self._again and now_s >= self._again_s:
            again, self._again = sorted(self._again), []
            self._repeated += len(again)
            for number in again:
                self._producer.put(number, self._on_the_way[number])

    def _suspect(self, number: int) -> None:
        # Kafka has refused a whole batch: which of its messages is too large shows one by one.
        if number == self._tried:
            self._give_up(number)
        else:
            self._suspects.append(number)
        self._try_next()

    def _try_next(self) -> None:
        if self._tried or not self._suspects:
            return
        self._tried = self._suspects.popleft()
        self._producer.put(self._tried, self._on_the_way[self._tried])

    def _give_up(self, number: int) -> None:
        delivery = self._on_the_way[number]
        size, topic = len(delivery.payload), delivery.topic
        what = f"a message of {size} bytes on {topic} is too large for Kafka"
        log.warning("%s, its agent keeps the readings (%s)", what, hint_of(TOO_LARGE))
        self._refused += 1
        self._tried = 0
        self._finish(number)

    def _look(self) -> None:
        now_s = time.monotonic()
        if (self.outage.fault or not self._there) and now_s - self._looked_s > LOOK_EVERY_S:
            self._producer.look()
            self._there = not self.outage.fault
            self._looked_s = time.monotonic()

    def _renew(self) -> None:
        """Put a producer that Kafka has refused for good aside, and begin anew what it had."""
        if not self._producer.fatal:
            return
        time.sleep(1.0)  # no hot loop, should the new one be refused at once
        self._producer.close(0.0)
        self._producer.refused()
        self._producer = self._made()
        self._again, self._tried = [], 0
        self._suspects.clear()
        for number in sorted(self._on_the_way):
            self._producer.put(number, self._on_the_way[number])

    def _made(self) -> LogProducer:
        return LogProducer(self._kafka, f"mieruka-{self._name}", self.outage, self._taken)
