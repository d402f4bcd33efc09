"""The embedded store: what is particular to a file on a disk."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from collector.errors import RetryLaterError, StopError
from collector.storage.port import Row
from collector.storage.sqlite import SqliteStore
from tests.collector.storage.backends import SqliteBackend
from tests.collector.storage.samples import END, POWER, T0, full_total, reading, series, total

FIRST = Path(__file__).parent / "layouts/first.sql"


@pytest.fixture
def path(sqlite_backend: SqliteBackend) -> Path:
    """A store of two readings and a total, closed."""
    with closing(sqlite_backend.open()) as store:
        store.write_readings([reading(0), reading(1)])
        store.write_totals([total(0)])
    return sqlite_backend.path


def _sql(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        found = [row for statement in statements for row in db.execute(statement).fetchall()]
        db.commit()
    return found


def test_the_file_is_in_wal_mode(path: Path) -> None:
    """Readers and the writer do not wait for each other."""
    assert _sql(path, "PRAGMA journal_mode") == [("wal",)]


def test_columns_are_added_when_contract_or_schema_have_grown(path: Path) -> None:
    """A file from before a quantity or a field existed takes it from the next opening on."""
    _sql(path, "ALTER TABLE reading DROP COLUMN frequency_hz")
    _sql(path, "ALTER TABLE energy_30m DROP COLUMN provisional")
    with closing(SqliteStore(path)) as store:
        store.write_readings([reading(0, {"frequency_hz": 50.0})])
        store.write_totals([total(1)])
        assert series(store, "frequency_hz") == [(0, 50.0)]
        assert series(store, POWER) == [(0, 1.0), (1, 1.0)]
        assert store.read_totals("sendai", "main", "30m", T0 + 1, END) == [total(1)]


def test_a_file_of_the_first_version_goes_on(tmp_path: Path) -> None:
    """As that version wrote it: read as it was, and written with all the fields of now."""
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST.read_text(encoding="utf-8"))
    with closing(SqliteStore(path)) as store:
        assert series(store, POWER) == [(0, 1.0), (1, 2.0)]
        (old,) = store.read_totals("sendai", "main", "30m", T0, END)
        assert (old.kwh, old.co2_kg, old.factor_id) == (8.0, 3.5, "JP/A0269/2025")
        assert (old.missing, old.method_factors) == (0.0, "")
        store.write_totals([full_total(1)])
        assert store.read_totals("sendai", "main", "30m", T0 + 1, END) == [full_total(1)]
        assert [one.measurement for one in store.series()] == ["energy_30m", "reading"]


def test_a_reader_does_not_hold_up_the_writer(path: Path) -> None:
    """A report that another program reads for long does not stop the ingest."""
    with (
        closing(SqliteStore(path, lock_wait_s=0.0)) as store,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN")
        before = other.execute("SELECT count(*) FROM reading").fetchone()
        store.write_readings([reading(2)])
        assert other.execute("SELECT count(*) FROM reading").fetchone() == before == (2,)
        assert store.count_readings("sendai", "main", T0, END) == 3


def test_a_locked_file_is_tried_again_later(path: Path) -> None:
    """Another program's lock is one line with a hint, and over when the lock is."""
    with closing(SqliteStore(path, lock_wait_s=0.05)) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(RetryLaterError, match="locked") as caught:
                store.write_readings([reading(2)])
        assert "another program" in caught.value.hint
        store.write_readings([reading(2)])
        assert store.count_readings("sendai", "main", T0, END) == 3


@contextmanager
def _no_room(bytes_more: int, path: Path) -> Iterator[None]:
    """Files can grow by no more than this: to SQLite, a disk that takes nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + bytes_more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_takes_no_more_keeps_batches_whole(path: Path) -> None:
    """A batch that does not fit is not stored in part, and goes in when there is room again."""
    batch = [reading(at, None, f"meter-{at % 7}") for at in range(20_000)]
    with closing(SqliteStore(path)) as store:
        with _no_room(4096, path), pytest.raises(RetryLaterError) as caught:
            store.write_readings(batch)
        assert "disk" in caught.value.hint
        assert list(store.meters()) == [("sendai", "main")]
        store.write_readings(batch)
        assert sum(store.count_readings(*meter, T0, END) for meter in store.meters()) == 20_002


def test_a_file_that_is_no_database_stops(tmp_path: Path) -> None:
    """A path that names something else is never written over."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but somebody's notes\n" * 100)
    before = file.read_bytes()
    with pytest.raises(StopError, match="not a database") as caught:
        SqliteStore(file).check()
    assert "[store] path" in caught.value.hint
    assert file.read_bytes() == before


