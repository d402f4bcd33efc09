"""Gaps and receipts that cross: what the collector has is no gap, what it has not is told."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.contract.wire import Receipt
from edge_agent.outbox import GapRow, Outbox, eviction, salvage
from tests.edge_agent.delivery import HandClock
from tests.edge_agent.outboxes import (
    DAY_S,
    Opener,
    asked,
    claim,
    claimed,
    fill,
    numbers_in,
    told_gaps,
)


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


@pytest.fixture
def aged(opened: Opener, clock: HandClock) -> Outbox:
    """An outbox that drops its ten readings, the first five of them on their way."""
    box = opened(max_days=1)
    fill(box, 10, clock)
    clock.pass_s(DAY_S - 10)
    assert claimed(box, clock, 5) == [1, 2, 3, 4, 5]
    clock.pass_s(20)
    box.commit()
    fill(box, 1, clock)
    assert (box.depth(), box.evicted) == (1, 10)
    return box


def stored(box: Outbox, first: int, last: int) -> int:
    """What a receipt for a range closes."""
    return box.settle(Receipt("a", box.epoch, ((first, last),))).stored


def test_a_gap_waits_for_what_is_on_its_way(aged: Outbox, clock: HandClock) -> None:
    """Nothing is called lost that may be arriving."""
    assert claim(aged, clock, 0).gaps == ()


def test_what_has_arrived_is_no_gap(aged: Outbox, clock: HandClock) -> None:
    """A receipt for dropped readings takes them out of the record; the rest is told at once."""
    assert stored(aged, 1, 5) == 0
    assert claim(aged, clock, 0).gaps == (GapRow(6, 10, eviction.TOO_OLD),)


def test_a_receipt_in_the_middle_leaves_both_ends(aged: Outbox, clock: HandClock) -> None:
    """Only what is stored is taken out."""
    stored(aged, 3, 4)
    clock.pass_s(61)
    assert numbers_in(list(claim(aged, clock, 0).gaps)) == [1, 2, 5, 6, 7, 8, 9, 10]


def test_a_receipt_for_all_of_it_leaves_no_gap(opened: Opener, clock: HandClock) -> None:
    """All dropped, all arrived: nothing is missing."""
    box = opened(max_days=1)
    fill(box, 3, clock)
    clock.pass_s(DAY_S - 10)
    assert claimed(box, clock) == [1, 2, 3]
    clock.pass_s(20)
    fill(box, 1, clock)
    assert box.evicted == 3
    stored(box, 1, 3)
    assert claim(box, clock, 0, connection=2).gaps == ()


def test_what_was_never_sent_cannot_have_arrived(aged: Outbox, clock: HandClock) -> None:
    """A receipt that names more than was sent, as of another outbox, ends no gap of the rest."""
    stored(aged, 1, 11)
    assert claim(aged, clock, 0).gaps == (GapRow(6, 10, eviction.TOO_OLD),)
    assert aged.depth() == 1


def test_after_a_minute_without_a_receipt_it_is_told(aged: Outbox, clock: HandClock) -> None:
    """The broker may have lost it: then it is a gap."""
    clock.pass_s(61)
    assert numbers_in(told_gaps(aged, clock)) == list(range(1, 11))


def test_on_a_new_connection_it_is_told_at_once(aged: Outbox, clock: HandClock) -> None:
    """What went out on a connection that is gone is not waited for."""
    assert numbers_in(list(claim(aged, clock, 0, connection=2).gaps)) == list(range(1, 11))


def test_a_told_gap_stays_as_it_was_told(aged: Outbox, clock: HandClock) -> None:
    """A late receipt changes nothing that the collector knows: there, what is stored wins."""
    clock.pass_s(61)
    (gap,) = claim(aged, clock, 0).gaps
    stored(aged, 1, 5)
    assert claim(aged, clock, 0, connection=2).gaps == (gap,)


def test_a_restart_tells_what_was_dropped(
    aged: Outbox, opened: Opener, clock: HandClock, tmp_path: Path
) -> None:
    """The record is on the disk, however long it has waited."""
    aged.close()
    assert numbers_in(told_gaps(opened(max_days=1), clock)) == list(range(1, 11))
    assert asked(tmp_path, "SELECT count(*) FROM reading WHERE seq <= 10") == [(0,)]


def test_a_row_that_cannot_be_read_is_given_up(
    box: Outbox, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A spoilt row becomes a gap and one line; it is not tried for ever."""
    seqs = fill(box, 3, clock)
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
        db.execute("UPDATE reading SET quantities = x'ffffff' WHERE seq = 2")
        db.commit()
    spoilt = claim(box, clock).live[1]
    with pytest.raises(ValueError, match="too few bytes"):
        spoilt.values()
    box.give_up([spoilt])
    assert box.depth() == 2
    assert told_gaps(box, clock) == [GapRow(2, 2, salvage.UNREADABLE)]
    assert claimed(box, clock, connection=9) == [seqs[0], seqs[2]]
    assert "1 readings cannot be read any more" in caplog.text
