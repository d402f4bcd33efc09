"""How large the outbox's file may be after its disk was full."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.outbox import file
from edge_agent.outbox.room import SQUEEZED_S, Room
from tests.edge_agent.delivery import NOON_MS, HandClock

MAX_MB = 1
BOUND = 256 - 64
"""Its pages: the file and its log together keep one megabyte."""


class Disk:
    """A disk as ``statvfs`` tells it, with so many bytes to give."""

    def __init__(self) -> None:
        self.free_bytes = 10**9

    def told(self, _path: Path) -> os.statvfs_result:
        """What the system says."""
        blocks = self.free_bytes // 4096
        return os.statvfs_result((4096, 4096, blocks, blocks, blocks, 0, 0, 0, 0, 255))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk with plenty of room, until a test fills it."""
    made = Disk()
    monkeypatch.setattr(os, "statvfs", made.told)
    return made


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A file just made."""
    with closing(file.open_file(tmp_path / "outbox.sqlite", MAX_MB, NOON_MS).db) as opened:
        yield opened


@pytest.fixture
def room(tmp_path: Path, clock: HandClock) -> Room:
    """Its bound."""
    return Room(tmp_path / "outbox.sqlite", MAX_MB, clock)


def pages(room: Room, db: sqlite3.Connection) -> int:
    """How many pages the file may have now."""
    room.bound(db)
    return int(db.execute("PRAGMA max_page_count").fetchone()[0])


def size(db: sqlite3.Connection) -> int:
    """How many it has."""
    return int(db.execute("PRAGMA page_count").fetchone()[0])


def test_a_full_disk_holds_the_file_until_there_is_room(
    room: Room, db: sqlite3.Connection, disk: Disk, clock: HandClock
) -> None:
    """It does not grow while the disk is full, and does at once when space comes back."""
    assert pages(room, db) == BOUND
    disk.free_bytes = 0
    room.refused()
    assert pages(room, db) == size(db) < BOUND
    clock.pass_s(SQUEEZED_S / 2)
    disk.free_bytes = 10**9
    assert pages(room, db) == BOUND


def test_our_own_bound_does_not_prolong_it(
    room: Room, db: sqlite3.Connection, disk: Disk, clock: HandClock
) -> None:
    """What the small bound refuses says nothing of the disk: after its time it is tried again."""
    pages(room, db)
    disk.free_bytes = 0
    room.refused()
    for _ in range(4):
        assert pages(room, db) == size(db)
        room.refused()
        clock.pass_s(SQUEEZED_S / 4)
    assert pages(room, db) == BOUND
    room.refused()
    assert pages(room, db) == size(db)


def test_a_quota_is_not_seen_and_waited_for(
    room: Room, db: sqlite3.Connection, disk: Disk, clock: HandClock
) -> None:
    """A disk that has room and gives us none is believed what it does, not what it says."""
    pages(room, db)
    room.refused()
    assert pages(room, db) == size(db)
    clock.pass_s(SQUEEZED_S)
    assert pages(room, db) == BOUND


def test_a_disk_that_cannot_be_asked_has_no_room(
    room: Room, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is away ends nothing."""

    def away(_path: Path) -> os.statvfs_result:
        raise FileNotFoundError

    pages(room, db)
    monkeypatch.setattr(os, "statvfs", away)
    room.refused()
    assert pages(room, db) == size(db)
