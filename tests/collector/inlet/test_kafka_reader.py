"""Reading a real Kafka: what is committed, what comes again, and who reads what."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.errors import CollectorError, StopError
from collector.inlet.kafka import consumer
from collector.inlet.kafka.consumer import check
from collector.inlet.kafka.reader import Reader
from collector.inlet.kafka.record import KafkaDelivery
from collector.inlet.waiting import Waiting
from collector.kafka_config import KafkaSettings
from edge_agent.contract.topics import up
from tests.collector.agent_side import eventually
from tests.services.kafka import PASSWORD, USER, KafkaServer

pytestmark = pytest.mark.services
_NUMBERS = itertools.count()
LIVE = up("pi-1", "live")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that is silent for two seconds is replaced."""
    monkeypatch.setattr(consumer, "SESSION_MS", 2_000)
    monkeypatch.setattr(consumer, "LOOK_S", 1.0)


@pytest.fixture
def log(kafka: KafkaServer) -> KafkaSettings:
    """Make a topic of this test's own, and a group."""
    topic = f"up-{next(_NUMBERS)}"
    kafka.create_topic(topic)
    return KafkaSettings(brokers=kafka.brokers, topic=topic, group=f"of-{topic}")


class Member:
    """A reader and its queue."""

    def __init__(self, settings: KafkaSettings, name: str, max_messages: int = 1000) -> None:
        self.waiting = Waiting(max_messages, 1_000_000)
        self.reader = Reader(settings, name, self.waiting)
        self.reader.start()

    def take(self, count: int, within_s: float = 15.0) -> list[KafkaDelivery]:
        """Take so many deliveries, or what has come when the time is up."""
        taken: list[KafkaDelivery] = []
        end_s = time.monotonic() + within_s
        while len(taken) < count and time.monotonic() < end_s:
            for delivery in self.waiting.take(count - len(taken), 0.1):
                assert isinstance(delivery, KafkaDelivery)
                taken.append(delivery)
        return taken


@pytest.fixture
def member() -> Iterator[Callable[..., Member]]:
    """Make readers that are stopped at the end."""
    made: list[Member] = []

    def make(settings: KafkaSettings, name: str = "hq", **bounds: int) -> Member:
        made.append(Member(settings, name, **bounds))
        return made[-1]

    yield make
    for one in made:
        one.reader.stop()


def fill(kafka: KafkaServer, topic: str, texts: list[str], key: str = "pi-1") -> None:
    """Put messages of an agent into the log."""
    for text in texts:
        kafka.put(topic, key, text.encode(), mqtt_topic=LIVE)


def test_only_what_is_done_is_committed(
    kafka: KafkaServer, log: KafkaSettings, member: Callable[..., Member]
) -> None:
    """In order: one that is not done holds back those behind it, and all of them come again."""
    fill(kafka, log.topic, ["0", "1", "2", "3"])
    first = member(log)
    taken = first.take(4)
    assert [one.payload for one in taken] == [b"0", b"1", b"2", b"3"]
    assert {one.topic for one in taken} == {LIVE}
    first.reader.done([taken[0], taken[2], taken[3]])
    first.reader.stop()
    assert kafka.committed(log.group, log.topic) == 1
    again = member(log)
    taken = again.take(3)
    assert [one.payload for one in taken] == [b"1", b"2", b"3"]
    again.reader.done(taken)
    assert eventually(lambda: kafka.committed(log.group, log.topic) == 4)


def test_a_full_queue_holds_kafka_back_and_loses_nothing(
    kafka: KafkaServer, log: KafkaSettings, member: Callable[..., Member]
) -> None:
    """The member keeps its partitions meanwhile, and goes on where it stopped."""
    fill(kafka, log.topic, [str(n) for n in range(40)])
    one = member(log, max_messages=5)
    assert eventually(lambda: one.waiting.messages == 5)
    before_s = one.reader.turned_s
    assert eventually(lambda: one.reader.turned_s > before_s + 0.5)
    assert one.waiting.messages == 5
    assert [taken.payload for taken in one.take(40)] == [str(n).encode() for n in range(40)]


def test_members_divide_the_partitions_and_take_over(
    kafka: KafkaServer, log: KafkaSettings, member: Callable[..., Member]
) -> None:
    """One that has ended for longer than its session is replaced; what it had comes again."""
    first = member(log, "a")
    assert eventually(lambda: first.reader.there)
    second = member(log, "b")
    assert eventually(lambda: second.reader.there)
    keys = [f"pi-{n}" for n in range(24)]
    for key in keys:
        kafka.put(log.topic, key, key.encode(), mqtt_topic=up(key, "live"))
    heard: set[bytes] = set()

    def all_heard() -> bool:
        for one in (first, second):
            taken = one.take(24, 0.1)
            one.reader.done(taken)
            heard.update(delivery.payload for delivery in taken)
        return len(heard) == 24

    assert eventually(all_heard)
    assert eventually(lambda: kafka.committed(log.group, log.topic) == 24)
    kafka.put(log.topic, "pi-0", b"last words", mqtt_topic=up("pi-0", "live"))
    pair = (first, second)
    assert eventually(lambda: any(one.waiting.messages for one in pair))
    owner, other = pair if first.waiting.messages else (second, first)
    owner.reader.stop()
    assert [one.payload for one in other.take(1, 25.0)] == [b"last words"]


