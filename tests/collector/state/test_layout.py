"""The state file's layout: older ones are brought up to date, newer ones are left alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from collector.errors import NewerLayoutError, RetryLaterError
from collector.state import FILE_NAME, layout, open_state
from collector.state.layout import LAYOUT, STEPS, copy_before
from tests.collector.commands.plant_files import settings_file

OLD = sorted((Path(__file__).parent / "layouts").glob("*.sql"))
"""The tables as earlier versions made them, as they were published."""
CARD = "'sendai', 'press', 'pi-1', 'e1', 3, 1000, 'プレス', 'eastron_sdm630', 10.0, 10.0, 1e9"


def _old(folder: Path, script: Path) -> Path:
    """A file of an earlier version, with something of each kind in it."""
    file = folder / FILE_NAME
    with closing(sqlite3.connect(file)) as db:
        db.executescript(script.read_text(encoding="utf-8"))
        more = ", 'S-1', 40.0" if "serial" in script.read_text(encoding="utf-8") else ""
        db.execute(f"INSERT INTO meter_card VALUES ({CARD}{more})")
        db.execute("INSERT INTO dirty_window VALUES (7, 'sendai', 'press', 100, 200)")
        db.execute("INSERT INTO agent VALUES ('pi-1', 'e1', 3, 1, '0.1.0', 1000)")
        db.commit()
    return file


def _asked(file: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as db:
        return db.execute(question).fetchall()


@pytest.mark.parametrize("script", OLD, ids=lambda path: path.stem)
def test_a_file_of_an_earlier_version_goes_on(tmp_path: Path, script: Path) -> None:
    """What it holds is there in the new layout, beside a copy of the file as it was."""
    file = _old(tmp_path, script)
    before = _asked(file, "SELECT name, sql FROM sqlite_schema ORDER BY name")
    state = open_state(tmp_path)
    card = state.cards.card("sendai", "press")
    assert card is not None
    assert (card.name, card.interval_s) == ("プレス", 10.0)
    assert [window.id for window in state.dirty.pending()] == [7]
    assert state.api_tokens.list() == []
    state.database.close()
    assert _asked(file, "PRAGMA user_version") == [(LAYOUT,)]
    copy = copy_before(file, 0)
    assert _asked(copy, "SELECT name, sql FROM sqlite_schema ORDER BY name") == before
    assert _asked(copy, "SELECT id FROM dirty_window") == [(7,)]
    assert copy.stat().st_mode & 0o077 == 0


def test_old_and_new_files_end_in_the_same_tables(tmp_path: Path) -> None:
    """A file that was brought up to date has every column that a new one has."""
    shapes = []
    for number, script in enumerate((None, *OLD)):
        folder = tmp_path / str(number)
        folder.mkdir()
        file = _old(folder, script) if script else folder / FILE_NAME
        open_state(folder).database.close()
        shapes.append(_columns(file))
    assert shapes[1:] == [shapes[0]] * len(OLD)


def _columns(file: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = _asked(file, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return {
        str(table): sorted(row[1:4] for row in _asked(file, f"PRAGMA table_info({table})"))
        for (table,) in tables
    }


def test_every_number_has_a_step_that_leads_to_it() -> None:
    """A number without a step would leave older files behind."""
    assert len(STEPS) == LAYOUT


def test_a_new_file_has_no_copy_beside_it(tmp_path: Path) -> None:
    """There was nothing to keep."""
    open_state(tmp_path).database.close()
    open_state(tmp_path).database.close()
    assert [path.name for path in tmp_path.glob("*.layout-*")] == []


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stays as it was, and the next start of a mended program brings it up to date."""

    def half(db: sqlite3.Connection) -> None:
        STEPS[0](db)
        raise sqlite3.OperationalError("database or disk is full")

    file = _old(tmp_path, OLD[-1])
    with monkeypatch.context() as patched:
        patched.setattr(layout, "STEPS", (half,))
        with pytest.raises(RetryLaterError, match="full"):
            open_state(tmp_path)
    assert _asked(file, "PRAGMA user_version") == [(0,)]
    assert "serial" not in {row[1] for row in _asked(file, "PRAGMA table_info(meter_card)")}
    open_state(tmp_path).database.close()
    assert _asked(file, "PRAGMA user_version") == [(LAYOUT,)]


