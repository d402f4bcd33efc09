"""Copies of an outbox: one put back from a backup, and one that runs on another machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.contract.wire import Receipt, Rejected
from edge_agent.outbox import Outbox, machine
from edge_agent.outbox.receipts import FURTHEST_AHEAD
from tests.edge_agent.delivery import HandClock, wait_until
from tests.edge_agent.outboxes import (
    Opener,
    asked,
    claim,
    claimed,
    crashed_copy,
    fill,
)

HERE, THERE = "board:11 mac:aa mac:bb", "board:22 mac:cc"


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


@contextmanager
def on_machine(marks: str, folder: Path, clock: HandClock) -> Iterator[Outbox]:
    """The outbox in ``folder``, opened on the machine that ``marks`` tell."""
    box = Outbox(folder / "outbox.sqlite", max_mb=64, clock=clock, marks=marks)
    try:
        yield box
    finally:
        box.close()


@pytest.fixture
def restored(box: Outbox, opened: Opener, tmp_path: Path, clock: HandClock) -> Outbox:
    """An old copy of an outbox, of two readings, put back after three more had been sent."""
    fill(box, 2, clock)
    copy = crashed_copy(tmp_path / "outbox.sqlite", tmp_path / "backup")
    assert fill(box, 3, clock) == [3, 4, 5]
    return opened(copy)


def test_a_queued_receipt_settles_nothing_that_was_not_sent(
    restored: Outbox, box: Outbox, clock: HandClock
) -> None:
    """A receipt for what the outbox had sent before it was put back names other readings now."""
    assert restored.epoch == box.epoch
    assert fill(restored, 3, clock) == [3, 4, 5]
    assert restored.settle(Receipt("a", box.epoch, ((1, 5),))).stored == 0
    refused = Rejected(1, 5, "dated in the future")
    assert restored.settle(Receipt("a", box.epoch, (), (refused,))).rejected == 0
    assert restored.depth() == 5
    assert sorted(claimed(restored, clock)) == [1, 2, 3, 4, 5]
    assert restored.settle(Receipt("a", box.epoch, ((1, 5),))).stored == 5


def test_numbers_go_on_after_what_a_receipt_names(
    restored: Outbox,
    opened: Opener,
    tmp_path: Path,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No number that the collector has is given to another reading, also after a restart."""
    for _ in range(2):
        restored.settle(Receipt("a", restored.epoch, ((1, 5),)))
    assert caplog.text.count("names reading 5, which it has not given") == 1
    restored.close()
    again = opened(tmp_path / "backup" / "outbox.sqlite")
    assert fill(again, 1, clock) == [6]
    again.settle(Receipt("a", again.epoch, (), (Rejected(7, 9, "dated in the future"),)))
    assert fill(again, 1, clock) == [10]


