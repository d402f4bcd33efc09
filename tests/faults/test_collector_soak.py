"""Fault 23: a long run, after which neither process has grown."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from tests.faults.plant import Plan, Works
from tests.faults.processes import Process
from tests.faults.trial import Trial, duration_s
from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer

FOR_S = duration_s(os.environ.get("SOAK") or "10m")
"""`SOAK=2h` makes it longer; the bounds below are for ten minutes and for any longer run."""
LOOKS = 60
GROWN_KIB = 2_048
"""What an allocator may still fetch in the last quarter of a run, in KiB."""
WAL_BYTES = 4 * 1024 * 1024


class _Watched:
    """What is measured of one process, once a look."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.rss_kib: list[int] = []
        self.open_files: list[int] = []
        self.threads: list[int] = []

    def look(self) -> None:
        self.rss_kib.append(self._process.rss_kib())
        self.open_files.append(self._process.open_files())
        self.threads.append(self._process.threads())

    def growth_kib(self) -> float:
        """How much more it holds in the last quarter than in the one before."""
        quarter = len(self.rss_kib) // 4
        return median(self.rss_kib[-quarter:]) - median(self.rss_kib[-2 * quarter : -quarter])


def _run(works: Works, look: Callable[[], None]) -> None:
    for _ in range(LOOKS):
        time.sleep(FOR_S / LOOKS)
        look()


def _largest_wal(folder: Path) -> int:
    return max((path.stat().st_size for path in folder.rglob("*-wal")), default=0)


@pytest.mark.services
@pytest.mark.nightly
@pytest.mark.timeout(FOR_S + 240)
def test_long_run(trial: Trial, own_mosquitto: MosquittoServer, influx: InfluxServer) -> None:
    """Memory, open files, threads and write-ahead logs of both processes stay where they were."""
    plan = Plan(meters=20, every_s=1.0, commit_every_s=1.0)
    wal_bytes = 0
    with (
        trial.influx_store(influx) as store,
        trial.works(own_mosquitto.url, plan, store=store) as works,
    ):
        works.start()
        watched = [_Watched(works.agent), _Watched(works.collector)]

        def look() -> None:
            nonlocal wal_bytes
            wal_bytes = max(wal_bytes, _largest_wal(works.folder))
            for each in watched:
                each.look()

        _run(works, look)
        works.settle()
        outcome = works.outcome()
    agent, collector = watched
    injected = (
        f"{FOR_S} s of 20 meters at 1 s: agent {agent.rss_kib[-1] // 1024} MB, collector "
        f"{collector.rss_kib[-1] // 1024} MB, grown by {agent.growth_kib():.0f} and "
        f"{collector.growth_kib():.0f} KiB in the last quarter"
    )
    trial.prove(outcome, fault=23, injected=injected, times=1)
    for each in watched:
        assert each.growth_kib() < GROWN_KIB, each.rss_kib
        assert max(each.threads[LOOKS // 2 :]) <= max(each.threads[: LOOKS // 2]) + 2
        assert max(each.open_files[LOOKS // 2 :]) <= max(each.open_files[: LOOKS // 2]) + 1
    assert wal_bytes < WAL_BYTES
