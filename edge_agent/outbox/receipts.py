"""What a receipt closes: of the readings only what was handed over since the file was opened.

Works in the transaction of its caller. A receipt that waited at the broker may name the same
numbers of another outbox: of the one that this is an old copy of, put back from a backup.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from edge_agent.contract.wire import Receipt
from edge_agent.outbox import gaps, lanes, rows
from edge_agent.outbox.rows import REJECTED

FURTHEST_AHEAD = 10**9
"""A receipt for numbers further ahead than this, years of readings, is none that was ever due."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many waiting readings a receipt closed."""

    stored: int = 0
    rejected: int = 0


def settle(db: sqlite3.Connection, receipt: Receipt, age_ms: int) -> Settled:
    """Close what a receipt for this outbox's epoch names, and what of it was handed over."""
    stored = sum(
        gaps.settle(db, numbers, lanes.handed_over(db, numbers), age_ms)
        for numbers in receipt.stored
    )
    rejected = sum(
        rows.close_range(db, part, REJECTED, age_ms, refused.reason)
        for refused in receipt.rejected
        for part in lanes.handed_over(db, (refused.first, refused.last))
    )
    return Settled(stored, rejected)


def settle_gaps(db: sqlite3.Connection, receipt: Receipt, age_ms: int) -> None:
    """Close the gaps that a receipt for another epoch names: its readings are not here."""
    for numbers in receipt.stored:
        gaps.close(db, numbers, age_ms, receipt.epoch)


def highest(db: sqlite3.Connection, receipt: Receipt) -> int:
    """The highest number that a receipt for this epoch names, 0 when it can be none of ours."""
    named = [last for _, last in receipt.stored] + [r.last for r in receipt.rejected]
    ahead = int(rows.meta(db, "last_seq")) + FURTHEST_AHEAD
    return max((number for number in named if number <= ahead), default=0)
