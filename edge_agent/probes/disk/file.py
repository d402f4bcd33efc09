"""Whether a SQLite file is sound, and whether somebody works with it. Nothing is changed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from edge_agent.probes.finding import Finding, fault, note, ok

CHECK_S = 4.0


def file_findings(path: Path, subject: str, whose: str) -> Iterator[Finding]:
    """``quick_check`` of the file, for at most ``CHECK_S``; ``whose`` as in ``the agent``."""
    version = f"SQLite {sqlite3.sqlite_version}"
    if not path.exists():
        yield ok(subject, f"{path} is not there yet; {whose} makes it ({version})")
        return
    size_mb = path.stat().st_size / 1024 / 1024
    what = f"{path}, {size_mb:,.1f} MB, {version}"
    try:
        verdict = _verdict(path)
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict == "ok":
        yield ok(subject, f"{what}: sound")
    elif not verdict:
        meaning = f"No damage found in the {CHECK_S:g} s that the doctor gives it."
        yield note(subject, f"{what}: not checked to its end", meaning)
    elif "unable to open" in verdict or "readonly" in verdict:
        remedy = "Run the doctor as the service's user."
        yield note(subject, f"{what}: {verdict}", "It could not be looked at.", remedy)
    else:
        yield _damaged(subject, f"{what}: {verdict}", whose)


def held(lock: Path, proc: Path = Path("/proc")) -> bool:
    """Whether a process holds the lock file, without touching the lock.

    Taking it, even for a moment, could keep its owner from starting. Source: proc(5), locks. Only
    the file's number is compared: some file systems show another device there than to stat(2).
    """
    try:
        number = lock.stat().st_ino
        rows = (proc / "locks").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    places = (row.split() for row in rows.splitlines() if " FLOCK " in row)
    return any(field.endswith(f":{number}") for place in places for field in place[4:])


def _verdict(path: Path) -> str:
    """SQLite's word for the file; empty when the time was up."""
    end_s = time.monotonic() + CHECK_S
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.set_progress_handler(lambda: time.monotonic() > end_s, 1000)
        try:
            return " ".join(str(db.execute("PRAGMA quick_check(1)").fetchone()[0]).split())
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return ""
            raise


def _damaged(subject: str, measured: str, whose: str) -> Finding:
    return fault(
        subject,
        measured,
        "The file is damaged; what can still be read of it should be saved before all else.",
        f"Copy it away together with its -wal file. See how {whose} deals with it: its log.",
    )
