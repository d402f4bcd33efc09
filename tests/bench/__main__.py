"""Measures what BENCHMARKS.md tells, and prints it as Markdown tables.

``python -m tests.bench`` measures all; names (``walk ledger analysis edge ...``) a few.
Compare figures of one run only.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Protocol

from tests.bench import (
    analysis,
    boards,
    day,
    drain,
    edge,
    fleet,
    fleet_cost,
    ingest,
    kafka,
    ledger,
    portfolio,
    stages,
    start,
    walk,
)


class _Row(Protocol):
    def markdown(self) -> str: ...


def main(chosen: Sequence[str]) -> int:
    """Measure and print; 2 when a part is not known."""
    unknown = set(chosen) - PARTS.keys()
    if unknown:
        known = ", ".join(PARTS)
        sys.stderr.write(f"not a benchmark: {', '.join(sorted(unknown))} (known: {known})\n")
        return 2
    cores = os.cpu_count()
    _say(f"Python {platform.python_version()}, mieruka {version('mieruka')}, {cores} cores\n")
    for name in chosen or PARTS:
        for line in PARTS[name]():
            _say(line)
        _say("")
    return 0


def _walk() -> Iterator[str]:
    head = "| run | seconds | readings | readings/s | lost or duplicated |"
    return _table(head, walk.runs())


def _ledger() -> Iterator[str]:
    return _table("| ledger | CPU s | s | at most s | kept | totals |", ledger.timings())


def _analysis() -> Iterator[str]:
    head = "| a site-year, 30 circuits | CPU s | s | at most s | kept |"
    return _table(head, analysis.timings())


def _boards() -> Iterator[str]:
    times = "median ms | 95 % ms | slowest ms | which | < 300 ms"
    return _table(f"| board, 100 meters x 1 year | queries | {times} |", boards.timings())


def _portfolio() -> Iterator[str]:
    head = "| portfolio | site-years | CPU s | s | ms a site | same figures | below 60 s |"
    return _table(head, portfolio.runs())


def _edge() -> Iterator[str]:
    yield from _table("| agent | CPU | MB at most | MB written a day |", edge.costs())
    yield ""
    yield from _table("| bus | polls | of the possible | worst, ms late |", edge.buses())
    yield ""
    head = "| a day | readings | settled | MB after 3 h | MB at the end | kB an hour |"
    yield from _table(head, (day.day() for _ in range(1)))


def _start() -> Iterator[str]:
    return _table("| start | s, cold | s, warm | below 3 s |", start.starts())


def _ingest() -> Iterator[str]:
    yield ingest.HEADER
    results = []
    for result in ingest.rows():
        results.append(result)
        yield result.markdown()
    yield ""
    yield from ingest.ratios(results)
    yield ""
    yield from stages.markdown(list(stages.stages()))


def _kafka() -> Iterator[str]:
    return _table(kafka.HEADER, kafka.ways())


def _drain() -> Iterator[str]:
    head = "| fleet | readings | s | readings/s | live, s late at most | collector MB |"
    return _table(head, (drain.drained() for _ in range(1)))


def _fleet() -> Iterator[str]:
    yield fleet.HEADER
    for outcome in fleet.outcomes():
        yield outcome.markdown()
    yield ""
    yield from _table(fleet_cost.DISK, fleet_cost.disks())
    yield ""
    yield from _table(fleet_cost.TOTALS, fleet_cost.totals())


def _table(head: str, rows: Iterable[_Row]) -> Iterator[str]:
    yield head
    yield "|---" * (head.count("|") - 1) + "|"
    for row in rows:
        yield row.markdown()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "walk": _walk,
    "ledger": _ledger,
    "analysis": _analysis,
    "boards": _boards,
    "portfolio": _portfolio,
    "edge": _edge,
    "start": _start,
    "ingest": _ingest,
    "drain": _drain,
    "kafka": _kafka,
    "fleet": _fleet,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
