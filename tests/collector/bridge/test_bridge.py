"""From a real Mosquitto through the bridge into a real Kafka, and on through the collector."""

from __future__ import annotations

import itertools
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.app import Collector
from collector.bridge import Bridge, bridge
from collector.config import CollectorSettings
from collector.errors import ConfigError
from collector.ingest.crash_points import CRASH_AT, EXIT_CODE
from collector.inlet.kafka import consumer
from collector.kafka_config import BridgeSettings, KafkaSettings
from edge_agent.contract import wire
from edge_agent.contract.topics import up
from edge_agent.contract.wire import Birth, MeterCard, ReadingsMessage
from tests.collector import test_app
from tests.collector.agent_side import Agent, eventually
from tests.collector.test_app import NOW_MS, message
from tests.services.kafka import KafkaServer
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
_NUMBERS = itertools.count()
ALL = set(range(1, 151))
ELEVEN_MINUTES_MS = 11 * 60_000


class AheadClock:
    """A clock that stands where the readings end, and a little later when a test says so."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """UTC ms."""
        return NOW_MS + self.ahead_ms


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that is silent for two seconds is replaced."""
    monkeypatch.setattr(consumer, "SESSION_MS", 2_000)


@pytest.fixture(scope="module")
def made_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """Start a Kafka for these tests alone: some of them end it for a while."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def log(made_log: KafkaServer) -> KafkaServer:
    """Start it again should a test have left it ended."""
    if not made_log.running:
        made_log.start()
    return made_log


@pytest.fixture
def settings(log: KafkaServer, own_mosquitto: MosquittoServer, tmp_path: Path) -> CollectorSettings:
    """Make settings with a topic of this test's own."""
    topic = f"up-{next(_NUMBERS)}"
    log.create_topic(topic)
    kafka = KafkaSettings(brokers=log.brokers, topic=topic, group=f"of-{topic}")
    made = test_app.settings(tmp_path, own_mosquitto.url)
    return made.model_copy(update={"kafka": kafka, "bridge": BridgeSettings(listen="")})


def topic_of(settings: CollectorSettings) -> str:
    """Answer the topic of the settings."""
    assert settings.kafka is not None
    return settings.kafka.topic


@pytest.fixture
def agent(own_mosquitto: MosquittoServer) -> Iterator[Agent]:
    """Connect an agent to the MQTT broker of this test."""
    connected = Agent(own_mosquitto.port)
    yield connected
    connected.close()


@contextmanager
def running(made: Bridge) -> Iterator[Bridge]:
    """Let a bridge carry messages as long as the block lasts."""
    ending = threading.Event()

    def carry() -> None:
        while not ending.is_set():
            made.run_once(0.05)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        assert eventually(lambda: made.status().mqtt)
        yield made
    finally:
        ending.set()
        thread.join()
        made.stop()


@contextmanager
def collecting(settings: CollectorSettings, clock: AheadClock | None = None) -> Iterator[Collector]:
    """Let a collector run as long as the block lasts."""
    made = Collector(settings, clock or AheadClock())
    try:
        made.start()
        assert eventually(lambda: made.status().connected, 30)
        yield made
    finally:
        made.close()


# The bridge.


def test_every_message_of_an_agent_is_in_one_partition_in_order(
    log: KafkaServer, settings: CollectorSettings, agent: Agent
) -> None:
    """Key: the agent; header: the topic; value: the payload, byte for byte."""
    with running(Bridge(settings)) as made:
        agent.say(b"born", "birth", retain=True)
        for n in range(20):
            agent.say(b"\x00%d" % n)
        assert eventually(lambda: made.status().forwarded == 21)
        assert made.status().kafka
    found = log.records(topic_of(settings), 21)
    assert {record.partition() for record in found} == {found[0].partition()}
    assert {record.key() for record in found} == {b"pi-1"}
    headers = [record.headers() for record in found]
    assert headers[0] == [("mqtt_topic", up("pi-1", "birth").encode())]
    assert headers[1] == [("mqtt_topic", up("pi-1", "live").encode())]
    assert [record.value() for record in found] == [b"born", *(b"\x00%d" % n for n in range(20))]


