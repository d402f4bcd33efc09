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
    serial TEXT NOT NULL DEFAULT '', ratio REAL NOT NULL DEFAULT 1.0,
    PRIMARY KEY (site, meter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usual_power (
    site TEXT NOT NULL, meter TEXT NOT NULL, quantity TEXT NOT NULL, power_w REAL NOT NULL,
    PRIMARY KEY (site, meter, quantity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter_event (
    site TEXT NOT NULL, meter TEXT NOT NULL, quantity TEXT NOT NULL, at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL, booked_milli_wh INTEGER NOT NULL, low_milli_wh INTEGER,
    high_milli_wh INTEGER, reason TEXT NOT NULL, settled_ms INTEGER NOT NULL,
    ruled INTEGER NOT NULL, PRIMARY KEY (site, meter, quantity, at_ms, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent (
    agent TEXT PRIMARY KEY, epoch TEXT NOT NULL, connection INTEGER NOT NULL,
    online INTEGER NOT NULL, software TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch, first, last)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ruling (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    quantity TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, booked_milli_wh INTEGER,
    reason TEXT NOT NULL, by_name TEXT NOT NULL, made_at_ms INTEGER NOT NULL,
    taken_back_by TEXT NOT NULL DEFAULT '', taken_back_at_ms INTEGER);
CREATE TABLE IF NOT EXISTS meter_identity (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    from_ms INTEGER NOT NULL, serial TEXT NOT NULL, ratio REAL, step_wh REAL, modulus_wh REAL,
    agent TEXT NOT NULL, epoch TEXT NOT NULL, source TEXT NOT NULL, by_name TEXT NOT NULL,
    reason TEXT NOT NULL, taken_back_by TEXT NOT NULL DEFAULT '', taken_back_at_ms INTEGER);
CREATE INDEX IF NOT EXISTS meter_identity_by_meter ON meter_identity (site, meter, from_ms);
CREATE TABLE IF NOT EXISTS import_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    quantity TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
    from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, slots INTEGER NOT NULL,
    milli_wh INTEGER NOT NULL, made_at_ms INTEGER NOT NULL, by_name TEXT NOT NULL,
    taken_back_by TEXT NOT NULL DEFAULT '', taken_back_at_ms INTEGER);
CREATE TABLE IF NOT EXISTS imported_slot (
    import_id INTEGER NOT NULL REFERENCES import_file (id), start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL, milli_wh INTEGER NOT NULL,
    PRIMARY KEY (import_id, start_ms)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS received (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch, first)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrival (
    site TEXT NOT NULL, meter TEXT NOT NULL, quarter_ms INTEGER NOT NULL,
    readings INTEGER NOT NULL, on_time INTEGER NOT NULL, estimated INTEGER NOT NULL,
    settled INTEGER NOT NULL, PRIMARY KEY (site, meter, quarter_ms)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meter_sign (
    site TEXT NOT NULL, meter TEXT NOT NULL, expected_ms INTEGER NOT NULL, at_ms INTEGER,
    arrived_ms INTEGER, complete_ms INTEGER, PRIMARY KEY (site, meter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, topic TEXT NOT NULL,
    payload BLOB NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS closed_period (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, first TEXT NOT NULL,
    end TEXT NOT NULL, document TEXT NOT NULL, digest TEXT NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL, closed_at_ms INTEGER NOT NULL,
    restates INTEGER UNIQUE REFERENCES closed_period (id));
CREATE UNIQUE INDEX IF NOT EXISTS closed_period_once ON closed_period (site, first, end)
    WHERE restates IS NULL;
CREATE TABLE IF NOT EXISTS api_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, sites TEXT NOT NULL,
    first TEXT, end TEXT, digest BLOB NOT NULL UNIQUE, created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL, last_used_ms INTEGER, revoked_at_ms INTEGER);
CREATE TABLE IF NOT EXISTS grafana_access (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, login TEXT NOT NULL,
    end_ms INTEGER NOT NULL, by_name TEXT NOT NULL, made_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER);
CREATE TABLE IF NOT EXISTS report_run (
    report TEXT NOT NULL, site TEXT NOT NULL, due_ms INTEGER NOT NULL,
    made_at_ms INTEGER NOT NULL, PRIMARY KEY (report, site)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stale_figure (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    day_ms INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, stage TEXT NOT NULL,
    UNIQUE (site, meter, day_ms));
CREATE TRIGGER IF NOT EXISTS closed_period_stays BEFORE UPDATE ON closed_period
    BEGIN SELECT RAISE(ABORT, 'a closed period never changes'); END;
CREATE TRIGGER IF NOT EXISTS closed_period_is_kept BEFORE DELETE ON closed_period
    BEGIN SELECT RAISE(ABORT, 'a closed period is never deleted'); END;
CREATE TABLE IF NOT EXISTS finding_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, key TEXT NOT NULL,
    status TEXT NOT NULL, owner TEXT NOT NULL, reason TEXT NOT NULL, by_name TEXT NOT NULL,
    at_ms INTEGER NOT NULL, until TEXT, cost_yen REAL, baseline_first TEXT, baseline_end TEXT,
    done_on TEXT, low_kwh REAL, mid_kwh REAL, high_kwh REAL);
CREATE INDEX IF NOT EXISTS finding_change_by_key ON finding_change (site, key);
CREATE TRIGGER IF NOT EXISTS finding_change_stays BEFORE UPDATE ON finding_change
    BEGIN SELECT RAISE(ABORT, 'what was said of a finding never changes'); END;
CREATE TRIGGER IF NOT EXISTS finding_change_is_kept BEFORE DELETE ON finding_change
    BEGIN SELECT RAISE(ABORT, 'what was said of a finding is never deleted'); END;
"""
_ADDED = (
    ("meter_card", "serial", "TEXT NOT NULL DEFAULT ''"),
    ("meter_card", "ratio", "REAL NOT NULL DEFAULT 1.0"),
)
"""Columns that older files do not have."""


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
            for table, column, kind in _ADDED:
                known = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
                if column not in {row[1] for row in known}:
                    self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on the disk at the end of the block, or none of it.

        A block inside another block of the same thread is part of the outer one's transaction.
        """
        with self._lock, self._faults():
            if self._connection.in_transaction:
                yield self._connection
                return
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
            hint = (
                "restore it from a backup, it holds corrections and closed periods;"
                " without one move it away, start again, then: collector summarise --from DATE"
            )
            raise StopError(f"{self._path}: state is damaged: {error}", hint) from error
