"""What can still be read out of a file that was set aside, and the thread that reads it.

``read`` goes through the numbers of a damaged file and steps over what SQLite cannot read.
``Keeper`` does so beside the running agent, as the machine's least urgent work, and also ends a
check that the start had no time for. What it finds it hands to the outbox, under new numbers.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple, get_args

from edge_agent.contract.wire import ClockState, Range
from edge_agent.outbox import file
from edge_agent.outbox.rows import HELD, GapRow, Row
from edge_agent.words import said

log = logging.getLogger(__name__)

UNREADABLE = "damaged outbox: could not be read"
PIECE = 500
"""So many numbers are read at once."""
FINEST = 4
"""A part of this many numbers that cannot be read is given up."""
PAUSE_S = 0.02
"""Between two pieces, so that polling and sending never wait for this work."""

_COLUMNS = "seq, boot, clock, site, meter, at_ms, quantities"
_LAST_MS = 2**53


class Piece(NamedTuple):
    """What a part of a damaged file held: up to the number ``upto``, all before it done.

    ``rows`` were unsent; ``gaps`` were not told yet, or tell what could not be read; ``lost``
    counts numbers that could not be read, sent or not.
    """

    rows: list[Row]
    gaps: list[GapRow]
    upto: int
    lost: int


Adopt = Callable[[str, Piece], bool]
"""Takes a piece of the named file in; False while the disk refuses."""


def read(aside: Path, after: int = 0) -> Iterator[Piece]:
    """The unsent rows of a damaged file whose numbers are above ``after``, piece by piece.

    Raises ``sqlite3.DatabaseError`` when not even its numbers can be told.
    """
    with closing(sqlite3.connect(f"file:{aside}?mode=ro", uri=True)) as db:
        epoch = _text(db, "SELECT value FROM meta WHERE key = 'epoch'")
        last = _last(db)
        if not after and epoch:
            yield Piece([], _untold(db, epoch), 0, 0)
        first = max(after + 1, _first(db))
        for start in range(first, last + 1, PIECE):
            numbers = (start, min(start + PIECE - 1, last))
            rows, holes = _range(db, numbers)
            gaps = [GapRow(a, b, UNREADABLE, epoch) for a, b in holes if epoch]
            yield Piece(rows, gaps, numbers[1], sum(b - a + 1 for a, b in holes))


def _last(db: sqlite3.Connection) -> int:
    noted = _text(db, "SELECT value FROM meta WHERE key = 'last_seq'")
    if noted.isdecimal():
        return int(noted)
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM reading NOT INDEXED").fetchone()[0])


def _first(db: sqlite3.Connection) -> int:
    with suppress(sqlite3.DatabaseError):
        found = db.execute("SELECT coalesce(min(seq), 1) FROM reading NOT INDEXED").fetchone()
        return int(found[0])
    return 1


def _text(db: sqlite3.Connection, question: str) -> str:
    with suppress(sqlite3.DatabaseError):
        found = db.execute(question).fetchone()
        return str(found[0]) if found else ""
    return ""


def _untold(db: sqlite3.Connection, epoch: str) -> list[GapRow]:
    """Gaps that no receipt has closed; layout 1 knew only those of its own epoch."""
    for column in ("epoch", "''"):
        with suppress(sqlite3.DatabaseError):
            found = db.execute(f"SELECT first, last, reason, {column} FROM gap WHERE state = 0")
            gaps = [GapRow._make(row) for row in found]
            return [gap._replace(epoch=gap.epoch or epoch) for gap in gaps if _is_gap(gap)]
    return []


def _range(db: sqlite3.Connection, numbers: Range) -> tuple[list[Row], list[Range]]:
    """The unsent rows in a range, and the parts of it that cannot be read."""
    first, last = numbers
    try:
        found = db.execute(
            f"SELECT * FROM (SELECT {_columns(db)}, state FROM reading NOT INDEXED"
            " WHERE seq BETWEEN ? AND ?) WHERE state IN (0, 3)",
            numbers,
        ).fetchall()
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        if last - first < FINEST:
            return [], [numbers]
        middle = (first + last) // 2
        rows, holes = _range(db, (first, middle))
        more, further = _range(db, (middle + 1, last))
        return rows + more, holes + further
    rows = [Row._make(row[:8]) for row in found]
    return [row for row in rows if _is_row(row)], [(r.seq, r.seq) for r in rows if not _is_row(r)]


def _columns(db: sqlite3.Connection) -> str:
    known = {row[1] for row in db.execute("PRAGMA table_info(reading)")}
    # Only what waits for its instant needs it: all else is sent as it was stamped.
    mono = f"CASE WHEN state = {HELD} THEN mono_ms END" if "mono_ms" in known else "NULL"
    return f"{_COLUMNS}, {mono}"


def _is_row(row: Row) -> bool:
    """Whether the fields can be what was written: a damaged page may hold anything."""
    texts = (row.boot, row.site, row.meter)
    plain = all(isinstance(text, str) and text for text in texts)
    mono = row.mono_ms
    return (
        plain
        and row.clock in get_args(ClockState)
        and (type(row.at_ms) is int and 0 <= row.at_ms < _LAST_MS)
        and (mono is None or (type(mono) is int and abs(mono) < _LAST_MS))
        and _has_values(row)
    )


def _has_values(row: Row) -> bool:
    if not isinstance(row.quantities, bytes | str):
        return False
    try:
        row.values()
    except ValueError:
        return False
    return True


def _is_gap(gap: GapRow) -> bool:
    whole = type(gap.first) is int and type(gap.last) is int and 1 <= gap.first <= gap.last
    return whole and isinstance(gap.reason, str) and isinstance(gap.epoch, str)


class Keeper:
    """The background work on one outbox: ends its check, and salvages what was set aside.

    ``noted`` tells how far a file was salvaged already, ``adopt`` takes what is found, ``damaged``
    is told what a whole check finds.
    """

    def __init__(
        self,
        path: Path,
        noted: Callable[[str], int],
        adopt: Adopt,
        damaged: Callable[[str], None],
    ) -> None:
        self._path, self._noted, self._adopt, self._damaged = path, noted, adopt, damaged
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._unchecked = False
        self._stopping = threading.Event()

    def start(self, whole: bool) -> None:
        """Begin when there is something to do; ``whole``: the file needs no further check."""
        with self._lock:
            self._unchecked = self._unchecked or not whole
            if self._thread is None and self._next() is not None:
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End soon; what is not done is done after the next start. Never with a lock held."""
        self._stopping.set()
        with self._lock:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(5)

    def _next(self) -> Callable[[], None] | None:
        if self._stopping.is_set():
            return None
        if self._unchecked:
            return self._check
        files = file.aside_files(self._path)
        return (lambda: self._salvage(files[0])) if files else None

    def _run(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        while True:
            with self._lock:
                work = self._next()
                if work is None:
                    self._thread = None
                    return
            try:
                work()
            except OSError as error:
                log.error(said("what was set aside stays as it is: {error}", error=str(error)))
                self._stopping.set()

    def _check(self) -> None:
        damage = file.check_whole(self._path)
        self._unchecked = False
        if damage:
            self._damaged(damage)

    def _salvage(self, aside: Path) -> None:
        found = lost = 0
        try:
            for piece in read(aside, self._noted(aside.name)):
                while not self._adopt(aside.name, piece):
                    if self._stopping.wait(1.0):
                        return
                found, lost = found + len(piece.rows), lost + piece.lost
                if self._stopping.wait(PAUSE_S):
                    return
        except sqlite3.DatabaseError as error:
            what = str(error)
            text = said(
                "nothing more can be read out of {file}: {error}", file=aside.name, error=what
            )
            log.error(text)
            lost += 1
        self._put_away(aside, found, lost)

    def _put_away(self, aside: Path, found: int, lost: int) -> None:
        """Remove a file that gave all it had; keep the newest of those that did not."""
        text = said("{count} unsent readings were read out of {file}", count=found, file=aside.name)
        if lost:
            text = said("{what}; not all of it could be read, so it is kept", what=text)
        log.warning(text)
        for old in [*file.aside_files(self._path, "salvaged"), *([] if lost else [aside])]:
            for tail in ("", "-wal", "-shm"):
                old.with_name(old.name + tail).unlink(missing_ok=True)
        if lost:
            file.move(aside, aside.with_name(aside.name.replace(".damaged-", ".salvaged-")))