def test_a_number_that_nobody_can_have_given_changes_nothing(
    box: Outbox, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A receipt from beyond all readings of years would only use up numbers."""
    fill(box, 1, clock)
    box.settle(Receipt("a", box.epoch, ((1, FURTHEST_AHEAD + 2),)))
    assert fill(box, 1, clock) == [2]
    assert caplog.messages == []


def test_a_restart_sends_once_more(box: Outbox, opened: Opener, clock: HandClock) -> None:
    """A receipt for what the process before this one has sent costs a repeat, and no reading."""
    fill(box, 3, clock)
    assert claimed(box, clock) == [1, 2, 3]
    box.close()
    again = opened()
    assert again.settle(Receipt("a", again.epoch, ((1, 3),))).stored == 0
    assert claimed(again, clock) == [1, 2, 3]
    assert again.settle(Receipt("a", again.epoch, ((1, 3),))).stored == 3


def test_what_went_out_before_a_reconnect_is_settled(box: Outbox, clock: HandClock) -> None:
    """A receipt that comes on the next connection is for this process all the same."""
    fill(box, 3, clock)
    assert claimed(box, clock) == [1, 2, 3]
    assert claimed(box, clock, limit=1, connection=2) == [1]
    assert box.settle(Receipt("a", box.epoch, ((1, 3),))).stored == 3


def test_what_found_no_room_was_not_sent(box: Outbox, clock: HandClock) -> None:
    """A claim that was released is no sending; a second one does not undo the first."""
    fill(box, 2, clock)
    first, second = claim(box, clock).live
    box.release([second])
    box.release(claim(box, clock, connection=2).live)
    assert box.settle(Receipt("a", box.epoch, ((1, 2),))).stored == 1
    assert claimed(box, clock) == [second.seq]
    assert first.seq == 1


def test_a_copied_card_takes_a_new_epoch(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """On another machine the unsent readings get new numbers, and one line says so."""
    with on_machine(HERE, tmp_path, clock) as box:
        fill(box, 4, clock)
        epoch = box.epoch
        instants = [row.at_ms for row in claim(box, clock).live]
    with on_machine(THERE, tmp_path, clock) as clone:
        assert clone.epoch != epoch
        wait_until(lambda: clone.depth() == 4)
        wait_until(lambda: not list(tmp_path.glob("outbox.damaged*")))
        assert clone.settle(Receipt("a", epoch, ((1, 4),))).stored == 0
        assert [row.at_ms for row in claim(clone, clock).live] == instants
        again = clone.epoch
    with on_machine(THERE, tmp_path, clock) as clone:
        assert clone.epoch == again
    assert caplog.text.count("this outbox came from another machine") == 1


@pytest.mark.parametrize("later", [HERE, "mac:bb", "board:11", "", "board:11 mac:cc"])
def test_the_same_machine_keeps_its_numbers(tmp_path: Path, clock: HandClock, later: str) -> None:
    """Another card, a serial number that only root can read, or none at all is no other machine."""
    with on_machine(HERE, tmp_path, clock) as box:
        epoch = box.epoch
    with on_machine(later, tmp_path, clock) as box:
        assert box.epoch == epoch


def test_an_outbox_of_an_earlier_agent_learns_its_machine(tmp_path: Path, clock: HandClock) -> None:
    """A file without a mark is this machine's from now on."""
    with on_machine("", tmp_path, clock) as box:
        epoch = box.epoch
    with on_machine(HERE, tmp_path, clock) as box:
        assert box.epoch == epoch
    assert asked(tmp_path, "SELECT value FROM meta WHERE key = 'machine'") == [(HERE,)]


def _card(sys: Path, name: str, address: str, kind: str = "0", physical: bool = True) -> None:
    folder = sys / "class/net" / name
    folder.mkdir(parents=True)
    (folder / "address").write_text(address + "\n", "ascii")
    (folder / "addr_assign_type").write_text(kind + "\n", "ascii")
    if physical:
        (folder / "device").mkdir()


def test_a_machine_is_told_by_its_board_and_its_cards(tmp_path: Path) -> None:
    """Serial number and permanent addresses, none of them in the clear."""
    board = tmp_path / "firmware/devicetree/base"
    board.mkdir(parents=True)
    (board / "serial-number").write_bytes(b"10000000ABCD1234\0")
    _card(tmp_path, "eth0", "dc:a6:32:01:02:03")
    marks = machine.marks(tmp_path)
    assert [mark.split(":")[0] for mark in marks.split()] == ["board", "mac"]
    assert "abcd1234" not in marks
    assert "dc:a6" not in marks
    assert machine.marks(tmp_path) == marks


def test_what_says_nothing_of_the_machine_is_no_mark(tmp_path: Path) -> None:
    """Bridges, random addresses and numbers that nobody has given are passed over."""
    board = tmp_path / "class/dmi/id"
    board.mkdir(parents=True)
    (board / "product_uuid").write_text("00000000-0000-0000-0000-000000000000\n", "ascii")
    _card(tmp_path, "br0", "02:42:ac:11:00:02", physical=False)
    _card(tmp_path, "usb0", "3e:11:22:33:44:55", kind="1")
    _card(tmp_path, "lo", "00:00:00:00:00:00")
    assert machine.marks(tmp_path) == ""
    assert machine.marks(tmp_path / "nowhere") == ""
