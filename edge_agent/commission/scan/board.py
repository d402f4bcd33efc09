"""Keeps count while a scan runs, for all of its threads: progress, what was found, notes."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from edge_agent.commission.scan.found import Found, ScanProgress, ScanReport

TRUSTED_AFTER_S = 2.0
"""Planned seconds that must be behind before the pace so far counts for the rest."""


class Board:
    """The state of one scan. Any thread may write on it.

    ``total`` and ``planned_s`` are what the plan expects at most; ``stop`` says that a person
    wants the scan to end.
    """

    def __init__(
        self,
        total: int,
        planned_s: float,
        on_progress: Callable[[ScanProgress], object],
        stop: Callable[[], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stop = stop
        self._total, self._left_s = total, planned_s
        self._done, self._spent_s = 0, 0.0
        self._on_progress, self._monotonic = on_progress, monotonic
        self._began_s = monotonic()
        self._found: list[Found] = []
        self._notes: list[str] = []
        self._busy: list[str] = []
        self._lock = Lock()

    def asked(self, planned_s: float, at: str) -> None:
        """One request more is done that was planned to take ``planned_s``."""
        with self._lock:
            self._done += 1
            self._total = max(self._total, self._done)
            self._spent_s += planned_s
            self._left_s = max(0.0, self._left_s - planned_s)
            progress = self._progress(at)
        self._on_progress(progress)

    def at(self, what: str) -> None:
        """Something begins that is no request."""
        with self._lock:
            progress = self._progress(what)
        self._on_progress(progress)

    def skip(self, requests: int, planned_s: float) -> None:
        """So many planned requests need not be asked."""
        with self._lock:
            self._total = max(self._done, self._total - requests)
            self._left_s = max(0.0, self._left_s - planned_s)

    def find(self, found: Found) -> None:
        """A unit is there; an earlier line on the same unit is replaced."""
        with self._lock:
            same = (found.link, found.unit_id)
            kept = [row for row in self._found if (row.link, row.unit_id) != same]
            self._found = [*kept, found]

    def note(self, text: str) -> None:
        """Something to be known, told once."""
        with self._lock:
            if text not in self._notes:
                self._notes.append(text)

    def busy(self, device: str) -> None:
        """Another master is at work on this line."""
        with self._lock:
            self._busy.append(device)

    def report(self) -> ScanReport:
        """All of it, units in the order of their lines and ids."""
        with self._lock:
            rows = sorted(self._found, key=_place)
            return ScanReport(tuple(rows), tuple(self._notes), tuple(self._busy), not self.stop())

    def _progress(self, at: str) -> ScanProgress:
        pace = 1.0
        if self._spent_s >= TRUSTED_AFTER_S:
            pace = (self._monotonic() - self._began_s) / self._spent_s
        return ScanProgress(self._done, self._total, self._left_s * pace, at, tuple(self._found))


def _place(row: Found) -> tuple[str, str, int, int]:
    return row.link.device, row.link.host, row.link.port, row.unit_id
