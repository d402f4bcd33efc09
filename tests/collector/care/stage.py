"""A collector's state file and its care station, with the agents played by the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from collector.care.asking import asked
from collector.care.pushing import pushed
from collector.care.station import CareStation
from collector.state import CollectorState, open_state
from collector.state.agent_settings import SettingsVersion
from collector.state.care_requests import CareRequest
from edge_agent.contract.care import Answer, Ask, ConfigState, Outcome
from edge_agent.contract.wire import Birth, State

WHO = ("sato", "root")
TABLES = '[[links]]\nid = "lan"\n[[meters]]\nid = "main"\n'


@dataclass
class Hands:
    """A clock that moves when the test moves it."""

    at_ms: int = 1_800_000_000_000

    def now_ms(self) -> int:
        """UTC now."""
        return self.at_ms

    def monotonic_s(self) -> float:
        """The stopwatch."""
        return self.at_ms / 1000


@dataclass
class Post:
    """What went to the broker; ``away``: nothing can go out."""

    asks: list[Ask] = field(default_factory=list)
    waits_s: list[int] = field(default_factory=list)
    away: bool = False

    def send(self, ask: Ask, wait_s: int) -> bool:
        """Take a question to an agent."""
        if not self.away:
            self.asks.append(ask)
            self.waits_s.append(wait_s)
        return not self.away


class Desk:
    """The state, the station, its post and its clock."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.post = Hands(), Post()
        self.state: CollectorState = open_state(folder)
        self.station = CareStation(self.state, self.post.send, self.clock)
        self.is_there("a-1")

    def is_there(self, agent: str, online: bool = True) -> None:
        """The agent connects, or goes."""
        connection = self.clock.at_ms
        at_ms = self.clock.now_ms()
        self.state.agents.born(Birth(agent, "e1", connection, "0.1.0", at_ms, ()))
        self.state.agents.hear(State(agent, connection, online))

    def ask(self, kind: str = "read", agent: str = "a-1", within_s: float = 30.0) -> CareRequest:
        """A command asks."""
        request = asked(agent, kind, {"meter": "main"}, WHO, self.clock, within_s)
        self.state.care_requests.add(request)
        return request

    def push(self, text: str = TABLES, **more: bool) -> SettingsVersion:
        """A command pushes."""
        return pushed(self.state, "a-1", text, WHO, self.clock, "why", **more)

    def round(self, seconds: float = 1.0) -> tuple[str, ...]:
        """Time passes, and the station has its turn; what it told."""
        self.clock.at_ms += round(seconds * 1000)
        return self.station.run_once().lines

    def answers(self, request_id: str, outcome: Outcome = "done", kind: str = "read") -> Answer:
        """The agent's answer comes in."""
        at_ms = self.clock.now_ms()
        answer = Answer(request_id, "a-1", kind, outcome, at_ms, 12, "told", "do", {"ok": True})
        self.state.care_requests.take(answer, at_ms)
        return answer

    def says(self, **facts: object) -> None:
        """The agent says which settings it has."""
        state = ConfigState("a-1", self.clock.now_ms(), **facts)  # type: ignore[arg-type]
        self.state.agent_settings.hear(state, self.clock.now_ms())

    def version(self, number: int) -> SettingsVersion:
        """A version as it stands now."""
        return self.state.agent_settings.list("a-1")[number - 1]

    def request(self, request_id: str) -> CareRequest:
        """A request as it stands now."""
        found = self.state.care_requests.find(request_id)
        assert found is not None
        return found
