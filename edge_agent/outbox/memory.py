"""What has been taken but is not on disk yet: numbered at once, bounded, never waiting."""

from __future__ import annotations

import threading

from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ClockState
from edge_agent.outbox.machine import boot_id
from edge_agent.outbox.rows import GapRow, Row

MEMORY_READINGS = 20_000
"""How many readings wait in memory while the disk refuses; then the oldest are a gap."""
MEMORY_FULL = "disk refused and memory full: the oldest uncommitted readings were dropped"


class Memory:
    """Readings between ``put`` and ``commit``, for any number of threads.

    ``take`` hands everything to one commit, which ends with ``done`` or ``put_back``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boot = boot_id()
        self._last_seq = 0
        self._rows: list[Row] = []
        self._gaps: list[GapRow] = []
        self._taken = 0
        self._held_up = False

    def number_after(self, seq: int) -> None:
        """Give only numbers above ``seq`` from now on."""
        with self._lock:
            self._last_seq = max(self._last_seq, seq)

    def add(self, reading: Reading, clock: ClockState, quantities: str) -> int:
        """Number the reading and keep it; returns the number."""
        with self._lock:
            self._last_seq += 1
            seq, meter, at_ms = self._last_seq, reading.meter, reading.at_ms
            self._rows.append(Row(seq, self._boot, clock, reading.site, meter, at_ms, quantities))
            self._bound()
            return seq

    def take(self) -> tuple[list[Row], list[GapRow]]:
        """Everything here, oldest first; it still counts until ``done``."""
        with self._lock:
            rows, self._rows = self._rows, []
            gaps, self._gaps = self._gaps, []
            self._taken = len(rows)
            self._held_up = True
            return rows, gaps

    def done(self) -> None:
        """What was taken is on disk."""
        with self._lock:
            self._taken = 0
            self._held_up = False

    def put_back(self, rows: list[Row], gaps: list[GapRow]) -> None:
        """What was taken could not be written."""
        with self._lock:
            self._rows = rows + self._rows
            self._gaps = gaps + self._gaps
            self._taken = 0
            self._bound()

    def count(self) -> int:
        """How many readings are not on disk yet."""
        with self._lock:
            return len(self._rows) + self._taken

    def _bound(self) -> None:
        if not self._held_up or len(self._rows) <= MEMORY_READINGS:
            return
        # A tenth at once: dropping one at a time would move the whole list at each reading.
        kept = MEMORY_READINGS - MEMORY_READINGS // 10
        dropped, self._rows = self._rows[:-kept], self._rows[-kept:]
        gap = GapRow(dropped[0].seq, dropped[-1].seq, MEMORY_FULL)
        if self._gaps and self._gaps[-1].last == gap.first - 1:
            self._gaps[-1] = self._gaps[-1]._replace(last=gap.last)
        else:
            self._gaps.append(gap)
