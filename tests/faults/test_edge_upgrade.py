"""Fault 24: the outbox is of an earlier agent, of a later one, or comes back from a backup."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.outbox.packed import unpack
from tests.faults.edge_waits import more_is_committed
from tests.faults.outbox_file import Committed
from tests.faults.plant import Plan, Works
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.nightly]
PLAN = Plan(meters=6, every_s=0.25)
LATER = 99
"""A layout that no agent of today knows."""

_READING = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reading (
  seq INTEGER PRIMARY KEY,
  boot TEXT NOT NULL, clock TEXT NOT NULL, site TEXT NOT NULL, meter TEXT NOT NULL,
  at_ms INTEGER NOT NULL, quantities TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER, reason TEXT{more});
CREATE INDEX reading_waiting ON reading (at_ms) WHERE state = 0;
CREATE INDEX reading_closed ON reading (state, closed_ms) WHERE state > 0;
"""
LAYOUTS = {
    1: _READING.format(more="")
    + """
CREATE TABLE gap (
  first INTEGER PRIMARY KEY, last INTEGER NOT NULL, reason TEXT NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER);
""",
    2: _READING.format(more=",\n  mono_ms INTEGER, taken_ms INTEGER NOT NULL DEFAULT 0")
    + """
CREATE TABLE gap (
  epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, reason TEXT NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0, closed_ms INTEGER,
  PRIMARY KEY (epoch, first)) WITHOUT ROWID;
""",
}
"""The outbox as earlier agents made it, as it was published."""
_FACTS = {1: ("epoch", "last_seq", "connection"), 2: ("epoch", "last_seq", "connection", "age_ms")}
_FIELDS = "seq, boot, clock, site, meter, at_ms, quantities, state, closed_ms, reason"


def _written_by_an_earlier_agent(file: Path, layout: int) -> None:
    """Write what the outbox holds anew, in that layout."""
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute(f"SELECT {_FIELDS} FROM reading").fetchall()
        facts = dict(db.execute("SELECT key, value FROM meta").fetchall())
    _remove(file)
    with closing(sqlite3.connect(file)) as db:
        db.executescript(f"{LAYOUTS[layout]} PRAGMA user_version = {layout};")
        db.executemany("INSERT INTO meta VALUES (?, ?)", [(k, facts[k]) for k in _FACTS[layout]])
        db.executemany(
            f"INSERT INTO reading ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row[:6], json.dumps(unpack(row[6])), *row[7:]) for row in rows],
        )
        db.commit()


def _remove(file: Path) -> None:
    for tail in ("", "-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)


def _backlog(works: Works) -> Path:
    """Run agent and collector, then the agent alone; its outbox once it has ended."""
    works.start()
    works.collector.stop()
    time.sleep(2.0)
    works.agent.stop()
    works.note_committed()
    return works.edge_folder / "outbox.sqlite"


def _go_on(works: Works) -> None:
    works.collector.start()
    works.agent.start()
    more_is_committed(works)
    works.more_arrives()


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_outbox_of_an_earlier_agent(
    trial: Trial, own_mosquitto: MosquittoServer, layout: int
) -> None:
    """After an upgrade the backlog of the old agent is sent, and its numbers go on."""
    with trial.works(own_mosquitto.url, PLAN) as works:
        file = _backlog(works)
        _written_by_an_earlier_agent(file, layout)
        _go_on(works)
        assert not list(file.parent.glob("outbox.damaged*")), works.last_lines()
        works.settle()
        assert len(works.committed.last) == 1
        outcome = works.outcome()
    trial.prove(
        outcome, fault=24, injected=f"upgrade: outbox of layout {layout} with a backlog", times=1
    )


def test_outbox_of_a_later_agent(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """After a downgrade the file nobody knows is set aside, and its backlog is read out of it."""
    with trial.works(own_mosquitto.url, PLAN) as works:
        file = _backlog(works)
        with closing(sqlite3.connect(file)) as db:
            db.execute(f"PRAGMA user_version = {LATER}")
        _go_on(works)
        assert "is not known to this version" in works.agent.text()
        works.settle()
        outcome = works.outcome()
    trial.prove(outcome, fault=24, injected="downgrade: outbox of an unknown layout", times=1)


def _reused(before: Committed, after: Committed) -> int:
    """How many numbers of an epoch were given to two readings."""
    return sum(
        epoch in before.numbers and before.numbers[epoch].get(seq, reading) != reading
        for epoch, numbers in after.numbers.items()
        for seq, reading in numbers.items()
    )


def _restored(works: Works) -> int:
    """Put an old copy of the outbox back and go on; how many numbers were then given again."""
    works.start()
    works.agent.stop()
    backup = works.folder / "backup"
    shutil.copytree(works.edge_folder, backup)
    works.agent.start()
    more_is_committed(works)
    works.more_arrives()
    works.agent.stop()
    works.note_committed()
    before, after = Committed(), Committed()
    before.add(works.edge_folder)
    shutil.rmtree(works.edge_folder)
    shutil.copytree(backup, works.edge_folder)
    works.agent.start()
    more_is_committed(works)
    works.settle()
    after.add(works.edge_folder)
    return _reused(before, after)


def test_outbox_from_a_backup(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """An old copy of the outbox put back loses nothing."""
    with trial.works(own_mosquitto.url, PLAN) as works:
        _restored(works)
        outcome = works.outcome()
    trial.prove(outcome, fault=24, injected="an old copy of the outbox put back", times=1)


@pytest.mark.xfail(reason="an outbox cannot tell that it is an old copy of itself")
def test_a_backup_gives_no_number_again(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """No number of an epoch is given to two readings, though the outbox is an old copy."""
    with trial.works(own_mosquitto.url, PLAN) as works:
        assert _restored(works) == 0
