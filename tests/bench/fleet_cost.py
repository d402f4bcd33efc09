"""What a meter costs in the long run: bytes on the disk for a year, CPU for its totals.

Thirty days of readings come the whole way (fleet, broker, collector), are added up by
``collector summarise`` in a process of its own, and the store's files are measured.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from simulators.fleet.options import FleetOptions
from tests.bench import fleet
from tests.services.influx import InfluxServer

METERS, DAYS, EVERY_S = 5, 30, 60
YEAR_READINGS = 365 * 86_400 // EVERY_S
SETTLE_S = 40.0
_COLD = {
    "INFLUXD_STORAGE_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "2s",
    "INFLUXD_STORAGE_COMPACT_FULL_WRITE_COLD_DURATION": "5s",
}
"""InfluxDB writes and compacts its files when nothing has come for minutes or hours: made seconds,
so that what is measured is what stays on the disk."""

_PAST = FleetOptions(
    broker="mqtt://127.0.0.1:1",
    meters=METERS,
    every_s=EVERY_S,
    for_s=0,
    jitter_s=0,
    settle_s=600,
)


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of a store, of its raw readings and of its totals, for ``readings``."""

    store: str
    readings: int
    raw_bytes: int
    totals_bytes: int

    def markdown(self) -> str:
        """The sizes as a table row, by reading and by meter-year of one-minute readings."""
        raw = self.raw_bytes / self.readings
        totals_mb = self.totals_bytes / METERS / DAYS * 365 / 1e6
        cells = (
            self.store,
            f"{self.readings:,}",
            f"{raw:.1f}",
            f"{raw * YEAR_READINGS / 1e6:.0f}",
            f"{totals_mb:.1f}",
        )
        return f"| {' | '.join(cells)} |"


DISK = (
    "| store | readings of 10 values | bytes a reading | MB a meter-year, raw"
    " | MB a meter-year, totals |"
)


def disks() -> Iterator[Disk]:
    """One plant of five meters and thirty days, in each store."""
    options = replace(_PAST, agents=1, backlog_s=DAYS * 86_400)
    os.environ.update(_COLD)
    for store in ("sqlite", "influx"):
        load = fleet.Load("disk", store, options, fleet.NEVER_S, 1_000_000.0)
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            yield _disk(Path(name), load, stack)


def _disk(folder: Path, load: fleet.Load, stack: ExitStack) -> Disk:
    influx = fleet.influx_in(folder, stack) if load.store == "influx" else None
    readings = _taken_in(folder, load, influx)
    if influx is None:
        raw = _sqlite_bytes(folder, raw=True)
        _summarise(folder)
        return Disk(load.store, readings, raw, _sqlite_bytes(folder, raw=False))
    _summarise(folder)
    time.sleep(SETTLE_S)
    known = influx.call("GET", "/api/v2/buckets")["buckets"]
    ids = {bucket["name"]: bucket["id"] for bucket in known}
    influx.stop()
    raw, totals = (_bucket_bytes(folder, ids[name]) for name in (fleet.RAW, fleet.TOTALS))
    return Disk(load.store, readings, raw, totals)


def _taken_in(folder: Path, load: fleet.Load, influx: InfluxServer | None) -> int:
    with fleet.broker_in(folder) as (port, _):
        options = replace(load.options, broker=f"mqtt://127.0.0.1:{port}")
        with fleet.collector_in(folder, replace(load, options=options), influx):
            verdict, _ = fleet.fleet_of(options)
    return int(verdict["receipted"])


def _sqlite_bytes(folder: Path, *, raw: bool) -> int:
    with sqlite3.connect(folder / "store.sqlite") as connection:
        sizes = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    return sum(size for name, size in sizes.items() if (name == "reading") is raw)


def _bucket_bytes(folder: Path, bucket: str) -> int:
    """The values of a bucket on the disk; beside them stand 32 MB of nearly empty index."""
    files = (folder / "engine" / "data" / bucket).rglob("*.tsm")
    return sum(file.stat().st_size for file in files)


def _summarise(folder: Path) -> float:
    """Bring the totals up to date; the CPU seconds of it."""
    before = os.times()
    command = [sys.executable, "-m", "collector", "summarise", "-c", str(folder / "collector.toml")]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    after = os.times()
    spent_s = after.children_user + after.children_system
    return spent_s - before.children_user - before.children_system


@dataclass(frozen=True, slots=True)
class Totals:
    """What adding up costs: CPU ms a meter and day when it is past, a meter and pass when live."""

    store: str
    meters: int
    day_ms: float
    pass_ms: float

    def markdown(self) -> str:
        """The costs as a table row; how many meters one core keeps up to date each minute."""
        live = 60_000 / self.pass_ms
        cells = (
            self.store,
            f"{self.meters:,}",
            f"{self.day_ms:.1f}",
            f"{self.pass_ms:.1f}",
            f"{live:,.0f}",
            f"{live / METERS:,.0f}",
        )
        return f"| {' | '.join(cells)} |"


TOTALS = (
    "| store | meters | CPU ms a meter-day | CPU ms a meter and pass | meters a core, each minute"
    " | plants of 5 meters |"
)


def totals() -> Iterator[Totals]:
    """A day of a hundred plants added up, then one more reading of each of their meters."""
    past = replace(_PAST, agents=100, backlog_s=86_400)
    # Each meter is polled once more: its next poll would come after the end.
    now = replace(past, backlog_s=0, every_s=30, commit_s=1, for_s=3)
    for store in ("sqlite", "influx"):
        load = fleet.Load("totals", store, past, fleet.NEVER_S, 1_000_000.0)
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            folder = Path(name)
            influx = fleet.influx_in(folder, stack) if store == "influx" else None
            _taken_in(folder, load, influx)
            day_s = _summarise(folder)
            idle_s = _summarise(folder)
            _taken_in(folder, replace(load, options=now), influx)
            pass_s = _summarise(folder)
            meters = past.agents * METERS
            each = (1000 * (spent_s - idle_s) / meters for spent_s in (day_s, pass_s))
            yield Totals(store, meters, *each)
