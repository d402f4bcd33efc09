"""The thread that reads the log into the queue of the inlet, and knows what may be committed."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from collector.errors import StopError
from collector.inlet.in_order import InOrder
from collector.inlet.kafka.consumer import LogConsumer, Positions
from collector.inlet.kafka.outage import Outage
from collector.inlet.kafka.record import NOWHERE, KafkaDelivery, Record, delivery_of
from collector.inlet.waiting import Waiting
from collector.kafka_config import KafkaSettings

AT_ONCE = 500
WAIT_S = 0.2
LOOK_EVERY_S = 2.0
LONGEST_PAUSE_S = 30.0
ENDS_WITHIN_S = 20.0
log = logging.getLogger(__name__)


class Reader:
    """Reads as long as the queue has room. ``done`` may be called from any thread.

    A consumer that Kafka has refused for good is replaced, with a growing pause.
    """

    def __init__(self, settings: KafkaSettings, member: str, waiting: Waiting) -> None:
        self._settings, self._member, self._waiting = settings, member, waiting
        self.outage = Outage(settings.brokers[0])
        self.turned_s = 0.0
        """When the thread last went round (monotonic)."""
        self.dropped = 0
        """Records whose end came when their partition was no longer this member's."""
        self.gone = 0
        """Records that Kafka no longer had when it was their turn."""
        self._lock = threading.Lock()
        self._under_way: defaultdict[int, InOrder[int]] = defaultdict(InOrder)
        self._positions: dict[int, int] = {}
        self._assignment = 0
        self._expected: dict[int, int] = {}
        self._assigned_once = False
        self._consumer: LogConsumer | None = None
        self._held: deque[KafkaDelivery] = deque()
        self._full = False
        self._told_of_topics = False
        self._looked_s = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def there(self) -> bool:
        """Whether Kafka answers and the group has this member."""
        return self._assigned_once and not self.outage.fault

    def start(self) -> None:
        """Begin to read, in the background. Idempotent. Raises ``StopError``."""
        if self._thread is None:
            self._stopping.clear()
            self._consumer = self._made()
            self._thread = threading.Thread(target=self._run, name="kafka", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Commit what is done and end; the rest is read again. Idempotent."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(ENDS_WITHIN_S)
        self._held.clear()
        self._assigned_once = False

    def done(self, deliveries: Iterable[KafkaDelivery]) -> None:
        """Let the offsets of these be committed, as far as all before them are done too."""
        with self._lock:
            for delivery in deliveries:
                if delivery.connection != self._assignment:
                    self.dropped += 1
                    continue
                for offset in self._under_way[delivery.partition].finish(delivery.offset):
                    self._positions[delivery.partition] = offset + 1

    # The thread.

    def _run(self) -> None:
        pause_s = 1.0
        while not self._stopping.is_set():
            try:
                self._round()
            except Exception as error:
                self.outage.down("", f"a fault in the program: {error!r}")
                log.exception("a fault in the Kafka inlet; it goes on (please report this)")
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            if self._consumer is None or self._consumer.fatal:
                self._replace(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            elif self.there:
                pause_s = 1.0
        if self._consumer is not None:
            self._store(self._consumer)
            self._consumer.close()

    def _round(self) -> None:
        self.turned_s = time.monotonic()
        consumer = self._consumer
        if consumer is None:
            return
        self._store(consumer)
        self._hand_over()
        if self._full != bool(self._held):
            self._full = not self._full
            consumer.hold(self._full)
        if self._full:
            self._waiting.wait_for_room(WAIT_S)
        self._keep(consumer.read(AT_ONCE, 0.0 if self._full else WAIT_S))
        if self.outage.fault and self.turned_s - self._looked_s > LOOK_EVERY_S:
            consumer.look()
            self._looked_s = time.monotonic()

    def _store(self, consumer: LogConsumer) -> None:
        # Here and not in `done`: Kafka's client lets one thread in, and `read` hardly leaves.
        with self._lock:
            positions, self._positions = self._positions, {}
        for partition, position in positions.items():
            self.dropped += not consumer.store(partition, position)

    def _hand_over(self) -> None:
        while self._held and self._waiting.put(self._held[0], wait=False):
            self._held.popleft()

    def _keep(self, records: Sequence[Record]) -> None:
        topic, gone, told = self._settings.topic, 0, True
        with self._lock:
            for record in records:
                gone += self._gone_before(record)
                self._under_way[record.partition].begin(record.offset)
                delivery = delivery_of(record, topic, self._assignment)
                told = told and not delivery.topic.startswith(NOWHERE)
                self._held.append(delivery)
        if gone:
            self._tell_gone(gone)
        if not told and not self._told_of_topics:
            self._told_of_topics = True
            hint = "let the bridge set header mqtt_topic, see deploy/kafka/README.md"
            log.warning("a record in Kafka does not tell its MQTT topic: dead letter (%s)", hint)

    def _tell_gone(self, gone: int) -> None:
        self.gone += gone
        what = f"{gone} records were gone before they were read; agents send again what they had"
        hint = "raise retention.ms of [kafka] topic, and keep it from being compacted"
        log.warning("Kafka topic %s: %s (%s)", self._settings.topic, what, hint)

    def _gone_before(self, record: Record) -> int:
        expected = self._expected.get(record.partition, -1)
        self._expected[record.partition] = record.offset + 1
        return max(record.offset - expected, 0) if expected >= 0 else 0

    def _assigned(self, positions: Positions) -> None:
        self._begin_anew()
        self._expected = dict(positions)
        self._assigned_once = True

    def _given_back(self) -> None:
        if self._consumer is not None:
            self._store(self._consumer)
        self._begin_anew()

    def _begin_anew(self) -> None:
        """What is under way is another member's from here, or will be read again."""
        with self._lock:
            self._assignment += 1
            self._under_way.clear()
            self._positions.clear()
        self._held.clear()
        self._full = False

    def _replace(self, pause_s: float) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None
        self._begin_anew()
        self._assigned_once = False
        self._stopping.wait(pause_s)
        try:
            self._consumer = self._made()
        except StopError as error:
            self.outage.down("", str(error))

    def _made(self) -> LogConsumer:
        return LogConsumer(
            *(self._settings, self._member, self.outage, self._assigned, self._given_back)
        )
