"""The outbox as poll and forward see it: put, commit, claim, settle.

A reading counts as taken when ``commit`` has made it durable, and leaves only by the collector's
receipt or, when there is no more room, as a numbered gap. Numbers rise strictly within an epoch
(made with the file) and are never used for two readings that anyone outside has seen. All methods
may be called from any thread; ``put`` never waits for the disk.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from edge_agent.clock import Clock
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ClockState, Receipt
from edge_agent.errors import RetryLaterError
from edge_agent.outbox import file, rows
from edge_agent.outbox.memory import MEMORY_READINGS, Memory
from edge_agent.outbox.rows import Claim, GapRow, Lane, Row

log = logging.getLogger(__name__)

BACK_IN_FLIGHT = 6_000
"""No more of the backlog than this is on its way without a receipt: far below what a broker
drops silently when the collector is away (Mosquitto keeps 1000 messages)."""
LONGEST_RESEND = 16
"""While no receipt comes at all, the time to resend doubles up to this many times."""
SAY_AGAIN_S = 3600.0
"""Lost receipts among others that come are told at most so often."""

_FAR_MS = 2**62
_PASSING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many waiting readings a receipt closed."""

    stored: int = 0
    rejected: int = 0


class Outbox:
    """Store-and-forward in one SQLite file of at most ``max_mb`` megabytes.

    Rows younger than ``live_window_s`` are the live lane, all others the back lane. Raises
    ``StopError`` when the file cannot be opened at all; a damaged one is set aside. ``faults``
    counts refusals of the disk (``last_fault`` is the newest), ``evicted`` dropped readings.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_mb: float,
        clock: Clock,
        live_window_s: float = 60.0,
        resend_after_s: float = 60.0,
    ) -> None:
        self.faults, self.last_fault, self.evicted = 0, "", 0
        self._path, self._max_mb, self._clock = path, max_mb, clock
        self._live_window_ms = int(live_window_s * 1000)
        self._resend_after_s = self._resend_s = resend_after_s
        self._lock = threading.RLock()
        self._memory = Memory()
        self._epoch = ""
        self._waiting = self._closed_unsaved = 0
        self._number = self._claimed_on = 0
        self._gaps_claimed: dict[GapRow, float] = {}
        self._reasons_told: set[str] = set()
        self._refused = self._shut = self._silence_told = False
        self._silence_told_s = float("-inf")
        self._db: sqlite3.Connection | None = None
        self._file_lock = file.take_lock(path)
        try:
            self._open()
        except (sqlite3.DatabaseError, OSError) as error:
            self._file_lock.close()
            raise file.cannot_use(path, str(error)) from error

    @property
    def epoch(self) -> str:
        """The name of this run of numbers; a new file has a new one."""
        return self._epoch

    def put(self, reading: Reading, clock_state: ClockState = "unknown") -> int:
        """Take a reading into memory and give it its number; ``commit`` makes it durable.

        Raises ``ValueError`` when a value is not finite.
        """
        quantities = json.dumps(dict(reading.values), allow_nan=False, separators=(",", ":"))
        return self._memory.add(reading, clock_state, quantities)

    def commit(self) -> int:
        """Make everything taken and settled durable; returns how many readings were written.

        When the disk refuses, it returns 0: the readings stay in memory, one line says so, and
        the next call tries again.
        """
        with self._lock:
            batch, gaps = self._memory.take()
            try:
                with self._disk() as db:
                    dropped = self._write(db, batch, gaps)
            except RetryLaterError:
                self._memory.put_back(batch, gaps)
                return 0
            self._waiting += len(batch) - dropped
            self._memory.done()
            self._tell(dropped)
        return len(batch)

    def claim(self, limit: int, *, now_s: float, connection: int = 0) -> Claim:
        """Up to ``limit`` readings to send, and the gaps, marked as in flight since ``now_s``.

        A row comes again when it has no receipt ``resend_after_s`` later (by the monotonic
        ``now_s``), or at once on another ``connection``. Raises ``RetryLaterError`` when the disk
        refuses.
        """
        live_from_ms = self._clock.now_ms() - self._live_window_ms
        with self._disk() as db:
            self._forget_claims_but(db, connection)
            expired_s = now_s - self._resend_s
            live, late = rows.claimable(db, Lane(live_from_ms, _FAR_MS), expired_s, limit)
            left = min(limit - len(live), BACK_IN_FLIGHT - rows.in_flight(db, expired_s))
            back, later = rows.claimable(db, Lane(-_FAR_MS, live_from_ms), expired_s, left)
            rows.mark_claimed(db, live + back, now_s)
            gaps = self._claim_gaps(db, expired_s, now_s)
            if late or later:
                self._no_receipts(now_s)
            return Claim(self._epoch, tuple(live), tuple(back), gaps)

    def release(self, unsent: Iterable[Row], gaps: Iterable[GapRow] = ()) -> None:
        """Take back a claim on what could not be sent: it may be claimed again at once.

        Raises ``RetryLaterError`` when the disk refuses.
        """
        with self._disk() as db:
            rows.release(db, (row.seq for row in unsent))
            for gap in gaps:
                self._gaps_claimed.pop(gap, None)

    def settle(self, receipt: Receipt) -> Settled:
        """Close what the collector names; a receipt for another epoch closes nothing.

        Durable with the next ``commit``: a receipt lost before that only means one more sending.
        Raises ``RetryLaterError`` when the disk refuses.
        """
        now_ms = self._clock.now_ms()
        with self._disk() as db:
            if receipt.epoch != self._epoch:
                return Settled()
            _begin(db)
            stored = sum(
                rows.close_range(db, numbers, rows.SETTLED, now_ms) for numbers in receipt.stored
            )
            rejected = sum(
                rows.close_range(db, (r.first, r.last), rows.REJECTED, now_ms, r.reason)
                for r in receipt.rejected
            )
            self._waiting -= stored + rejected
            self._closed_unsaved += stored + rejected
            self._resend_s = self._resend_after_s
            self._silence_told = False
            if rejected:
                self._tell_rejected(receipt)
            return Settled(stored, rejected)

    def depth(self) -> int:
        """How many readings have no receipt yet, uncommitted ones included."""
        return self._waiting + self._memory.count()

    def next_connection(self) -> int:
        """A connection number higher than any before, also after the file was lost."""
        with self._lock:
            self._number = max(self._number + 1, self._clock.now_ms() // 1000)
            # When the disk refuses, memory and the wall clock keep the number rising.
            with suppress(RetryLaterError), self._disk() as db:
                _begin(db)
                rows.set_meta(db, "connection", self._number)
                self._end(db)
            return self._number

    def close(self) -> None:
        """Commit, and let the file go. What cannot be written now is lost with the memory."""
        with self._lock:
            if self._shut:
                return
            self.commit()
            self._shut = True
            self._let_go()
            self._file_lock.close()

    def _open(self) -> sqlite3.Connection:
        db = self._db = file.open_file(self._path, self._max_mb, self._clock.now_ms())
        self._epoch = rows.meta(db, "epoch")
        self._number = max(self._number, int(rows.meta(db, "connection")))
        self._memory.number_after(int(rows.meta(db, "last_seq")))
        self._waiting = rows.count_waiting(db)
        self._gaps_claimed.clear()
        return db

    @contextmanager
    def _disk(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._shut:
                raise RetryLaterError(f"outbox {self._path} is closed", "start the agent again")
            try:
                yield self._db or self._open()
            except (sqlite3.DatabaseError, OSError) as error:
                raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.DatabaseError | OSError) -> RetryLaterError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        full = code == sqlite3.SQLITE_FULL
        trouble = RetryLaterError(
            f"outbox {self._path} cannot be written: {error}",
            f"{'free space on' if full else 'check'} that disk; up to {MEMORY_READINGS} readings "
            "wait in memory, and it is tried again",
        )
        self.faults += 1
        self.last_fault = str(trouble)
        if not self._refused:
            log.error("%s", trouble)
        self._refused = True
        self._waiting += self._closed_unsaved
        self._closed_unsaved = 0
        if not (code in _PASSING and self._rolled_back()):
            self._let_go()
        return trouble

    def _rolled_back(self) -> bool:
        try:
            if self._db is not None and self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.DatabaseError:
            return False
        return True

    def _let_go(self) -> None:
        # After an I/O error SQLite goes on as if all were well (measured): only a file that was
        # opened and checked again counts.
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.DatabaseError):
                db.close()

    def _write(self, db: sqlite3.Connection, batch: list[Row], gaps: list[GapRow]) -> int:
        if not batch and not gaps and not db.in_transaction:
            return 0
        _begin(db)
        dropped = rows.make_room(db, batch) if batch else 0
        rows.insert(db, batch)
        for gap in gaps:
            rows.insert_gap(db, gap)
        numbers = [row.seq for row in batch[-1:]] + [gap.last for gap in gaps]
        rows.set_meta(db, "last_seq", max([*numbers, int(rows.meta(db, "last_seq"))]))
        rows.purge(db, self._clock.now_ms())
        self._end(db)
        return dropped

    def _end(self, db: sqlite3.Connection) -> None:
        db.execute("COMMIT")
        self._closed_unsaved = 0

    def _forget_claims_but(self, db: sqlite3.Connection, connection: int) -> None:
        if connection != self._claimed_on:
            self._claimed_on = connection
            rows.release_all(db)
            self._gaps_claimed.clear()

    def _no_receipts(self, now_s: float) -> None:
        if not self._silence_told and now_s - self._silence_told_s >= SAY_AGAIN_S:
            self._silence_told, self._silence_told_s = True, now_s
            log.warning(
                "readings without a receipt for %.0f s are sent again (does the collector run, and "
                "may this agent write its up and read its down topics?)",
                self._resend_s,
            )
        self._resend_s = min(2 * self._resend_s, LONGEST_RESEND * self._resend_after_s)

    def _claim_gaps(
        self, db: sqlite3.Connection, expired_s: float, now_s: float
    ) -> tuple[GapRow, ...]:
        waiting = rows.waiting_gaps(db)
        fresh = [gap for gap in waiting if self._gaps_claimed.get(gap, expired_s) <= expired_s]
        known = {gap: self._gaps_claimed[gap] for gap in waiting if gap in self._gaps_claimed}
        self._gaps_claimed = known | dict.fromkeys(fresh, now_s)
        if fresh:
            _begin(db)
            rows.mark_sent(db, fresh)
        return tuple(fresh)

    def _tell_rejected(self, receipt: Receipt) -> None:
        fresh = {r.reason for r in receipt.rejected} - self._reasons_told
        self._reasons_told |= fresh
        for reason in sorted(fresh):
            log.error(
                "the collector refused readings: %s (they are kept for %d days; correct the cause "
                "there or in the agent's configuration)",
                reason,
                rows.REJECTED_KEPT_MS // 86_400_000,
            )

    def _tell(self, dropped: int) -> None:
        if self._refused and self._db is not None:
            self._refused = False
            log.warning("outbox %s is written again", self._path)
        if dropped and not self.evicted:
            log.error(
                "outbox %s is full: the oldest unsent readings are dropped and recorded as gaps "
                "(raise [outbox] max_mb, and see why the collector sends no receipts)",
                self._path,
            )
        self.evicted += dropped


def _begin(db: sqlite3.Connection) -> None:
    if not db.in_transaction:
        db.execute("BEGIN IMMEDIATE")
