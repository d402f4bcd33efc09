"""One SQLite file for all state, safe to use from several threads and processes.

Write-ahead log with ``synchronous=FULL``: with ``NORMAL`` a power cut takes committed rows.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from collector.errors import CollectorError, RetryLaterError, StopError
from collector.state.layout import copy_whole, prepare
from edge_agent.process.secret_file import private_from_birth

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
CREATE TABLE IF NOT EXISTS agent_health (
    agent TEXT PRIMARY KEY, came_ms INTEGER NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
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
    expires_at_ms INTEGER NOT NULL, last_used_ms INTEGER, revoked_at_ms INTEGER,
    role TEXT NOT NULL DEFAULT 'manager');
CREATE TABLE IF NOT EXISTS grafana_access (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, login TEXT NOT NULL,
    end_ms INTEGER NOT NULL, by_name TEXT NOT NULL, made_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER, role TEXT NOT NULL DEFAULT 'consultant');
CREATE TABLE IF NOT EXISTS rollout (
    id INTEGER PRIMARY KEY AUTOINCREMENT, package TEXT NOT NULL, version TEXT NOT NULL,
    sha256 TEXT NOT NULL, length INTEGER NOT NULL, pause_ms INTEGER NOT NULL,
    by_name TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rollout_member (
    rollout INTEGER NOT NULL, agent TEXT NOT NULL, ring INTEGER NOT NULL,
    phase TEXT NOT NULL DEFAULT 'waiting', request TEXT NOT NULL DEFAULT '',
    heard INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
    changed_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (rollout, agent)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS report_run (
    report TEXT NOT NULL, site TEXT NOT NULL, due_ms INTEGER NOT NULL,
    made_at_ms INTEGER NOT NULL, PRIMARY KEY (report, site)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outlet_mark (
    kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stale_figure (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, meter TEXT NOT NULL,
    day_ms INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, stage TEXT NOT NULL,
    UNIQUE (site, meter, day_ms));
CREATE TABLE IF NOT EXISTS fleet_agent (
    agent TEXT PRIMARY KEY, site TEXT NOT NULL, enrolled_at_ms INTEGER NOT NULL,
    renew_asked_ms INTEGER, seen_ms INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fleet_token (
    digest TEXT PRIMARY KEY, agent TEXT NOT NULL, site TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fleet_certificate (
    serial TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, root TEXT NOT NULL,
    issued_at_ms INTEGER NOT NULL, not_after_ms INTEGER NOT NULL,
    renews TEXT NOT NULL, seen_ms INTEGER, revoked_at_ms INTEGER,
    reason TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS fleet_certificate_by_name ON fleet_certificate (name, issued_at_ms);
CREATE TABLE IF NOT EXISTS fleet_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, agent TEXT NOT NULL,
    kind TEXT NOT NULL, told TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS fleet_event_by_agent ON fleet_event (agent, id);
CREATE TABLE IF NOT EXISTS agent_epoch (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    PRIMARY KEY (agent, epoch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS care_request (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, kind TEXT NOT NULL, arguments TEXT NOT NULL,
    by_name TEXT NOT NULL, os_user TEXT NOT NULL, note TEXT NOT NULL, at_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, sent_ms INTEGER, ended_ms INTEGER,
    outcome TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '', took_ms INTEGER, digest TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS care_request_by_agent ON care_request (agent, at_ms);
CREATE INDEX IF NOT EXISTS care_request_open ON care_request (at_ms) WHERE ended_ms IS NULL;
CREATE TRIGGER IF NOT EXISTS care_request_is_kept BEFORE DELETE ON care_request
    BEGIN SELECT RAISE(ABORT, 'a request to an agent is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS care_request_stays BEFORE UPDATE ON care_request
    WHEN OLD.ended_ms IS NOT NULL OR NEW.agent <> OLD.agent OR NEW.kind <> OLD.kind
        OR NEW.arguments <> OLD.arguments OR NEW.by_name <> OLD.by_name
        OR NEW.os_user <> OLD.os_user OR NEW.note <> OLD.note OR NEW.at_ms <> OLD.at_ms
    BEGIN SELECT RAISE(ABORT, 'a request to an agent never changes'); END;
CREATE TABLE IF NOT EXISTS care_answer (
    id TEXT PRIMARY KEY, payload BLOB NOT NULL, came_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agent_settings (
    agent TEXT NOT NULL, version INTEGER NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL,
    over_local INTEGER NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
    state_at_ms INTEGER NOT NULL, PRIMARY KEY (agent, version)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agent_settings_in_motion ON agent_settings (agent)
    WHERE state IN ('waiting', 'on trial');
CREATE TRIGGER IF NOT EXISTS agent_settings_is_kept BEFORE DELETE ON agent_settings
    BEGIN SELECT RAISE(ABORT, 'pushed settings are never deleted'); END;
CREATE TABLE IF NOT EXISTS agent_settings_told (
    agent TEXT PRIMARY KEY, came_ms INTEGER NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS agent_settings_told_when ON agent_settings_told (came_ms);
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


class StateDatabase:
    """The open file. ``write`` is durable when it ends; ``read`` answers rows.

    Both raise ``RetryLaterError`` while the file is locked or its disk is full, ``StopError``
    when the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            private_from_birth(path)
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
            prepare(self._connection, self._path, _SCHEMA)

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

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy beside whatever goes on: there whole or not at all.

        Raises ``RetryLaterError`` when it cannot be written.
        """
        with self._faults(), closing(sqlite3.connect(self._path, isolation_level=None)) as own:
            copy_whole(own, path)

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
