"""The outbox's rows as SQL: insert, claim, close by range, purge, make room.

Every function works in the transaction of its caller. A row is waiting, settled (the collector
has it) or rejected (the collector will never store it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edge_agent.contract.wire import ClockState, Range, ranges
from edge_agent.outbox.file import PAGE_BYTES, free_pages

WAITING, SETTLED, REJECTED = 0, 1, 2
SETTLED_KEPT_MS = 7 * 86_400_000
"""The replay window: how long a settled row stays when space allows."""
REJECTED_KEPT_MS = 30 * 86_400_000
EVICTED = "outbox full: the oldest unsent readings were dropped"

_BATCH = 500
_SPARE_PAGES = 24
_ROW_BYTES = 160
_MAX_INTEGER = 2**63 - 1


class Row(NamedTuple):
    """One reading as it waits: ``quantities`` is the JSON object of its values."""

    seq: int
    boot: str
    clock: ClockState
    site: str
    meter: str
    at_ms: int
    quantities: str


class GapRow(NamedTuple):
    """A range of numbers that will never be sent, and why."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What to send now: readings of the live lane, of the back lane (oldest first), and gaps."""

    epoch: str
    live: tuple[Row, ...] = ()
    back: tuple[Row, ...] = ()
    gaps: tuple[GapRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of the waiting rows: ``from_ms`` included to ``to_ms`` excluded."""

    from_ms: int
    to_ms: int


def meta(db: sqlite3.Connection, key: str) -> str:
    """One fact of the file: its epoch, last number or last connection number."""
    return str(db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])


def set_meta(db: sqlite3.Connection, key: str, value: int) -> None:
    """Write one fact of the file."""
    db.execute("UPDATE meta SET value = ? WHERE key = ?", (str(value), key))


def count_waiting(db: sqlite3.Connection) -> int:
    """How many readings wait for their receipt."""
    return int(db.execute("SELECT count(*) FROM reading WHERE state = 0").fetchone()[0])


def insert(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Write the rows as waiting."""
    db.executemany(
        "INSERT INTO reading (seq, boot, clock, site, meter, at_ms, quantities)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def insert_gap(db: sqlite3.Connection, gap: GapRow) -> None:
    """Write a gap, joined to an unsent one that ends right before it for the same reason."""
    joined = db.execute(
        "UPDATE gap SET last = ? WHERE sent = 0 AND last = ? AND reason = ?",
        (gap.last, gap.first - 1, gap.reason),
    ).rowcount
    if not joined:
        db.execute("INSERT INTO gap (first, last, reason) VALUES (?, ?, ?)", gap)


def claimable(
    db: sqlite3.Connection, lane: Lane, expired_s: float, limit: int
) -> tuple[list[Row], bool]:
    """Up to ``limit`` rows of a lane that are not in flight, and whether one was sent before."""
    found = db.execute(
        "SELECT r.seq, boot, clock, site, meter, at_ms, quantities, c.at_s"
        " FROM reading r INDEXED BY reading_waiting LEFT JOIN temp.claimed c ON c.seq = r.seq"
        " WHERE r.state = 0 AND at_ms >= ? AND at_ms < ? AND (c.at_s IS NULL OR c.at_s <= ?)"
        " ORDER BY at_ms, r.seq LIMIT ?",
        (lane.from_ms, lane.to_ms, expired_s, max(limit, 0)),
    ).fetchall()
    return [Row._make(row[:7]) for row in found], any(row[7] is not None for row in found)


def mark_claimed(db: sqlite3.Connection, rows: Iterable[Row], now_s: float) -> None:
    """The rows are in flight since ``now_s``."""
    db.executemany(
        "INSERT OR REPLACE INTO temp.claimed VALUES (?, ?)", ((row.seq, now_s) for row in rows)
    )


def in_flight(db: sqlite3.Connection, expired_s: float) -> int:
    """How many rows were claimed after ``expired_s`` and have no receipt."""
    counted = db.execute("SELECT count(*) FROM temp.claimed WHERE at_s > ?", (expired_s,))
    return int(counted.fetchone()[0])


def release(db: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """The rows are not in flight after all."""
    db.executemany("DELETE FROM temp.claimed WHERE seq = ?", ((seq,) for seq in seqs))


def release_all(db: sqlite3.Connection) -> None:
    """Nothing is in flight any more."""
    db.execute("DELETE FROM temp.claimed")


def waiting_gaps(db: sqlite3.Connection) -> list[GapRow]:
    """Up to 100 gaps without a receipt, oldest first."""
    found = db.execute(
        "SELECT first, last, reason FROM gap WHERE state = 0 ORDER BY first LIMIT 100"
    )
    return [GapRow._make(row) for row in found]


def mark_sent(db: sqlite3.Connection, gaps: Iterable[GapRow]) -> None:
    """The gaps are told as they are; they must not grow any more."""
    db.executemany("UPDATE gap SET sent = 1 WHERE first = ?", ((gap.first,) for gap in gaps))


def close_range(
    db: sqlite3.Connection, numbers: Range, state: int, now_ms: int, reason: str | None = None
) -> int:
    """Settle or reject what waits in a range; returns how many readings it closed.

    A gap is closed when the range holds all of it.
    """
    first, last = (min(number, _MAX_INTEGER) for number in numbers)
    db.execute("DELETE FROM temp.claimed WHERE seq BETWEEN ? AND ?", (first, last))
    db.execute(
        "UPDATE gap SET state = ?, closed_ms = ? WHERE state = 0 AND first >= ? AND last <= ?",
        (state, now_ms, first, last),
    )
    return db.execute(
        "UPDATE reading NOT INDEXED SET state = ?, closed_ms = ?, reason = ?"
        " WHERE seq BETWEEN ? AND ? AND state = 0",
        (state, now_ms, reason, first, last),
    ).rowcount


def purge(db: sqlite3.Connection, now_ms: int) -> None:
    """Delete some of what was closed longer ago than it is kept for."""
    for state, kept_ms in ((SETTLED, SETTLED_KEPT_MS), (REJECTED, REJECTED_KEPT_MS)):
        _delete_closed(db, state, now_ms - kept_ms, 2 * _BATCH)
    db.execute("DELETE FROM gap WHERE state > 0 AND closed_ms < ?", (now_ms - SETTLED_KEPT_MS,))


def make_room(db: sqlite3.Connection, rows: Sequence[Row]) -> int:
    """Evict until ``rows`` fit under the bound; returns how many unsent readings were dropped.

    Settled rows go first, then rejected ones (the collector has their reason), then the oldest
    waiting ones, each run of numbers leaving a gap record.
    """
    needed_bytes = sum(len(row.quantities) + _ROW_BYTES for row in rows)
    pages = _SPARE_PAGES + needed_bytes * 5 // 4 // PAGE_BYTES
    for state in (SETTLED, REJECTED):
        while free_pages(db) < pages and _delete_closed(db, state, _MAX_INTEGER, _BATCH):
            pass
    dropped = 0
    while free_pages(db) < pages and (count := _drop_oldest(db)):
        dropped += count
    return dropped


def _delete_closed(db: sqlite3.Connection, state: int, before_ms: int, limit: int) -> int:
    return db.execute(
        "DELETE FROM reading WHERE seq IN (SELECT seq FROM reading INDEXED BY reading_closed"
        " WHERE state > 0 AND state = ? AND closed_ms < ? ORDER BY closed_ms LIMIT ?)",
        (state, before_ms, limit),
    ).rowcount


def _drop_oldest(db: sqlite3.Connection) -> int:
    oldest = db.execute(
        "SELECT seq FROM reading INDEXED BY reading_waiting WHERE state = 0"
        " ORDER BY at_ms, seq LIMIT ?",
        (_BATCH // 5,),
    ).fetchall()
    db.executemany("DELETE FROM reading WHERE seq = ?", oldest)
    release(db, (seq for (seq,) in oldest))
    for first, last in ranges(seq for (seq,) in oldest):
        insert_gap(db, GapRow(first, last, EVICTED))
    return len(oldest)
