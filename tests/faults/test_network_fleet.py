"""Fault 14: a fleet comes back at once, each agent with a backlog, after the broker was away."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from random import Random

import pytest

from collector import config
from collector.storage import open_store
from collector.storage.port import ReadingStore
from edge_agent.config import MqttSettings
from edge_agent.pace import Pace
from simulators.ledger import Ledger
from tests.faults.network_fleet import SITE, LightAgent
from tests.faults.network_office import ended, eventually, outcome, settings_file
from tests.faults.outbox_file import ENERGY
from tests.faults.processes import Process, collector_process
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
OWN_PER_S = 20.0
JITTER_S = 10.0
LIVE_EVERY_S = 5.0
FIRST_LOTS = 120
"""Readings that an agent may send before it has heard a credit: two of its least lots."""
LIVE_LAG_MS = 60_000
MOST_KIB = 200 * 1024
WINDOW_S = 10.0
OVER = 1.3
"""Credits follow the fleet by a second or two, and move by a tenth before they are told."""


@dataclass(slots=True)
class Watch:
    """The fleet as it drains: how late its live lanes are, how much has gone, the memory taken."""

    fleet: Sequence[LightAgent]
    store: ReadingStore
    collector: Process
    lag_ms: int = 0
    peak_kib: int = 0
    waiting: list[tuple[float, int]] = field(default_factory=list)

    def look(self) -> bool:
        """Note how all stands; whether the backlog is gone."""
        now_ms = time.time_ns() // 1_000_000
        for agent in self.fleet[::10]:
            newest = self.store.last_before(SITE, agent.agent, ENERGY, now_ms)
            if newest is not None:
                self.lag_ms = max(self.lag_ms, now_ms - newest[0])
        self.peak_kib = self.collector.peak_kib()
        self.waiting.append((time.monotonic(), sum(a.outbox.depth() for a in self.fleet)))
        time.sleep(0.5)
        return self.waiting[-1][1] < 2 * len(self.fleet)

    def most_in(self, span_s: float) -> int:
        """The most readings that left all outboxes together within ``span_s``."""
        return max(
            before - after
            for begin_s, before in self.waiting
            for end_s, after in self.waiting
            if 0 <= end_s - begin_s <= span_s
        )


@pytest.mark.parametrize(
    ("agents", "readings", "cap_per_s"),
    [
        pytest.param(20, 300, 400, marks=pytest.mark.every_change),
        pytest.param(100, 1_500, 2_000, marks=[pytest.mark.nightly, pytest.mark.timeout(600)]),
    ],
    ids=["20-agents", "100-agents"],
)
def test_a_fleet_comes_back(
    trial: Trial, own_mosquitto: MosquittoServer, agents: int, readings: int, cap_per_s: int
) -> None:
    """Together they stay near the collector's cap, in its memory, and their live lanes in time."""
    names, ledger = [f"pi-{number}" for number in range(agents)], Ledger(repeat_ms=0)
    cap = f"[delivery]\nbacklog_readings_per_s = {cap_per_s}.0\n[health]\nlisten = ''"
    path = settings_file(trial.folder, own_mosquitto.url, names, more=cap)
    loaded, collector = config.load(path), collector_process(path, trial.folder / "collector.log")
    fleet = [_agent(trial, name, own_mosquitto.url, ledger) for name in names]
    with ended(own_mosquitto), ExitStack() as running, closing(open_store(loaded.store)) as store:
        collector.start()
        running.callback(collector.kill)
        for agent in fleet:
            running.enter_context(agent)
        assert eventually(lambda: all(agent.uplink.connected for agent in fleet), 120)
        own_mosquitto.kill()
        _give(fleet, readings)
        own_mosquitto.start()
        store.check()
        watch = Watch(fleet, store, collector)
        assert eventually(watch.look, 2 * agents * readings / cap_per_s + 60), watch.waiting[-1]
        _let_drain(fleet)
        collector.stop()
    assert watch.lag_ms < LIVE_LAG_MS
    assert watch.peak_kib < MOST_KIB
    live = agents * WINDOW_S / LIVE_EVERY_S
    bound = WINDOW_S * cap_per_s * OVER + FIRST_LOTS * agents + live
    assert watch.most_in(WINDOW_S) < bound
    injected = f"broker restarted; {agents} agents with {readings:,} readings each come back"
    trial.prove(outcome(loaded, ledger, fleet), fault=14, injected=injected, times=1)


def _let_drain(fleet: Sequence[LightAgent]) -> None:
    for agent in fleet:
        agent.stop_reading()
    assert eventually(lambda: all(agent.is_empty() for agent in fleet), 60)


def _agent(trial: Trial, name: str, url: str, ledger: Ledger) -> LightAgent:
    pace = Pace(OWN_PER_S, JITTER_S, Random(f"{trial.seed} {name}"))
    mqtt = MqttSettings(url=url)
    return LightAgent(
        name, mqtt, trial.folder, ledger, every_s=LIVE_EVERY_S, pace=pace, resend_after_s=10
    )


def _give(fleet: Sequence[LightAgent], readings: int) -> None:
    """A backlog of ten-second readings that ends two minutes ago."""
    end_ms = time.time_ns() // 1_000_000 - 120_000
    for agent in fleet:
        agent.give(range(end_ms - readings * 10_000, end_ms, 10_000))