def test_a_database_of_something_else_stops(tmp_path: Path) -> None:
    """Pointing at another program's database changes nothing in it."""
    file = tmp_path / "outbox.sqlite"
    _sql(file, "CREATE TABLE message (id INTEGER)")
    before = file.read_bytes()
    with pytest.raises(StopError, match="not a store of readings"):
        SqliteStore(file).check()
    assert file.read_bytes() == before


def test_a_file_of_a_newer_collector_stops(path: Path) -> None:
    """An older collector does not write into a layout it does not know."""
    _sql(path, "PRAGMA user_version = 99")
    with pytest.raises(StopError, match="newer collector") as caught:
        SqliteStore(path).check()
    assert "update the collector" in caught.value.hint


def test_a_damaged_file_stops(path: Path) -> None:
    """Damage is told to a person, with what to do; no page of it is taken for data."""
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    with closing(SqliteStore(path)) as store:
        with pytest.raises(StopError) as caught:
            store.write_readings([reading(2)])
        assert "backup" in caught.value.hint


def test_a_folder_that_cannot_be_stops(tmp_path: Path) -> None:
    """A path through a file, or onto a folder, is a fault of the settings."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "store.sqlite", tmp_path):
        with pytest.raises(StopError) as caught:
            SqliteStore(path).check()
        assert "[store] path" in caught.value.hint


def test_a_file_changed_for_another_is_opened_anew(path: Path, tmp_path: Path) -> None:
    """After damage, putting the backup back is enough: the running store opens it by itself."""
    restored = tmp_path / "backup.sqlite"
    restored.write_bytes(path.read_bytes())
    with closing(SqliteStore(path)) as store:
        store.check()
        path.write_bytes(b"\xff" * len(restored.read_bytes()))
        with pytest.raises(StopError):
            series(store, POWER)
        restored.replace(path)
        assert series(store, POWER) == [(0, 1.0), (1, 1.0)]


class _Interrupting(float):
    """A value at which the user presses Ctrl-C."""

    def __float__(self) -> float:
        raise KeyboardInterrupt


def test_an_interrupted_batch_leaves_no_trace(path: Path) -> None:
    """What was begun is taken back whole, also the names of meters it brought."""
    with closing(SqliteStore(path)) as store:
        new = reading(0, None, "new")
        with pytest.raises(KeyboardInterrupt):
            store.write_readings([new, reading(1, {POWER: _Interrupting(1.0)}, "new")])
        assert list(store.meters()) == [("sendai", "main")]
        store.write_readings([new])
        assert list(store.meters()) == [("sendai", "main"), ("sendai", "new")]


_WRITER = """
import sys
from pathlib import Path
from collector.storage.sqlite import SqliteStore
from edge_agent.contract.reading import Reading
store = SqliteStore(Path(sys.argv[1]))
for at in range(100_000):
    store.write_readings([Reading("sendai", "main", at, {"active_power_w": 1.0})])
    sys.stdout.write(f"{at}\\n")
    sys.stdout.flush()
"""


def test_what_was_told_stored_survives_a_kill(tmp_path: Path) -> None:
    """A process that dies at any moment has lost nothing it had said was stored."""
    path = tmp_path / "store.sqlite"
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(50)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout if line.endswith("\n")]
    with closing(SqliteStore(path)) as store:
        stored = store.read_series("sendai", "main", POWER, 0, END)
    assert {at for at, _ in stored} >= set(told)


def test_rows_of_the_present_do_not_pile_up(tmp_path: Path) -> None:
    """Staleness comes every minute for ever: what is older than a month makes room for it."""
    store = SqliteStore(tmp_path / "store.sqlite")
    day_ms = 86_400_000
    fields: dict[str, float | str] = {"age_s": 1.0, "lag_s": 0.5, "state": "ok", "interval_s": 60.0}
    with closing(store):
        for day in (0, 10, 40):
            store.write_rows([Row("staleness", "s", "main", day * day_ms, fields)])
        kept = store.read_rows("staleness", "s", "main", 0, 100 * day_ms)
        assert [row.at_ms for row in kept] == [10 * day_ms, 40 * day_ms]
