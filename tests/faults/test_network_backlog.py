"""Fault 8 with half a day behind it: live readings first, the rest at the credited rate."""

from __future__ import annotations

import time
from random import Random

import pytest

from collector.app import Collector
from edge_agent.config import MqttSettings
from edge_agent.pace import Pace
from simulators.ledger import Ledger
from tests.faults.network_fleet import SITE, LightAgent
from tests.faults.network_office import eventually, outcome, running, settings
from tests.faults.outbox_file import ENERGY, depth
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer
from tests.services.toxiproxy import Toxiproxy

pytestmark = [pytest.mark.services, pytest.mark.every_change]
HOUR_MS = 3_600_000
EVERY_MS = 10_000
CREDIT_PER_S = 400
CREDIT = f"[delivery]\nbacklog_readings_per_s = {CREDIT_PER_S}.0"
LATE_MS = 15_000
"""No live reading may be older than this when the next one is stored."""
LOTS = 3
"""Seconds' worth of the rate that may come at once: a full bucket, and what was under way."""


class Watcher:
    """What a collector sees of one agent while a backlog comes in."""

    def __init__(self, collector: Collector, agent: LightAgent) -> None:
        self._collector, self._agent = collector, agent
        self._began_s = time.monotonic()
        self.oldest_live_ms = 0
        self.drained: list[tuple[float, int]] = []

    def look(self) -> bool:
        """Note how late the live lane is and how much waits; True when nothing waits."""
        now_ms = time.time_ns() // 1_000_000
        newest = self._collector.store.last_before(SITE, self._agent.agent, ENERGY, now_ms)
        if newest is not None and time.monotonic() - self._began_s > 5:
            self.oldest_live_ms = max(self.oldest_live_ms, now_ms - newest[0])
        waiting = self._agent.outbox.depth()
        self.drained.append((time.monotonic(), waiting))
        time.sleep(0.2)
        return waiting < 20

    def most_in(self, span_s: float) -> int:
        """The most readings that left the outbox within ``span_s``."""
        return max(
            before - after
            for begin_s, before in self.drained
            for end_s, after in self.drained
            if 0 <= end_s - begin_s <= span_s
        )


def test_a_backlog_drains_at_its_credit_behind_the_live_lane(
    trial: Trial, own_mosquitto: MosquittoServer, toxiproxy: Toxiproxy
) -> None:
    """Half a day of backlog neither delays readings of now nor comes faster than credited."""
    link, ledger = toxiproxy.link(own_mosquitto.port), Ledger(repeat_ms=0)
    loaded = settings(trial.folder, own_mosquitto.url, ["pi-1"], more=CREDIT)
    mqtt, pace = MqttSettings(url=link.url), Pace(100.0, 1.0, trial.random)
    agent = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=0.5, pace=pace)
    now_ms = time.time_ns() // 1_000_000
    with running(loaded) as collector, agent:
        assert eventually(lambda: collector.status().readings_stored > 3, 20)
        link.cut()
        agent.give(range(now_ms - 12 * HOUR_MS, now_ms - 120_000, EVERY_MS))
        link.mend()
        watcher = Watcher(collector, agent)
        assert eventually(watcher.look, 90)
        agent.stop_reading()
        assert eventually(agent.is_empty, 20)
    link.remove()
    assert watcher.oldest_live_ms < LATE_MS
    assert watcher.most_in(5.0) < CREDIT_PER_S * (5 + LOTS)
    injected = f"link cut; 12 h of backlog drain at {CREDIT_PER_S} readings/s behind the live lane"
    trial.prove(outcome(loaded, ledger, [agent]), fault=8, injected=injected, times=1)


def _all_told(agent: LightAgent) -> bool:
    now = depth(agent.folder)
    return now is not None and now.gaps == 0


def test_an_outbox_that_overflows_tells_every_number_it_dropped(
    trial: Trial, own_mosquitto: MosquittoServer, toxiproxy: Toxiproxy
) -> None:
    """A link that is down for too long costs what the bound says, each number in a gap record."""
    link, ledger = toxiproxy.link(own_mosquitto.port), Ledger(repeat_ms=0)
    loaded = settings(trial.folder, own_mosquitto.url, ["pi-1"])
    mqtt, pace = MqttSettings(url=link.url), Pace(1e6, 0.0, Random(1))
    agent = LightAgent("pi-1", mqtt, trial.folder, ledger, every_s=0.5, max_mb=1, pace=pace)
    now_ms = time.time_ns() // 1_000_000
    with running(loaded) as collector, agent:
        assert eventually(lambda: collector.status().readings_stored > 3, 20)
        link.cut()
        for hours in range(6, 0, -1):
            agent.give(range(now_ms - hours * HOUR_MS, now_ms - (hours - 1) * HOUR_MS, 2_000))
        size = (agent.folder / "outbox.sqlite").stat().st_size
        link.mend()
        agent.stop_reading()
        assert eventually(agent.is_empty, 60)
        assert eventually(lambda: _all_told(agent), 60)
    link.remove()
    assert size <= 1024 * 1024
    assert agent.outbox.evicted > 1000
    injected = "link cut until an outbox of 1 MB has had to drop readings"
    trial.prove(outcome(loaded, ledger, [agent]), fault=8, injected=injected, times=1)
