"""The embedded store: one SQLite file, nothing to install. The backend to read first.

Raw readings stand in one wide table, one row per series and instant, one REAL column per quantity
of the contract; totals in one table per period, other rows in one per measurement. WAL with
synchronous=FULL: when a write returns, the data is on the disk. One connection writes and one
reads, each behind its lock, so a long read does not hold up the ingest.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import groupby, repeat
from operator import attrgetter
from pathlib import Path
from typing import Any

from collector.errors import CollectorError, NewerLayoutError, RetryLaterError, StopError
from collector.rollup.totals import Period, Total
from collector.storage.admission import require_storable, sort_out, surely_storable
from collector.storage.port import Columns, Refused, Row, Sample, TotalColumns, Write
from collector.storage.schema import (
    KEPT_DAYS,
    READING,
    ROW_FIELDS,
    SHORT_LIVED,
    TEXT_FIELDS,
    TOTAL_FIELDS,
    TOTAL_MEASUREMENTS,
)
from collector.storage.sqlite_pages import SqlitePages
from collector.storage.stored import columns_from, row_from, total_from
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading

APPLICATION_ID = 0x4D69656B
"""Marks the file as a store of ours, in SQLite's header ("Miek")."""
LAYOUT = 1
"""Number of the table layout, in SQLite's user_version."""

_RETRY_CODES = {
    sqlite3.SQLITE_BUSY: "another program holds it locked; close that program, or wait",
    sqlite3.SQLITE_LOCKED: "another program holds it locked; close that program, or wait",
    sqlite3.SQLITE_PROTOCOL: "another program holds it locked; close that program, or wait",
    sqlite3.SQLITE_FULL: "make room on the disk; writing goes on by itself",
    sqlite3.SQLITE_IOERR: "look at the disk and its cable (dmesg); writing goes on by itself",
    sqlite3.SQLITE_NOMEM: "the machine is out of memory; close other programs",
}
_STOP_CODES = {
    sqlite3.SQLITE_CORRUPT: "move the file away, restore it from a backup or start a new one",
    sqlite3.SQLITE_NOTADB: "the path names a file that is not a database: correct [store] path",
    sqlite3.SQLITE_CANTOPEN: "correct [store] path, or give the collector rights to its folder",
    sqlite3.SQLITE_READONLY: "give the collector the right to write the file and its folder",
}


