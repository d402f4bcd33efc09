"""A damaged outbox: set aside at once, read out in the background, and accounted for."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.outbox import Outbox, file, salvage
from tests.edge_agent.delivery import NOON_MS, HandClock, reading, wait_until
from tests.edge_agent.outboxes import (
    Opener,
    asked,
    backlog,
    claim,
    claimed,
    crashed_copy,
    damage,
    delivered,
    fill,
    numbers_in,
    told_gaps,
)

ASIDE = f"outbox.damaged-{NOON_MS}.sqlite"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


def put_away(folder: Path) -> None:
    """Wait until nothing is left to salvage."""
    wait_until(lambda: not list(folder.glob("outbox.damaged-*")))


def instants(box: Outbox, clock: HandClock) -> list[int]:
    """The instants of what waits, in their order."""
    given = claim(box, clock, 100_000, connection=7)
    return sorted(row.at_ms for row in given.live + given.back)


@pytest.mark.parametrize("harm", ["garbage", "torn", "foreign"])
def test_a_damaged_outbox_is_set_aside(
    opened: Opener, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    """The agent runs again within five seconds, in a new epoch, and one line says so."""
    path = tmp_path / "outbox.sqlite"
    box = opened()
    fill(box, 2000, clock)
    box.close()
    damage(path, harm)
    path.with_name("outbox.sqlite-wal").write_bytes(b"what was left of a log")
    caplog.clear()
    start_s = time.monotonic()
    again = opened()
    assert fill(again, 1, clock)
    assert time.monotonic() - start_s < 5
    assert again.epoch != box.epoch
    put_away(tmp_path)
    assert caplog.text.count("is damaged") == 1
    assert f"set aside as {ASIDE}" in caplog.text


def test_readable_rows_are_sent_under_new_numbers(
    opened: Opener, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A torn file gives back what it still holds; what it does not is a gap of its old epoch."""
    box = opened()
    seqs = fill(box, 4000, clock, age_s=3600)
    delivered(box, clock, seqs[0], seqs[99])
    box.close()
    old = {row[0]: row[1] for row in asked(tmp_path, "SELECT seq, at_ms FROM reading")}
    damage(tmp_path / "outbox.sqlite", "torn")
    again = opened()
    put_away(tmp_path)
    gaps = told_gaps(again, clock)
    assert {(gap.epoch, gap.reason) for gap in gaps} == {(box.epoch, salvage.UNREADABLE)}
    lost = set(numbers_in(gaps))
    assert 0 < len(lost) < 200
    assert instants(again, clock) == [old[seq] for seq in seqs[100:] if seq not in lost]
    assert again.depth() == 3900 - len(lost - set(seqs[:100]))
    assert "unsent readings were read out of" in caplog.text
    assert "so it is kept" in caplog.text
    assert list(tmp_path.glob("outbox.salvaged-*.sqlite"))