def test_while_kafka_is_away_little_is_held_and_nothing_acknowledged(
    log: KafkaServer,
    settings: CollectorSettings,
    agent: Agent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bridge that ends meanwhile has lost nothing: MQTT gives all of it to the next one."""
    caplog.set_level(logging.INFO, "collector.inlet.kafka")
    monkeypatch.setattr(bridge, "MAX_ON_THE_WAY", 5)
    monkeypatch.setattr(bridge, "CLOSES_WITHIN_S", 0.1)
    with running(Bridge(settings)) as first:
        agent.say(b"before")
        assert eventually(lambda: first.status().forwarded == 1)
        log.kill()
        for n in range(20):
            agent.say(str(n).encode())
        assert eventually(lambda: bool(first.status().last_fault))
        assert eventually(lambda: first.status().on_the_way == 5)
        assert not first.status().kafka
    with running(Bridge(settings)) as second:
        assert eventually(lambda: second.status().on_the_way == 5)
        log.start()
        assert eventually(lambda: second.status().forwarded >= 20, 40)
        assert eventually(lambda: second.status().on_the_way == 0)
    values = {record.value() for record in log.records(topic_of(settings), 21)}
    assert values == {b"before", *(str(n).encode() for n in range(20))}
    lines = [record.getMessage() for record in caplog.records]
    # Each bridge once, and once more where the reason changes while the server goes down.
    assert sum("is Kafka running" in line for line in lines) in (2, 3, 4)
    assert sum(line.endswith((": back", ": there")) for line in lines) in (2, 3)


def test_a_message_too_large_for_kafka_holds_up_no_other(
    log: KafkaServer, settings: CollectorSettings, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told with its size and what to raise; its agent gets no receipt and keeps it."""
    topic = f"small-{next(_NUMBERS)}"
    log.create_topic(topic, 1, **{"max.message.bytes": "2000"})
    assert settings.kafka is not None
    small = settings.kafka.model_copy(update={"topic": topic})
    with running(Bridge(settings.model_copy(update={"kafka": small}))) as made:
        agent.say(b"x" * 4000)
        agent.say(b"after")
        assert eventually(lambda: made.status().on_the_way == 0 and made.status().refused == 1)
    assert [record.value() for record in log.records(topic, 1)] == [b"after"]
    (line,) = [r.getMessage() for r in caplog.records if "too large" in r.getMessage()]
    assert "4000 bytes" in line
    assert "max.message.bytes" in line


def test_a_topic_that_is_made_later_gets_all(
    log: KafkaServer, settings: CollectorSettings, agent: Agent
) -> None:
    """Until then the bridge says what to create, and holds."""
    assert settings.kafka is not None
    topic = f"late-{next(_NUMBERS)}"
    late = settings.kafka.model_copy(update={"topic": topic})
    with running(Bridge(settings.model_copy(update={"kafka": late}))) as made:
        agent.say(b"early")
        assert eventually(lambda: "create [kafka] topic" in made.status().last_fault)
        log.create_topic(topic, 1)
        assert eventually(lambda: made.status().forwarded == 1, 40)
    assert [record.value() for record in log.records(topic, 1)] == [b"early"]


def test_a_producer_that_kafka_has_refused_for_good_is_replaced(
    log: KafkaServer, settings: CollectorSettings, agent: Agent
) -> None:
    """The new one begins anew with all that the old one had, in order, and each comes once."""
    assert settings.kafka is not None
    topic = f"anew-{next(_NUMBERS)}"
    late = settings.kafka.model_copy(update={"topic": topic})
    made = Bridge(settings.model_copy(update={"kafka": late}))

    def carried(true: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: made.run_once(0.05) >= 0 and true()

    assert eventually(carried(lambda: made.status().mqtt))
    for n in range(3):
        agent.say(str(n).encode())
    assert eventually(carried(lambda: made.status().on_the_way == 3))
    old = made._producer
    old.fatal = True
    made.run_once(0.05)
    assert made._producer is not old
    log.create_topic(topic, 1)
    assert eventually(carried(lambda: made.status().on_the_way == 0), 40)
    made.stop()
    assert [record.value() for record in log.records(topic, 3)] == [b"0", b"1", b"2"]
    assert log.ends(topic) == 3


def test_bridges_with_a_group_divide_the_readings(
    log: KafkaServer, settings: CollectorSettings, agent: Agent
) -> None:
    """Each reading is in Kafka once, by one bridge or the other."""
    update = {"bridge": BridgeSettings(listen="", share_group="bridges")}
    shared = settings.model_copy(update=update)
    other_id = settings.collector.model_copy(update={"id": "hq2"})
    both = (Bridge(shared), Bridge(shared.model_copy(update={"collector": other_id})))
    with running(both[0]), running(both[1]):
        for n in range(40):
            agent.say(str(n).encode())
        assert eventually(lambda: sum(one.status().forwarded for one in both) == 40)
        assert min(one.status().forwarded for one in both) > 0
    assert log.ends(topic_of(settings)) == 40


def test_a_bridge_without_kafka_is_refused(settings: CollectorSettings) -> None:
    """In one line."""
    with pytest.raises(ConfigError, match=r"add the section \[kafka\]"):
        Bridge(settings.model_copy(update={"kafka": None}))


# The whole walk.


def stored(collector: Collector) -> int:
    """Answer how many readings the store holds."""
    return collector.store.count_readings("sendai", "main", 0, NOW_MS + 1)


def test_readings_walk_through_kafka_and_the_receipt_comes_by_mqtt(
    log: KafkaServer, settings: CollectorSettings, agent: Agent
) -> None:
    """Through an end of Kafka, too: what it had acknowledged and what had not come to it."""
    card = MeterCard("sendai", "main", "受電", "p", 60.0, 10.0)
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, (card,))), "birth", True)
    with running(Bridge(settings)), collecting(settings) as made:
        for seq in range(1, 76, 5):
            agent.say(message(seq, 5))
        log.kill()
        for seq in range(76, 151, 5):
            agent.say(message(seq, 5))
        assert eventually(lambda: not made.status().connected)
        log.start()
        assert eventually(lambda: agent.settled() == ALL, 60)
        assert stored(made) == 150
        assert made.status().agents_online == 1
        assert made.status().holes == 0
    kafka = settings.kafka
    assert kafka is not None
    assert log.committed(kafka.group, kafka.topic) == log.ends(kafka.topic)


