"""Times the way through Kafka beside the direct one, in one run.

A backlog of ours waits at Mosquitto, QoS 1. Direct: the collector drains it. Bridge: `collector
bridge run` carries it into Kafka, where its offsets say how far it is. Kafka: a collector reads
it from there. Then bridge and collector together, as they stand in life. InfluxDB's own counter
of points tells the rest, as in ``ingest``, whose ways of measuring these are.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.bench import backlog, ingest
from tests.bench.backlog import Load
from tests.bench.ingest import GIVE_UP_S, LOOK_EVERY_S, Bench
from tests.bench.processes import cost
from tests.services.kafka import KafkaServer
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

PARTITIONS = 6
BRIDGE_ID = f"{backlog.OUR_CLIENT_ID}-bridge"


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU by process, in microseconds a reading; 0 where a process has no part."""

    collector_us: float = 0.0
    bridge_us: float = 0.0
    kafka_us: float = 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """How fast one way was, and what it cost."""

    name: str
    load: Load
    readings_per_s: float
    costs: Costs
    rss_mb: float
    lost: int

    def markdown(self) -> str:
        """The way as a table row."""
        size = f"{self.load.messages:,} x {self.load.readings}"
        costs = " | ".join(f"{us:.2f}" if us else "" for us in astuple(self.costs))
        pace = f"{self.readings_per_s:,.0f}"
        return f"| {self.name} | {size} | {pace} | {costs} | {self.rss_mb:.0f} | {self.lost} |"


HEADER = (
    "| way | messages x readings | readings/s | CPU us/reading: collector | bridge | Kafka "
    "| most RSS MB | lost |"
)


def ways() -> Iterator[Way]:
    """Every way, for long messages and for single readings, each with a fresh backlog."""
    with tempfile.TemporaryDirectory() as name, ingest.bench() as made:
        kafka = KafkaServer(Path(name))
        kafka.start()
        try:
            for load in ((10_000, 50), (30_000, 1)):
                yield _direct(made, *load)
                yield from _apart(made, kafka, *load)
                yield _together(made, kafka, *load)
        finally:
            kafka.kill()


def _direct(made: Bench, messages: int, readings: int) -> Way:
    found = made.measure(ingest.OURS, messages, readings)
    costs = Costs(collector_us=found.cpu_us)
    pace, rss_mb = found.readings_per_s, found.rss_mb
    return Way("MQTT to collector", found.load, pace, costs, rss_mb, found.lost)


def _apart(made: Bench, kafka: KafkaServer, messages: int, readings: int) -> Iterator[Way]:
    """First all of it into Kafka, then all of it out."""
    with _plant(made, kafka, messages, readings) as plant:
        with plant.running("bridge", "run") as bridge:
            pace, spent_us = plant.timed([bridge.pid, _pid(kafka)], plant.in_kafka)
            rss_mb = cost(bridge.pid).peak_mb
        missing = (messages - kafka.ends(plant.topic)) * readings
        costs = Costs(bridge_us=spent_us[0], kafka_us=spent_us[1])
        yield Way("MQTT to Kafka", plant.load, pace, costs, rss_mb, missing)
        with plant.running("run") as collector:
            pace, spent_us = plant.timed([collector.pid, _pid(kafka)], plant.stored)
            rss_mb, lost = cost(collector.pid).peak_mb, made.missing(plant.bucket, plant.load)
        costs = Costs(collector_us=spent_us[0], kafka_us=spent_us[1])
        yield Way("Kafka to collector", plant.load, pace, costs, rss_mb, lost)


def _together(made: Bench, kafka: KafkaServer, messages: int, readings: int) -> Way:
    """Both at once, as in life: they share the cores with Mosquitto, Kafka and InfluxDB."""
    with (
        _plant(made, kafka, messages, readings) as plant,
        plant.running("run") as collector,
        plant.running("bridge", "run"),
    ):
        # What bridge and Kafka cost stands in their own rows: they are ahead of the first points.
        pace, spent_us = plant.timed([collector.pid], plant.stored)
        rss_mb = cost(collector.pid).peak_mb
        lost = made.missing(plant.bucket, plant.load)
        name = "MQTT to Kafka to collector"
        return Way(name, plant.load, pace, Costs(*spent_us), rss_mb, lost)


class _Plant:
    """A backlog at a broker, a topic and a bucket of its own, and the settings that name them."""

    def __init__(self, made: Bench, kafka: KafkaServer, load: Load, folder: Path) -> None:
        self.load, self.folder = load, folder
        self.bucket = self.topic = folder.name
        self._made, self._kafka = made, kafka
        self._before = made.points()

    def in_kafka(self) -> float:
        """How many readings Kafka holds."""
        return self._kafka.ends(self.topic) * float(self.load.readings)

    def stored(self) -> float:
        """How many points InfluxDB has taken since the plant was made."""
        return self._made.points() - self._before

    def timed(self, pids: list[int], count: Callable[[], float]) -> tuple[float, list[float]]:
        """Readings/s and CPU (us a reading, by process), from the first that count to the last."""
        begun = _wait(lambda: count() > 0, count)
        begun_s, spent_s = time.monotonic(), [cost(pid).cpu_s for pid in pids]
        _wait(lambda: count() >= self.load.total, count)
        took_s, rest = time.monotonic() - begun_s, self.load.total - begun
        assert rest > 0, "the backlog is too small to be measured"
        time.sleep(1.0)  # receipts, acknowledgements and commits are part of the cost
        spent = zip(pids, spent_s, strict=True)
        return rest / took_s, [(cost(pid).cpu_s - before) / rest * 1e6 for pid, before in spent]

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """One of our commands with the settings of the plant, as long as the block lasts."""
        config = str(self.folder / "collector.toml")
        process = subprocess.Popen([sys.executable, "-m", "collector", *words, "-c", config])
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


@contextmanager
def _plant(made: Bench, kafka: KafkaServer, messages: int, readings: int) -> Iterator[_Plant]:
    load, folder = made.fresh(messages, readings)
    broker = MosquittoServer(mosquitto_binary(), folder, ingest._BROKER)
    broker.start()
    try:
        backlog.hold_session(broker.port, BRIDGE_ID, backlog.OUR_TOPICS, "5")
        backlog.publish(broker.port, load.ours())
        kafka.create_topic(folder.name, PARTITIONS)
        made.make(folder.name)
        config = ingest.settings_file(folder, broker, made.store, folder.name)
        text = f'[kafka]\nbrokers = ["{kafka.brokers[0]}"]\ntopic = "{folder.name}"\n'
        text += f'group = "{folder.name}"\n[bridge]\nlisten = ""\n'
        config.write_text(config.read_text(encoding="utf-8") + text, encoding="utf-8")
        time.sleep(2)  # what the database still does of the run before is not this one's cost
        yield _Plant(made, kafka, load, folder)
    finally:
        broker.kill()
        made.drop(folder.name)


def _wait(true: Callable[[], bool], answer: Callable[[], float]) -> float:
    until_s = time.monotonic() + GIVE_UP_S
    while not true():
        assert time.monotonic() < until_s, "it does not come to its end"
        time.sleep(LOOK_EVERY_S)
    return answer()


def _pid(server: KafkaServer) -> int:
    process = server._process
    assert process is not None
    return process.pid
