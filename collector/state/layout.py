"""The state file's layout has a number: older files are brought up to it, newer ones refused.

A number rises when a program of before must not write the file any more: a column or table that
means something else, a rule that it does not know. A new table needs none: programs of before
leave it alone. Before a file is changed, a copy of it is put beside it; should the new version not
do, that copy and the old version go on from there. One transaction: a power cut leaves the old
layout or the new one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from collector.errors import NewerLayoutError, RetryLaterError

LAYOUT = 2
"""The number that this program writes, in SQLite's user_version; 0 before there were numbers."""
_MARKS = (
    "CREATE TABLE IF NOT EXISTS layout ("
    "number INTEGER PRIMARY KEY, program TEXT NOT NULL) WITHOUT ROWID"
)
"""Which program made each layout of the file, so that an older one can say what is needed."""


_OF_CARDS = (("serial", "TEXT NOT NULL DEFAULT ''"), ("ratio", "REAL NOT NULL DEFAULT 1.0"))


def _number_the_first(db: sqlite3.Connection) -> None:
    """Layouts before there were numbers: cards without serial number and ratio."""
    for column, kind in _OF_CARDS:
        if column not in {row[1] for row in db.execute("PRAGMA table_info(meter_card)")}:
            db.execute(f"ALTER TABLE meter_card ADD COLUMN {column} {kind}")


def _give_roles(db: sqlite3.Connection) -> None:
    """Tokens and access of before had no role; they keep what they opened."""
    for table, role in (("api_token", "manager"), ("grafana_access", "consultant")):
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        if columns and "role" not in columns:
            db.execute(f"ALTER TABLE {table} ADD COLUMN role TEXT NOT NULL DEFAULT '{role}'")


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_number_the_first, _give_roles)
"""Step n leads from layout n to n + 1: to change a table is to add one, and to raise ``LAYOUT``."""


def prepare(db: sqlite3.Connection, path: Path, schema: str) -> None:
    """Bring the open file to this layout; make the tables of the schema that it lacks.

    Raises ``NewerLayoutError`` when the file is of a later program: nothing is changed then.
    """
    found = _number(db)
    if found > LAYOUT:
        raise NewerLayoutError(*_told_newer(db, path, found))
    if found == LAYOUT:
        db.executescript(schema)
        return
    _change(db, path, schema)


def copy_before(path: Path, number: int) -> Path:
    """Where the copy of a file is put before it leaves the layout of that number."""
    return path.with_name(f"{path.stem}.layout-{number}{path.suffix}")


def copy_whole(db: sqlite3.Connection, to: Path) -> None:
    """Write a consistent copy of the open file, durably, while others go on writing theirs.

    ``to`` is there whole or not at all. Raises ``sqlite3.Error``, and ``RetryLaterError`` when
    it cannot be written.
    """
    part = to.with_name(f"{to.name}.part-{os.getpid()}")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        db.execute("VACUUM INTO ?", (str(part),))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(to)
    except OSError as error:
        text = f"{to} cannot be written: {error.strerror}"
        raise RetryLaterError(text, "make room there, and give the right to write") from error
    finally:
        part.unlink(missing_ok=True)


def _number(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _is_new(db: sqlite3.Connection) -> bool:
    return int(db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]) == 0


def _change(db: sqlite3.Connection, path: Path, schema: str) -> None:
    # Two programs may start at once: whoever has the lock first changes the file, alone.
    db.execute("BEGIN IMMEDIATE")
    try:
        if (found := _number(db)) < LAYOUT:
            if not _is_new(db):
                _copy(path, found)
                for step in STEPS[found:]:
                    step(db)
            for statement in _statements(schema):
                db.execute(statement)
            _mark(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _copy(path: Path, number: int) -> None:
    """Copy the file as it still is, by a connection that sees nothing of the change under way."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        copy_whole(other, copy_before(path, number))


def _mark(db: sqlite3.Connection) -> None:
    db.execute(_MARKS)
    db.execute("INSERT OR REPLACE INTO layout VALUES (?, ?)", (LAYOUT, version("mieruka")))
    db.execute(f"PRAGMA user_version = {LAYOUT}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: a script run whole would commit in between."""
    held = ""
    for part in script.split(";"):
        held += f"{part};"
        if sqlite3.complete_statement(held):
            yield held.strip()
            held = ""


def _told_newer(db: sqlite3.Connection, path: Path, found: int) -> tuple[str, str]:
    known = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'layout'").fetchone()
    marks = "SELECT program FROM layout WHERE number = ?"
    row = db.execute(marks, (found,)).fetchone() if known else None
    program = f"mieruka {row[0]}" if row else "a newer version"
    text = f"{path} was written by {program} (layout {found}; here is {LAYOUT})"
    copy = copy_before(path, LAYOUT)
    back = f", or go back to its copy of before, {copy.name}" if copy.exists() else ""
    return text, f"install {program}{back}; nothing was changed"
