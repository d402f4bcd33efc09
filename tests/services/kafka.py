"""A real Apache Kafka on loopback: one node in KRaft mode, small, its log in the test's folder."""

from __future__ import annotations

import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.faults.network_certificates import Authority
from tests.services.install import KAFKA_HINT, find_command, find_kafka
from tests.services.missing import missing_service
from tests.services.mosquitto import free_port
from tests.services.served import Served

WITHIN_S = 20.0
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{listener}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{listener}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
controller.listener.names=CONTROLLER
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
log.retention.check.interval.ms=500
log.cleaner.enable=false
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
{more}"""
_SECURED = """\
ssl.keystore.type=PEM
ssl.keystore.location={store}
listener.name.sasl_ssl.sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
"""
USER, PASSWORD = "collector", "kafka-secret"
_JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


class KafkaServer(Served):
    """One broker. What it has acknowledged outlives ``kill``; ``start`` keeps the port.

    With an ``authority`` there is a second listener, ``secured``: TLS, and SASL PLAIN for user
    ``USER`` with ``PASSWORD``.
    """

    start_within_s = 90.0
    """Java takes its time where other tests have the cores."""

    def __init__(self, folder: Path, authority: Authority | None = None) -> None:
        libs, java = find_kafka(), find_command("java")
        if libs is None or java is None:
            missing_service("Apache Kafka", KAFKA_HINT)
        port = free_port()
        self.brokers = (f"127.0.0.1:{port}",)
        self.secured = f"127.0.0.1:{free_port()}" if authority else ""
        self.authority_file = authority.ca_file if authority else None
        settings = folder / "server.properties"
        text = _PROPERTIES.format(
            **{"port": port, "controller": free_port(), "folder": folder},
            listener=f",SASL_SSL://{self.secured}" if authority else "",
            more=_secured(folder, authority) if authority else "",
        )
        settings.write_text(text, encoding="utf-8")
        _format(folder / "log")
        classes = ("-cp", f"{libs}/*", "kafka.Kafka")
        super().__init__([java, *_JVM, *classes, str(settings)], port)

    def create_topic(self, name: str, partitions: int = 3, **config: str) -> None:
        """Make a topic, and wait until the broker serves it."""
        admin = AdminClient({"bootstrap.servers": self.brokers[0]})
        for made in admin.create_topics([NewTopic(name, partitions, 1, config=config)]).values():
            made.result(WITHIN_S)

    def put(self, topic: str, key: str, value: bytes | None, **headers: str) -> None:
        """Put one record into the log, as any program would, and wait until it is there."""
        producer = Producer({"bootstrap.servers": self.brokers[0]})
        told: list[tuple[str, str | bytes | None]] = [*headers.items()]
        producer.produce(topic, value, key=key, headers=told)
        assert producer.flush(WITHIN_S) == 0

    def committed(self, group: str, topic: str) -> int:
        """Answer the sum of the offsets that the group has committed."""
        consumer = Consumer({"bootstrap.servers": self.brokers[0], "group.id": group})
        wanted = [TopicPartition(topic, number) for number in self._partitions(topic)]
        found = consumer.committed(wanted, WITHIN_S)
        consumer.close()
        return sum(max(place.offset, 0) for place in found)

    def ends(self, topic: str) -> int:
        """Answer how many records have ever been put into the topic."""
        consumer = Consumer({"bootstrap.servers": self.brokers[0], "group.id": "look"})
        wanted = [TopicPartition(topic, number) for number in self._partitions(topic)]
        found = [consumer.get_watermark_offsets(place, WITHIN_S) for place in wanted]
        consumer.close()
        return sum(place[1] for place in found if place)

    def records(self, topic: str, count: int) -> list[Message]:
        """Answer the first records of a topic, partition by partition, waiting for so many."""
        options = {"bootstrap.servers": self.brokers[0], "group.id": "look"}
        consumer = Consumer({**options, "auto.offset.reset": "earliest"})
        consumer.assign([TopicPartition(topic, number, 0) for number in self._partitions(topic)])
        found: list[Message] = []
        give_up_s = time.monotonic() + WITHIN_S
        while len(found) < count and time.monotonic() < give_up_s:
            found += consumer.consume(count - len(found), 0.2)
        consumer.close()
        return found

    def _partitions(self, topic: str) -> list[int]:
        admin = AdminClient({"bootstrap.servers": self.brokers[0]})
        return [*admin.list_topics(topic, WITHIN_S).topics[topic].partitions]

    def forget(self, topic: str) -> None:
        """Drop every record of the topic, as its retention does after its days."""
        admin = AdminClient({"bootstrap.servers": self.brokers[0]})
        wanted = [TopicPartition(topic, number, -1) for number in self._partitions(topic)]
        for done in admin.delete_records(wanted).values():
            done.result(WITHIN_S)


def _secured(folder: Path, authority: Authority) -> str:
    issued = authority.issue("127.0.0.1")
    store = folder / "kafka.pem"
    store.write_text(issued.key.read_text() + issued.certificate.read_text(), encoding="utf-8")
    return _SECURED.format(store=store, user=USER, password=PASSWORD)


def _format(folder: Path) -> None:
    """Make the log's folder ready, as `kafka-storage.sh format` does."""
    folder.mkdir()
    names = (urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=") for _ in range(2))
    cluster, directory = names
    text = f"version=1\ncluster.id={cluster}\nnode.id=1\ndirectory.id={directory}\n"
    (folder / "meta.properties").write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """The session's Kafka. Give each test topics and groups of its own; leave it running."""
    folder = tmp_path_factory.mktemp("kafka")
    server = KafkaServer(folder, Authority(folder))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[KafkaServer]:
    """A Kafka of this test's own, to kill and start again."""
    server = KafkaServer(tmp_path)
    server.start()
    yield server
    server.kill()
