"""The station that asks agents for what has not come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.delivery import asking
from collector.delivery.asking import AskReport
from collector.delivery.gaps import OLD_MS, Watch
from edge_agent.contract.wire import Resend, State
from tests.collector.delivery.plant import MINUTE_MS, NOON_MS, Plant

HOLE = Resend("pi-1", "e1", 4, 6)


class Rounds:
    """The station on real state, with a broker that is there or not."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.asked: list[Resend] = []
        self.reachable = True
        self.watch: Watch = {}

    def ask(self, resend: Resend) -> bool:
        """Note what is asked for."""
        if self.reachable:
            self.asked.append(resend)
        return self.reachable

    def at(self, minutes: float) -> AskReport:
        """Make the round at this many minutes after noon."""
        self.plant.clock.at_ms = NOON_MS + round(minutes * MINUTE_MS)
        state = self.plant.state
        report = asking.run_once(
            *(state.received, state.agents, self.ask), self.plant.clock, self.watch
        )
        self.watch = report.watch
        return report


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[Rounds]:
    """A plant whose agent has skipped the numbers 4 to 6."""
    plant = Plant(tmp_path)
    plant.born("press")
    plant.state.received.add("pi-1", "e1", [(1, 3), (7, 9)])
    yield Rounds(plant)
    plant.close()


def test_a_hole_is_asked_for_when_it_is_old_and_told_once(rounds: Rounds) -> None:
    """One line with the numbers; the second request is silent."""
    report = rounds.at(0)
    assert (report.holes, report.asked, rounds.asked) == (1, 0, [])
    (line,) = rounds.at(10).lines
    assert "agent pi-1: readings 4 to 6 (3) have not come" in line
    assert rounds.at(11).asked == 0
    again = rounds.at(20)
    assert (again.asked, again.lines) == (1, ())
    assert rounds.asked == [HOLE, HOLE]


def test_a_filled_hole_is_asked_for_no_more(rounds: Rounds) -> None:
    """By readings or by the agent's word on what became of them."""
    rounds.at(0)
    rounds.plant.state.received.add("pi-1", "e1", [(4, 6)])
    assert rounds.at(10) == AskReport()


def test_a_command_that_cannot_be_sent_is_tried_in_the_next_round(rounds: Rounds) -> None:
    """Without a broker nothing counts as asked, and nothing is told."""
    rounds.at(0)
    rounds.reachable = False
    report = rounds.at(10)
    assert (report.asked, report.lines) == (0, ())
    rounds.reachable = True
    assert len(rounds.at(11).lines) == 1


def test_an_agent_known_to_be_away_is_asked_when_it_is_back(rounds: Rounds) -> None:
    """No commands pile up at the broker."""
    rounds.at(0)
    rounds.plant.state.agents.hear(State("pi-1", 1, online=False))
    assert rounds.at(30).asked == 0
    rounds.plant.born("press", connection=2)
    assert rounds.at(31).asked == 1


def test_a_backlog_that_is_being_drained_is_left_alone(rounds: Rounds) -> None:
    """Live readings leave a large hole behind them, which fills from its oldest end."""
    received = rounds.plant.state.received
    received.add("pi-1", "e1", [(10_000, 10_010)])
    for minute in range(60):
        received.add("pi-1", "e1", [(4, 100 * minute + 10)])
        assert rounds.at(minute).asked == 0
    rounds.at(60 + OLD_MS / MINUTE_MS)
    assert rounds.asked == [Resend("pi-1", "e1", 5911, 9999)]
