"""What a process costs, as the kernel counts it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds so far, resident memory now and at most, bytes sent to the disk so far."""

    cpu_s: float
    rss_mb: float
    peak_mb: float
    written_bytes: int


def cost(pid: int | Literal["self"]) -> Cost:
    """What process ``pid`` has cost so far."""
    proc = Path(f"/proc/{pid}")
    fields = (proc / "stat").read_text().rpartition(")")[2].split()
    status = _numbers((proc / "status").read_text())
    written = _numbers((proc / "io").read_text())["write_bytes"]
    cpu_s = (int(fields[11]) + int(fields[12])) / _TICKS
    return Cost(cpu_s, status["VmRSS"] / 1024, status["VmHWM"] / 1024, written)


def _numbers(text: str) -> dict[str, int]:
    """The lines ``name: number ...`` of a file under /proc."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        with suppress(ValueError, IndexError):
            found[name] = int(rest.split()[0])
    return found


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, its words in ``log``; ended when the block is left."""
    with log.open("wb") as words, _started(command, words, environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(
    command: Sequence[str], words: IO[bytes], environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    env = {**os.environ, **(environment or {})}
    return subprocess.Popen(command, stdout=words, stderr=words, stdin=subprocess.DEVNULL, env=env)
