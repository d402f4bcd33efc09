"""The collector asks for numbers again: what is still held goes out once more, the rest is a gap.

Works in the transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator

from edge_agent.contract.wire import Range, ranges
from edge_agent.outbox import gaps, rows
from edge_agent.outbox.rows import REJECTED, SETTLED, GapRow

UNKNOWN = "unknown"
AT_ONCE = 20_000
"""A request for more numbers than this is answered in parts."""
REQUESTS_KEPT = 100
"""More unanswered requests than this: the oldest go; the collector asks again."""


class Requests:
    """What was asked for and not answered yet, in parts, oldest first."""

    def __init__(self) -> None:
        self._asked: deque[tuple[str, int, int]] = deque(maxlen=REQUESTS_KEPT)

    def add(self, epoch: str, first: int, last: int) -> None:
        """Somebody asks for a range of an epoch."""
        self._asked.append((epoch, first, last))

    def __len__(self) -> int:
        return len(self._asked)

    def answer(self, db: sqlite3.Connection, own_epoch: str) -> int:
        """Answer the oldest request or a part of it; returns how many readings wait once more.

        Numbers of this epoch that were never given are passed over: they are still to come.
        """
        epoch, first, last = self._asked.popleft()
        if epoch != own_epoch:
            return answer(db, rows.bounded((first, last)), epoch)
        last = min(last, int(rows.meta(db, "last_seq")))
        end = min(last, first + AT_ONCE - 1)
        if end < last:
            self._asked.appendleft((epoch, end + 1, last))
        return answer(db, (first, end)) if first <= end else 0


def answer(db: sqlite3.Connection, numbers: Range, epoch: str = "") -> int:
    """Send a range again; returns how many closed readings wait once more.

    Rows of this outbox (``epoch`` empty) and gaps of any wait again until a new receipt. Numbers
    that are neither are a gap from now on, since nobody will ever have them.
    """
    first, last = numbers
    db.execute(
        "UPDATE gap SET state = 0, closed_ms = NULL"
        " WHERE state > 0 AND epoch = ? AND first <= ? AND last >= ?",
        (epoch, last, first),
    )
    held, reopened = _reopen(db, numbers) if not epoch else ((), 0)
    told = db.execute(
        "SELECT first, last FROM gap WHERE epoch = ? AND first <= ? AND last >= ?",
        (epoch, last, first),
    )
    for hole in _holes(numbers, sorted([*held, *told])):
        gaps.insert(db, GapRow(*hole, UNKNOWN, epoch))
    return reopened


def _reopen(db: sqlite3.Connection, numbers: Range) -> tuple[tuple[Range, ...], int]:
    db.execute("DELETE FROM temp.claimed WHERE seq BETWEEN ? AND ?", numbers)
    reopened = db.execute(
        "UPDATE reading NOT INDEXED SET state = 0, closed_ms = NULL, reason = NULL"
        f" WHERE seq BETWEEN ? AND ? AND state IN ({SETTLED}, {REJECTED})",
        numbers,
    ).rowcount
    found = db.execute("SELECT seq FROM reading NOT INDEXED WHERE seq BETWEEN ? AND ?", numbers)
    return ranges(seq for (seq,) in found), reopened


def _holes(numbers: Range, known: Iterable[Range]) -> Iterator[Range]:
    """The parts of ``numbers`` that no range of ``known``, which is sorted, covers."""
    at, last = numbers
    for begin, end in known:
        if begin > at:
            yield at, min(begin - 1, last)
        at = max(at, end + 1)
    if at <= last:
        yield at, last
