"""When a reading was taken, while nobody knows what time it is.

A board without a clock of its own starts at some past instant until the network tells the time.
Readings of that while are held, with the monotonic time of their poll. When the clock is right in
the same boot, each gets its exact instant. After a reboot, or when there is no hope of a right
clock, they are placed between their neighbours and marked estimated. What was sent stays as sent.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from edge_agent.clock import Clock
from edge_agent.contract.wire import ClockState
from edge_agent.outbox import rows
from edge_agent.outbox.rows import HELD, WAITING, Row
from edge_agent.words import said

log = logging.getLogger(__name__)

STEP_MS = 2_000
"""A reading whose wall time is further off the monotonic one was stamped before a step."""
NOT_BEFORE_MS = 1_767_225_600_000
"""2026-01-01 UTC: no reading of this program is older, whatever a clock says."""
_FAR_MS = 2**62


class _Held(NamedTuple):
    """The held readings of one boot: their span of monotonic time, and what their clock said."""

    boot: str
    first_ms: int
    last_ms: int
    ahead_ms: int


class Instants:
    """Decides which readings have an instant, for the boot of the machine that runs now.

    ``wait_s`` is how long readings are held for a clock to become right while they could be sent.
    What has been decided is in the file; nothing of it is kept here but that the clock was seen
    right.
    """

    def __init__(self, clock: Clock, boot: str, wait_s: float) -> None:
        self._clock, self._boot, self._wait_s = clock, boot, wait_s
        self._started_ms = self._mono_ms()
        self._seen_right = False

    def note(self, state: ClockState) -> None:
        """What the machine says of its clock now."""
        self._seen_right = self._seen_right or state == "synchronised"

    def insert(self, db: sqlite3.Connection, batch: Iterable[Row], age_ms: int) -> int:
        """Write a batch, held or waiting, and release what is held once the clock is right.

        Returns how many rows were not there already.
        """
        right, estimated_ms = _is_right(db, self._boot), _estimated_ahead_ms(db, self._boot)
        held, timed = [], []
        for row in batch:
            if row.mono_ms is None:
                timed.append(row)
            elif row.boot != self._boot:
                held.append(row)  # read out of a damaged file
            elif right or row.clock != "unsynchronised":
                timed.append(self._unstepped(row, row.mono_ms))
            elif estimated_ms is not None:
                timed.append(row._replace(at_ms=row.mono_ms + estimated_ms, clock="estimated"))
            else:
                held.append(row)
        written = rows.insert(db, timed, age_ms) + rows.insert(db, held, age_ms, HELD)
        if self._seen_right and (held or not right):
            self._release(db)
        _note_instants(db, timed)
        return written

    def due(self, db: sqlite3.Connection) -> bool:
        """Whether the clock has become right and the file does not know it yet."""
        return self._seen_right and not _is_right(db, self._boot)

    def hopeless(self, db: sqlite3.Connection) -> bool:
        """Whether something has been held for as long as it may."""
        if not rows.count_held(db):
            return False
        first_ms = _first_held_ms(db, self._boot)
        since_ms = self._started_ms if first_ms is None else first_ms
        return self._mono_ms() - since_ms >= self._wait_s * 1000

    def give_up(self, db: sqlite3.Connection) -> None:
        """Place what is held by an estimate, and from now on what comes in this boot."""
        count, ahead_ms = _estimate(db, self._boot, self._ahead_ms())
        text = said(
            "nobody tells this machine the time: {count} readings are sent with estimated times, "
            "and those to come (off the machine's clock by {s:.0f} s; set up NTP or a clock of its "
            "own)",
            count=count,
            s=(ahead_ms - self._ahead_ms()) / 1000,
        )
        log.warning(text)

    def _release(self, db: sqlite3.Connection) -> None:
        count = _note_synchronised(db, self._boot, self._ahead_ms())
        if count:
            text = said("the clock is right: {n} readings that waited have their times", n=count)
            log.info(text)

    def _unstepped(self, row: Row, mono_ms: int) -> Row:
        if row.clock == "unknown":
            return row
        expected_ms = mono_ms + self._ahead_ms()
        return row if abs(row.at_ms - expected_ms) <= STEP_MS else row._replace(at_ms=expected_ms)

    def _mono_ms(self) -> int:
        return round(self._clock.monotonic_s() * 1000)

    def _ahead_ms(self) -> int:
        """By how much the wall time is before the monotonic time, as the clock says now."""
        return self._clock.now_ms() - self._mono_ms()


def _note_synchronised(db: sqlite3.Connection, boot: str, ahead_ms: int) -> int:
    """The clock of ``boot`` is right, ``ahead_ms`` before its monotonic time.

    Gives held readings their instant; returns how many there were.
    """
    rows.set_meta(db, "right_boot", boot)
    released = db.execute(
        "UPDATE reading SET at_ms = mono_ms + ?, clock = 'synchronised', state = ?"
        " WHERE seq IN (SELECT seq FROM reading INDEXED BY reading_closed"
        " WHERE state > 0 AND state = ?) AND boot = ?",
        (ahead_ms, WAITING, HELD, boot),
    ).rowcount
    # The machine started, and every earlier boot had ended, when monotonic time was zero.
    return released + _place(db, ahead_ms)[0]


def _estimate(db: sqlite3.Connection, boot: str, ahead_ms: int) -> tuple[int, int]:
    """Place every held reading as well as can be: there is no hope of a right clock.

    Returns how many there were, and by how much wall time is taken to be before the monotonic
    time of ``boot`` from now on (its clock says ``ahead_ms``).
    """
    count, placed = _place(db, _FAR_MS)
    ahead_ms = placed.get(boot, ahead_ms)
    rows.set_meta(db, "estimated_boot", boot)
    rows.set_meta(db, "estimated_ahead_ms", ahead_ms)
    return count, ahead_ms


def _estimated_ahead_ms(db: sqlite3.Connection, boot: str) -> int | None:
    """What ``_estimate`` has settled for this boot, if it has."""
    if rows.meta(db, "estimated_boot") != boot:
        return None
    return int(rows.meta(db, "estimated_ahead_ms"))


def _is_right(db: sqlite3.Connection, boot: str) -> bool:
    """Whether the clock has been right in this boot."""
    return rows.meta(db, "right_boot") == boot


def _first_held_ms(db: sqlite3.Connection, boot: str) -> int | None:
    """The monotonic time of the first held reading of a boot."""
    found = db.execute(
        "SELECT min(mono_ms) FROM reading INDEXED BY reading_closed"
        " WHERE state > 0 AND state = ? AND boot = ?",
        (HELD, boot),
    ).fetchone()
    return None if found[0] is None else int(found[0])


def _note_instants(db: sqlite3.Connection, batch: Iterable[Row]) -> None:
    """Remember the newest instant, which what is held comes after."""
    newest = max((row.at_ms for row in batch), default=0)
    if newest > _newest_ms(db):
        rows.set_meta(db, "newest_ms", newest)


def _newest_ms(db: sqlite3.Connection) -> int:
    return int(rows.meta(db, "newest_ms") or 0)


def _place(db: sqlite3.Connection, before_ms: int) -> tuple[int, dict[str, int]]:
    """Give all held readings an estimated instant before ``before_ms``, boot after boot.

    Each boot comes after the newest reading before it and keeps the distances of its own.
    """
    after_ms = max(_newest_ms(db), NOT_BEFORE_MS)
    count, placed = 0, {}
    for held in _held(db):
        ahead_ms = max(held.ahead_ms, after_ms + 1 - held.first_ms)
        ahead_ms = min(ahead_ms, before_ms - 1 - held.last_ms)
        count += db.execute(
            "UPDATE reading SET at_ms = mono_ms + ?, clock = 'estimated', state = ?"
            " WHERE seq IN (SELECT seq FROM reading INDEXED BY reading_closed"
            " WHERE state > 0 AND state = ?) AND boot = ?",
            (ahead_ms, WAITING, HELD, held.boot),
        ).rowcount
        placed[held.boot] = ahead_ms
        after_ms = held.last_ms + ahead_ms
    return count, placed


def _held(db: sqlite3.Connection) -> list[_Held]:
    found = db.execute(
        "SELECT boot, min(mono_ms), max(mono_ms), max(at_ms - mono_ms)"
        " FROM reading INDEXED BY reading_closed WHERE state > 0 AND state = ?"
        " GROUP BY boot ORDER BY min(seq)",
        (HELD,),
    )
    return [_Held._make(row) for row in found]
