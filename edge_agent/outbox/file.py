"""The outbox's SQLite file: opened, checked, bounded, and set aside when it is damaged.

WAL with ``synchronous=FULL``: with NORMAL, everything since the last checkpoint (490 to 980 rows)
was lost at a power cut, with FULL nothing in eight cuts. The check at the opening has its time
limit; ``check_whole`` ends it later, beside the running agent.
"""

from __future__ import annotations

import fcntl
import logging
import sqlite3
import time
import uuid
from pathlib import Path
from typing import IO, NamedTuple

from edge_agent.errors import StopError
from edge_agent.outbox import rows
from edge_agent.outbox.machine import is_another
from edge_agent.words import said

log = logging.getLogger(__name__)

PAGE_BYTES = 4096
SCHEMA_VERSION = 3
WAL_PAGES = 256
CACHE_KB = 1024
"""SQLite's page cache grows to its bound, by default twice this, for hours after the start."""
CHECK_S = 2.0
"""How long the check may hold up the start: half a gigabyte on a memory card takes far longer."""
FIRST_FACTS = {"last_seq": 0, "connection": 0, "age_ms": 0}
"""What a new file notes of itself beside its epoch: no number given, no time lived."""

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reading (
  seq INTEGER PRIMARY KEY,
  boot TEXT NOT NULL, clock TEXT NOT NULL, site TEXT NOT NULL, meter TEXT NOT NULL,
  at_ms INTEGER NOT NULL, quantities BLOB NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER, reason TEXT,
  mono_ms INTEGER, taken_ms INTEGER NOT NULL DEFAULT 0);
CREATE INDEX reading_waiting ON reading (at_ms) WHERE state = 0;
CREATE INDEX reading_closed ON reading (state, closed_ms) WHERE state > 0;
"""
_GAPS = """
CREATE TABLE gap (
  epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, reason TEXT NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER,
  PRIMARY KEY (epoch, first)) WITHOUT ROWID;
"""
# Layout 1 knew neither ages in lived time nor gaps of an earlier epoch. What it had closed is
# kept for the whole replay window once more.
_FROM_1 = f"""
ALTER TABLE reading ADD COLUMN mono_ms INTEGER;
ALTER TABLE reading ADD COLUMN taken_ms INTEGER NOT NULL DEFAULT 0;
UPDATE reading SET closed_ms = 0 WHERE state > 0;
ALTER TABLE gap RENAME TO old_gap;
{_GAPS}
INSERT INTO gap SELECT (SELECT value FROM meta WHERE key = 'epoch'),
  first, last, reason, sent, state, CASE WHEN state > 0 THEN 0 END FROM old_gap;
DROP TABLE old_gap;
INSERT INTO meta VALUES ('age_ms', '0');
"""

# Layout 2 knew no packed values; its rows are read as they are.
_CHANGES = {1: _FROM_1, 2: ";"}

# What was handed over is worth nothing after a restart, so it never touches the disk: `lanes`.
_HANDED_OVER = """
CREATE TEMP TABLE claimed (
  seq INTEGER PRIMARY KEY, at_s REAL NOT NULL, soon_s REAL NOT NULL, times INTEGER NOT NULL)
