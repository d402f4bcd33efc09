"""What this process costs its machine, as Linux counts it; absent on other systems."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_agent.process.metrics import Metric

_PROC = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Usage:
    """Memory in bytes, processor time in seconds since the start, bytes sent to the disk."""

    rss_bytes: int | None
    peak_rss_bytes: int | None
    cpu_s: float
    written_bytes: int | None
    open_files: int | None
    threads: int


def usage() -> Usage:
    """The process as it is now."""
    status, io = _fields("status"), _fields("io")
    return Usage(
        rss_bytes=_bytes(status.get("VmRSS")),
        peak_rss_bytes=_bytes(status.get("VmHWM")),
        cpu_s=time.process_time(),
        written_bytes=_bytes(io.get("write_bytes")),
        open_files=_open_files(),
        threads=threading.active_count(),
    )


def usage_metrics(prefix: str) -> Iterator[Metric]:
    """``usage`` as metrics whose names begin with ``prefix``."""
    now = usage()
    yield Metric(f"{prefix}_memory_bytes", "Resident memory.", value=now.rss_bytes)
    yield Metric(
        f"{prefix}_memory_peak_bytes", "Most resident memory so far.", value=now.peak_rss_bytes
    )
    yield Metric(f"{prefix}_cpu_seconds_total", "Processor time used.", "counter", now.cpu_s)
    yield Metric(
        f"{prefix}_disk_written_bytes_total",
        "Bytes that the process has caused to be written to the disk.",
        "counter",
        now.written_bytes,
    )
    yield Metric(f"{prefix}_open_files", "Open files and sockets.", value=now.open_files)
    yield Metric(f"{prefix}_threads", "Threads.", value=now.threads)


def _fields(name: str) -> dict[str, str]:
    try:
        lines = (_PROC / name).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _bytes(field: str | None) -> int | None:
    if field is None:
        return None
    number, _, unit = field.partition(" ")
    return int(number) * (1024 if unit == "kB" else 1)


def _open_files() -> int | None:
    try:
        return len(os.listdir(_PROC / "fd"))
    except OSError:
        return None