@pytest.mark.parametrize("step", ["written", "receipted"])
def test_a_collector_killed_before_it_commits_costs_only_a_repeat(
    log: KafkaServer, settings: CollectorSettings, agent: Agent, tmp_path: Path, step: str
) -> None:
    """The process ends there; the next one reads the same records again, and stores each once."""
    kafka = settings.kafka
    assert kafka is not None
    for seq in range(1, 151, 50):
        log.put(kafka.topic, "pi-1", message(seq, 50), mqtt_topic=up("pi-1", "live"))
    done = subprocess.run(
        [sys.executable, "-c", CRASHING, str(tmp_path), settings.model_dump_json()],
        env={**os.environ, CRASH_AT: step, "PYTHONPATH": os.getcwd()},
        timeout=60,
    )
    assert done.returncode == EXIT_CODE
    assert log.committed(kafka.group, kafka.topic) == 0
    agent.receipts.clear()
    with collecting(settings) as made:
        assert stored(made) > 0
        assert eventually(lambda: agent.settled() == ALL)
        assert stored(made) == 150
        assert eventually(lambda: log.committed(kafka.group, kafka.topic) == 3)


CRASHING = """
import sys, threading
from tests.collector.bridge.test_bridge import AheadClock, Collector, CollectorSettings, consumer
consumer.SESSION_MS = 2_000
made = Collector(CollectorSettings.model_validate_json(sys.argv[2]), AheadClock())
made.start()
threading.Event().wait(40)
"""


