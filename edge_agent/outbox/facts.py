"""What the outbox's file says of itself, read beside the running agent and without its lock."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge_agent.outbox.rows import HELD, REJECTED


@dataclass(frozen=True, slots=True)
class Facts:
    """The file as it was last committed; a figure that cannot be had is None.

    ``file_bytes`` counts the file and its log. ``oldest_ms`` is the instant of the oldest waiting
    reading, ``held`` counts readings that wait for a right clock, ``rejected`` those the collector
    refused, ``gaps`` the gap records that it has not confirmed.
    """

    file_bytes: int | None = None
    oldest_ms: int | None = None
    held: int | None = None
    rejected: int | None = None
    gaps: int | None = None


_CLOSED = "SELECT count(*) FROM reading INDEXED BY reading_closed WHERE state > 0 AND state = ?"
_OLDEST = "SELECT min(at_ms) FROM reading INDEXED BY reading_waiting WHERE state = 0"
_GAPS = "SELECT count(*) FROM gap WHERE state = 0"


def read_facts(path: Path) -> Facts:
    """The facts of the outbox at ``path``; never raises for a file that is away or damaged."""
    size = sum(_size(path.with_name(path.name + tail)) for tail in ("", "-wal"))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as db:
            return Facts(
                file_bytes=size,
                oldest_ms=_one(db, _OLDEST),
                held=_one(db, _CLOSED, HELD),
                rejected=_one(db, _CLOSED, REJECTED),
                gaps=_one(db, _GAPS),
            )
    except sqlite3.DatabaseError:
        return Facts(file_bytes=size or None)


def _one(db: sqlite3.Connection, question: str, *parameters: int) -> int | None:
    found: int | None = db.execute(question, parameters).fetchone()[0]
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
