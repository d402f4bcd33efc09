"""Collectors beside one real broker and on one store: in one group, and each for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.app import Collector
from collector.config import (
    CollectorSettings,
    IdentitySettings,
    MqttSettings,
    StoreSettings,
    SummariseSettings,
)
from collector.site_config import MeterSettings, SiteSettings
from edge_agent.contract import wire
from edge_agent.contract.wire import Birth, MeterCard
from tests.collector.agent_side import Agent, eventually
from tests.collector.test_app import NOW_MS, StandingClock, message
from tests.services.mochi import Broker
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
CARD = MeterCard("sendai", "main", "受電", "p", 60.0, 10.0)
ALL = set(range(1, 151))


def made(folder: Path, name: str, url: str, group: str) -> Collector:
    """Make one of the collectors; the store is shared, the state its own."""
    site = SiteSettings(id="sendai", time_zone="UTC", meters=(MeterSettings(id="main"),))
    settings = CollectorSettings(
        collector=IdentitySettings(id=name, state_dir=folder / name),
        mqtt=MqttSettings(url=url, share_group=group),
        store=StoreSettings(kind="sqlite", path=folder / "store.sqlite"),
        summarise=SummariseSettings(every_s=3600.0),
        sites=(site,),
    )
    return Collector(settings, StandingClock())


@contextmanager
def started(folder: Path, url: str, group: str, names: str) -> Iterator[list[Collector]]:
    """Start a collector of each name, and end them all."""
    collectors = [made(folder, name, url, group) for name in names]
    try:
        for collector in collectors:
            collector.start()
            assert eventually(lambda one=collector: one.status().connected)  # type: ignore[misc]
        yield collectors
    finally:
        for collector in collectors:
            collector.close()


@pytest.fixture(params=["", "plant"], ids=["plain", "group"])
def pair(
    request: pytest.FixtureRequest, tmp_path: Path, own_mosquitto: MosquittoServer
) -> Iterator[tuple[Collector, Collector]]:
    """Start two collectors, each with its session at the broker."""
    with started(tmp_path, own_mosquitto.url, request.param, "ab") as (first, second):
        yield first, second


@pytest.fixture
def agent(own_mosquitto: MosquittoServer) -> Iterator[Agent]:
    """Connect an agent to the broker of this test."""
    connected = Agent(own_mosquitto.port)
    yield connected
    connected.close()


def stored(collector: Collector) -> int:
    """Answer how many readings the store holds."""
    return collector.store.count_readings("sendai", "main", 0, NOW_MS + 1)


def test_both_know_every_agent_and_all_readings_come_once(
    pair: tuple[Collector, Collector], agent: Agent
) -> None:
    """A group divides the readings, plain ones take all; the store holds each one time."""
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, (CARD,))), "birth")
    for seq in range(1, 151, 5):
        agent.say(message(seq, 5))
    assert eventually(lambda: agent.settled() == ALL)
    first, second = pair
    assert eventually(lambda: stored(first) == 150)
    assert eventually(lambda: all(one.status().agents_online == 1 for one in pair))
    # Each counts after its own write, so the store is full a moment before the counts are.
    if first.settings.mqtt.share_group:
        assert eventually(lambda: sum(one.status().readings_stored for one in pair) == 150)
        assert min(one.status().readings_stored for one in pair) > 0
    else:
        assert eventually(lambda: [one.status().readings_stored for one in pair] == [150, 150])
    for one in (first, second):
        one.watch_once()
        one.watch_once()
    (day,) = first.store.read_rows("completeness", "sendai", "main", 0, NOW_MS + 1)
    assert day.fields["gap"] == 165.0 - 150.0
    parts = [day.fields[name] for name in ("on_time", "late", "estimated")]
    assert sum(float(part) for part in parts) == 150.0
    assert all(one.status().holes == 0 for one in pair)


def test_either_may_end_and_no_reading_waits_for_it(
    pair: tuple[Collector, Collector], agent: Agent
) -> None:
    """The other goes on with all of it; what the one had not receipted comes again."""
    first, second = pair
    for seq in range(1, 76, 5):
        agent.say(message(seq, 5))
    first.stop()
    assert eventually(sent_until_settled(agent, range(76, 151, 5)), 60)
    assert stored(second) == 150


@pytest.mark.parametrize("group", ["", "plant"], ids=["plain", "group"])
def test_of_three_behind_either_broker_any_one_is_enough(
    either_broker: Broker, tmp_path: Path, group: str
) -> None:
    """One after the other ends and the broker with all it held: nothing is lost, none shares."""
    agent = Agent(either_broker.port)
    with started(tmp_path, either_broker.url, group, "abc") as (first, second, third):
        for seq in range(1, 51, 5):
            agent.say(message(seq, 5))
        assert eventually(lambda: agent.settled() == set(range(1, 51)))
        first.stop()
        assert eventually(sent_until_settled(agent, range(51, 101, 5), 100), 60)
        second.stop()
        either_broker.kill()
        either_broker.start()
        assert eventually(lambda: third.status().connection_losses == 1)
        assert eventually(lambda: third.status().connected)
        assert eventually(sent_until_settled(agent, range(101, 151, 5)), 60)
        assert stored(third) == 150
    agent.close()


def sent_until_settled(agent: Agent, seqs: range, last: int = 150) -> Callable[[], bool]:
    """Let the agent send, and send again what has no receipt, at each look, as the outbox does."""
    rest = iter(seqs)

    wanted = set(range(1, last + 1))

    def sent() -> bool:
        seq = next(rest, None)
        missing = wanted - agent.settled() if seq is None else set()
        for number in [seq] if seq else sorted(missing)[:20]:
            agent.say(message(number, 5 if seq else 1))
        return agent.settled() == wanted

    return sent
