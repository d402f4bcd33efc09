"""Which rows go next: those of now, then the backlog, oldest first and never too much at a time.

Works in the transaction of its caller. What was handed over is noted in a table of memory alone:
a receipt settles nothing else, for it may be meant for another outbox with the same numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from edge_agent.contract.wire import Range, ranges
from edge_agent.outbox.rows import Row, bounded

BACK_IN_FLIGHT = 6_000
"""No more of the backlog than this is on its way without a receipt: far below what a broker
drops silently when the collector is away (Mosquitto keeps 1000 messages)."""
LONGEST_WAIT = 16
"""While no receipt comes at all, the wait for one doubles up to this many times."""
NOTED = 50_000
"""With more handed over than this, what has waited in vain for its receipt is forgotten: then a
late receipt settles nothing, and the row is sent again."""
UNHEARD_S = (5.0, 60.0)
"""What nobody hears goes again after the first, in the end after the second."""
NOT_SOON_S, _AT_ONCE_S = 1e300, -1e300
_FAR_MS = 2**62


class Patience:
    """How long a row may be silent before it is sent again: ``wait_s``, longer while none hears."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = self._first_s = wait_s
        self._unheard_wait_s, self._unheard_until_s = 0.0, float("-inf")

    def grow(self) -> None:
        """Something had to be sent again."""
        self.wait_s = min(2 * self.wait_s, LONGEST_WAIT * self._first_s)

    def unheard(self, now_s: float) -> float:
        """When to send what nobody heard: one time for all of it, each time later than before."""
        if now_s >= self._unheard_until_s:
            first_s, longest_s = UNHEARD_S
            self._unheard_wait_s = min(max(2 * self._unheard_wait_s, first_s), longest_s)
            self._unheard_until_s = now_s + self._unheard_wait_s
        return self._unheard_until_s

    def reset(self) -> None:
        """A receipt has come."""
        self.wait_s = self._first_s
        self._unheard_wait_s, self._unheard_until_s = 0.0, float("-inf")


@dataclass(frozen=True, slots=True)
class Ask:
    """How much is asked for, at ``now_s`` (monotonic).

    ``live_from_ms`` divides the lanes; what was sent before ``expired_s`` comes again; ``limit``
    bounds both lanes together, ``back_limit`` the backlog alone.
    """

    live_from_ms: int
    expired_s: float
    now_s: float
    limit: int
    back_limit: int | None


class Given(NamedTuple):
    """Rows of both lanes, now in flight; ``late``: some had waited in vain for their receipt."""

    live: list[Row]
    back: list[Row]
    late: bool


def claim(db: sqlite3.Connection, ask: Ask) -> Given:
    """The rows to send now, marked as in flight."""
    live, late = _claimable(db, (ask.live_from_ms, _FAR_MS), ask, ask.limit)
    left = ask.limit - len(live)
    if ask.back_limit is not None:
        left = min(left, ask.back_limit)
    if left > 0:
        left = min(left, BACK_IN_FLIGHT - in_flight(db, ask.expired_s, ask.now_s))
    back, later = _claimable(db, (-_FAR_MS, ask.live_from_ms), ask, left)
    db.executemany(
        "INSERT INTO temp.claimed VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
        " at_s = excluded.at_s, soon_s = excluded.soon_s, times = times + 1",
        ((row.seq, ask.now_s, NOT_SOON_S) for row in live + back),
    )
    _forget(db, ask)
    return Given(live, back, late or later)


def _claimable(
    db: sqlite3.Connection, lane: tuple[int, int], ask: Ask, limit: int
) -> tuple[list[Row], bool]:
    """Up to ``limit`` rows of a lane that are not in flight, and whether one has waited in vain."""
    if limit <= 0:
        return [], False
    found = db.execute(
        "SELECT r.seq, boot, clock, site, meter, at_ms, quantities, mono_ms, c.soon_s"
        " FROM reading r INDEXED BY reading_waiting LEFT JOIN temp.claimed c ON c.seq = r.seq"
        " WHERE r.state = 0 AND at_ms >= ? AND at_ms < ?"
        " AND (c.at_s IS NULL OR c.at_s <= ? OR c.soon_s <= ?)"
        " ORDER BY at_ms, r.seq LIMIT ?",
        (*lane, ask.expired_s, ask.now_s, limit),
    ).fetchall()
    return [Row._make(row[:8]) for row in found], any(row[8] == NOT_SOON_S for row in found)


def _forget(db: sqlite3.Connection, ask: Ask) -> None:
    """Forget, when far too much is noted, what may go again anyway: memory has its bound."""
    (count,) = db.execute("SELECT count(*) FROM temp.claimed").fetchone()
    if count > NOTED:
        due = (ask.expired_s, ask.now_s)
        db.execute("DELETE FROM temp.claimed WHERE at_s <= ? OR soon_s <= ?", due)


def in_flight(db: sqlite3.Connection, expired_s: float, now_s: float) -> int:
    """How many rows were claimed after ``expired_s``, have no receipt, and are not due by now."""
    counted = db.execute(
        "SELECT count(*) FROM temp.claimed WHERE at_s > ? AND soon_s > ?", (expired_s, now_s)
    )
    return int(counted.fetchone()[0])


def handed_over(db: sqlite3.Connection, numbers: Range) -> tuple[Range, ...]:
    """The parts of a range that were given out since the file was opened, and not settled."""
    found = db.execute(
        "SELECT seq FROM temp.claimed WHERE seq BETWEEN ? AND ?", bounded(numbers)
    ).fetchall()
    return ranges(seq for (seq,) in found)


def hasten(db: sqlite3.Connection, seqs: Iterable[int], soon_s: float) -> None:
    """The rows come again at ``soon_s``, however long others wait for a receipt."""
    db.executemany(
        "UPDATE temp.claimed SET soon_s = ? WHERE seq = ?", ((soon_s, seq) for seq in seqs)
    )


def release(db: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """The rows were not handed over this time: they may go at once."""
    numbers = [(seq,) for seq in seqs]
    db.executemany(
        f"UPDATE temp.claimed SET soon_s = {_AT_ONCE_S}, times = times - 1 WHERE seq = ?", numbers
    )
    db.executemany("DELETE FROM temp.claimed WHERE seq = ? AND times <= 0", numbers)


def release_all(db: sqlite3.Connection) -> None:
    """Nothing is in flight any more; what was handed over may have arrived all the same."""
    db.execute(f"UPDATE temp.claimed SET soon_s = {_AT_ONCE_S}")
