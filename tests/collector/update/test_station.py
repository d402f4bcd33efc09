"""A roll-out over five agents, with the real state file and the real station of care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from collector.care.station import CareStation
from collector.state import CollectorState, open_state
from collector.state.fleet import Issuance
from collector.state.rollouts import Rollout
from collector.update.course import rings_of
from collector.update.station import ASKED_AGAIN_MS, DONE_WITHIN_MS, UpdateStation
from edge_agent.contract.care import Answer, Ask, Outcome
from edge_agent.contract.wire import Birth, State

AGENTS = [f"pi-{number}" for number in range(5)]
HOUR_MS = 3_600_000


@dataclass(slots=True)
class Fleet:
    """Five agents and the collector's two stations; ``says`` is what each agent answers."""

    state: CollectorState
    now: int = 1_000_000_000_000
    says: dict[str, list[Outcome]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def now_ms(self) -> int:
        """The clock of all."""
        return self.now

    def send(self, ask: Ask, _expires_s: int) -> bool:
        """An agent hears the question and answers at once."""
        self.asked.append(ask.agent)
        said = self.says.get(ask.agent, ["done"])
        outcome = said.pop(0) if len(said) > 1 else said[0]
        message = "no room" if outcome == "failed" else ""
        answer = Answer(ask.id, ask.agent, ask.kind, outcome, self.now, message=message)
        self.state.care_requests.take(answer, self.now)
        return True

    def pass_time(self, hours: float) -> None:
        """Rounds of both stations, five minutes apart."""
        care, update = CareStation(self.state, self.send, self), UpdateStation(self.state, self)
        for _ in range(max(1, round(hours * 12))):
            self.lines += update.run_once()
            care.run_once()
            care.run_once()
            self.now += 5 * ASKED_AGAIN_MS

    def start(self, pause_hours: float = 1.0) -> Rollout:
        """One first, then two, then all."""
        wish = Rollout(
            0, "agent-0.2.0.zip", "0.2.0", "0" * 64, 9, round(pause_hours * HOUR_MS), "u", self.now
        )
        return self.state.rollouts.add(wish, rings_of(AGENTS, 1, [60]))

    def phases(self) -> list[str]:
        """How the agents stand in the newest roll-out."""
        newest = self.state.rollouts.list()[-1]
        return [member.phase for member in self.state.rollouts.members(newest.id)]


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """All five online."""
    state = open_state(tmp_path)
    made = Fleet(state)
    for agent in AGENTS:
        state.agents.born(Birth(agent, "e", 1, "0.1.0", made.now, ()))
    yield made
    state.database.close()


def test_rings_follow_one_another_with_a_pause(fleet: Fleet) -> None:
    """The first alone, an hour later the next two, an hour later the rest, then it is done."""
    fleet.start()
    fleet.pass_time(0.5)
    assert fleet.phases() == ["done", *["waiting"] * 4]
    fleet.pass_time(1.0)
    assert fleet.phases() == ["done"] * 3 + ["waiting"] * 2
    fleet.pass_time(1.5)
    assert fleet.phases() == ["done"] * 5
    assert fleet.lines == ["roll-out 1 of agent-0.2.0.zip: done"]
    assert fleet.asked == AGENTS
    fleet.pass_time(1.0)
    assert fleet.asked == AGENTS, "nobody is asked again"


def test_the_first_that_fails_halts_it(fleet: Fleet) -> None:
    """Agents of later rings are never asked; the reason names agent and fault."""
    fleet.says["pi-1"] = ["accepted", "failed"]
    rollout = fleet.start()
    fleet.pass_time(5)
    assert fleet.phases() == ["done", "failed", "done", "waiting", "waiting"]
    (line,) = fleet.lines
    assert "halted: agent pi-1: no room" in line
    assert not {"pi-3", "pi-4"} & set(fleet.asked)
    held = next(one for one in fleet.state.rollouts.list() if one.id == rollout.id)
    assert (held.state, "pi-1" in held.reason) == ("halted", True)


def test_who_takes_a_while_is_asked_again_until_it_is_done(fleet: Fleet) -> None:
    """Each answer that it is at it counts as life."""
    fleet.says["pi-0"] = ["accepted", "accepted", "accepted", "done"]
    fleet.start()
    fleet.pass_time(0.5)
    assert fleet.phases()[0] == "done"
    assert fleet.asked.count("pi-0") == 4


def test_who_began_and_falls_silent_has_failed(fleet: Fleet) -> None:
    """It is not waited for without end."""
    fleet.says["pi-0"] = ["accepted"]
    fleet.start()
    fleet.pass_time(DONE_WITHIN_MS / HOUR_MS + 0.2)
    assert fleet.phases()[0] == "failed"
    assert "no word of an end" in fleet.lines[0]


def test_who_is_offline_is_waited_for(fleet: Fleet) -> None:
    """It is asked when it is there again, however late; nobody overtakes it."""
    fleet.state.agents.hear(State("pi-0", 1, False))
    fleet.start()
    fleet.pass_time(10)
    assert fleet.asked == []
    assert fleet.phases() == ["waiting"] * 5
    fleet.state.agents.born(Birth("pi-0", "e", 2, "0.1.0", fleet.now, ()))
    fleet.pass_time(0.2)
    assert fleet.phases()[0] == "done"


def revoke(fleet: Fleet, agent: str) -> None:
    """What `collector fleet revoke` leaves in the state."""
    row = Issuance(f"serial of {agent}", "agent", agent, "root", fleet.now, fleet.now + 10**10)
    fleet.state.fleet.issued(row)
    fleet.state.fleet.revoke(agent, fleet.now, "stolen")


def test_nobody_waits_for_who_is_revoked_meanwhile(fleet: Fleet) -> None:
    """Its last word was that it is there, and no later one gets out: it is left out."""
    fleet.says["pi-0"] = ["accepted"]
    fleet.start()
    fleet.pass_time(0.1)
    assert fleet.phases()[0] == "asked"
    revoke(fleet, "pi-0")
    revoke(fleet, "pi-4")
    fleet.pass_time(4)
    assert fleet.phases() == ["left out", "done", "done", "done", "left out"]
    assert fleet.lines == ["roll-out 1 of agent-0.2.0.zip: done"]
    assert "pi-4" not in fleet.asked
