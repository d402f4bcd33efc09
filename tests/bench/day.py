"""A day of an agent's life in minutes, and what its memory does meanwhile.

The real agent under an injected clock, stepped mark by mark: Modbus over TCP, outbox on the disk,
a real Mosquitto, receipts from a process of their own.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

from edge_agent import config
from edge_agent.app import Agent
from tests.bench import edge_plant as plant
from tests.bench.meters import TcpMeters
from tests.bench.processes import cost, running
from tests.edge_agent.bench import HandClock
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

HOURS, EVERY_S, METERS = 24, 10, 20
SETTLE_HOURS = 2
"""Caches fill and the outbox finds its size: the slope is taken from here on."""


@dataclass(frozen=True, slots=True)
class Day:
    """Resident memory at the end of each simulated hour, MB."""

    readings: int
    settled: int
    rss_mb: tuple[float, ...]

    @property
    def slope_kb_an_hour(self) -> float:
        """The straight line through the hours after the first ones."""
        late = self.rss_mb[SETTLE_HOURS:]
        return 1024 * linear_regression(range(len(late)), late).slope

    def markdown(self) -> str:
        """The day as a table row."""
        what = f"{HOURS} h of {METERS} meters x {plant.VALUES} values at {EVERY_S} s"
        counts = f"{self.readings:,} | {self.settled:,}"
        memory = f"{self.rss_mb[SETTLE_HOURS]:.1f} | {self.rss_mb[-1]:.1f}"
        return f"| {what} | {counts} | {memory} | {self.slope_kb_an_hour:+.0f} |"


def day() -> Day:
    """Live through the day."""
    with tempfile.TemporaryDirectory() as name, TcpMeters(METERS) as meters:
        folder = Path(name)
        broker = MosquittoServer(mosquitto_binary(), folder)
        broker.start()
        command = [sys.executable, "-m", "tests.bench.receipts", broker.url]
        try:
            with running(command, folder / "receipts.log"):
                return _lived(_settings(folder, meters.ports, broker.url))
        finally:
            broker.stop()


def _settings(folder: Path, ports: list[int], broker: str) -> config.AgentSettings:
    model = plant.profile(folder)
    rows = [plant.meter(i, i, 1, model) for i in range(len(ports))]
    path = plant.agent_toml(folder, plant.tcp_links(ports), rows, broker, float(EVERY_S))
    return config.load(path)


def _lived(settings: config.AgentSettings) -> Day:
    clock = HandClock()
    agent = Agent(settings, clock)
    rss_mb = []
    for _ in range(HOURS):
        for _ in range(3600 // EVERY_S):
            agent.poll_once()
            agent.commit()
            agent.forward_once()
            clock.advance(EVERY_S)
        rss_mb.append(cost_here())
    status = agent.status()
    agent.close()
    return Day(status.readings_taken, status.readings_settled, tuple(rss_mb))


def cost_here() -> float:
    """The resident memory of the running process, MB."""
    return cost("self").rss_mb
