"""The outbox as poll and forward see it: put, commit, claim, settle.

A reading counts as taken when ``commit`` has made it durable, and leaves only by the collector's
receipt or, when there is no more room, as a numbered gap. Numbers rise strictly within an epoch
(made with the file) and are never used for two readings that anyone outside has seen. All methods
may be called from any thread; ``put`` never waits for the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from edge_agent.clock import Clock
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ClockState, Receipt
from edge_agent.errors import RetryLaterError
from edge_agent.outbox import eviction, file, gaps, lanes, machine, receipts, rows
from edge_agent.outbox.lanes import Ask, Patience
from edge_agent.outbox.memory import MEMORY_READINGS, Memory
from edge_agent.outbox.packed import pack
from edge_agent.outbox.receipts import Settled
from edge_agent.outbox.resend import Requests
from edge_agent.outbox.room import Room
from edge_agent.outbox.rows import Claim, GapRow, Row
from edge_agent.outbox.salvage import UNREADABLE, Keeper, Piece
from edge_agent.outbox.timing import Instants
from edge_agent.outbox.told import Told, closed, refusal

_PASSING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Outbox:
    """Store-and-forward in one SQLite file of at most ``max_mb`` megabytes and ``max_days`` days.

    Rows younger than ``live_window_s`` are the live lane, all others the back lane. ``wait_s`` is
    how long readings taken by a wrong clock wait for a right one. Raises ``StopError`` when the
    file cannot be opened at all; a damaged one is set aside and read out in the background.
    ``faults`` counts refusals of the disk (``last_fault`` is the newest), ``evicted`` dropped
    readings. ``marks`` tell this machine from others (default: ``machine.marks``).
    """

    def __init__(
        self,
        path: Path,
        *,
        max_mb: float,
        clock: Clock,
        max_days: float = 366.0,
        wait_s: float = 900.0,
        live_window_s: float = 60.0,
        resend_after_s: float = 60.0,
        marks: str | None = None,
    ) -> None:
        self.faults, self.last_fault, self.evicted = 0, "", 0
        self._path, self._max_mb, self._clock = path, max_mb, clock
        self._max_age_ms = int(max_days * 86_400_000)
        self._live_window_ms = int(live_window_s * 1000)
        self._patience = Patience(resend_after_s)
        self._lock = threading.RLock()
        self._memory = Memory(take_bytes=int(max_mb * 1024 * 1024 / 8))
        self._instants = Instants(clock, self._memory.boot, wait_s)
        self._keeper = Keeper(path, self._salvaged_to, self._adopt, self._found_damaged)
        self._requests = Requests()
        self._notes: dict[str, int | str] = {}
        self._born_ms = self._mono_ms()
        self._marks = machine.marks() if marks is None else marks
        self._room = Room(path, max_mb, clock)
        self._epoch = self._damage = ""
        self._waiting = self._closed_unsaved = 0
        self._number = self._claimed_on = 0
        self._telling = gaps.Telling()
        self._told = Told(path)
        self._shut = False
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

    def put(
        self,
        reading: Reading,
        clock_state: ClockState = "unknown",
        mono_s: float | None = None,
    ) -> int:
        """Take a reading into memory and give it its number; ``commit`` makes it durable.

        ``mono_s`` is the monotonic time of its instant, which says when it was once the clock is
        right. Raises ``ValueError`` when a value is not finite.
        """
        quantities = pack(reading.values)
        mono_ms = None if mono_s is None else round(mono_s * 1000)
        return self._memory.add(reading, clock_state, quantities, mono_ms)

    def note_clock(self, state: ClockState) -> None:
        """What the machine says of its clock now; once right, what is held gets its instant."""
        self._instants.note(state)

    def commit(self) -> int:
        """Make everything taken and settled durable; returns how many readings were written.

        When the disk refuses, the readings stay in memory, one line says so, and the next call
        tries again.
        """
        with self._lock:
            count = 0
            while True:
                batch, lost = self._memory.take()
                try:
                    with self._disk() as db:
                        written, dropped = self._write(db, batch, lost)
                except RetryLaterError:
                    self._memory.put_back(batch, lost)
                    return count
                count += len(batch)
                self._waiting += written - dropped
                self.evicted += dropped
                self._told.written()
                if not self._memory.done():
                    return count

    def oldest_s(self) -> float:
        """How old the oldest waiting reading is by the wall clock, in seconds; 0 without one.

        Raises ``RetryLaterError`` when the disk refuses.
        """
        with self._disk() as db:
            oldest_ms = rows.oldest_ms(db)
        return 0.0 if oldest_ms is None else max(self._clock.now_ms() - oldest_ms, 0) / 1000

    def claim(
        self, limit: int, *, now_s: float, connection: int = 0, back_limit: int | None = None
    ) -> Claim:
        """Up to ``limit`` readings to send, and the gaps, marked as in flight since ``now_s``.

        Live ones first; of the backlog, oldest first, at most ``back_limit`` when it is given.
        A row comes again when it has no receipt ``resend_after_s`` later (by the monotonic
        ``now_s``), or at once on another ``connection``. Raises ``RetryLaterError`` when the disk
        refuses.
        """
        live_from_ms = self._clock.now_ms() - self._live_window_ms
        with self._disk() as db:
            self._forget_claims_but(db, connection)
            if self._requests:
                _begin(db)
                self._telling.look_again()
                reopened = self._requests.answer(db, self._epoch)
                self._waiting += reopened
                self._closed_unsaved -= reopened
            if self._instants.hopeless(db):
                _begin(db)
                self._instants.give_up(db)
                self._end(db)  # or a power cut would give what is sent now another instant
            expired_s = now_s - self._patience.wait_s
            ask = Ask(live_from_ms, expired_s, now_s, limit, back_limit)
            live, back, late = lanes.claim(db, ask)
            untold = self._telling.claim(db, expired_s, now_s)
            if late:
                self._told.silence(now_s, self._patience.wait_s)
                self._patience.grow()
            return Claim(self._epoch, tuple(live), tuple(back), untold)

    def release(self, unsent: Iterable[Row], untold: Iterable[GapRow] = ()) -> None:
        """Take back a claim on what could not be sent: it may be claimed again at once.

        Raises ``RetryLaterError`` when the disk refuses.
        """
        with self._disk() as db:
            lanes.release(db, (row.seq for row in unsent))
            self._telling.release(untold)

    def give_up(self, spoilt: Sequence[Row]) -> None:
        """Record rows whose values cannot be read as gaps: else they would be tried for ever.

        Raises ``RetryLaterError`` when the disk refuses.
        """
        with self._disk() as db:
            _begin(db)
            dropped = eviction.drop(db, [row.seq for row in spoilt], UNREADABLE)
            lanes.release(db, (row.seq for row in spoilt))
            self._telling.look_again()
            self._waiting -= dropped
            self._closed_unsaved += dropped
        self._told.spoilt(dropped)

    def settle(self, receipt: Receipt) -> Settled:
        """Close what the collector names, of the readings only what was claimed from this object.

        What an earlier process sent goes once more. A receipt for another epoch closes but its
        gaps. Durable with the next ``commit``: one lost before that only means one more sending.
        Raises ``RetryLaterError`` when the disk refuses.
        """
        age_ms = self._age_ms()
        with self._disk() as db:
            _begin(db)
            if receipt.epoch != self._epoch:
                receipts.settle_gaps(db, receipt, age_ms)
                return Settled()
            self._number_after(db, receipts.highest(db, receipt))
            settled = receipts.settle(db, receipt, age_ms)
            self._telling.look_again()
            self._waiting -= settled.stored + settled.rejected
            self._closed_unsaved += settled.stored + settled.rejected
            self._patience.reset()
            self._told.receipt(receipt)
            return settled

    def unheard(self, seqs: Iterable[int], now_s: float) -> None:
        """Nobody has heard these readings: they come again soon, later each time.

        Raises ``RetryLaterError`` when the disk refuses.
        """
        with self._disk() as db:
            lanes.hasten(db, seqs, self._patience.unheard(now_s))

    def resend(self, epoch: str, first: int, last: int) -> None:
        """Send numbers again until a new receipt, or tell that nobody has them, as a gap.

        Works with the next ``claim``; numbers that were never given are passed over.
        """
        self._requests.add(epoch, first, last)

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
        self._keeper.stop()
        with self._lock:
            if self._shut:
                return
            self.commit()
            self._shut = True
            self._let_go()
            self._file_lock.close()

    def _open(self) -> sqlite3.Connection:
        now_ms = self._clock.now_ms()
        db, whole = file.open_file(self._path, self._max_mb, now_ms, self._damage, self._marks)
        self._db, self._damage = db, ""
        if self._marks not in ("", rows.meta(db, "machine")):
            self._notes["machine"] = self._marks  # with the first commit: the disk may be full
        self._epoch = rows.meta(db, "epoch")
        self._number = max(self._number, int(rows.meta(db, "connection")))
        self._memory.number_after(int(rows.meta(db, "last_seq")))
        self._born_ms = min(self._born_ms, self._mono_ms() - int(rows.meta(db, "age_ms")))
        self._waiting, self._closed_unsaved = rows.count_waiting(db), 0
        self._telling.on_new_connection()
        self._keeper.start(whole)
        return db

    def _number_after(self, db: sqlite3.Connection, seq: int) -> None:
        """Give no number that the collector knows already, as of an outbox put back."""
        if self._memory.number_after(seq):
            rows.set_meta(db, "last_seq", seq)
            self._told.ahead(seq)

    def _mono_ms(self) -> int:
        return round(self._clock.monotonic_s() * 1000)

    def _age_ms(self) -> int:
        """How long this outbox has lived while an agent ran: no clock's step can age it."""
        return self._mono_ms() - self._born_ms

    def _salvaged_to(self, name: str) -> int:
        try:
            with self._disk() as db:
                return int(rows.meta(db, f"salvaged {name}") or 0)
        except RetryLaterError:
            return 0

    def _adopt(self, name: str, piece: Piece) -> bool:
        """Take in what was salvaged, under new numbers, and how far that has come, at once."""
        with self._lock:
            if self._memory.count() > MEMORY_READINGS // 2 or self._shut:
                return False
            self._memory.adopt(piece.rows, piece.gaps)
            self._notes[f"salvaged {name}"] = piece.upto
            self.commit()
            return True

    def _found_damaged(self, damage: str) -> None:
        """The whole check, which the start did not wait for, has found damage."""
        with self._lock, suppress(RetryLaterError):
            if not self._shut:
                self._damage = damage
                self._let_go()
                with self._disk():
                    pass

    @contextmanager
    def _disk(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._shut:
                raise closed(self._path)
            try:
                yield self._db or self._open()
            except (sqlite3.DatabaseError, OSError) as error:
                raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.DatabaseError | OSError) -> RetryLaterError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        full = code == sqlite3.SQLITE_FULL
        trouble = refusal(self._path, str(error), full)
        self.faults += 1
        self.last_fault = trouble.told
        if full:
            self._room.refused()
        self._told.refused(trouble)
        self._waiting += self._closed_unsaved
        self._closed_unsaved = 0
        if file.is_damage(error):
            self._damage = str(error)
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

    def _write(
        self, db: sqlite3.Connection, batch: list[Row], lost: list[GapRow]
    ) -> tuple[int, int]:
        """Make a batch durable; how many rows were written and how many unsent ones dropped."""
        due = self._instants.due(db)
        if not (batch or lost or due or self._notes or db.in_transaction):
            return 0, 0
        _begin(db)
        age_ms = self._age_ms()
        self._room.bound(db)
        live_from_ms = self._clock.now_ms() - self._live_window_ms
        dropped = eviction.make_room(db, batch, live_from_ms) if batch else 0
        old = eviction.drop_too_old(db, age_ms - self._max_age_ms)
        written = self._instants.insert(db, batch, age_ms)
        for gap in lost:
            gaps.insert(db, gap)
        self._telling.look_again()
        numbers = [row.seq for row in batch[-1:]] + [gap.last for gap in lost if not gap.epoch]
        rows.set_meta(db, "last_seq", max([*numbers, int(rows.meta(db, "last_seq"))]))
        rows.set_meta(db, "age_ms", age_ms)
        for key, value in self._notes.items():
            rows.set_meta(db, key, value)
        rows.purge(db, age_ms)
        self._end(db)
        self._notes.clear()
        self._told.dropped(dropped)
        self._told.too_old(old)
        return written, dropped + old

    def _end(self, db: sqlite3.Connection) -> None:
        db.execute("COMMIT")
        self._closed_unsaved = 0

    def _forget_claims_but(self, db: sqlite3.Connection, connection: int) -> None:
        if connection != self._claimed_on:
            self._claimed_on = connection
            lanes.release_all(db)
            self._telling.on_new_connection()


def _begin(db: sqlite3.Connection) -> None:
    if not db.in_transaction:
        db.execute("BEGIN IMMEDIATE")