class SqliteStore(SqlitePages):
    """A ``ReadingStore`` in one file. Safe to share between threads."""

    def __init__(self, path: Path, *, lock_wait_s: float = 5.0) -> None:
        """Name the file; it is made at ``check()`` or at the first use.

        ``lock_wait_s`` is how long to wait for another program that holds the file.
        """
        self._path = path
        self._lock_wait_s = lock_wait_s
        self._opening = threading.Lock()
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._connections: tuple[sqlite3.Connection, sqlite3.Connection] | None = None
        self._series_ids: dict[tuple[str, str], int] = {}

    def check(self) -> None:
        """Make the file and its tables, and see that it can be written."""
        with self._writing():
            pass

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Store the readings in one transaction; answers those it will never take."""
        admitted, refused = sort_out(readings)
        with self._writing() as db:
            # Runs, not groups: when a point comes twice, the later one has to win.
            for names, run in groupby(admitted, lambda reading: tuple(reading.values)):
                rows = (
                    (self._series_id(db, r.site, r.meter), r.at_ms, *map(float, r.values.values()))
                    for r in run
                )
                db.executemany(_upsert(names), rows)
        return refused

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make a write of one transaction ready; columns that are not sound go reading by reading.

        A file has no wait to fill, so the work is done when the write is called.
        """
        if all(map(surely_storable, columns)):
            return partial(self._write_columns, columns)
        return partial(self.write_readings, [one for many in columns for one in many.readings()])

    def _write_columns(self, columns: Sequence[Columns]) -> Sequence[Refused]:
        with self._writing() as db:
            for many in columns:
                series = repeat(self._series_id(db, many.site, many.meter), len(many.at_ms))
                rows = zip(series, many.at_ms, *many.values.values(), strict=True)
                db.executemany(_upsert(tuple(many.values)), rows)
        return ()

    def meters(self) -> Sequence[tuple[str, str]]:
        """Every (site, meter) that has a reading, sorted."""
        found = self._rows(
            f"SELECT site, meter FROM series WHERE EXISTS "
            f"(SELECT 1 FROM {READING} WHERE series_id = series.id) ORDER BY site, meter",
        )
        return [(site, meter) for site, meter in found]

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[Sample]:
        """The quantity's samples in the range, in order of time."""
        return self._samples(
            site, meter, quantity, "at_ms >= ? AND at_ms < ?", (from_ms, to_ms), "at_ms"
        )

    def last_before(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The newest sample strictly before the instant."""
        found = self._samples(site, meter, quantity, "at_ms < ?", (at_ms,), "at_ms DESC LIMIT 1")
        return found[0] if found else None

    def first_from(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The oldest sample at or after the instant."""
        found = self._samples(site, meter, quantity, "at_ms >= ?", (at_ms,), "at_ms LIMIT 1")
        return found[0] if found else None

    def count_readings(self, site: str, meter: str, from_ms: int, to_ms: int) -> int:
        """How many readings (points) the range holds."""
        (found,) = self._rows(
            f"SELECT count(*) FROM {READING} WHERE {_SERIES} AND at_ms >= ? AND at_ms < ?",
            (site, meter, _clamped(from_ms), _clamped(to_ms)),
        )
        return int(found[0])

    def write_totals(self, totals: Sequence[Total]) -> None:
        """Store the totals in one transaction, each with its complete field set."""
        require_storable(totals)
        with self._writing() as db:
            for period, run in groupby(totals, lambda total: total.period):
                rows = (
                    (self._series_id(db, t.site, t.meter), t.start_ms, *_stored_fields(t))
                    for t in run
                )
                db.executemany(_replace(TOTAL_MEASUREMENTS[period], TOTAL_FIELDS), rows)

    def read_totals(
        self, site: str, meter: str, period: Period, from_ms: int, to_ms: int
    ) -> Sequence[Total]:
        """The totals whose start lies in the range, in order of time."""
        found = self._derived(TOTAL_MEASUREMENTS[period], TOTAL_FIELDS, site, meter, from_ms, to_ms)
        return [total_from(site, meter, period, start, fields) for start, *fields in found]

    def read_total_columns(
        self, site: str, meter: str, period: Period, fields: Sequence[str], from_ms: int, to_ms: int
    ) -> TotalColumns:
        """Some fields of the totals in the range, as columns."""
        table = TOTAL_MEASUREMENTS[period]
        return columns_from(fields, self._derived(table, fields, site, meter, from_ms, to_ms))

    def write_rows(self, rows: Sequence[Row]) -> None:
        """Store the rows in one transaction."""
        require_storable(rows)
        with self._writing() as db:
            for measurement, run in groupby(rows, lambda row: row.measurement):
                names = tuple(ROW_FIELDS[measurement])
                values = (
                    (self._series_id(db, r.site, r.meter), r.at_ms, *map(r.fields.get, names))
                    for r in run
                )
                db.executemany(_replace(measurement, names), values)
            for measurement in SHORT_LIVED & {row.measurement for row in rows}:
                newest_ms = max(row.at_ms for row in rows if row.measurement == measurement)
                old_ms = newest_ms - KEPT_DAYS * 86_400_000
                db.execute(f"DELETE FROM {measurement} WHERE start_ms < ?", (old_ms,))

    def read_rows(
        self, measurement: str, site: str, meter: str, from_ms: int, to_ms: int
    ) -> Sequence[Row]:
        """The rows whose instant lies in the range, in order of time."""
        fields = tuple(ROW_FIELDS[measurement])
        found = self._derived(measurement, fields, site, meter, from_ms, to_ms)
        return [row_from(measurement, site, meter, at_ms, fields) for at_ms, *fields in found]

    def close(self) -> None:
        """Close the file. Idempotent; a later call opens it again."""
        with self._write_lock, self._read_lock, self._opening:
            if self._connections is not None:
                for connection in self._connections:
                    connection.close()
            self._connections = None
            self._series_ids = {}

    def _derived(
        self, table: str, fields: Sequence[str], site: str, meter: str, from_ms: int, to_ms: int
    ) -> list[Any]:
        return self._rows(
            f"SELECT start_ms, {', '.join(fields)} FROM {table} "
            f"WHERE {_SERIES} AND start_ms >= ? AND start_ms < ? ORDER BY start_ms",
            (site, meter, _clamped(from_ms), _clamped(to_ms)),
        )

    def _samples(
        self, site: str, meter: str, quantity: str, where: str, times: tuple[int, ...], order: str
    ) -> list[Sample]:
        if quantity not in QUANTITIES:
            return []
        return self._rows(
            f"SELECT at_ms, {quantity} FROM {READING} "
            f"WHERE {_SERIES} AND {where} AND {quantity} IS NOT NULL ORDER BY {order}",
            (site, meter, *map(_clamped, times)),
        )

    def _rows(self, statement: str, values: tuple[str | int, ...] = ()) -> list[Any]:
        with self._errors(), self._read_lock:
            return self._open()[1].execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors(), self._write_lock:
            db = self._open()[0]
            try:
                with db:
                    db.execute("BEGIN IMMEDIATE")
                    yield db
            except BaseException:
                # Ids given within a transaction that was taken back mean nothing any more.
                self._series_ids = {}
                raise

    def _series_id(self, db: sqlite3.Connection, site: str, meter: str) -> int:
        known = self._series_ids.get((site, meter))
        if known is None:
            found = db.execute(f"SELECT {_SERIES_ID}", (site, meter)).fetchone()[0]
            insert = "INSERT INTO series (site, meter) VALUES (?, ?)"
            known = int(found or db.execute(insert, (site, meter)).lastrowid or 0)
            self._series_ids[site, meter] = known
        return known

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        with self._opening:
            if self._connections is None:
                writer = _connect(self._path, self._lock_wait_s)
                try:
                    _lay_out(writer, self._path)
                    self._connections = writer, _connect(self._path, self._lock_wait_s)
                except BaseException:
                    writer.close()
                    raise
            return self._connections

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                # The disk may come back as another one: the next call opens the file anew.
                self.close()
            raise _told(self._path, code, error) from error


_SERIES_ID = "(SELECT id FROM series WHERE site = ? AND meter = ?)"
_SERIES = f"series_id = {_SERIES_ID}"


@lru_cache(maxsize=256)
def _upsert(names: tuple[str, ...]) -> str:
    marks = ", ".join("?" * (len(names) + 2))
    columns = ", ".join(names)
    news = ", ".join(f"{name} = excluded.{name}" for name in names)
    return (
        f"INSERT INTO {READING} (series_id, at_ms, {columns}) VALUES ({marks}) "
        f"ON CONFLICT (series_id, at_ms) DO UPDATE SET {news}"
    )


def _replace(table: str, names: tuple[str, ...]) -> str:
    marks = ", ".join("?" * (len(names) + 2))
    columns = ", ".join(names)
    return f"INSERT OR REPLACE INTO {table} (series_id, start_ms, {columns}) VALUES ({marks})"


def _clamped(ms: int) -> int:
    return max(-(2**63), min(ms, 2**63 - 1))


def _connect(path: Path, lock_wait_s: float) -> sqlite3.Connection:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        hint = "correct [store] path, or give the collector rights to its folder"
        raise StopError(f"the folder of {path} cannot be made: {error.strerror}", hint) from error
    db = sqlite3.connect(path, timeout=lock_wait_s, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA synchronous = FULL")
    except BaseException:
        db.close()
        raise
    return db


def _lay_out(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file; add columns for what contract or schema have gained."""
    _check_identity(db, path)
    db.execute("PRAGMA journal_mode = WAL")
    with db:
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, "
            "site TEXT NOT NULL, meter TEXT NOT NULL, UNIQUE (site, meter))"
        )
        _lay_out_table(db, READING, "at_ms", dict.fromkeys(QUANTITIES, "REAL"))
        fields = {name: "TEXT" if name in TEXT_FIELDS else "REAL" for name in TOTAL_FIELDS}
        for table in TOTAL_MEASUREMENTS.values():
            _lay_out_table(db, table, "start_ms", fields)
        for table, kinds in ROW_FIELDS.items():
            columns = {name: "TEXT" if kind is str else "REAL" for name, kind in kinds.items()}
            _lay_out_table(db, table, "start_ms", columns)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {LAYOUT}")


def _lay_out_table(db: sqlite3.Connection, table: str, time: str, columns: dict[str, str]) -> None:
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {table} (series_id INTEGER NOT NULL REFERENCES series, "
        f"{time} INTEGER NOT NULL, PRIMARY KEY (series_id, {time})) WITHOUT ROWID"
    )
    present = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    for name, kind in columns.items():
        if name not in present:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _check_identity(db: sqlite3.Connection, path: Path) -> None:
    (mark,) = db.execute("PRAGMA application_id").fetchone()
    (layout,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if mark != APPLICATION_ID and tables:
        hint = "correct [store] path: it names a database of something else"
        raise StopError(f"{path} is not a store of readings", hint)
    if mark == APPLICATION_ID and layout > LAYOUT:
        hint = "update the collector, or name another file in [store] path; nothing was changed"
        text = f"{path} was written by a newer collector (layout {layout}; here is {LAYOUT})"
        raise NewerLayoutError(text, hint)


_stored_fields: Callable[[Total], tuple[float | str | None, ...]] = attrgetter(*TOTAL_FIELDS)


def _told(path: Path, code: int, error: sqlite3.Error) -> CollectorError:
    """The error as the caller must take it: later again, or a person has to act."""
    text = f"store {path}: {error}"
    if code in _RETRY_CODES:
        return RetryLaterError(text, _RETRY_CODES[code])
    return StopError(text, _STOP_CODES.get(code, "look at the file; restore it from a backup"))