def test_salvage_goes_on_where_it_was(
    opened: Opener, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart in the middle of it takes no reading in twice."""
    monkeypatch.setattr(salvage, "PAUSE_S", 1.0)
    box = opened()
    fill(box, 2000, clock, age_s=3600)
    box.close()
    broken = break_index(tmp_path)
    again = opened()
    wait_until(lambda: again.depth() >= 500)
    again.close()
    assert broken.exists()
    assert again.depth() < 2000
    monkeypatch.setattr(salvage, "PAUSE_S", 0.0)
    third = opened()
    put_away(tmp_path)
    assert third.depth() == 2000
    assert len(set(instants(third, clock))) == 2000
    assert list(tmp_path.glob("outbox.*-*.sqlite*")) == []


def break_index(folder: Path) -> Path:
    """Damage only an index, so that every row can still be read; returns the name to be."""
    path = folder / "outbox.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'reading_waiting'")
        page = int(root.fetchone()[0])
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    return folder / ASIDE


def test_gaps_that_nobody_has_heard_of_survive_the_damage(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """What an old outbox had to drop is still told, under its old epoch, until its receipt."""
    box = opened(max_mb=1)
    backlog(box, clock, 40)
    old = told_gaps_unanswered(tmp_path)
    box.close()
    break_index(tmp_path)
    again = opened(max_mb=4)
    wait_until(lambda: not list(tmp_path.glob("outbox.damaged-*")))
    gaps = told_gaps(again, clock)
    assert sorted((gap.first, gap.last) for gap in gaps) == old
    assert {gap.epoch for gap in gaps} == {box.epoch}
    assert claim(again, clock, 0).gaps == ()


def told_gaps_unanswered(folder: Path) -> list[tuple[object, ...]]:
    """The gaps on the disk."""
    return asked(folder, "SELECT first, last FROM gap WHERE state = 0 ORDER BY first")


def test_rows_that_cannot_be_rows_are_not_sent(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """A field that holds something else than was ever written makes the number unreadable."""
    box = opened()
    fill(box, 5, clock)
    box.close()
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
        db.execute("UPDATE reading SET quantities = '{\"active_power_w\":1e' WHERE seq = 2")
        db.execute("UPDATE reading SET at_ms = 'noon' WHERE seq = 3")
        db.execute("UPDATE reading SET clock = 'wrong' WHERE seq = 4")
        db.commit()
    pieces = list(salvage.read(tmp_path / "outbox.sqlite"))
    assert [row.seq for piece in pieces for row in piece.rows] == [1, 5]
    assert numbers_in([gap for piece in pieces for gap in piece.gaps]) == [2, 3, 4]


def test_a_file_that_breaks_while_running_is_replaced(
    box: Outbox, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Damage under a running agent costs the damaged file, never what is still in memory."""
    fill(box, 2000, clock)
    epoch = box.epoch
    asked(tmp_path, "PRAGMA wal_checkpoint(TRUNCATE)")
    damage(tmp_path / "outbox.sqlite", "garbage")
    box.put(reading())
    while box.commit() == 0:
        assert box.faults < 5
    assert box.epoch != epoch
    assert 2001 in claimed(box, clock)
    assert "set aside" in caplog.text
    put_away(tmp_path)


def test_a_long_check_does_not_hold_up_the_start(
    opened: Opener, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the start has no time to check is checked beside it, and set aside when it is bad."""
    box = opened()
    fill(box, 4000, clock, age_s=3600)
    box.close()
    damage(tmp_path / "outbox.sqlite", "torn")
    monkeypatch.setattr(file, "CHECK_S", 0.0)
    again = opened()
    wait_until(lambda: again.epoch != box.epoch)
    put_away(tmp_path)
    assert again.depth() > 3000
    assert fill(again, 1, clock)


def test_a_good_file_passes_the_long_check(
    opened: Opener, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check beside the running agent leaves a good file alone."""
    monkeypatch.setattr(file, "CHECK_S", 0.0)
    box = opened()
    seqs = fill(box, 4000, clock, age_s=3600)
    box.close()
    again = opened()
    assert file.check_whole(tmp_path / "outbox.sqlite") == ""
    assert (again.epoch, again.depth()) == (box.epoch, len(seqs))


def test_a_setting_aside_cut_short_is_ended(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """A log left behind by a power cut between two renames follows its file."""
    box = opened()
    fill(box, 30, clock)
    copy = crashed_copy(tmp_path / "outbox.sqlite", tmp_path / "crash")
    copy.rename(copy.with_name(ASIDE))
    again = opened(copy)
    put_away(tmp_path / "crash")
    assert again.depth() == 30


def test_an_outbox_of_the_first_layout_is_taken_over(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """A file of the version before goes on in its epoch, with what waits, its gaps and numbers."""
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
        db.executescript(FIRST_LAYOUT)
    box = opened()
    assert (box.epoch, box.depth()) == ("old-epoch", 1)
    (gap,) = told_gaps(box, clock)
    assert (gap.first, gap.last, gap.reason) == (1, 4, "outbox full")
    assert claimed(box, clock) == [6]
    assert fill(box, 1, clock) == [8]


def test_an_outbox_of_the_second_layout_is_taken_over(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    """Rows that hold JSON are sent as they are, beside those of now."""
    box = opened()
    fill(box, 2, clock)
    epoch = box.epoch
    box.close()
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
        db.execute("UPDATE reading SET quantities = '{\"active_power_w\":5.5}' WHERE seq = 1")
        db.execute("PRAGMA user_version = 2")
        db.commit()
    again = opened()
    assert (again.epoch, again.depth()) == (epoch, 2)
    fill(again, 1, clock)
    values = [row.values() for row in claim(again, clock).live]
    assert [found["active_power_w"] for found in values] == [5.5, 1500.5, 1500.5]
    assert asked(tmp_path, "PRAGMA user_version") == [(3,)]


def test_a_layout_of_a_later_agent_is_set_aside(
    opened: Opener, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """After going back to an older version the agent runs, and sends what it can read."""
    box = opened()
    fill(box, 3, clock)
    box.close()
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
        db.execute("PRAGMA user_version = 99")
        db.commit()
    again = opened()
    wait_until(lambda: again.depth() == 3)
    assert "its layout 99 is not known to this version of the agent" in caplog.text


FIRST_LAYOUT = f"""
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
INSERT INTO meta VALUES ('epoch', 'old-epoch'), ('last_seq', '7'), ('connection', '3');
INSERT INTO reading VALUES
  (5, 'b', 'synchronised', 's', 'm', {NOON_MS}, '{{}}', 1, {NOON_MS}, NULL),
  (6, 'b', 'synchronised', 's', 'm', {NOON_MS}, '{{}}', 0, NULL, NULL);
INSERT INTO gap VALUES (1, 4, 'outbox full', 1, 0, NULL);
PRAGMA user_version = 1;
"""