"""


class _DamagedError(Exception):
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Opened(NamedTuple):
    """The file, and whether all of it was checked."""

    db: sqlite3.Connection
    whole: bool


def take_lock(path: Path) -> IO[str]:
    """A lock that only one agent can hold; it goes with the process.

    Raises ``StopError`` when another agent works on this outbox or its folder cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = path.with_name(path.name + ".lock").open("a")
    except OSError as error:
        raise cannot_use(path, error.strerror or str(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        what = said("outbox {path} is in use by another agent", path=str(path))
        hint = said("stop that agent, for example: systemctl stop edge-agent")
        raise StopError(what, hint) from error
    return handle


def cannot_use(path: Path, reason: str) -> StopError:
    """The error for an outbox that cannot even be opened."""
    what = said("outbox {path} cannot be opened: {reason}", path=str(path), reason=reason)
    hint = said(
        "give [agent] state_dir a folder that the agent's user may write, on a disk with space"
    )
    return StopError(what, hint)


def open_file(path: Path, max_mb: float, now_ms: int, damage: str = "", marks: str = "") -> Opened:
    """The checked file, made when it is not there; the caller begins and ends transactions.

    A damaged file, or one that ``damage`` is already known of, is set aside under a new name, with
    one error line, and a new one is made. So is one of another machine than ``marks`` tell: else a
    copied card would give the numbers of its original to other readings. Raises
    ``sqlite3.DatabaseError`` or, when it cannot be set aside, ``OSError``: the disk refuses.
    """
    _gather_orphans(path)
    opened = _open_whole(path, max_mb, now_ms, damage)
    if is_another(rows.meta(opened.db, "machine"), marks):
        opened.db.close()
        aside = _set_aside(path, now_ms)
        text = said(
            "this outbox came from another machine: {path} (set aside as {file}, a new one is "
            "started; its unsent readings are now read out of it; give each agent its own "
            "[agent] id)",
            path=str(path),
            file=aside.name,
        )
        log.warning(text)
        opened = _open_checked(path, max_mb)
    return opened


def _open_whole(path: Path, max_mb: float, now_ms: int, damage: str) -> Opened:
    try:
        if damage and path.exists():
            raise _DamagedError(damage)
        return _open_checked(path, max_mb)
    except _DamagedError as error:
        aside = _set_aside(path, now_ms)
        text = said(
            "outbox {path} is damaged: {what} (set aside as {file}, a new one is started; "
            "its unsent readings are now read out of it)",
            path=str(path),
            what=error.what,
            file=aside.name,
        )
        log.error(text)
        return _open_checked(path, max_mb)


def check_whole(path: Path) -> str:
    """What is wrong with the file, empty when nothing is; takes as long as it takes.

    On a connection of its own, which writes nothing.
    """
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            verdict = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        return str(error) if is_damage(error) else ""
    return "" if verdict == "ok" else " ".join(verdict.split())


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is broken."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def aside_files(path: Path, word: str = "damaged") -> list[Path]:
    """The files set aside beside ``path``, oldest first."""
    return sorted(path.parent.glob(f"{path.stem}.{word}-*{path.suffix}"))


def move(source: Path, target: Path) -> None:
    """Rename a file of SQLite's with what belongs to it, the file itself first."""
    for tail in ("", "-wal", "-shm"):
        part = source.with_name(source.name + tail)
        if part.exists():
            part.rename(target.with_name(target.name + tail))


def free_pages(db: sqlite3.Connection) -> int:
    """How many pages may still be written before the bound."""
    bound, used, unused = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("main.max_page_count", "main.page_count", "main.freelist_count")
    )
    return bound - used + unused


def set_bound(db: sqlite3.Connection, max_mb: float, *, grow: bool = True) -> None:
    """Bound the file so that it and its log stay within ``max_mb``, or at its present size."""
    pages = _pages(max_mb) - _wal_pages(max_mb)
    if not grow:
        pages = min(pages, int(db.execute("PRAGMA main.page_count").fetchone()[0]))
    db.execute(f"PRAGMA main.max_page_count = {pages}")


def log_bytes(max_mb: float) -> int:
    """How large the write-ahead log of a file of ``max_mb`` may become."""
    return _wal_pages(max_mb) * PAGE_BYTES


def _pages(max_mb: float) -> int:
    return int(max_mb * 1024 * 1024) // PAGE_BYTES


def _wal_pages(max_mb: float) -> int:
    return min(WAL_PAGES, _pages(max_mb) // 4)


def _open_checked(path: Path, max_mb: float) -> Opened:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        whole = _check(db)
        _prepare(db, max_mb)
    except sqlite3.DatabaseError as error:
        db.close()
        if is_damage(error):
            raise _DamagedError(str(error)) from error
        raise
    except _DamagedError:
        db.close()
        raise
    return Opened(db, whole)


def _check(db: sqlite3.Connection) -> bool:
    """Check for at most ``CHECK_S``; whether that was enough for all of it."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if version not in (*_CHANGES, SCHEMA_VERSION) and not empty:
        raise _DamagedError(
            said("its layout {version} is not known to this version of the agent", version=version)
        )
    give_up_s = time.monotonic() + CHECK_S
    db.set_progress_handler(lambda: time.monotonic() > give_up_s, 1000)
    try:
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return False
    finally:
        db.set_progress_handler(None, 0)
    if verdict != "ok":
        raise _DamagedError(" ".join(str(verdict).split()))
    return True


def _prepare(db: sqlite3.Connection, max_mb: float) -> None:
    wal_pages = _wal_pages(max_mb)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"PRAGMA wal_autocheckpoint = {wal_pages}")
    db.execute(f"PRAGMA journal_size_limit = {wal_pages * PAGE_BYTES}")
    db.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    set_bound(db, max_mb)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        # One transaction: a power cut leaves either no outbox or a whole one.
        change = _CHANGES.get(version) or f"{_SCHEMA}{_GAPS}{_first_facts()}"
        db.executescript(f"BEGIN; {change} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    db.execute(_HANDED_OVER)


def _first_facts() -> str:
    facts = {"epoch": str(uuid.uuid4())} | {key: str(value) for key, value in FIRST_FACTS.items()}
    return "".join(f"INSERT INTO meta VALUES ('{key}', '{value}');" for key, value in facts.items())


def _set_aside(path: Path, now_ms: int) -> Path:
    number = now_ms
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    move(path, aside)
    return aside


def _gather_orphans(path: Path) -> None:
    """End a setting aside that a power cut interrupted between two renames."""
    log_file = path.with_name(path.name + "-wal")
    files = aside_files(path)
    if log_file.exists() and files and not path.exists():
        target = files[-1].with_name(files[-1].name + "-wal")
        if not target.exists():
            log_file.rename(target)
