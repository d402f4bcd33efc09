"""The inlet whose readings come from Kafka; what agents tell of themselves comes by MQTT."""

from __future__ import annotations

from collections.abc import Sequence

from collector.config import MqttSettings
from collector.inlet.inlet import Inlet
from collector.inlet.kafka.reader import Reader
from collector.inlet.kafka.record import KafkaDelivery
from collector.inlet.waiting import Delivery
from collector.kafka_config import KafkaSettings


class KafkaInlet(Inlet):
    """Both connections of a collector behind Kafka, with one bounded queue between them.

    Births and states are retained at the MQTT broker, so a collector that is new knows every
    agent at once; Kafka may hold them as well, hearing them twice changes nothing.
    """

    def __init__(self, settings: MqttSettings, kafka: KafkaSettings, collector_id: str) -> None:
        super().__init__(settings, collector_id, readings=False)
        self._reader = Reader(kafka, collector_id, self._waiting)

    @property
    def connected(self) -> bool:
        """Whether both are there: the MQTT broker, and Kafka with a place in the group."""
        return super().connected and self._reader.there

    @property
    def last_fault(self) -> str:
        """The newest fault of either."""
        return self._reader.outage.fault or super().last_fault

    @property
    def turned_s(self) -> float:
        """When the network thread that has stood still for longer last went round (monotonic)."""
        return min(super().turned_s, self._reader.turned_s)

    def start(self) -> None:
        """Begin to connect to both, in the background. Idempotent. Raises ``StopError``."""
        self._reader.start()
        super().start()

    def stop(self) -> None:
        """End both; what was not acknowledged comes again. Idempotent."""
        self._reader.stop()
        super().stop()

    def ack_all(self, deliveries: Sequence[Delivery]) -> None:
        """Tell each side that these of its deliveries are done with."""
        self._reader.done([one for one in deliveries if isinstance(one, KafkaDelivery)])
        super().ack_all([one for one in deliveries if not isinstance(one, KafkaDelivery)])
