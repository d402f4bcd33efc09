"""Gap records: numbers that will never be sent, and why, until the collector has heard of them.

Every function works in the transaction of its caller. Gaps of one epoch never overlap. A gap waits
while a number of it is still on its way: its receipt may come, and then it is no gap at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from edge_agent.contract.wire import Range
from edge_agent.outbox import rows
from edge_agent.outbox.rows import SETTLED, GapRow, bounded

AT_ONCE = 100
"""So many gaps are told at a time."""

_UNTOLD = "SELECT first, last, reason FROM gap WHERE epoch = '' AND sent = 0 AND state = 0"


def insert(db: sqlite3.Connection, gap: GapRow) -> None:
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


def insert_merged(db: sqlite3.Connection, gap: GapRow) -> None:
    """Write a gap of this outbox in one with the untold ones on both its sides.

    Else the records between thinned readings would outlive them and fill the file in their place.
    """
    first, last = gap.first, gap.last
    for found in (
        db.execute(f"{_UNTOLD} AND first < ? ORDER BY first DESC LIMIT 1", (first,)).fetchone(),
        db.execute(f"{_UNTOLD} AND first = ?", (last + 1,)).fetchone(),
    ):
        if found and (found[1] == first - 1 or found[0] == last + 1):
            db.execute("DELETE FROM gap WHERE epoch = '' AND first = ?", (found[0],))
            first, last = min(first, found[0]), max(last, found[1])
    insert(db, gap._replace(first=first, last=last))


def close(db: sqlite3.Connection, numbers: Range, age_ms: int, epoch: str = "") -> None:
    """Close the gaps that were told and that the range holds wholly."""
    first, last = bounded(numbers)
    db.execute(
        "UPDATE gap SET state = ?, closed_ms = ?"
        " WHERE state = 0 AND sent = 1 AND epoch = ? AND first >= ? AND last <= ?",
        (SETTLED, age_ms, epoch, first, last),
    )


def settle(db: sqlite3.Connection, numbers: Range, handed: Iterable[Range], age_ms: int) -> int:
    """The collector has a range: close its readings and its gaps; how many readings waited.

    Of the readings only those in ``handed``, the parts of the range that were ever sent.
    """
    closed = 0
    for part in handed:
        waited = rows.close_range(db, part, SETTLED, age_ms)
        if waited <= part[1] - part[0]:
            _cut(db, part)
        closed += waited
    if closed <= numbers[1] - numbers[0]:
        close(db, numbers, age_ms)
    return closed


def _cut(db: sqlite3.Connection, numbers: Range) -> None:
    """Take what the collector has stored after all out of the gaps that were not told yet."""
    first, last = bounded(numbers)
    before = db.execute(f"{_UNTOLD} AND first < ? ORDER BY first DESC LIMIT 1", (first,))
    within = db.execute(f"{_UNTOLD} AND first >= ? AND first <= ?", (first, last))
    for begin, end, reason in [*before.fetchall(), *within.fetchall()]:
        if end < first:
            continue
        db.execute("DELETE FROM gap WHERE epoch = '' AND first = ?", (begin,))
        for part in ((begin, first - 1), (last + 1, end)):
            if part[0] <= part[1]:
                values = (*part, reason, "")
                db.execute(
                    "INSERT INTO gap (first, last, reason, epoch) VALUES (?, ?, ?, ?)", values
                )


class Telling:
    """Which gaps are on their way, so that none is told twice in a minute or looked for in vain."""

    def __init__(self) -> None:
        self._told_s: dict[GapRow, float] = {}
        self._none = False

    def look_again(self) -> None:
        """There may be new ones."""
        self._none = False

    def on_new_connection(self) -> None:
        """None is on its way any more."""
        self._told_s.clear()
        self._none = False

    def release(self, gaps: Iterable[GapRow]) -> None:
        """These could not be sent."""
        for gap in gaps:
            self._told_s.pop(gap, None)

    def claim(self, db: sqlite3.Connection, expired_s: float, now_s: float) -> tuple[GapRow, ...]:
        """The gaps to tell now; what was told after ``expired_s`` is still on its way.

        Needs a transaction when there are any: what is told must not grow any more.
        """
        if self._none:
            return ()
        waiting = _waiting(db)
        self._none = not waiting
        ready = [gap for gap in waiting if not _in_flight(db, gap, expired_s, now_s)]
        fresh = [gap for gap in ready if self._told_s.get(gap, expired_s) <= expired_s]
        known = {gap: self._told_s[gap] for gap in waiting if gap in self._told_s}
        self._told_s = known | dict.fromkeys(fresh, now_s)
        if fresh and not db.in_transaction:
            db.execute("BEGIN IMMEDIATE")
        _mark_told(db, fresh)
        return tuple(fresh)


def _waiting(db: sqlite3.Connection) -> list[GapRow]:
    """Gaps without a receipt, oldest first."""
    found = db.execute(
        "SELECT first, last, reason, epoch FROM gap WHERE state = 0 ORDER BY epoch, first LIMIT ?",
        (AT_ONCE,),
    )
    return [GapRow._make(row) for row in found]


def _in_flight(db: sqlite3.Connection, gap: GapRow, expired_s: float, now_s: float) -> bool:
    if gap.epoch:
        return False
    found = db.execute(
        "SELECT 1 FROM temp.claimed WHERE seq BETWEEN ? AND ? AND at_s > ? AND soon_s > ? LIMIT 1",
        (gap.first, gap.last, expired_s, now_s),
    )
    return found.fetchone() is not None


def _mark_told(db: sqlite3.Connection, gaps: Iterable[GapRow]) -> None:
    for gap in gaps:
        db.execute("UPDATE gap SET sent = 1 WHERE epoch = ? AND first = ?", (gap.epoch, gap.first))
        if not gap.epoch:
            db.execute("DELETE FROM temp.claimed WHERE seq BETWEEN ? AND ?", (gap.first, gap.last))
