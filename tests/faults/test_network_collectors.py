"""Two collectors on one store, sharing the messages or both hearing all: either may be killed."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from collector import config
from collector.app import Collector
from tests.faults.network_office import eventually
from tests.faults.plant import Plan, Works
from tests.faults.processes import Process, until
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
MINUTE_MS = 60_000
MANY = 36
THERE = ": there"
"""What a collector says when the broker has taken its subscription."""


class AheadClock:
    """The machine's clock, ahead by as much as a test says."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """UTC ms."""
        return time.time_ns() // 1_000_000 + self.ahead_ms


@pytest.mark.every_change
@pytest.mark.parametrize("group", ["", "office"], ids=["plain", "shared"])
def test_either_of_two_collectors_is_killed(
    trial: Trial, own_mosquitto: MosquittoServer, group: str
) -> None:
    """With one of two collectors dead, and the broker's memory with it, all is stored once."""
    plan = Plan(collector={"mqtt": {"share_group": group}})
    with trial.works(own_mosquitto.url, plan) as works:
        second = works.another_collector("second")
        second.start()
        works.start()
        for victim in (works.collector, second):
            victim.kill()
            _many_arrive(works)
            own_mosquitto.kill()
            own_mosquitto.start()
            _many_arrive(works)
            _comes_back(works, victim)
        works.settle(120)
        _asks_and_comes_to_an_end(works, second)
        outcome = works.outcome()
    how = f"two collectors {'in one $share group' if group else 'that both hear all'}"
    injected = f"{how}: each killed for a while, and the broker with what it kept for it"
    trial.prove(outcome, fault="11, 15", injected=injected, times=4)


def _many_arrive(works: Works) -> None:
    """Wait until the collector that is left has stored several seconds' worth more."""
    wanted = works.count_stored() + MANY
    until(lambda: works.count_stored() >= wanted, 90, f"{MANY} more", works.last_lines)


def _comes_back(works: Works, victim: Process) -> None:
    """Start it again, and wait until it has heard readings newer than those it missed."""
    heard = victim.text().count(THERE)
    victim.start()
    until(lambda: victim.text().count(THERE) > heard, 30, "it hears again", works.last_lines)
    _many_arrive(works)


def _asks_and_comes_to_an_end(works: Works, second: Process) -> None:
    """What each collector missed is asked for after ten minutes, comes, and is never again.

    A member of a group gets a part by design: what it lacks is no hole and not asked for.
    """
    for name, process in (("collector", works.collector), ("second", second)):
        process.stop()
        settings, clock = config.load(works.folder / f"{name}.toml"), AheadClock()
        with closing(Collector(settings, clock)) as collector:
            assert eventually(lambda: not collector.ingest_once(0.1).messages, 20)
            assert collector.state.received.holes()
            collector.watch_once()
            clock.ahead_ms = 11 * MINUTE_MS
            collector.watch_once()
            if not settings.mqtt.share_group:
                assert eventually(lambda: _filled(collector), 30), collector.state.received.holes()


def _filled(collector: Collector) -> bool:
    collector.ingest_once(0.1)
    return not collector.state.received.holes()


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_a_member_that_never_comes_back(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """A dead member goes on getting its share: the agent sends that until another has it."""
    plan = Plan(collector={"mqtt": {"share_group": "office"}})
    with trial.works(own_mosquitto.url, plan) as works:
        second = works.another_collector("second")
        second.start()
        works.start()
        second.kill()
        for _ in range(5):
            works.more_arrives(60)
        works.settle(600)
        outcome = works.outcome()
    injected = "one of two collectors in one $share group killed for good, its session stays"
    trial.prove(outcome, fault=15, injected=injected, times=1)
