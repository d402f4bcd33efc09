"""The outbox's SQLite file: opened, checked, bounded, and set aside when it is damaged.

WAL with ``synchronous=FULL``: with NORMAL, everything since the last checkpoint (490 to 980 rows)
was lost at a power cut, with FULL nothing in eight cuts.
"""

from __future__ import annotations

import fcntl
import logging
import sqlite3
import uuid
from pathlib import Path
from typing import IO

from edge_agent.errors import StopError

log = logging.getLogger(__name__)

PAGE_BYTES = 4096
SCHEMA_VERSION = 1
WAL_PAGES = 256

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reading (
  seq INTEGER PRIMARY KEY,
  boot TEXT NOT NULL, clock TEXT NOT NULL, site TEXT NOT NULL, meter TEXT NOT NULL,
  at_ms INTEGER NOT NULL, quantities TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER, reason TEXT);
CREATE INDEX reading_waiting ON reading (at_ms) WHERE state = 0;
CREATE INDEX reading_closed ON reading (state, closed_ms) WHERE state > 0;
CREATE TABLE gap (
  first INTEGER PRIMARY KEY, last INTEGER NOT NULL, reason TEXT NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER);
"""

# What is in flight is worth nothing after a restart, so it never touches the disk.
_IN_FLIGHT = "CREATE TEMP TABLE claimed (seq INTEGER PRIMARY KEY, at_s REAL NOT NULL)"


class _DamagedError(Exception):
    pass


def take_lock(path: Path) -> IO[str]:
    """A lock that only one agent can hold; it goes with the process.

    Raises ``StopError`` when another agent works on this outbox or its folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.with_name(path.name + ".lock").open("a")
    except OSError as error:
        raise cannot_use(path, error.strerror or str(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        hint = "stop that agent, for example: systemctl stop edge-agent"
        raise StopError(f"outbox {path} is in use by another agent", hint) from error
    return handle


def cannot_use(path: Path, reason: str) -> StopError:
    """The error for an outbox that cannot even be opened."""
    hint = "give [agent] state_dir a folder that the agent's user may write, on a disk with space"
    return StopError(f"outbox {path} cannot be opened: {reason}", hint)


def open_file(path: Path, max_mb: float, now_ms: int) -> sqlite3.Connection:
    """The checked file, made when it is not there; the caller begins and ends transactions.

    A damaged file is set aside under a new name, with one error line, and a new one is made.
    Raises ``sqlite3.DatabaseError`` or, when it cannot be set aside, ``OSError``: the disk refuses.
    """
    try:
        return _open_checked(path, max_mb)
    except _DamagedError as damage:
        aside = _set_aside(path, now_ms)
        log.error(
            "outbox %s is damaged: %s (set aside as %s, a new one is started; "
            "keep that file if its unsent readings matter)",
            path,
            damage,
            aside.name,
        )
        return _open_checked(path, max_mb)


def free_pages(db: sqlite3.Connection) -> int:
    """How many pages may still be written before the bound."""
    bound, used, unused = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("main.max_page_count", "main.page_count", "main.freelist_count")
    )
    return bound - used + unused


def _open_checked(path: Path, max_mb: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        _check(db)
        _prepare(db, max_mb)
    except sqlite3.DatabaseError as error:
        db.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
            raise _DamagedError(str(error)) from error
        raise
    except _DamagedError:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise _DamagedError(" ".join(str(verdict).split()))
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if version != SCHEMA_VERSION and not empty:
        raise _DamagedError(f"its layout {version} is not known to this version of the agent")


def _prepare(db: sqlite3.Connection, max_mb: float) -> None:
    pages = int(max_mb * 1024 * 1024) // PAGE_BYTES
    wal_pages = min(WAL_PAGES, pages // 4)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"PRAGMA wal_autocheckpoint = {wal_pages}")
    db.execute(f"PRAGMA journal_size_limit = {wal_pages * PAGE_BYTES}")
    db.execute(f"PRAGMA main.max_page_count = {pages - wal_pages}")
    if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        _create(db)
    db.execute(_IN_FLIGHT)


def _create(db: sqlite3.Connection) -> None:
    # One transaction: a power cut leaves either no outbox or a whole one.
    db.executescript(
        f"BEGIN;{_SCHEMA}"
        f"INSERT INTO meta VALUES ('epoch', '{uuid.uuid4()}'), ('last_seq', '0'),"
        f" ('connection', '0'); PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    )


def _set_aside(path: Path, now_ms: int) -> Path:
    number = now_ms
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    for tail in ("", "-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.rename(aside.with_name(aside.name + tail))
    return aside
