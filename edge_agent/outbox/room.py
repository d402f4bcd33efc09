"""How large the outbox's file may be now: its own bound or, on a full disk, its present size."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from edge_agent.clock import Clock
from edge_agent.outbox import file

SQUEEZED_S = 600.0
"""So long after a full disk the file may not grow while there is no room, then it is tried."""


class Room:
    """The bound of the outbox at ``path``, of at most ``max_mb`` megabytes."""

    def __init__(self, path: Path, max_mb: float, clock: Clock) -> None:
        self._path, self._max_mb, self._clock = path, max_mb, clock
        self._squeezed_until_s = float("-inf")
        self._grows, self._believed = True, True

    def refused(self) -> None:
        """SQLite says that it is full: by the disk, unless the file was held small by us."""
        if self._grows:
            self._squeezed_until_s = self._clock.monotonic_s() + SQUEEZED_S
            # A quota: the disk has room, and none for us.
            self._believed = not self._is_seen()

    def bound(self, db: sqlite3.Connection) -> None:
        """Set the bound that is right now."""
        squeezed = self._clock.monotonic_s() < self._squeezed_until_s
        self._grows = not squeezed or (self._believed and self._is_seen())
        file.set_bound(db, self._max_mb, grow=self._grows)

    def _is_seen(self) -> bool:
        """Whether the disk has room for what the log may take twice over."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize >= 2 * file.log_bytes(self._max_mb)