def test_a_second_upgrade_copies_anew(tmp_path: Path) -> None:
    """Whoever went back and forth has the copy of last time replaced, not kept for good."""
    file = _old(tmp_path, OLD[-1])
    copy_before(file, 0).write_bytes(b"of last time")
    open_state(tmp_path).database.close()
    assert _asked(copy_before(file, 0), "SELECT id FROM dirty_window") == [(7,)]


def test_two_programs_that_start_at_once_agree(tmp_path: Path) -> None:
    """Collector and API are restarted together after an upgrade: one of them changes the file."""
    _old(tmp_path, OLD[-1])
    code = "import sys, pathlib; from collector.state import open_state;"
    code += "open_state(pathlib.Path(sys.argv[1])).database.close()"
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    told = [one.communicate(timeout=60)[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert _asked(copy_before(tmp_path / FILE_NAME, 0), "PRAGMA user_version") == [(0,)]


def _of_a_newer_program(folder: Path, program: str) -> Path:
    open_state(folder).database.close()
    file = folder / FILE_NAME
    with closing(sqlite3.connect(file)) as db:
        if program:
            db.execute("INSERT INTO layout VALUES (?, ?)", (LAYOUT + 1, program))
        else:
            db.execute("DROP TABLE layout")
        db.execute(f"PRAGMA user_version = {LAYOUT + 1}")
        db.commit()
    return file


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    """Which version is needed is told, and not a byte is changed."""
    file = _of_a_newer_program(tmp_path, "0.9.0")
    before = file.read_bytes()
    with pytest.raises(NewerLayoutError, match=r"written by mieruka 0\.9\.0") as caught:
        open_state(tmp_path)
    assert caught.value.hint.startswith("install mieruka 0.9.0;")
    assert file.read_bytes() == before


def test_the_copy_of_before_is_named_as_the_way_back(tmp_path: Path) -> None:
    """Whoever goes back to the old version finds the file that fits it."""
    file = _of_a_newer_program(tmp_path, "0.9.0")
    copy_before(file, LAYOUT).write_bytes(b"")
    with pytest.raises(NewerLayoutError) as caught:
        open_state(tmp_path)
    assert copy_before(file, LAYOUT).name in caught.value.hint


def test_a_newer_file_without_a_name_is_refused_too(tmp_path: Path) -> None:
    """A later program may keep its name elsewhere."""
    _of_a_newer_program(tmp_path, "")
    with pytest.raises(NewerLayoutError, match="a newer version"):
        open_state(tmp_path)


def test_the_command_ends_with_2(tmp_path: Path) -> None:
    """A service is not started again and again on a file that it cannot read."""
    path = settings_file(tmp_path)
    (tmp_path / "state").mkdir()
    _of_a_newer_program(tmp_path / "state", "0.9.0")
    command = [sys.executable, "-m", "collector", "dead-letters", "list", "-c", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ})
    assert done.returncode == 2
    assert "was written by mieruka 0.9.0" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_copy_is_whole_while_others_write(tmp_path: Path) -> None:
    """The copy holds what was committed when it began, and can be opened as state."""
    state = open_state(tmp_path / "a")
    state.dirty.mark("sendai", "press", 100, 200)
    (tmp_path / "b").mkdir()
    with state.database.write() as db:
        db.execute("INSERT INTO dirty_window VALUES (99, 's', 'm', 0, 1)")
        state.database.copy_to(tmp_path / "b" / FILE_NAME)
    copied = open_state(tmp_path / "b")
    assert [(window.meter, window.from_ms) for window in copied.dirty.pending()] == [("press", 100)]
    copied.database.close()
    state.database.close()


def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is not there is one line."""
    state = open_state(tmp_path / "a")
    with pytest.raises(RetryLaterError, match="cannot be written"):
        state.database.copy_to(tmp_path / "nowhere" / "copy.sqlite")
    state.database.close()
