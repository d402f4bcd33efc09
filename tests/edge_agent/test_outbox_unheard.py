"""What was sent and has no receipt: when it goes again, and how much of it is remembered."""

from __future__ import annotations

import pytest

from edge_agent.contract.wire import Receipt
from edge_agent.outbox import Outbox, lanes
from tests.edge_agent.delivery import HandClock
from tests.edge_agent.outboxes import claimed, fill


def test_what_nobody_heard_comes_again_soon(
    box: Outbox, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a subscriber a row goes again after 5 s, then later each time, at most each minute.

    That is no lack of receipts: neither the wait for one grows, nor is it told.
    """
    seqs = fill(box, 2, clock)
    assert claimed(box, clock) == seqs
    for wait_s in (5, 10, 20, 40, 60, 60, 60):
        for seq in seqs:  # each message is answered on its own
            box.unheard([seq], clock.monotonic_s())
        clock.pass_s(wait_s - 1)
        assert claimed(box, clock) == []
        clock.pass_s(1)
        assert claimed(box, clock) == seqs
    assert caplog.messages == []
    box.settle(Receipt("a", box.epoch, ((seqs[0], seqs[0]),)))
    box.unheard(seqs, clock.monotonic_s())
    clock.pass_s(5)
    assert claimed(box, clock) == seqs[1:]


def test_what_is_noted_of_the_sent_is_bounded(
    box: Outbox, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no receipt comes only what was sent last is remembered; a late one costs a repeat."""
    monkeypatch.setattr(lanes, "NOTED", 10)
    first = fill(box, 8, clock)
    assert claimed(box, clock) == first
    clock.pass_s(61)
    second = fill(box, 8, clock)
    assert claimed(box, clock, 8) == second
    assert box.settle(Receipt("a", box.epoch, ((first[0], second[-1]),))).stored == 8
    assert claimed(box, clock) == first
