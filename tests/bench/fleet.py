"""A fleet of played agents against a real broker, a real collector and a real store.

Each row is one ``plant-sim fleet`` in a process of its own. A reading counts as stored when its
receipt has come and the store holds its point; cost is of the broker and the collector from their
start to the verdict. ``DEPTH=full`` adds ten thousand agents.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulators.fleet.options import FleetOptions, sites_toml
from tests.bench.processes import Cost, cost, running
from tests.services.influx import InfluxServer, start_influx
from tests.services.mosquitto import free_port, mosquitto_binary

RAW, TOTALS = "fleet_raw", "fleet_totals"
NEVER_S = 86_400.0
READY_S = 120.0
_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 100000
max_inflight_messages 200
log_dest none
"""
_COLLECTOR = """\
[collector]
id = "fleet"
state_dir = "state"
[mqtt]
url = "{url}"
[delivery]
backlog_readings_per_s = {credit}
[summarise]
every_s = {every_s}
[health]
listen = ""
[store]
{store}
"""
_SQLITE = 'kind = "sqlite"\npath = "store.sqlite"'
_INFLUX = """\
kind = "influx"
url = "{url}"
org = "{org}"
token_file = "token"
bucket_raw = "fleet_raw"
bucket_totals = "fleet_totals"\
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One fleet and the collector it meets; ``summarise_s``: how often that adds up."""

    name: str
    store: str
    options: FleetOptions
    summarise_s: float = 60.0
    credit: float = 20_000.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fleet came to; sizes in MB, CPU in s; ``broker_alone_mb``: before anyone came."""

    load: Load
    verdict: dict[str, Any]
    in_store: int
    broker_alone_mb: float
    broker: Cost
    collector: Cost
    fleet_cpu_s: float

    def markdown(self) -> str:
        """The outcome as a table row."""
        found, agents = self.verdict, self.load.options.agents
        of_1000 = (self.broker.peak_mb - self.broker_alone_mb) * 1000 / agents
        cells = (
            self.load.name,
            self.load.store,
            f"{found['connected_most']:,}",
            f"{found['given']:,}",
            f"{found['lost']}",
            f"{self.in_store - found['receipted']:+,}",
            f"{found['readings_per_s']:,.0f}",
            f"{found['receipt_median_s']:.2f} / {found['receipt_95_s']:.2f}",
            f"{self.broker.peak_mb:.0f} ({of_1000:.1f})",
            f"{self.collector.peak_mb:.0f}",
            f"{self.broker.cpu_s:.1f} / {self.collector.cpu_s:.1f} / {self.fleet_cpu_s:.1f}",
        )
        return f"| {' | '.join(cells)} |"


HEADER = (
    "| fleet | store | connected | readings | without receipt | store - receipts | readings/s"
    " | receipt s, median / 95 % | broker MB (for 1,000 agents) | collector MB"
    " | CPU s broker / collector / fleet |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def _options(**named: Any) -> FleetOptions:
    return FleetOptions(broker="mqtt://127.0.0.1:1", **named)


def loads() -> Iterator[Load]:
    """The fleets that are played."""
    live = _options(agents=100, meters=5, every_s=10, for_s=70)
    for store in ("sqlite", "influx"):
        yield Load("100 x 5 each 10 s", store, live)
    wide = _options(agents=1000, meters=5, every_s=60, for_s=130)
    for store in ("sqlite", "influx"):
        yield Load("1,000 x 5 each minute", store, wide)
    drain = _options(
        agents=200, meters=5, every_s=60, for_s=5, backlog_s=86_400 / 4, jitter_s=0, settle_s=300
    )
    for store in ("sqlite", "influx"):
        yield Load("200 x 5, 6 h of backlog", store, drain, NEVER_S, 1_000_000.0)
    storm = replace(wide, for_s=60, every_s=10, cut_at_s=20, away_s=20, meters=1)
    yield Load("1,000 x 1 each 10 s, cut for 20 s", "sqlite", storm)
    if os.environ.get("DEPTH") == "full":
        most = replace(wide, agents=10_000, for_s=70, settle_s=300)
        yield Load("10,000 x 5 each minute, totals apart", "influx", most, NEVER_S)


def outcomes() -> Iterator[Outcome]:
    """Play every load, each from an empty broker, store and collector."""
    for load in loads():
        yield played(load)


def played(load: Load) -> Outcome:
    """Play one fleet and count what the store holds."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        influx = influx_in(folder, stack) if load.store == "influx" else None
        port, broker = stack.enter_context(broker_in(folder))
        load = replace(load, options=replace(load.options, broker=f"mqtt://127.0.0.1:{port}"))
        collector = stack.enter_context(collector_in(folder, load, influx))
        alone_mb = cost(broker).rss_mb
        verdict, fleet_cpu_s = fleet_of(load.options)
        costs = alone_mb, cost(broker), cost(collector)
        return Outcome(load, verdict, _stored(folder, influx), *costs, fleet_cpu_s)


