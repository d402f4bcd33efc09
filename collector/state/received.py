"""Which numbers of each agent and epoch are accounted for: stored, refused, or a known gap.

Kept as ranges: an agent that loses nothing takes one row, whatever it has sent. What lies between
two ranges is a hole: readings the agent took and nobody here has seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from collector.state.database import StateDatabase
from edge_agent.contract.wire import Range, Resend


class Sender(NamedTuple):
    """An agent, and one run of its numbers."""

    agent: str
    epoch: str


MAX_RANGES = 20_000
"""With more ranges than this in one epoch its oldest holes are taken as filled, so that an agent
that sends every other number cannot fill the disk."""
_LARGEST = 2**63 - 1

_NEAR = """
SELECT first, last FROM received WHERE agent = :agent AND epoch = :epoch AND first <= :end
    AND first >= coalesce((SELECT max(first) FROM received
        WHERE agent = :agent AND epoch = :epoch AND first < :first), 0)
ORDER BY first
"""
_HOLES = """
SELECT agent, epoch, before + 1, first - 1 FROM (
    SELECT agent, epoch, first, lag(last, 1, 0) OVER (
        PARTITION BY agent, epoch ORDER BY first) AS before FROM received)
WHERE first > before + 1 ORDER BY agent, epoch, first
"""


class Received:
    """The durable sets of numbers. Safe to use from several threads."""

    def __init__(self, database: StateDatabase, max_ranges: int = MAX_RANGES) -> None:
        self._database = database
        self._max_ranges = max_ranges

    def add(self, agent: str, epoch: str, ranges: Iterable[Range]) -> tuple[Range, ...]:
        """Note ranges; answers the parts that were not noted before. Durable on return."""
        fresh: list[Range] = []
        apart = False
        with self._database.write() as connection:
            for first, last in ranges:
                near = _near(connection, agent, epoch, first, last)
                apart = apart or not near
                if parts := _outside(first, last, near):
                    _join(connection, agent, epoch, [*near, (first, last)])
                    fresh += parts
            if apart:
                self._bound(connection, agent, epoch)
        return tuple(fresh)

    def ranges(self, agent: str, epoch: str) -> tuple[Range, ...]:
        """Answer every range of an agent's epoch, in order."""
        rows = self._database.read(
            "SELECT first, last FROM received WHERE agent = ? AND epoch = ? ORDER BY first",
            (agent, epoch),
        )
        return tuple((first, last) for first, last in rows)

    def holes(self) -> list[Resend]:
        """Answer each hole below the newest number as the command that asks for it again.

        What lies before an epoch's first range is a hole too: a state that was lost with its
        store is healed from what the agents still hold.
        """
        return [Resend(*row) for row in self._database.read(_HOLES)]

    def _bound(self, connection: sqlite3.Connection, agent: str, epoch: str) -> None:
        whose = "WHERE agent = ? AND epoch = ?"
        (count,) = connection.execute(
            f"SELECT count(*) FROM received {whose}", (agent, epoch)
        ).fetchone()
        if count > self._max_ranges:
            # A tenth more than needed, so that the next range apart does not join again.
            oldest = connection.execute(
                f"SELECT first, last FROM received {whose} ORDER BY first LIMIT ?",
                (agent, epoch, count - self._max_ranges * 9 // 10 + 1),
            ).fetchall()
            _join(connection, agent, epoch, oldest)


def _near(
    connection: sqlite3.Connection, agent: str, epoch: str, first: int, last: int
) -> list[Range]:
    """Answer the ranges that the new one overlaps or touches."""
    end = min(last + 1, _LARGEST)
    values = {"agent": agent, "epoch": epoch, "first": first, "end": end}
    found = connection.execute(_NEAR, values).fetchall()
    return [(low, high) for low, high in found if high >= first - 1]


def _outside(first: int, last: int, known: Iterable[Range]) -> list[Range]:
    """Answer the parts of a range that the known ones, in order, do not cover."""
    parts: list[Range] = []
    for low, high in known:
        if first < low:
            parts.append((first, min(last, low - 1)))
        first = max(first, high + 1)
    return [*parts, (first, last)] if first <= last else parts


def _join(connection: sqlite3.Connection, agent: str, epoch: str, ranges: list[Range]) -> None:
    low, high = min(first for first, _ in ranges), max(last for _, last in ranges)
    gone = [(agent, epoch, first) for first, _ in ranges if first != low]
    connection.executemany("DELETE FROM received WHERE agent = ? AND epoch = ? AND first = ?", gone)
    connection.execute(
        "INSERT OR REPLACE INTO received VALUES (?, ?, ?, ?)", (agent, epoch, low, high)
    )
