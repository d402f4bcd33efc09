"""A line that several parts of the agent may use: one request at a time, each in its turn.

Polling, the page and whoever else asks share it by ``TurnLock``. A part that needs the port for
itself is lent the line: until it is given back, every other request is turned away at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from edge_agent.bus.statistics import Answers, UnitCounts, UnitStatistics
from edge_agent.bus.turn_lock import TurnLock
from edge_agent.config import LinkSettings
from edge_agent.errors import AgentError, LinkDownError
from edge_agent.link_faults import SpoiledAnswerError
from edge_agent.meter_link import MeterLink
from edge_agent.words import said


class LineLentError(LinkDownError):
    """The line is lent to one part of the agent; all others wait until it is given back."""


@runtime_checkable
class TimedLink(Protocol):
    """A link that knows how long its newest answer took, in seconds, its pauses left out."""

    answer_s: float


class Line:
    """A ``MeterLink`` for any number of threads, with counts of how each unit answers.

    ``lock`` guards the link beneath; ``busy_s`` is how long it has been in use, pauses included;
    ``carried`` counts the requests that the line itself took, whatever the unit made of them.
    """

    def __init__(
        self,
        settings: LinkSettings,
        link: MeterLink,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.lock = TurnLock()
        self.busy_s, self.carried = 0.0, 0
        self.lent = False
        self._link, self._monotonic_s = link, monotonic_s
        self._timed = link if isinstance(link, TimedLink) else None
        self._counts: dict[int, UnitCounts] = {}
        self._judged: dict[int, Answers] = {}
        self.spoiled = 0
        self._judged_at_s = monotonic_s()

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """The words, by the promise of ``MeterLink``; ``LineLentError`` while it is lent."""
        with self.lock:
            if self.lent:
                raise _lent(self.settings)
            begun_s = self._monotonic_s()
            counts = self._counts.setdefault(unit_id, UnitCounts())
            try:
                words = self._link.read(unit_id, function, address, count, timeout_ms)
            except AgentError as error:
                counts.failed(error, *self._took(begun_s))
                self.spoiled += isinstance(error, SpoiledAnswerError)
                self.carried += not isinstance(error, LinkDownError)
                raise
            counts.answered(*self._took(begun_s))
            self.carried += 1
            return words

    def close(self) -> None:
        """Let go of the port or connection, after the request under way."""
        with self.lock:
            self._link.close()

    @contextmanager
    def lend(self) -> Iterator[LinkSettings]:
        """Let one part have the port itself, closed here, until it is done.

        Raises ``LineLentError`` when another part has it.
        """
        with self.lock:
            if self.lent:
                raise _lent(self.settings)
            self.lent = True
            self._link.close()
        try:
            yield self.settings
        finally:
            self.lent = False

    def statistics(self, unit_id: int) -> UnitStatistics:
        """How the unit answers."""
        counts = self._counts.get(unit_id) or UnitCounts()
        return counts.statistics(self._monotonic_s())

    def figures(self, unit_id: int) -> dict[str, float]:
        """The unit's statistics as values of a reading; the latency is that since the last one."""
        counts = self._counts.get(unit_id)
        return counts.figures() if counts else {}

    def answers(self) -> dict[int, Answers]:
        """How every unit that was asked since the last judgement has answered."""
        now = {unit_id: counts.ended() for unit_id, counts in [*self._counts.items()]}
        found = {unit_id: ended.since(self._judged.get(unit_id)) for unit_id, ended in now.items()}
        return {unit_id: one for unit_id, one in found.items() if one.asked}

    def judged(self) -> None:
        """Count answers anew, and ``spoiled``, which is how many of all were no frames."""
        self._judged = {unit_id: counts.ended() for unit_id, counts in [*self._counts.items()]}
        self._judged_at_s, self.spoiled = self._monotonic_s(), 0

    def judged_s_ago(self) -> float:
        """How long ago the last judgement was, or the line was made."""
        return self._monotonic_s() - self._judged_at_s

    def _took(self, begun_s: float) -> tuple[float, float]:
        """How long the answer took, and when it was there; the time of use is added up."""
        now_s = self._monotonic_s()
        self.busy_s += now_s - begun_s
        return now_s - begun_s if self._timed is None else self._timed.answer_s, now_s


class Asked:
    """A line as the other parts see it: to ask, not to close."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """The words, when it is this request's turn; polling goes on between requests."""
        return self._line.read(unit_id, function, address, count, timeout_ms)

    def close(self) -> None:
        """Nothing: polling needs the line."""


def _lent(settings: LinkSettings) -> LineLentError:
    return LineLentError(
        said("link {link} is in use by a search or another part of this agent", link=settings.id),
        said("wait until it is done; polling then goes on by itself"),
    )
