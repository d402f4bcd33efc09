"""Times the way from the broker to the database: our collector beside Telegraf.

A backlog waits at Mosquitto, QoS 1, in a durable session; then the consumer is started and
InfluxDB's own counter of stored points says how far it is. The start of the process is left out
on both sides, and whether each reading is there is looked at afterwards. ``A B A B`` in one run,
since only ratios of one run count.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import backlog, telegraf
from tests.bench.backlog import Load
from tests.bench.processes import cost
from tests.bench.telegraf import TelegrafWay
from tests.services.influx import InfluxServer, start_influx
from tests.services.install import find_built
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

GIVE_UP_S = 900.0
LOOK_EVERY_S = 0.05
_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_inflight_messages 0
log_dest none
"""
_COLLECTOR = """\
[collector]
id = "bench"
state_dir = "state"
[mqtt]
url = "{broker}"
version = "{version}"
[store]
kind = "influx"
url = "{url}"
org = "{org}"
token_file = "token"
bucket_raw = "{bucket}"
bucket_totals = "{bucket}_totals"
[summarise]
every_s = 86400
[health]
listen = ""
[[sites]]
id = "works"
name = "works"
time_zone = "Asia/Tokyo"
{meters}
"""


@dataclass(frozen=True)
class Way:
    """A consumer under test: how its backlog is made, and how it is run."""

    name: str
    telegraf: TelegrafWay | None = None
    version: str = "5"


@dataclass(frozen=True)
class Result:
    """What one consumer did with one backlog."""

    way: str
    load: Load
    readings_per_s: float
    cpu_us: float
    store_us: float
    broker_us: float
    rss_mb: float
    lost: int

    def markdown(self) -> str:
        """The result as a table row."""
        size = f"{self.load.messages:,} x {self.load.readings}"
        others = f"{self.store_us:.1f} | {self.broker_us:.1f}"
        figures = f"{self.readings_per_s:,.0f} | {self.cpu_us:.2f} | {others} | {self.rss_mb:.0f}"
        return f"| {self.way} | {size} | {figures} | {self.lost} |"


HEADER = (
    "| consumer | messages x readings | readings/s | CPU us/reading | InfluxDB's | Mosquitto's "
    "| most RSS MB | lost |\n|---|---|---|---|---|---|---|---|"
)
OURS, THEIRS = Way("collector"), Way("Telegraf, line protocol", TelegrafWay())
JSON = Way("Telegraf, json_v2", TelegrafWay("json_v2"))
TUNED = Way("Telegraf, 1,000 lines a write", TelegrafWay(batch_lines=1_000))


