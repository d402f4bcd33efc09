"""Whether a line keeps its paces: counted from tick to tick, judged over half a minute."""

from __future__ import annotations

import pytest

from edge_agent.bus.paces import Paces
from edge_agent.bus.portions import Portion
from edge_agent.bus.told import Told


class Line:
    """A line with one portion of one second, by a clock of its own."""

    def __init__(self) -> None:
        self.now_s, self.busy_s = 100.0, 0.0
        self.told = Told("link bus")
        self.paces = Paces(self.told, lambda: self.busy_s, lambda: self.now_s)
        self.portion = Portion("", 1.0, [])
        self.paces.begin()

    def poll(self, *pauses_s: float) -> None:
        """Poll after each of these pauses."""
        for pause_s in pauses_s:
            self.now_s += pause_s
            self.busy_s += 0.25 * pause_s
            self.paces.asked(self.portion, self.now_s)
            self.paces.took(self.portion, 0.25)
            self.paces.look([self.portion])


def test_a_late_poll_is_one_and_a_missed_one_is_counted() -> None:
    """Up to half an interval late is late; what was passed over counts."""
    line = Line()
    line.poll(*[1.0] * 10, 1.4, 0.6, 3.0)
    assert (line.paces.due, line.paces.left_out) == (15, 2)
    assert line.paces.load == 0.25


def test_the_start_of_a_line_is_never_called_slow(caplog: pytest.LogCaptureFixture) -> None:
    """Meters are got to know then, and dead ones found out; later the same is told."""
    line = Line()
    line.poll(*[4.0] * 4)
    assert line.paces.left_out > 0
    assert caplog.messages == []
    line.poll(*[4.0] * 8)
    (told,) = caplog.messages
    assert told.startswith("link bus: too slow for these paces: 24 of 32 polls left out; ")
    assert "all polls of a minute need 15 s" in told


def test_a_single_miss_in_a_hundred_is_tolerated(caplog: pytest.LogCaptureFixture) -> None:
    """One hiccup in half a minute of fast polls is no news."""
    line = Line()
    line.portion.every_s = 0.25
    line.poll(*[0.25] * 70, 0.5, *[0.25] * 150)
    assert line.paces.left_out == 1
    assert caplog.messages == []
