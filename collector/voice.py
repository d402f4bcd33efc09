"""What the collector says to a person: each line once, not in every batch."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

SAY_AGAIN_S = 600.0
"""The same fault is said again after this time at the earliest."""
MAX_LINES = 1000
log = logging.getLogger(__name__)


class Voice:
    """Says lines and keeps the newest fault. Safe to use from several threads."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._said: dict[str, float] = {}
        self.last_fault = ""
        """The newest warning, empty when there was none."""

    def say(self, line: str, level: int = logging.WARNING) -> None:
        """Log a line, unless the same one was said in the last ten minutes."""
        if level >= logging.WARNING:
            self.last_fault = line
        with self._lock:
            now_s = self._monotonic_s()
            if now_s - self._said.get(line, -SAY_AGAIN_S) < SAY_AGAIN_S:
                return
            if len(self._said) >= MAX_LINES:
                self._said.clear()
            self._said[line] = now_s
        log.log(level, "%s", line)

    def well_again(self, line: str) -> None:
        """Say that what was wrong has passed; should it come back, it is said at once."""
        with self._lock:
            self._said.clear()
        log.info("%s", line)
