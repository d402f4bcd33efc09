"""Times the figures of three hundred site-years: one process after another, and two at once."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector import config
from collector.portfolio.computed import portfolio
from collector.portfolio.executors import ExecutorName, executor_named
from collector.reports.portfolio.data import Portfolio
from tests.collector.plant_sites import portfolio_sites

SITES = 300
FIRST, END = date(2025, 4, 1), date(2026, 4, 1)
WITHIN_S = 60.0
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One run over all sites; ``alike`` says that its figures are those of the first run."""

    what: str
    sites: int
    cpu_s: float
    wall_s: float
    alike: bool
    target_s: float | None = None

    def markdown(self) -> str:
        """The run as a table row."""
        kept = "" if self.target_s is None else "yes" if self.wall_s <= self.target_s else "NO"
        times = f"{self.cpu_s:.1f} | {self.wall_s:.1f} | {1000 * self.wall_s / self.sites:.0f}"
        same = "yes" if self.alike else "NO"
        return f"| {self.what} | {self.sites} | {times} | {same} | {kept} |"


def runs() -> Iterator[Run]:
    """Serial, then processes; CPU is of this process and its workers."""
    with tempfile.TemporaryDirectory() as name:
        source = portfolio_sites(Path(name), SITES, first=FIRST, end=END)
        ids = [site.id for site in config.load(source).sites]
        first: Portfolio | None = None
        executors: tuple[tuple[ExecutorName, float | None], ...] = (
            ("serial", None),
            ("processes", WITHIN_S),
        )
        for executor, target_s in executors:
            begun_s, cpu_s = time.perf_counter(), _cpu_s()
            with executor_named(executor, WORKERS) as workers:
                found = portfolio(source, ids, workers, FIRST, END)
            spent = _cpu_s() - cpu_s, time.perf_counter() - begun_s
            first = first or found
            what = executor if executor == "serial" else f"{executor}, {WORKERS} at once"
            yield Run(what, len(found.sites), *spent, alike=found == first, target_s=target_s)


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
