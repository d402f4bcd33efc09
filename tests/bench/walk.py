"""Runs the demo at full length on both stores; wall time of the whole process, report included."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.influx import start_influx
from tests.services.mosquitto import MosquittoServer, mosquitto_binary
from tests.walk.demo_run import STEEL_OPTIONS, STEEL_YEAR, demo

TIMEOUT_S = 900.0
WEEK = ("--days", "7", "--live", "0")
YEAR = (*STEEL_OPTIONS, "--live", "0")
Servers = tuple[tuple[str, ...], str]
"""Options that name the servers, and the store's token."""


@dataclass(frozen=True)
class Row:
    """One measured run."""

    what: str
    seconds: float
    verdict: dict[str, Any]

    def markdown(self) -> str:
        """The run as a table row."""
        readings = self.verdict["readings_stored"]
        faults = self.verdict["lost"] + self.verdict["duplicated"]
        pace = readings / self.seconds
        return f"| {self.what} | {self.seconds:.1f} | {readings:,} | {pace:,.0f} | {faults} |"


def runs() -> Iterator[Row]:
    """A week and, where its file is, a year; embedded first, then on real servers."""
    for what, options in _loads():
        yield _run(f"{what}, embedded", options, ((), ""))
    with _real() as real:
        for what, options in _loads():
            yield _run(f"{what}, Mosquitto + InfluxDB", options, real)


def _loads() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "week of 6 meters", WEEK
    if STEEL_YEAR.exists():
        yield "steel year, 1 meter", YEAR


def _run(what: str, options: tuple[str, ...], servers: Servers) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        named, token = servers
        verdict = demo(Path(folder), *options, *named, timeout_s=TIMEOUT_S, token=token)
        return Row(what, time.perf_counter() - begun, verdict)


@contextmanager
def _real() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory() as folder:
        broker = MosquittoServer(mosquitto_binary(), Path(folder))
        broker.start()
        store = start_influx(Path(folder))
        named = ("--broker", broker.url, "--influx", store.url, "--influx-org", store.org)
        try:
            yield named, store.token
        finally:
            store.kill()
            broker.stop()
