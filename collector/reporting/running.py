"""A report's command, run in a process of its own."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

LONGEST_S = 1800.0
"""A report that takes longer is ended."""
LOOK_EVERY_S = 0.5


def run_command(
    command: tuple[str, ...],
    stopping: threading.Event,
    moved: Callable[[], None],
    longest_s: float = LONGEST_S,
) -> str:
    """Run the command to its end; answers its fault in a line, "" when there is none.

    ``moved`` is called every so often while it runs. It is ended when ``stopping`` is set and
    when it takes longer than ``longest_s``.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except OSError as error:
        return f"cannot be started: {error.strerror}"
    ends_s = time.monotonic() + longest_s
    while True:
        try:
            _, told = process.communicate(timeout=LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            moved()
            if stopping.is_set():
                return _ended(process, "the collector ends")
            if time.monotonic() > ends_s:
                return _ended(process, f"took longer than {longest_s / 60:g} minutes")
            continue
        last = (told.strip().splitlines() or ["no reason was told"])[-1]
        return last.removeprefix("collector: ") if process.returncode else ""


def _ended(process: subprocess.Popen[str], why: str) -> str:
    process.kill()
    process.communicate()
    return why
