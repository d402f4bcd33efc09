"""What the log is told of messages that nobody can read."""

from __future__ import annotations

import pytest

from edge_agent.uplink.unreadable import REASONS, Unreadable


def test_each_reason_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """A peer that sends rubbish for a week fills no log; another reason is another line."""
    unreadable = Unreadable()
    for _ in range(5):
        unreadable.tell("receipt", ValueError("not JSON"), "its readings are sent again")
        unreadable.tell("command", ValueError("not JSON"), "passed over")
    assert unreadable.count == 10
    assert [line.partition(" (")[0] for line in caplog.messages] == [
        "unreadable receipt: not JSON",
        "unreadable command: not JSON",
    ]


def test_reasons_without_end_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    """A reason that is new each time is told so often and no more; all are counted."""
    unreadable = Unreadable()
    for number in range(3 * REASONS):
        unreadable.tell("credit", ValueError(f"no. {number}"), "passed over")
    assert unreadable.count == 3 * REASONS
    assert len(caplog.messages) == REASONS
