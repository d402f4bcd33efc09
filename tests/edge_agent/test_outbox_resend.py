"""The collector asks for numbers again: they come once more, or are told to be gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent.contract.wire import Receipt, Rejected
from edge_agent.outbox import GapRow, Outbox, resend
from tests.edge_agent.delivery import HandClock, reading
from tests.edge_agent.outboxes import (
    DAY_S,
    asked,
    claim,
    claimed,
    delivered,
    fill,
    numbers_in,
    told_gaps,
)


def test_settled_rows_are_sent_again_until_a_new_receipt(box: Outbox, clock: HandClock) -> None:
    """A database restored from yesterday gets what it lacks, on the back lane."""
    seqs = fill(box, 10, clock, age_s=3600)
    delivered(box, clock, 1, 10)
    assert claimed(box, clock) == []
    box.resend(box.epoch, 3, 6)
    assert [row.seq for row in claim(box, clock).back] == seqs[2:6]
    assert box.depth() == 4
    assert claimed(box, clock, connection=2) == seqs[2:6]
    delivered(box, clock, 3, 6)
    assert claimed(box, clock, connection=3) == []
    assert claim(box, clock).gaps == ()
    assert box.depth() == 0


def test_a_request_outlives_a_refusing_disk_in_the_count(box: Outbox, clock: HandClock) -> None:
    """What waits again is counted once, also over a commit."""
    fill(box, 10, clock, age_s=3600)
    delivered(box, clock, 1, 10)
    box.commit()
    box.resend(box.epoch, 1, 10)
    claim(box, clock)
    box.commit()
    assert box.depth() == 10
    delivered(box, clock, 1, 10)
    box.commit()
    assert box.depth() == 0


def test_refused_rows_can_be_asked_for_too(box: Outbox, clock: HandClock) -> None:
    """A collector that was corrected gets what it had refused."""
    seqs = fill(box, 3, clock)
    claimed(box, clock)
    refused = Rejected(seqs[0], seqs[-1], "dated in the future")
    box.settle(Receipt("a", box.epoch, (), (refused,)))
    box.resend(box.epoch, 1, 3)
    assert claimed(box, clock) == seqs


def test_what_is_in_flight_goes_out_at_once(box: Outbox, clock: HandClock) -> None:
    """Asked for, a row does not wait for its time to be sent again."""
    seqs = fill(box, 3, clock)
    assert claimed(box, clock) == seqs
    box.resend(box.epoch, 2, 2)
    assert claimed(box, clock) == [2]


def test_numbers_that_are_gone_are_a_gap(box: Outbox, clock: HandClock, tmp_path: Path) -> None:
    """After the replay window nobody has them: a gap with reason unknown, told until a receipt."""
    fill(box, 10, clock)
    delivered(box, clock, 1, 4)
    delivered(box, clock, 7, 8)
    clock.pass_s(8 * DAY_S)
    box.commit()
    assert asked(tmp_path, "SELECT count(*) FROM reading") == [(4,)]
    box.resend(box.epoch, 1, 10)
    gaps = told_gaps(box, clock)
    assert sorted(claimed(box, clock)) == [5, 6, 9, 10]
    assert [(gap.first, gap.last) for gap in gaps] == [(1, 4), (7, 8)]
    assert {gap.reason for gap in gaps} == {resend.UNKNOWN}
    assert told_gaps(box, clock) == []
    box.resend(box.epoch, 1, 10)
    assert told_gaps(box, clock) == gaps


def test_numbers_still_to_come_are_no_gap(box: Outbox, clock: HandClock) -> None:
    """A request beyond the newest number says nothing about readings that are not taken yet."""
    fill(box, 2, clock)
    uncommitted = box.put(reading())
    box.resend(box.epoch, 1, 2**70)
    given = claim(box, clock)
    assert given.gaps == ()
    box.commit()
    assert uncommitted in claimed(box, clock)
    assert claim(box, clock, 0).gaps == ()


def test_another_epoch_is_unknown_here(box: Outbox, clock: HandClock) -> None:
    """Numbers of an outbox that is gone are told as a gap of that epoch, once each."""
    box.resend("an-older-epoch", 5, 9)
    box.resend("an-older-epoch", 1, 7)
    gaps: list[GapRow] = []
    for _ in range(3):
        gaps += claim(box, clock, 0).gaps
    assert {(gap.epoch, gap.reason) for gap in gaps} == {("an-older-epoch", resend.UNKNOWN)}
    assert sorted(numbers_in(gaps)) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    box.settle(Receipt("a", "an-older-epoch", ((1, 9),)))
    assert claim(box, clock, 0, connection=2).gaps == ()


def test_a_long_request_is_answered_in_parts(
    box: Outbox, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request for everything does not hold up one round; the rounds after it end it."""
    monkeypatch.setattr(resend, "AT_ONCE", 4)
    seqs = fill(box, 10, clock, age_s=3600)
    delivered(box, clock, 1, 10)
    box.resend(box.epoch, 1, 10)
    assert [claimed(box, clock) for _ in range(4)] == [seqs[:4], seqs[4:8], seqs[8:], []]
