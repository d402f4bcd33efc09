"""Faults that only the kernel can give: strace answers a program's system calls in its place."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.missing import missing_service


def strace_binary() -> str:
    """The path of strace; ends the test where there is none."""
    found = shutil.which("strace")
    if found is None:
        missing_service("strace", "apt install strace")
    return found


@contextmanager
def failing_calls(pid: int, calls: str, error: str, log: Path) -> Iterator[Path]:
    """While it lasts, ``calls`` (by name, with commas) of every thread of ``pid`` fail.

    ``error`` is the name of the errno. ``log`` gets one line for each call that failed.
    """
    command = [strace_binary(), "-f", "-p", str(pid), "-e", f"trace={calls}"]
    command += ["-e", f"inject={calls}:error={error}", "-o", str(log)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait_attached(tracer, pid)
        yield log
    finally:
        tracer.send_signal(signal.SIGTERM)
        try:
            tracer.wait(10)
        except subprocess.TimeoutExpired:
            tracer.kill()
            tracer.wait(10)
        if tracer.stderr is not None:
            tracer.stderr.close()


def failed_calls(log: Path) -> int:
    """How many calls were made to fail."""
    return log.read_text(encoding="utf-8", errors="replace").count("(INJECTED)")


def _wait_attached(tracer: subprocess.Popen[str], pid: int) -> None:
    give_up_at = time.monotonic() + 10
    while _tracer_of(pid) != tracer.pid:
        assert tracer.poll() is None, f"strace ended: {tracer.stderr and tracer.stderr.read()}"
        assert time.monotonic() < give_up_at, "strace did not attach in time"
        time.sleep(0.02)


def _tracer_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    (line,) = (line for line in status.splitlines() if line.startswith("TracerPid:"))
    return int(line.split()[1])
