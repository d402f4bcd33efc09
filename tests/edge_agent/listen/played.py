"""A line that is played by hand: an ear that hears what a test puts there, and a stopwatch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge_agent.config import LinkSettings, MeterSettings, PollSettings
from edge_agent.listen import bus as buses
from edge_agent.listen.bus import ListenBus
from edge_agent.listen.frames import Answer, Question, question
from edge_agent.listen.listener import Listener
from edge_agent.listen.pairing import Exchange
from tests.edge_agent.bench import HandClock
from tests.edge_agent.listen.wire import answer

WITHIN_S = 10.0


def link(device: str = "/dev/ttyPLAYED", **more: object) -> LinkSettings:
    """A line to listen to."""
    facts = {"id": "bus", "kind": "rtu-listen", "device": device, "baud": 38_400, **more}
    return LinkSettings.model_validate(facts)


@dataclass
class PlayedEar:
    """Hears the bytes that ``say`` puts there; ``error`` is raised instead when it is set."""

    said: list[bytes] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)
    error: OSError | None = None
    opened: int = 0
    closed: int = 0

    def __call__(self, _settings: LinkSettings) -> PlayedEar:
        """The ear for a link: always this one."""
        return self

    def open(self) -> None:
        """Raise the error, if there is one."""
        self.opened += 1
        self._fail()

    def hear(self, wait_s: float) -> bytes:
        """What was said, once."""
        self._fail()
        if self.said:
            return self.said.pop(0)
        self.heard.set()
        time.sleep(min(wait_s, 0.002))
        return b""

    def close(self) -> None:
        """Note it."""
        self.closed += 1

    def say(self, *data: bytes) -> None:
        """Say this and return once it was heard."""
        self.said += data
        for _ in range(2):
            self.heard.clear()
            assert self.heard.wait(WITHIN_S)

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


def turn(unit: int, function: int, address: int, words: Sequence[int]) -> bytes:
    """A question and its answer."""
    return question(unit, function, address, len(words)) + answer(unit, function, words)


def exchange(
    unit: int, function: int, address: int, words: Sequence[int], at_s: float = 0.0
) -> Exchange:
    """The same, as it is heard."""
    asked = Question(unit, function, address, len(words), at_s)
    return Exchange(asked, Answer(unit, function, tuple(words), at_s))


def played_bus(
    ear: PlayedEar, clock: HandClock, *rows: MeterSettings, poll: PollSettings | None = None
) -> ListenBus:
    """A bus at that ear; arrivals are stamped by the hand clock."""
    made = buses.assemble("plant", link(), rows, poll or PollSettings(), make=ear)
    made.listener = Listener(link(), ear, clock.monotonic_s)
    for one in made.heard:
        one.since_s = clock.monotonic_s()
    return made


def wait_until(done: Callable[[], bool]) -> None:
    """Return once it is so; fails after a while."""
    until_s = time.monotonic() + WITHIN_S
    while not done():
        assert time.monotonic() < until_s, "it never came to that"
        time.sleep(0.01)
