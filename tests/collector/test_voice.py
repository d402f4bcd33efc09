"""What the collector says, and how often."""

from __future__ import annotations

import logging

import pytest

from collector import voice
from collector.voice import Voice


@pytest.fixture
def now() -> list[float]:
    """Hold the time that a voice sees; tests move it."""
    return [0.0]


@pytest.fixture
def speaker(now: list[float], caplog: pytest.LogCaptureFixture) -> Voice:
    """Make a voice whose lines are caught from information upwards."""
    caplog.set_level(logging.INFO, "collector.voice")
    return Voice(lambda: now[0])


def test_the_same_line_is_said_again_after_ten_minutes(
    speaker: Voice, now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in every batch is one line, another fault is its own."""
    for at_s, line in ((0, "a"), (1, "a"), (2, "b"), (599, "a"), (600, "a")):
        now[0] = float(at_s)
        speaker.say(line)
    assert [record.getMessage() for record in caplog.records] == ["a", "b", "a"]
    assert speaker.last_fault == "a"


def test_what_has_passed_is_said_at_once_when_it_comes_back(
    speaker: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    """Once down, once back, and down again."""
    speaker.say("away")
    speaker.well_again("back")
    speaker.say("away")
    assert [record.getMessage() for record in caplog.records] == ["away", "back", "away"]


def test_good_news_is_no_fault(speaker: Voice, caplog: pytest.LogCaptureFixture) -> None:
    """A line of information is said but does not stand as the newest fault."""
    speaker.say("a counter was replaced", logging.INFO)
    assert speaker.last_fault == ""
    assert len(caplog.records) == 1


def test_ever_new_lines_fill_no_memory(
    speaker: Voice, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old lines are forgotten, so that they may be said again early, but none is kept for ever."""
    monkeypatch.setattr(voice, "MAX_LINES", 3)
    for line in ("a", "b", "c", "d", "a"):
        speaker.say(line)
    assert [record.getMessage() for record in caplog.records] == ["a", "b", "c", "d", "a"]