def influx_in(folder: Path, stack: ExitStack) -> InfluxServer:
    """A fresh InfluxDB whose token lies in the folder; ended with the stack."""
    server = start_influx(folder)
    stack.callback(server.kill)
    (folder / "token").write_text(server.token, encoding="utf-8")
    (folder / "token").chmod(0o600)
    return server


@contextmanager
def broker_in(folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id of a fresh Mosquitto."""
    port = free_port()
    file = folder / "mosquitto.conf"
    file.write_text(_BROKER.format(port=port), encoding="utf-8")
    with running([mosquitto_binary(), "-c", str(file)], folder / "broker.log") as process:
        time.sleep(0.5)
        yield port, process.pid


@contextmanager
def collector_in(folder: Path, load: Load, influx: InfluxServer | None) -> Iterator[int]:
    """The process id of a collector that hears the broker."""
    store = _SQLITE if influx is None else _INFLUX.format(url=influx.url, org=influx.org)
    text = _COLLECTOR.format(
        url=load.options.broker, credit=load.credit, every_s=load.summarise_s, store=store
    )
    file, log = folder / "collector.toml", folder / "collector.log"
    file.write_text(text + sites_toml(load.options), encoding="utf-8")
    with running([sys.executable, "-m", "collector", "run", "-c", str(file)], log) as process:
        until_s = time.monotonic() + READY_S
        while b": there" not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > until_s:
                raise RuntimeError(f"the collector did not start: {log.read_text()}")
            time.sleep(0.2)
        yield process.pid


def fleet_of(options: FleetOptions) -> tuple[dict[str, Any], float]:
    """The verdict of a fleet in a process of its own, and the CPU seconds that it took."""
    times = {
        "every": options.every_s, "for": options.for_s, "backlog": options.backlog_s,
        "commit": options.commit_s, "away": options.away_s, "settle": options.settle_s,
        "jitter": options.jitter_s,
    }  # fmt: skip
    words = [f"--{name}={value}s" for name, value in times.items()]
    if options.cut_at_s is not None:
        words.append(f"--cut-at={options.cut_at_s}s")
    command = [
        *(sys.executable, "-m", "simulators", "fleet", "--json", f"--broker={options.broker}"),
        *(f"--agents={options.agents}", f"--meters={options.meters}", *words),
    ]
    before = os.times()
    # Exit code 1 says that readings are without a receipt: the row tells how many.
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    after = os.times()
    if not done.stdout:
        raise RuntimeError(done.stderr)
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    return json.loads(done.stdout), cpu_s


def _stored(folder: Path, influx: InfluxServer | None) -> int:
    """How many readings the store holds, asked outside of the code under test."""
    if influx is not None:
        found = influx.query(RAW, "SELECT count(active_energy_import_wh) FROM reading")
        return int(found[0]["values"][0][1]) if found else 0
    with sqlite3.connect(folder / "store.sqlite") as connection:
        return int(connection.execute("SELECT count(*) FROM reading").fetchone()[0])
