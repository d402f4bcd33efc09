"""One SQLite file for all state, safe to use from several threads and processes.

Write-ahead log with ``synchronous=FULL``: with ``NORMAL`` a power cut takes committed rows.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collector.errors import CollectorError, RetryLaterError, StopError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS dirty_window (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL, meter TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS dirty_window_by_meter ON dirty_window (site, meter, from_ms);
CREATE TABLE IF NOT EXISTS meter_card (
    site TEXT NOT NULL, meter TEXT NOT NULL, agent TEXT NOT NULL, epoch TEXT NOT NULL,
    connection INTEGER NOT NULL, at_ms INTEGER NOT NULL, name TEXT NOT NULL,
    profile TEXT NOT NULL, interval_s REAL NOT NULL, step_wh REAL NOT NULL, modulus_wh REAL,
    PRIMARY KEY (site, meter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent (
    agent TEXT PRIMARY KEY, epoch TEXT NOT NULL, connection INTEGER NOT NULL,
    online INTEGER NOT NULL, software TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch, first, last)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, topic TEXT NOT NULL,
    payload BLOB NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1);
"""


class StateDatabase:
    """The open file. ``write`` is durable when it ends; ``read`` answers rows.

    Both raise ``RetryLaterError`` while the file is locked or its disk is full, ``StopError``
    when the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10.0
            )
        except (OSError, sqlite3.Error) as error:
            hint = "let the collector write to [collector] state_dir"
            reason = getattr(error, "strerror", None) or error
            raise StopError(f"{path}: state cannot be opened: {reason}", hint) from error
        try:
            self._prepare()
        except CollectorError:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        with self._faults():
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            damage = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise sqlite3.DatabaseError(damage)
            self._connection.executescript(_SCHEMA)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on the disk at the end of the block, or none of it."""
        with self._lock, self._faults():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def read(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Answer the rows of a query."""
        with self._lock, self._faults():
            return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Give the file back. Idempotent."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            hint = "free space on its disk, or end the other program that holds it"
            raise RetryLaterError(f"{self._path}: state not usable now: {error}", hint) from error
        except sqlite3.Error as error:
            hint = "move the file away, start again, then run: collector summarise --from DATE"
            raise StopError(f"{self._path}: state is damaged: {error}", hint) from error
