"""How long a commit takes here, and whether sync really reaches the disk.

Measured with the settings of our own files (WAL, ``synchronous=FULL``), on a file that goes again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from edge_agent.probes.disk.place import MEMORY, nearest
from edge_agent.probes.finding import Finding, fault, note, ok

COMMITS, ROWS_A_COMMIT, ROW_BYTES = 60, 10, 180
SYNCS = 30
EACH_S = 2.5
"""At the longest so long for the commits, and for the syncs."""
TOO_QUICK_MS = 0.05
"""No card, disk or SSD without a protected cache writes in less; only memory does."""


@dataclass(frozen=True, slots=True)
class Times:
    """How often something was done, and how long it took: median and 99th percentile, in ms."""

    count: int
    median_ms: float
    p99_ms: float


def sync_findings(
    folder: Path, commit_every_s: float | None, medium: str, setting: str
) -> Iterator[Finding]:
    """Latency of a commit, and whether sync is to be believed, in ``folder``.

    ``commit_every_s`` is how often its owner commits; None: as work comes.
    """
    real = nearest(folder)
    try:
        commits, syncs = measure(real)
    except (OSError, sqlite3.Error) as error:
        yield _refused(real, error, setting)
        return
    yield _commit_finding(commits, commit_every_s)
    if medium != MEMORY:  # of memory it has been told already that it keeps nothing
        yield sync_finding(syncs, medium)


def measure(folder: Path) -> tuple[Times, Times]:
    """Commits and bare syncs in ``folder``. Raises ``OSError`` or ``sqlite3.Error``."""
    own = Path(tempfile.mkdtemp(prefix="doctor-", dir=folder))
    try:
        return _times(_commits(own / "probe.sqlite")), _times(_syncs(own / "probe"))
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _commits(path: Path) -> Iterator[float]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA wal_autocheckpoint = 256")
        db.execute("CREATE TABLE probe (seq INTEGER PRIMARY KEY, row BLOB)")
        rows = [(os.urandom(ROW_BYTES),) for _ in range(ROWS_A_COMMIT)]
        end_s = time.monotonic() + EACH_S
        for _ in range(COMMITS):
            start_s = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO probe (row) VALUES (?)", rows)
            db.execute("COMMIT")
            yield time.perf_counter() - start_s
            if time.monotonic() > end_s:
                return


def _syncs(path: Path) -> Iterator[float]:
    page = os.urandom(4096)
    end_s = time.monotonic() + EACH_S
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            start_s = time.perf_counter()
            file.write(page)
            os.fsync(file.fileno())
            yield time.perf_counter() - start_s
            if time.monotonic() > end_s:
                return


def _times(taken_s: Iterator[float]) -> Times:
    ordered = sorted(taken_s)
    last = len(ordered) - 1
    median_s, p99_s = ordered[last // 2], ordered[round(last * 0.99)]
    return Times(len(ordered), median_s * 1000, p99_s * 1000)


def _commit_finding(times: Times, every_s: float | None) -> Finding:
    measured = (
        f"{times.count} commits of {ROWS_A_COMMIT} rows: "
        f"median {times.median_ms:.2f} ms, 99 % within {times.p99_ms:.2f} ms"
    )
    if every_s is not None and times.p99_ms > every_s * 500:
        what = f"Too slow for a commit every {every_s:g} s: commits will queue up."
        return note("disk: commit", measured, what, "Raise commit_every_s, or use a faster disk.")
    if times.median_ms > 250:
        what = "Slow, but every commit waits until the disk says that it has the data."
        return note("disk: commit", measured, what, "A card that is wearing out gets slow first.")
    return ok("disk: commit", measured)


def sync_finding(times: Times, medium: str) -> Finding:
    """Whether bare syncs that took so long are to be believed of this medium."""
    measured = f"{times.count} syncs of 4 KiB on this {medium}: median {times.median_ms:.3f} ms"
    if times.median_ms < TOO_QUICK_MS:
        what = (
            "Quicker than any card or disk can write: sync may not reach it, and then a power cut "
            "takes what was committed. A cache with its own battery would explain it too."
        )
        remedy = "Cut the power in a trial, then compare; use an industrial card or SSD otherwise."
        return note("disk: sync", measured, what, remedy)
    what = "Slow enough to be real writing. What survives a power cut, only a power cut shows."
    return ok("disk: sync", measured, what)


def _refused(folder: Path, error: OSError | sqlite3.Error, setting: str) -> Finding:
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    user = os.geteuid()
    with suppress(ImportError, KeyError):
        import pwd

        return _refused_to(folder, reason, pwd.getpwuid(user).pw_name, setting)
    return _refused_to(folder, reason, str(user), setting)


def _refused_to(folder: Path, reason: str, user: str, setting: str) -> Finding:
    return fault(
        "disk: commit",
        f"nothing can be written in {folder} as user {user}: {reason}",
        "Nothing can be kept there by this user.",
        f"Run the doctor as the service's user (sudo -u mieruka ...); if it is, correct {setting} "
        "or the rights of the folder.",
    )
