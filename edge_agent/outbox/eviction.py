"""What goes first when the outbox reaches its own bound, and what has waited too long.

In the order of what can be spared: settled rows, rejected rows, then of the waiting ones power
samples before energy counters and old before young. Every step is one stretch of the backlog:

1. one reading a minute and meter stays whole; the others lose all but their counters, or go,
2. what has a counter keeps nothing else, what has none goes,
3. one counter a minute and meter stays,
4. the oldest go.

Every dropped number is in a gap record; one that is on its way stays claimed, and its gap untold,
until it is clear whether it has arrived (``gaps``). Nothing here needs room on the disk: the bound
is the file's own, and pages that become free are used again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.wire import ranges
from edge_agent.outbox import gaps, rows
from edge_agent.outbox.file import PAGE_BYTES, free_pages
from edge_agent.outbox.packed import Packed, pack
from edge_agent.outbox.rows import HELD, REJECTED, SETTLED, GapRow, Row

EVICTED = "outbox full: the oldest unsent readings were dropped"
THINNED = "outbox full: thinned to one reading a minute"
TOO_OLD = "too old: unsent for longer than [outbox] max_days"
MINUTE_MS = 60_000
STRETCH = 500
"""About so many rows are thinned at once."""
STRETCHES_AHEAD = 4
"""How many stretches a commit thins ahead of need, so that none has to do much."""

_BATCH = 500
_SPARE_PAGES = 24
_WORK_PAGES = 16
_RESERVE = 20
_FAR_MS = 2**62
_COUNTERS = frozenset(name for name, row in QUANTITIES.items() if row.kind == "counter")

_Kept = tuple[list[Row], list[int]]
"""The rows that stay, as they will be, and the numbers of those that go."""


class _Level(NamedTuple):
    """One way to make a stretch smaller; ``cursor`` names how far it has come in the file."""

    cursor: str
    reason: str
    sift: Callable[[Sequence[Row]], _Kept]


def make_room(db: sqlite3.Connection, batch: Sequence[Row], before_ms: int) -> int:
    """Make room for ``batch`` under the bound; returns how many unsent readings were dropped.

    Only rows older than ``before_ms`` are thinned. When the room is nearly gone, some is made
    ahead of need.
    """
    needed_bytes = sum(len(row.quantities) + rows.ROW_BYTES for row in batch)
    pages = _SPARE_PAGES + needed_bytes * 5 // 4 // PAGE_BYTES
    for state in (SETTLED, REJECTED):
        while free_pages(db) < pages and rows.delete_closed(db, state, _FAR_MS, _BATCH):
            pass
    if free_pages(db) < pages:
        db.execute("DELETE FROM gap WHERE state > 0")
    ahead = pages + _bound_pages(db) // _RESERVE
    dropped = _clear_the_bench(db)
    for _ in range(STRETCHES_AHEAD):
        if free_pages(db) >= ahead or _closed_left(db):
            break
        dropped += _thin(db, before_ms) or 0
    while free_pages(db) < pages:
        count = _thin(db, before_ms)
        if count is None and not (count := _drop_oldest(db)):
            break
        dropped += count
    return dropped


def _clear_the_bench(db: sqlite3.Connection) -> int:
    """Thinning itself needs some pages, which a bound that was lowered has taken away."""
    dropped = 0
    while free_pages(db) < _WORK_PAGES and (count := _drop_oldest(db)):
        dropped += count
    return dropped


def drop_too_old(db: sqlite3.Connection, taken_before_ms: int) -> int:
    """Drop some of what was taken before an age and never sent; returns how many readings."""
    found = db.execute(
        "SELECT seq FROM (SELECT seq, taken_ms FROM reading INDEXED BY reading_waiting"
        " WHERE state = 0 ORDER BY at_ms, seq LIMIT ?) WHERE taken_ms < ?",
        (_BATCH, taken_before_ms),
    ).fetchall()
    seqs = [seq for (seq,) in found]
    _delete(db, seqs)
    _record(db, seqs, TOO_OLD)
    return len(seqs)


def drop(db: sqlite3.Connection, seqs: Sequence[int], reason: str) -> int:
    """Drop waiting rows and record them as gaps; returns how many there were."""
    dropped = db.executemany(
        "DELETE FROM reading WHERE seq = ? AND state = 0", ((seq,) for seq in seqs)
    ).rowcount
    _record(db, seqs, reason)
    return dropped


def _bound_pages(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA main.max_page_count").fetchone()[0])


def _closed_left(db: sqlite3.Connection) -> bool:
    found = db.execute(
        "SELECT 1 FROM reading INDEXED BY reading_closed WHERE state > 0 AND state < ? LIMIT 1",
        (HELD,),
    )
    return found.fetchone() is not None


def _thin(db: sqlite3.Connection, before_ms: int) -> int | None:
    """Thin the next stretch of the first level that has one; None when none has.

    Returns how many readings it dropped.
    """
    before_ms -= before_ms % MINUTE_MS
    for level in _LEVELS:
        begin_ms = int(rows.meta(db, level.cursor) or -_FAR_MS)
        if begin_ms > before_ms:
            begin_ms = -_FAR_MS  # the clock was ahead when it was noted
        stretch, end_ms = _stretch(db, begin_ms, before_ms)
        if stretch:
            kept, gone = level.sift(stretch)
            if gone or kept != stretch:
                _replace(db, stretch, kept)
                _record(db, gone, level.reason)
            rows.set_meta(db, level.cursor, end_ms)
            return len(gone)
    return None


def _stretch(db: sqlite3.Connection, begin_ms: int, before_ms: int) -> tuple[list[Row], int]:
    """The oldest waiting rows from ``begin_ms`` on, by whole minutes, and where they end."""
    lane = "FROM reading INDEXED BY reading_waiting WHERE state = 0 AND at_ms >= ? AND at_ms < ?"
    far = db.execute(
        f"SELECT at_ms {lane} ORDER BY at_ms LIMIT 1 OFFSET ?", (begin_ms, before_ms, STRETCH)
    ).fetchone()
    end_ms = before_ms
    if far is not None:
        first = db.execute(f"SELECT at_ms {lane} ORDER BY at_ms LIMIT 1", (begin_ms, before_ms))
        end_ms = max(_minute(far[0]), _minute(first.fetchone()[0]) + 1) * MINUTE_MS
    found = db.execute(
        "SELECT seq, boot, clock, site, meter, at_ms, quantities, mono_ms"
        f" {lane} ORDER BY at_ms, seq",
        (begin_ms, end_ms),
    )
    stretch = [Row._make(row) for row in found]
    # Not further than its rows: others of an earlier time may come later.
    return stretch, (_minute(stretch[-1].at_ms) + 1) * MINUTE_MS if stretch else end_ms


def _minute(at_ms: int) -> int:
    return at_ms // MINUTE_MS


def _replace(db: sqlite3.Connection, stretch: Sequence[Row], kept: Sequence[Row]) -> None:
    # Written anew side by side: smaller rows in their old places would free no page.
    taken = db.execute("SELECT taken_ms FROM reading WHERE seq = ?", (stretch[-1].seq,)).fetchone()
    db.executemany("DELETE FROM reading WHERE seq = ?", ((row.seq,) for row in stretch))
    rows.insert(db, sorted(kept), taken[0])


def _record(db: sqlite3.Connection, gone: Sequence[int], reason: str) -> None:
    for first, last in ranges(gone):
        gaps.insert(db, GapRow(first, last, reason))


def _delete(db: sqlite3.Connection, seqs: Sequence[int]) -> None:
    db.executemany("DELETE FROM reading WHERE seq = ?", ((seq,) for seq in seqs))


def _drop_oldest(db: sqlite3.Connection) -> int:
    """Drop the oldest waiting rows or, when there is none, the oldest held ones."""
    found = db.execute(
        "SELECT seq FROM reading INDEXED BY reading_waiting WHERE state = 0"
        " ORDER BY at_ms, seq LIMIT ?",
        (_BATCH // 5,),
    ).fetchall()
    found = (
        found
        or db.execute(
            "SELECT seq FROM reading INDEXED BY reading_closed"
            " WHERE state > 0 AND state = ? LIMIT ?",
            (HELD, _BATCH // 5),
        ).fetchall()
    )
    seqs = [seq for (seq,) in found]
    _delete(db, seqs)
    for first, last in ranges(seqs):
        gaps.insert_merged(db, GapRow(first, last, EVICTED))
    return len(seqs)


def _thin_power(stretch: Sequence[Row]) -> _Kept:
    """The first row of each minute and meter as it is, of the others the counters."""
    return _sift(stretch, _firsts(stretch))


def _only_counters(stretch: Sequence[Row]) -> _Kept:
    return _sift(stretch, set())


def _thin_counters(stretch: Sequence[Row]) -> _Kept:
    firsts = _firsts(stretch)
    kept = [row for row in stretch if row.seq in firsts]
    return kept, [row.seq for row in stretch if row.seq not in firsts]


def _firsts(stretch: Sequence[Row]) -> set[int]:
    first: dict[tuple[str, str, int], int] = {}
    for row in stretch:
        first.setdefault((row.site, row.meter, _minute(row.at_ms)), row.seq)
    return set(first.values())


def _sift(stretch: Sequence[Row], whole: set[int]) -> _Kept:
    kept, gone = [], []
    for row in stretch:
        left = row.quantities if row.seq in whole else _counters_of(row)
        if left:
            kept.append(row._replace(quantities=left))
        else:
            gone.append(row.seq)
    return kept, gone


def _counters_of(row: Row) -> Packed:
    """The counters among the values; empty when there is none, or nothing can be read."""
    try:
        values = {name: value for name, value in row.values().items() if name in _COUNTERS}
    except ValueError:
        return b""
    return pack(values) if values else b""


_LEVELS = (
    _Level("thinned_to_ms", THINNED, _thin_power),
    _Level("stripped_to_ms", EVICTED, _only_counters),
    _Level("sparse_to_ms", THINNED, _thin_counters),
)
