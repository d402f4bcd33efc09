"""The outbox's rows as SQL: insert, claim, close by range, purge.

Every function works in the transaction of its caller. A row is waiting, settled (the collector
has it), rejected (the collector will never store it) or held (its instant is not known yet). Ages
are counted in the outbox's lived time (``age_ms``), which no step of a clock can reach.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from edge_agent.contract.wire import ClockState, Range

WAITING, SETTLED, REJECTED, HELD = 0, 1, 2, 3
SETTLED_KEPT_MS = 7 * 86_400_000
"""The replay window: how long a settled row stays when space allows."""
ROW_BYTES = 180
"""About what a row takes in the file beside its values, its places in the indexes included."""
REJECTED_KEPT_MS = 30 * 86_400_000

_PURGED_AT_ONCE = 1000
_MAX_INTEGER = 2**63 - 1
_COLUMNS = "seq, boot, clock, site, meter, at_ms, quantities, mono_ms"


class Row(NamedTuple):
    """One reading as it waits: ``quantities`` is the JSON object of its values.

    ``mono_ms`` is the machine's monotonic time at the poll, counted within ``boot``; None where
    nobody has told it.
    """

    seq: int
    boot: str
    clock: ClockState
    site: str
    meter: str
    at_ms: int
    quantities: str
    mono_ms: int | None = None


class GapRow(NamedTuple):
    """A range of numbers that will never be sent, and why; ``epoch`` is empty for this outbox's."""

    first: int
    last: int
    reason: str
    epoch: str = ""


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
    """One fact of the file, such as its epoch or last number; empty when it is not noted."""
    found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else ""


def set_meta(db: sqlite3.Connection, key: str, value: int | str) -> None:
    """Write one fact of the file."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))


def count_waiting(db: sqlite3.Connection) -> int:
    """How many readings have no receipt, the held ones included."""
    waiting = db.execute("SELECT count(*) FROM reading WHERE state = 0").fetchone()[0]
    return int(waiting) + count_held(db)


def count_held(db: sqlite3.Connection) -> int:
    """How many readings wait for their instant."""
    question = (
        "SELECT count(*) FROM reading INDEXED BY reading_closed WHERE state > 0 AND state = ?"
    )
    return int(db.execute(question, (HELD,)).fetchone()[0])


def insert(
    db: sqlite3.Connection, rows: Iterable[Row], age_ms: int = 0, state: int = WAITING
) -> int:
    """Write the rows, taken at ``age_ms``; returns how many were not there already.

    One that is there was written by a commit that seemed to fail.
    """
    return db.executemany(
        f"INSERT OR IGNORE INTO reading ({_COLUMNS}, taken_ms, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((*row, age_ms, state) for row in rows),
    ).rowcount


def insert_gap(db: sqlite3.Connection, gap: GapRow) -> None:
    """Write a gap, joined to an unsent one that ends right before it for the same reason."""
    joined = db.execute(
        "UPDATE gap SET last = ? WHERE sent = 0 AND state = 0 AND reason = ? AND (epoch, first) ="
        " (SELECT epoch, first FROM gap WHERE epoch = ? AND first < ? ORDER BY first DESC LIMIT 1)"
        " AND last = ?",
        (gap.last, gap.reason, gap.epoch, gap.first, gap.first - 1),
    ).rowcount
    if not joined:
        db.execute(
            "INSERT OR REPLACE INTO gap (first, last, reason, epoch) VALUES (?, ?, ?, ?)", gap
        )


def claimable(
    db: sqlite3.Connection, lane: Lane, expired_s: float, limit: int
) -> tuple[list[Row], bool]:
    """Up to ``limit`` rows of a lane that are not in flight, and whether one was sent before."""
    found = db.execute(
        "SELECT r.seq, boot, clock, site, meter, at_ms, quantities, mono_ms, c.at_s"
        " FROM reading r INDEXED BY reading_waiting LEFT JOIN temp.claimed c ON c.seq = r.seq"
        " WHERE r.state = 0 AND at_ms >= ? AND at_ms < ? AND (c.at_s IS NULL OR c.at_s <= ?)"
        " ORDER BY at_ms, r.seq LIMIT ?",
        (lane.from_ms, lane.to_ms, expired_s, max(limit, 0)),
    ).fetchall()
    return [Row._make(row[:8]) for row in found], any(row[8] is not None for row in found)


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
        "SELECT first, last, reason, epoch FROM gap WHERE state = 0 ORDER BY epoch, first LIMIT 100"
    )
    return [GapRow._make(row) for row in found]


def mark_sent(db: sqlite3.Connection, gaps: Iterable[GapRow]) -> None:
    """The gaps are told as they are; they must not grow any more."""
    db.executemany(
        "UPDATE gap SET sent = 1 WHERE epoch = ? AND first = ?",
        ((gap.epoch, gap.first) for gap in gaps),
    )


def close_gaps(
    db: sqlite3.Connection, numbers: Range, state: int, age_ms: int, epoch: str = ""
) -> None:
    """Close the gaps that the range holds wholly."""
    first, last = bounded(numbers)
    db.execute(
        "UPDATE gap SET state = ?, closed_ms = ?"
        " WHERE state = 0 AND epoch = ? AND first >= ? AND last <= ?",
        (state, age_ms, epoch, first, last),
    )


def close_range(
    db: sqlite3.Connection, numbers: Range, state: int, age_ms: int, reason: str | None = None
) -> int:
    """Settle or reject what waits in a range; returns how many readings it closed.

    A gap is closed when the range holds all of it.
    """
    first, last = bounded(numbers)
    db.execute("DELETE FROM temp.claimed WHERE seq BETWEEN ? AND ?", (first, last))
    close_gaps(db, numbers, state, age_ms)
    return db.execute(
        "UPDATE reading NOT INDEXED SET state = ?, closed_ms = ?, reason = ?"
        " WHERE seq BETWEEN ? AND ? AND state = 0",
        (state, age_ms, reason, first, last),
    ).rowcount


def purge(db: sqlite3.Connection, age_ms: int) -> None:
    """Delete some of what was closed longer ago than it is kept for."""
    for state, kept_ms in ((SETTLED, SETTLED_KEPT_MS), (REJECTED, REJECTED_KEPT_MS)):
        delete_closed(db, state, age_ms - kept_ms, _PURGED_AT_ONCE)
    db.execute("DELETE FROM gap WHERE state > 0 AND closed_ms < ?", (age_ms - SETTLED_KEPT_MS,))


def delete_closed(db: sqlite3.Connection, state: int, before_ms: int, limit: int) -> int:
    """Delete up to ``limit`` rows that were closed before an age; returns how many there were."""
    return db.execute(
        "DELETE FROM reading WHERE seq IN (SELECT seq FROM reading INDEXED BY reading_closed"
        " WHERE state > 0 AND state = ? AND closed_ms < ? ORDER BY closed_ms LIMIT ?)",
        (state, before_ms, limit),
    ).rowcount


def bounded(numbers: Range) -> Range:
    """The range as far as SQLite can hold it."""
    first, last = numbers
    return min(first, _MAX_INTEGER), min(last, _MAX_INTEGER)
