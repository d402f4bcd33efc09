"""A hundred agents come back with a day's readings each: how fast it goes, and how late live is.

The fleet is a process of its own (``python -m tests.bench.drain BROKER FOLDER``): real outboxes,
real uplinks, the real forward station and its pace. Broker, database, collector are real as well.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from edge_agent.config import DeliverySettings, MqttSettings
from edge_agent.pace import Pace
from simulators.ledger import Ledger
from tests.bench.processes import cost, running
from tests.faults.network_fleet import SITE, LightAgent
from tests.services.influx import InfluxServer, start_influx
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

AGENTS, HOURS, EVERY_S = 100, 24, 10
JITTER_S = 30.0
"""Shorter than the product's 300 s, so that the agents come together: the harder case."""
CREDIT_PER_S = 5_000
"""For all agents together. The fleet shares two cores with all else; above about 7,000 readings/s
its own process is the limit, which no real fleet has."""
MOST_S = 900.0
DAY_READINGS = HOURS * 3600 // EVERY_S
RAW = "drain_raw"


@dataclass(frozen=True, slots=True)
class Drained:
    """How a fleet's backlog went."""

    readings: int
    seconds: float
    worst_live_s: float
    collector_mb: float

    def markdown(self) -> str:
        """The drain as a table row."""
        what = f"{AGENTS} agents, {HOURS} h at {EVERY_S} s"
        rate = f"{self.readings / self.seconds:,.0f}"
        figures = f"{self.readings:,} | {self.seconds:.0f} | {rate}"
        return f"| {what} | {figures} | {self.worst_live_s:.1f} | {self.collector_mb:.0f} |"


def drained() -> Drained:
    """Let the fleet come back and watch until its outboxes are empty."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = MosquittoServer(mosquitto_binary(), folder)
        broker.start()
        influx = start_influx(folder)
        try:
            with _collector(folder, broker.url, influx) as pid:
                return _watched(folder, broker.url, influx, pid)
        finally:
            influx.kill()
            broker.stop()


def _watched(folder: Path, broker: str, influx: InfluxServer, collector: int) -> Drained:
    log = folder / "fleet.log"
    command = [sys.executable, "-m", "tests.bench.drain", broker, str(folder)]
    with running(command, log):
        while _waiting(log) is None:
            time.sleep(0.5)
        begun_s, worst_s = time.monotonic(), 0.0
        while (_waiting(log) or 0) > AGENTS and time.monotonic() - begun_s < MOST_S:
            time.sleep(1.0)
            if time.monotonic() - begun_s > JITTER_S:
                worst_s = max(worst_s, _live_lag_s(influx))
        took_s, left = time.monotonic() - begun_s, _waiting(log) or 0
    readings = AGENTS * DAY_READINGS - max(left - AGENTS, 0)
    return Drained(readings, took_s, worst_s, cost(collector).peak_mb)


def _live_lag_s(influx: InfluxServer) -> float:
    """How old the newest reading is of the agent whose newest is the oldest."""
    text = f"SELECT last(active_energy_import_wh) FROM reading WHERE site='{SITE}' GROUP BY meter"
    newest: list[int] = [series["values"][0][0] for series in influx.query(RAW, text)]
    return (time.time_ns() // 1_000_000 - min(newest)) / 1000


def _waiting(log: Path) -> int | None:
    """The fleet's last word: how many readings wait in all its outboxes."""
    lines = [line for line in log.read_text().splitlines() if line.startswith("waiting ")]
    return int(lines[-1].split()[1]) if lines else None


@contextmanager
def _collector(folder: Path, broker: str, influx: InfluxServer) -> Iterator[int]:
    (folder / "token").write_text(influx.token, encoding="utf-8")
    (folder / "token").chmod(0o600)
    text = _COLLECTOR.format(
        **{"folder": folder, "broker": broker, "url": influx.url, "org": influx.org},
        **{"raw": RAW, "credit": float(CREDIT_PER_S)},
    )
    meters = "".join(f'[[sites.meters]]\nid = "{agent}"\n' for agent in _names())
    (folder / "collector.toml").write_text(text + meters, encoding="utf-8")
    command = [
        *(str(Path(sys.executable).parent / "collector"), "run"),
        *("-c", str(folder / "collector.toml")),
    ]
    with running(command, folder / "collector.log") as process:
        try:
            yield process.pid
        except AssertionError:
            sys.stderr.write((folder / "collector.log").read_text(encoding="utf-8"))
            raise


def _names() -> list[str]:
    return [f"a{number:03d}" for number in range(AGENTS)]


def fleet(broker: str, folder: Path) -> None:
    """Fill the outboxes with the day before now, then come back, live readings going on."""
    ledger, now_ms = Ledger(), time.time_ns() // 1_000_000
    own = DeliverySettings().backlog_readings_per_s
    agents = [
        LightAgent(
            name, MqttSettings(url=broker), folder, ledger, pace=Pace(own, JITTER_S, Random(name))
        )
        for name in _names()
    ]
    for agent in agents:
        agent.give(range(now_ms - DAY_READINGS * EVERY_S * 1000, now_ms, EVERY_S * 1000))
    with ExitStack() as stack:
        for agent in agents:
            stack.enter_context(agent)
        while True:
            sys.stdout.write(f"waiting {sum(agent.outbox.depth() for agent in agents)}\n")
            sys.stdout.flush()
            time.sleep(1.0)


_COLLECTOR = """\
[collector]
id = "drain"
state_dir = "{folder}/hq"

[mqtt]
url = "{broker}"

[health]
listen = ""

[delivery]
backlog_readings_per_s = {credit}

[store]
kind = "influx"
url = "{url}"
org = "{org}"
token_file = "{folder}/token"
bucket_raw = "{raw}"
bucket_totals = "drain_totals"

[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
"""


if __name__ == "__main__":
    fleet(sys.argv[1], Path(sys.argv[2]))
