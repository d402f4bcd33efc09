"""The real `edge-agent run` and `collector run` as processes that can be killed and frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

ENDS_WITHIN_S = 25.0
LINES_SHOWN = 12


ROOT = Path(__file__).resolve().parents[2]


def until(
    happened: Callable[[], bool],
    within_s: float,
    what: str,
    on_failure: Callable[[], str] = str,
    *,
    every_s: float = 0.1,
) -> None:
    """Wait until it happened; fail the test with ``what`` when it did not ``within_s``."""
    give_up_at_s = time.monotonic() + within_s
    while not happened():
        if time.monotonic() > give_up_at_s:
            pytest.fail(f"not within {within_s:g} s: {what}\n{on_failure()}", pytrace=False)
        time.sleep(every_s)


class Process:
    """One long-running command of ours; what it says goes to ``log``, over restarts too.

    ``before`` stands before the command (``ip netns exec ...``, ``strace ...``); ``environment``
    is laid over this process's own. Both may be changed between two starts.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        before: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command = list(command)
        self.log = log
        self.before = list(before)
        self.environment = dict(environment or {})
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's number; that of the first of ``before`` when there is one."""
        return self._running().pid

    @property
    def alive(self) -> bool:
        """Whether it runs (or is frozen)."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; returns at once. Does nothing while it runs."""
        if self.alive:
            return
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.before, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                cwd=ROOT,
            )

    def stop(self) -> int:
        """End it in good order; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut or the OOM killer would."""
        self._end(signal.SIGKILL)

    def suspend(self) -> None:
        """Freeze all its threads."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._running().send_signal(signal.SIGCONT)

    def wait(self, within_s: float) -> int:
        """Its exit code once it has ended by itself; fails the test when it does not."""
        try:
            return self._running().wait(within_s)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still runs after {within_s:g} s\n{self.last_lines()}", pytrace=False)

    def rss_kib(self) -> int:
        """The memory it holds now."""
        return _status_kib(self.pid, "VmRSS")

    def peak_kib(self) -> int:
        """The most memory it has held since its start."""
        return _status_kib(self.pid, "VmHWM")

    def open_files(self) -> int:
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self) -> int:
        """How many threads it has."""
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def text(self) -> str:
        """All it has said."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def last_lines(self) -> str:
        """The end of what it has said, for a failing test."""
        return "\n".join([f"-- {self.log.name}", *self.text().splitlines()[-LINES_SHOWN:]])

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, f"{self.command} was never started"
        return self._process

    def _end(self, number: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
        try:
            return process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(ENDS_WITHIN_S)


def agent_process(settings: Path, log: Path) -> Process:
    """`edge-agent run` with these settings, not started."""
    return Process([sys.executable, "-m", "edge_agent", "run", "-c", str(settings)], log)


def collector_process(settings: Path, log: Path) -> Process:
    """`collector run` with these settings, not started."""
    return Process([sys.executable, "-m", "collector", "run", "-c", str(settings)], log)


def _status_kib(pid: int, key: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1])
    return 0