class Bench:
    """One broker and one InfluxDB for all measurements of a run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.store = start_influx(folder)
        self._runs = 0

    def close(self) -> None:
        """End the server."""
        self.store.kill()

    def measure(self, way: Way, messages: int, readings: int) -> Result:
        """Let the consumer drain a fresh backlog into a fresh bucket."""
        load, folder = self.fresh(messages, readings)
        bucket = folder.name
        broker = MosquittoServer(mosquitto_binary(), folder, _BROKER)
        broker.start()
        try:
            self._prepare(way, load, broker.port, bucket)
            with self._running(way, folder, broker, bucket) as process:
                pids = [process.pid, *_pids(self.store, broker)]
                pace, spent_us = self._drain(process, pids, load)
                memory_mb = cost(process.pid).peak_mb
                lost = self.missing(bucket, load)
        finally:
            broker.kill()
            self.drop(bucket)
        ours_us, store_us, broker_us = spent_us
        return Result(way.name, load, pace, ours_us, store_us, broker_us, memory_mb, lost)

    def fresh(self, messages: int, readings: int) -> tuple[Load, Path]:
        """A load that ends ten minutes ago, and a folder of its own, named as its bucket."""
        self._runs += 1
        span_ms = messages * readings // backlog.METERS * 1000
        folder = self._folder / f"bench_{self._runs}"
        folder.mkdir()
        return Load(messages, readings, int(time.time()) * 1000 - span_ms - 600_000), folder

    def drop(self, bucket: str) -> None:
        """Remove what a run has stored."""
        self.store.drop_bucket(bucket)
        self.store.drop_bucket(f"{bucket}_totals")

    def make(self, bucket: str) -> None:
        """Make both buckets: they are there from a collector's second start on."""
        self._make_bucket(bucket)
        self._make_bucket(f"{bucket}_totals")

    def _prepare(self, way: Way, load: Load, port: int, bucket: str) -> None:
        if way.telegraf is None:
            client_id, topic, version = backlog.OUR_CLIENT_ID, backlog.OUR_TOPICS, way.version
            payloads = load.ours()
        else:
            client_id, topic, version = telegraf.CLIENT_ID, telegraf.TOPIC, "3.1.1"
            payloads = load.lines() if way.telegraf.parser == "influx" else load.objects()
        backlog.hold_session(port, client_id, topic, version)
        backlog.publish(port, payloads)
        self.make(bucket)
        time.sleep(2)  # what the database still does of the run before is not this one's cost

    def _make_bucket(self, name: str) -> None:
        org = self.store.call("GET", "/api/v2/orgs")["orgs"][0]["id"]
        self.store.call("POST", "/api/v2/buckets", {"orgID": org, "name": name})

    def _running(
        self, way: Way, folder: Path, broker: MosquittoServer, bucket: str
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        if way.telegraf is None:
            return _collector(folder, broker, self.store, bucket, way.version)
        binary = find_built("telegraf")
        assert binary is not None, "Telegraf is not built: make services"
        return telegraf.running(binary, folder, broker.port, self.store, bucket, way.telegraf)

    def _drain(
        self, process: subprocess.Popen[bytes], pids: list[int], load: Load
    ) -> tuple[float, list[float]]:
        """Answer readings/s and CPU (us a reading, by process), from the first points to the last.

        What is stored when the first look finds anything is left out.
        """
        before = self.points()
        counted = self._wait(process, lambda points: points > before) - before
        begun_s, spent_s = time.monotonic(), [cost(pid).cpu_s for pid in pids]
        self._wait(process, lambda points: points - before >= load.total)
        took_s = time.monotonic() - begun_s
        time.sleep(1.0)  # receipts and acknowledgements are part of the cost
        rest = load.total - counted
        assert rest > 0, "the backlog is too small to be measured"
        spent_us = [
            (cost(pid).cpu_s - spent) / rest * 1e6 for pid, spent in zip(pids, spent_s, strict=True)
        ]
        return rest / took_s, spent_us

    def _wait(self, process: subprocess.Popen[bytes], true: Callable[[float], bool]) -> float:
        until_s = time.monotonic() + GIVE_UP_S
        while not true(points := self.points()):
            assert process.poll() is None, "the consumer has ended"
            assert time.monotonic() < until_s, "the consumer does not come to its end"
            time.sleep(LOOK_EVERY_S)
        return points

    def points(self) -> float:
        """InfluxDB's own counter of stored points."""
        with urllib.request.urlopen(f"{self.store.url}/metrics") as page:
            for line in page:
                if line.startswith(b"storage_writer_ok_points_sum"):
                    return float(line.rsplit(b" ", 1)[1])
        return 0.0

    def missing(self, bucket: str, load: Load) -> int:
        """How many readings are not there, though the consumer had a minute more for them.

        InfluxDB's counter counts a point that was written twice as two.
        """
        until_s = time.monotonic() + 60
        while (missing := load.total - self._stored(bucket)) and time.monotonic() < until_s:
            time.sleep(1)
        return missing

    def _stored(self, bucket: str) -> int:
        counted = self.store.query(bucket, "SELECT count(active_power_w) FROM reading")
        return int(counted[0]["values"][0][1]) if counted else 0


def _pids(*servers: InfluxServer | MosquittoServer) -> list[int]:
    processes = [server._process for server in servers]
    return [process.pid for process in processes if process is not None]


@contextmanager
def _collector(
    folder: Path, broker: MosquittoServer, store: InfluxServer, bucket: str, version: str
) -> Iterator[subprocess.Popen[bytes]]:
    config = settings_file(folder, broker, store, bucket, version)
    command = [sys.executable, "-m", "collector", "run", "--config", str(config)]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settings_file(
    folder: Path, broker: MosquittoServer, store: InfluxServer, bucket: str, version: str = "5"
) -> Path:
    """Write the settings of a collector on this broker and bucket; answers where."""
    meters = "\n".join(
        f'[[sites.meters]]\nid = "m{n:02}"\nname = "m{n:02}"' for n in range(backlog.METERS)
    )
    text = _COLLECTOR.format(
        **{"broker": broker.url, "version": version, "url": store.url, "org": store.org},
        **{"bucket": bucket, "meters": meters},
    )
    (folder / "token").write_text(store.token)
    config = folder / "collector.toml"
    config.write_text(text, encoding="utf-8")
    return config


@contextmanager
def bench() -> Iterator[Bench]:
    """A broker and a database for one run."""
    with tempfile.TemporaryDirectory() as folder:
        made = Bench(Path(folder))
        try:
            yield made
        finally:
            made.close()


def rows(rounds: int = 2) -> Iterator[Result]:
    """Every measurement, ours and Telegraf's in turn, the long messages first."""
    with bench() as made:
        for _ in range(rounds):
            for way in (OURS, THEIRS):
                yield made.measure(way, 20_000, 50)
        yield made.measure(JSON, 10_000, 50)
        for _ in range(rounds):
            yield made.measure(OURS, 60_000, 1)
            yield made.measure(THEIRS, 15_000, 1)
        yield made.measure(TUNED, 30_000, 1)
        yield made.measure(OURS, 100_000, 50)


def ratios(results: list[Result]) -> Iterator[str]:
    """Ours to Telegraf's with line protocol, by size of message, medians of the run."""
    for readings in (50, 1):
        ours, theirs = (
            [r for r in results if r.way == way.name and r.load.readings == readings]
            for way in (OURS, THEIRS)
        )
        if ours and theirs:
            yield (
                f"messages of {readings}: {_ratio(ours, theirs, 'readings_per_s'):.2f} x the "
                f"readings/s, {_ratio(ours, theirs, 'cpu_us'):.2f} x the CPU a reading, "
                f"{_ratio(ours, theirs, 'rss_mb'):.2f} x the memory"
            )


def _ratio(ours: list[Result], theirs: list[Result], figure: str) -> float:
    mine, other = (
        statistics.median(float(getattr(result, figure)) for result in side)
        for side in (ours, theirs)
    )
    return mine / other


def main() -> None:
    """Measure and print, all of it or what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=["ours", "theirs", "json", "tuned"])
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--readings", type=int, default=50)
    chosen = parser.parse_args()
    print(HEADER, flush=True)  # noqa: T201
    results: list[Result] = []
    for result in _chosen(chosen):
        results.append(result)
        print(result.markdown(), flush=True)  # noqa: T201
    for line in ratios(results):
        print(line)  # noqa: T201


def _chosen(chosen: argparse.Namespace) -> Iterator[Result]:
    if chosen.only is None:
        yield from rows(chosen.rounds)
        return
    ways = {"ours": OURS, "theirs": THEIRS, "json": JSON, "tuned": TUNED}
    with bench() as made:
        for _ in range(chosen.rounds):
            for name in chosen.only:
                yield made.measure(ways[name], chosen.messages, chosen.readings)


if __name__ == "__main__":
    main()
