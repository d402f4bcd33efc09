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
from edge_agent.outbox.packed import Packed, unpack

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
    """One reading as it waits: ``quantities`` are its values, packed.

    ``mono_ms`` is the machine's monotonic time at the poll, counted within ``boot``; None where
    nobody has told it.
    """

    seq: int
    boot: str
    clock: ClockState
    site: str
    meter: str
    at_ms: int
    quantities: Packed
    mono_ms: int | None = None

    def values(self) -> dict[str, float]:
        """The values by quantity. Raises ``ValueError`` when they cannot be read."""
        return unpack(self.quantities)


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


def oldest_ms(db: sqlite3.Connection) -> int | None:
    """The instant of the oldest waiting row."""
    found = db.execute("SELECT min(at_ms) FROM reading INDEXED BY reading_waiting WHERE state = 0")
    oldest: int | None = found.fetchone()[0]
    return oldest


def close_range(
    db: sqlite3.Connection, numbers: Range, state: int, age_ms: int, reason: str | None = None
) -> int:
    """Settle or reject what waits in a range; returns how many readings it closed."""
    first, last = bounded(numbers)
    db.execute("DELETE FROM temp.claimed WHERE seq BETWEEN ? AND ?", (first, last))
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