def test_poison_goes_to_the_dead_letters_and_the_offset_moves(
    log: KafkaServer, settings: CollectorSettings
) -> None:
    """What no one can read, and what does not tell its topic, hold up nothing behind them."""
    kafka = settings.kafka
    assert kafka is not None
    live = up("pi-1", "live")
    log.put(kafka.topic, "pi-1", b"{not json", mqtt_topic=live)
    log.put(kafka.topic, "pi-1", b"\xff\xfe\x00", mqtt_topic=live)
    log.put(kafka.topic, "pi-1", message(1, 5))
    log.put(kafka.topic, "pi-1", None, mqtt_topic=up("pi-1", "birth"))
    log.put(kafka.topic, "pi-1", message(6, 5), mqtt_topic=live)
    with collecting(settings) as made:
        assert eventually(lambda: stored(made) == 5)
        assert eventually(lambda: log.committed(kafka.group, kafka.topic) == 5)
        letters = made.state.dead_letters.list()
        assert sorted(letter.topic.startswith("kafka/") for letter in letters) == [0, 0, 1]


def test_what_kafka_has_forgotten_is_asked_for_again(
    log: KafkaServer, settings: CollectorSettings, agent: Agent
) -> None:
    """Retention is shorter than an outage: the hole is found, and the agent fills it."""
    kafka, clock = settings.kafka, AheadClock()
    assert kafka is not None
    with running(Bridge(settings)) as made:
        with collecting(settings, clock):
            agent.say(message(1, 50))
            assert eventually(lambda: agent.settled() == set(range(1, 51)))
        agent.say(message(51, 50))
        assert eventually(lambda: made.status().forwarded == 2)
        log.forget(kafka.topic)
        agent.say(message(101, 50))
        with collecting(settings, clock) as again:
            assert eventually(lambda: agent.settled() == ALL - set(range(51, 101)))
            again.watch_once()
            clock.ahead_ms = ELEVEN_MINUTES_MS
            again.watch_once()
            assert eventually(lambda: bool(agent.resends))
            assert (agent.resends[0].first, agent.resends[0].last) == (51, 100)
            agent.say(message(51, 50))
            assert eventually(lambda: agent.settled() == ALL)
            assert stored(again) == 150


def of_agent(name: str, first: int, polls: int) -> bytes:
    """Encode readings of an agent that has a meter of its own name."""
    seqs = tuple(range(first, first + polls))
    at_ms = tuple(test_app.START_MS + 60_000 * seq for seq in seqs)
    columns = {"active_power_w": [1.0 * seq for seq in seqs]}
    made = ReadingsMessage(
        *(name, "e1", "sendai", name, "b1", "synchronised"), seqs=seqs, at_ms=at_ms, columns=columns
    )
    return wire.encode_readings(made)


def test_collectors_of_a_group_take_over_from_one_another(
    log: KafkaServer, settings: CollectorSettings, tmp_path: Path
) -> None:
    """One joins, the other ends: every reading of twelve agents is stored, none asked for again."""
    assert settings.kafka is not None
    kafka = settings.kafka.model_copy(update={"alone": False})
    names = [f"pi-{n}" for n in range(12)]

    def member(name: str) -> CollectorSettings:
        own = settings.collector.model_copy(update={"id": name, "state_dir": tmp_path / name})
        return settings.model_copy(update={"collector": own, "kafka": kafka})

    def put(first: int) -> None:
        for name in names:
            payload = of_agent(name, first, 10)
            log.put(kafka.topic, name, payload, mqtt_topic=up(name, "live"))

    def all_there(collector: Collector, count: int) -> Callable[[], bool]:
        counted = collector.store.count_readings
        return lambda: [counted("sendai", name, 0, NOW_MS) for name in names] == [count] * 12

    with collecting(member("a")) as first:
        put(1)
        assert eventually(all_there(first, 10))
        with collecting(member("b")) as second:
            put(11)
            assert eventually(all_there(second, 20))
            assert eventually(lambda: second.status().readings_stored > 0)
            first.stop()
            put(21)
            assert eventually(all_there(second, 30), 30)
            second.watch_once()
            assert second.status().holes == 0
