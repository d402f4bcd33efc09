"""What the agent costs, and how much of a bus it uses; side by side with Telegraf where it can be.

Each row is one run of the real ``edge-agent run`` against meters of ``meters.py`` and a real
Mosquitto; the real collector gives the receipts, so that the outbox also settles.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import edge_plant as plant
from tests.bench.meters import SerialMeters, TcpMeters, Wire
from tests.bench.processes import cost, running
from tests.services.install import find_built
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

WARM_S, MEASURED_S = 20.0, 60.0
BIN = Path(sys.executable).parent
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Use:
    """What one process took: per cent of a core, MB resident at most, MB written in a day."""

    what: str
    cpu_percent: float
    peak_mb: float
    written_mb_a_day: float

    def markdown(self) -> str:
        """The run as a table row."""
        written = f"{self.written_mb_a_day:,.0f}"
        return f"| {self.what} | {self.cpu_percent:.2f} % | {self.peak_mb:.1f} | {written} |"


@dataclass(frozen=True, slots=True)
class BusUse:
    """What came over a bus, against what the wire or the clock allows."""

    what: str
    polls: int
    ratio: float
    worst_ms: float

    def markdown(self) -> str:
        """The run as a table row."""
        return f"| {self.what} | {self.polls:,} | {self.ratio:.1%} | {self.worst_ms:.0f} |"


def costs() -> Iterator[Use]:
    """Twenty meters of forty values each second: the agent, then Telegraf."""
    yield _agent_use()
    telegraf = find_built("telegraf")
    if telegraf is not None:
        yield _telegraf_use(telegraf)


def buses() -> Iterator[BusUse]:
    """How much of a serial line is used, and whether a hundred TCP meters are read in time."""
    yield _serial()
    yield _hundred()


@contextmanager
def _broker(folder: Path) -> Iterator[str]:
    broker = MosquittoServer(mosquitto_binary(), folder)
    broker.start()
    try:
        yield broker.url
    finally:
        broker.stop()


@contextmanager
def _collected(folder: Path) -> Iterator[str]:
    """A broker and a collector behind it; the broker's address."""
    with _broker(folder) as broker:
        settings = plant.collector_toml(folder, broker)
        command = [str(BIN / "collector"), "run", "-c", str(settings)]
        with running(command, folder / "collector.log"):
            yield broker


def _agent_command(settings: Path) -> list[str]:
    return [str(BIN / "edge-agent"), "run", "-c", str(settings)]


def _tcp_settings(folder: Path, ports: list[int], broker: str) -> Path:
    model = plant.profile(folder)
    meters = [plant.meter(i, i, 1, model) for i in range(len(ports))]
    return plant.agent_toml(folder, plant.tcp_links(ports), meters, broker, 1.0)


def _agent_use() -> Use:
    with tempfile.TemporaryDirectory() as name, TcpMeters(20) as meters:
        folder = Path(name)
        with _collected(folder) as broker:
            command = _agent_command(_tcp_settings(folder, meters.ports, broker))
            return _use("edge-agent, with its outbox", command, folder)


def _telegraf_use(telegraf: Path) -> Use:
    with tempfile.TemporaryDirectory() as name, TcpMeters(20) as meters:
        folder = Path(name)
        with _broker(folder) as broker:
            settings = plant.telegraf_conf(folder, meters.ports, broker)
            command = [str(telegraf), "--config", str(settings)]
            return _use("Telegraf, without a durable outbox", command, folder)


def _use(what: str, command: list[str], folder: Path) -> Use:
    with running(command, folder / "measured.log") as process:
        time.sleep(WARM_S)
        begun, begun_s = cost(process.pid), time.monotonic()
        time.sleep(MEASURED_S)
        ended, took_s = cost(process.pid), time.monotonic() - begun_s
    cpu_percent = 100 * (ended.cpu_s - begun.cpu_s) / took_s
    written = (ended.written_bytes - begun.written_bytes) / took_s * DAY_S / 1e6
    return Use(what, cpu_percent, ended.peak_mb, written)


def _serial() -> BusUse:
    wire, count, registers = Wire(), 20, 2 * plant.VALUES
    least_s = count * wire.poll_s(registers)
    with tempfile.TemporaryDirectory() as name, SerialMeters(wire) as meters:
        folder = Path(name)
        model = plant.profile(folder)
        rows = [plant.meter(i, 0, i + 1, model) for i in range(count)]
        with _broker(folder) as broker:
            link = plant.serial_link(meters.device, wire)
            settings = plant.agent_toml(folder, [link], rows, broker, round(1.2 * least_s, 1))
            with running(_agent_command(settings), folder / "agent.log"):
                time.sleep(MEASURED_S)
        polls = list(meters.polls)
    rounds = [polls[at : at + count] for at in range(0, len(polls) - count + 1, count)]
    silence_s = wire.seconds(wire.silence_chars)
    taken_s = [one[-1][1] - one[0][0] + silence_s for one in rounds]
    what = f"RTU, 9600 baud, {count} meters x {plant.VALUES} values ({meters.early} too early)"
    return BusUse(what, len(polls), least_s / median(taken_s), 1000 * (max(taken_s) - least_s))


def _hundred() -> BusUse:
    """The share of seconds in which each meter was asked once, and the latest behind its mark."""
    with tempfile.TemporaryDirectory() as name, TcpMeters(100, noting=True) as meters:
        folder = Path(name)
        with _collected(folder) as broker:
            settings = _tcp_settings(folder, meters.ports, broker)
            ahead_s = time.time() - time.monotonic()
            with running(_agent_command(settings), folder / "agent.log"):
                time.sleep(WARM_S)
                first = int(time.time()) + 1
                time.sleep(MEASURED_S)
                last = int(time.time())
        asked = [at_s + ahead_s for times in meters.asked.values() for at_s in times]
        marks = [at_s for at_s in asked if first <= at_s < last]
    due = 100 * (last - first)
    behind_ms = [1000 * (at_s % 1) for at_s in marks]
    in_time = sum(late_ms < 900 for late_ms in behind_ms)
    return BusUse("TCP, 100 meters x 40 values at 1 s", len(marks), in_time / due, max(behind_ms))