def test_the_end_of_what_another_member_has_now_is_dropped(
    kafka: KafkaServer, log: KafkaSettings, member: Callable[..., Member]
) -> None:
    """A member that joins takes partitions away: nothing is committed for them any more."""
    fill(kafka, log.topic, ["0"])
    first = member(log, "a")
    (early,) = first.take(1)
    second = member(log, "b")
    assert eventually(lambda: second.reader.there)
    assert eventually(lambda: first.waiting.messages + second.waiting.messages == 1)
    first.reader.done([early])
    assert first.reader.dropped == 1
    first.reader.stop()
    assert kafka.committed(log.group, log.topic) == 0


def test_a_second_collector_with_the_same_id_is_told(
    log: KafkaSettings, member: Callable[..., Member], caplog: pytest.LogCaptureFixture
) -> None:
    """Kafka puts the first out; it says why, and what to do."""
    first = member(log)
    assert eventually(lambda: first.reader.there)
    second = Member(log, "hq")
    try:
        assert eventually(lambda: "another collector runs with this" in first.reader.outage.fault)
    finally:
        second.reader.stop()
        first.reader.stop()
    assert not first.reader.there


def test_a_topic_that_is_not_there_is_told_and_found_later(
    kafka: KafkaServer, member: Callable[..., Member], caplog: pytest.LogCaptureFixture
) -> None:
    """With what to do about it; `check` says the same, and how many partitions it has later."""
    caplog.set_level(logging.INFO, "collector.inlet.kafka")
    topic = f"late-{next(_NUMBERS)}"
    log = KafkaSettings(brokers=kafka.brokers, topic=topic, group=f"of-{topic}")
    one = member(log)
    assert eventually(lambda: "create [kafka] topic" in one.reader.outage.fault)
    with pytest.raises(CollectorError, match=r"create \[kafka\] topic"):
        check(log, "test")
    kafka.create_topic(topic, 2)
    kafka.put(topic, "pi-1", b"0", mqtt_topic=LIVE)
    assert [taken.payload for taken in one.take(1, 25.0)] == [b"0"]
    assert one.reader.there
    assert check(log, "test").endswith(f"has topic {topic} with 2 partitions")
    assert sum("there" in record.getMessage() for record in caplog.records) >= 1


def test_what_retention_has_taken_is_told(
    kafka: KafkaServer,
    log: KafkaSettings,
    member: Callable[..., Member],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """How many records were gone, and that the agents have them still."""
    fill(kafka, log.topic, ["0"])
    first = member(log)
    first.reader.done(first.take(1))
    first.reader.stop()
    fill(kafka, log.topic, ["1", "2", "3"])
    kafka.forget(log.topic)
    fill(kafka, log.topic, ["4"])
    second = member(log)
    assert [one.payload for one in second.take(1)] == [b"4"]
    assert second.reader.gone == 3
    (line,) = [r.getMessage() for r in caplog.records if "gone" in r.getMessage()]
    assert "3 records were gone before they were read" in line
    assert "retention.ms" in line


def secured(kafka: KafkaServer, tmp_path: Path, **more: object) -> KafkaSettings:
    """Make settings for the listener with TLS and a login."""
    ca_file = kafka.authority_file
    given = {"ca_file": ca_file, "username": USER, "password": PASSWORD, "tls": True, **more}
    return KafkaSettings(brokers=(kafka.secured,), sasl="PLAIN", group="secured", **given)  # type: ignore[arg-type]


def test_tls_and_login_are_asked_for_and_given(
    kafka: KafkaServer, log: KafkaSettings, tmp_path: Path
) -> None:
    """With the right authority and password the topic is seen."""
    found = check(secured(kafka, tmp_path, topic=log.topic), "test")
    assert found == f"{kafka.secured} has topic {log.topic} with 3 partitions"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "wrong"}, "check [kafka] sasl, username and password_file"),
        ({"ca_file": None}, "check [kafka] tls and ca_file"),
    ],
    ids=["password", "authority"],
)
def test_what_is_wrong_with_them_is_told(
    kafka: KafkaServer, tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    """One line that names the keys to look at, and never the password."""
    with pytest.raises(CollectorError) as caught:
        check(secured(kafka, tmp_path, **wrong), "test")
    assert said in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_a_file_that_is_no_certificate_stops_at_once(tmp_path: Path) -> None:
    """Nothing would come of trying again."""
    (tmp_path / "ca.pem").write_text("not a certificate")
    settings = KafkaSettings(brokers=("127.0.0.1:1",), tls=True, ca_file=tmp_path / "ca.pem")
    with pytest.raises(StopError, match=r"check the section \[kafka\]"):
        Reader(settings, "hq", Waiting(1, 1)).start()
