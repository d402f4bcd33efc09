"""What has been taken but is not on disk yet: numbered at once, bounded, never waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ClockState
from edge_agent.outbox.machine import boot_id
from edge_agent.outbox.packed import Packed
from edge_agent.outbox.rows import ROW_BYTES, GapRow, Row

MEMORY_READINGS = 20_000
"""How many readings wait in memory while the disk refuses; then the oldest are a gap."""
MEMORY_FULL = "disk refused and memory full: the oldest uncommitted readings were dropped"


class Memory:
    """Readings between ``put`` and ``commit``, for any number of threads.

    ``take`` hands what fits into ``take_bytes`` to one transaction, which ends with ``done`` or
    ``put_back``.
    """

    def __init__(self, take_bytes: int) -> None:
        self._take_bytes = take_bytes
        self._lock = threading.Lock()
        self._boot = boot_id()
        self._last_seq = 0
        self._rows: list[Row] = []
        self._gaps: list[GapRow] = []
        self._taken = 0
        self._held_up = self._more = False

    def number_after(self, seq: int) -> bool:
        """Give only numbers above ``seq`` from now on; True when that leaves some out."""
        with self._lock:
            ahead = seq > self._last_seq
            self._last_seq = max(self._last_seq, seq)
            return ahead

    @property
    def boot(self) -> str:
        """The boot of the machine that readings are taken in."""
        return self._boot

    def add(
        self, reading: Reading, clock: ClockState, quantities: Packed, mono_ms: int | None = None
    ) -> int:
        """Number the reading and keep it; returns the number."""
        with self._lock:
            self._last_seq += 1
            seq, site, meter, at_ms = self._last_seq, reading.site, reading.meter, reading.at_ms
            row = Row(seq, self._boot, clock, site, meter, at_ms, quantities, mono_ms)
            self._rows.append(row)
            self._bound()
            return seq

    def adopt(self, rows: Iterable[Row], gaps: Iterable[GapRow]) -> None:
        """Keep rows of an earlier outbox under new numbers, and its gaps."""
        with self._lock:
            for row in rows:
                self._last_seq += 1
                self._rows.append(row._replace(seq=self._last_seq))
            self._gaps += gaps
            self._bound()

    def take(self) -> tuple[list[Row], list[GapRow]]:
        """The oldest that is here, at least one row; it still counts until ``done``."""
        with self._lock:
            count = self._fitting()
            rows, self._rows = self._rows[:count], self._rows[count:]
            gaps, self._gaps = self._gaps, []
            self._taken, self._more = len(rows), bool(self._rows)
            self._held_up = True
            return rows, gaps

    def done(self) -> bool:
        """What was taken is on disk; whether more was there than could be taken at once."""
        with self._lock:
            self._taken = 0
            self._held_up = self._more and bool(self._rows)
            return self._held_up

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

    def _fitting(self) -> int:
        taken_bytes = 0
        for count, row in enumerate(self._rows, 1):
            taken_bytes += len(row.quantities) + ROW_BYTES
            if taken_bytes > self._take_bytes:
                return count
        return len(self._rows)

    def _bound(self) -> None:
        if not self._held_up or len(self._rows) <= MEMORY_READINGS:
            return
        # A tenth at once: dropping one at a time would move the whole list at each reading.
        kept = MEMORY_READINGS - MEMORY_READINGS // 10
        dropped, self._rows = self._rows[:-kept], self._rows[-kept:]
        gap = GapRow(dropped[0].seq, dropped[-1].seq, MEMORY_FULL)
        before = self._gaps[-1] if self._gaps else None
        if before and before[1:] == (gap.first - 1, MEMORY_FULL, ""):
            self._gaps[-1] = before._replace(last=gap.last)
        else:
            self._gaps.append(gap)
