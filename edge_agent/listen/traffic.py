"""What goes on on a line: who is asked for what, how often, and who answers. PURE.

Before: bytes with the instant of their arrival. After: exchanges beyond doubt, and figures of
the line and of every unit on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from edge_agent.listen.finder import FrameFinder
from edge_agent.listen.frames import Heard, Question, Unread
from edge_agent.listen.pairing import (
    Doubtful,
    Event,
    Exchange,
    Pairer,
    Refused,
    Unanswered,
    Unasked,
)

MOST_SPANS = 200
"""So many different requests to one unit are told apart; a master has a few."""

Span = tuple[int, int, int]
"""Function, address and count of a request."""


@dataclass(slots=True)
class SpanTraffic:
    """How often one and the same request was heard, and how many seconds lie between, about."""

    asked: int = 0
    last_s: float = 0.0
    every_s: float | None = None

    def heard(self, at_s: float) -> None:
        """It was asked again."""
        if self.asked:
            gap_s = at_s - self.last_s
            # A running mean that forgets: a master's pace may change.
            self.every_s = gap_s if self.every_s is None else 0.8 * self.every_s + 0.2 * gap_s
        self.asked, self.last_s = self.asked + 1, at_s


@dataclass(slots=True)
class UnitTraffic:
    """What is heard of one unit. ``latency_s`` adds up over all answers."""

    unit: int
    asked: int = 0
    answered: int = 0
    silent: int = 0
    garbled: int = 0
    refused: int = 0
    doubtful: int = 0
    unasked: int = 0
    latency_s: float = 0.0
    latency_max_s: float = 0.0
    asked_at_s: float | None = None
    answered_at_s: float | None = None
    refusal: int = 0
    spans: dict[Span, SpanTraffic] = field(default_factory=dict)

    @property
    def latency_mean_s(self) -> float | None:
        """From the end of a question to the end of its answer, None before the first."""
        return self.latency_s / self.answered if self.answered else None

    @property
    def sound(self) -> int:
        """Whole answers to questions that were heard."""
        return self.answered + self.refused + self.doubtful

    @property
    def answer_rate(self) -> float | None:
        """Answers of all questions whose fate is known, 0 to 1; None before the first."""
        fates = self.sound + self.silent + self.garbled
        return self.sound / fates if fates else None

    def question(self, one: Question) -> None:
        """It was asked."""
        self.asked, self.asked_at_s = self.asked + 1, one.at_s
        span = (one.function, one.address, one.count)
        if span in self.spans or len(self.spans) < MOST_SPANS:
            self.spans.setdefault(span, SpanTraffic()).heard(one.at_s)

    def event(self, one: Event) -> None:
        """What came of a question, or came without one."""
        match one:
            case Exchange():
                self._exchange(one)
            case Refused():
                self.refused += 1
                self.refusal, self.answered_at_s = one.code, one.at_s
            case Unanswered():
                self.silent += not one.garbled
                self.garbled += one.garbled
            case Doubtful():
                self.doubtful += 1
                self.answered_at_s = one.answer.at_s
            case Unasked():
                self.unasked += 1

    def _exchange(self, one: Exchange) -> None:
        self.answered += 1
        self.answered_at_s = one.answer.at_s
        self.latency_s += one.latency_s
        self.latency_max_s = max(self.latency_max_s, one.latency_s)


class Traffic:
    """Everything heard on one line so far. Used by one thread at a time.

    ``heard`` counts bytes, ``unread`` those of them that belong to no frame, ``frames`` the whole
    frames; ``heard_at_s`` and ``frame_at_s`` are the arrivals of the newest of each.
    """

    def __init__(self) -> None:
        self.units: dict[int, UnitTraffic] = {}
        self.heard = self.unread = self.frames = 0
        self.heard_at_s: float | None = None
        self.frame_at_s: float | None = None
        self._finder, self._pairer = FrameFinder(), Pairer()

    def feed(self, data: bytes, at_s: float) -> list[Exchange]:
        """The exchanges that are complete with these bytes, which arrived at ``at_s``."""
        self.heard += len(data)
        self.heard_at_s = at_s
        return self._take(self._finder.feed(data, at_s))

    def quiet(self, now_s: float) -> list[Exchange]:
        """The exchanges that can be told now that the line has been silent for a while."""
        found = self._take(self._finder.quiet())
        for event in self._pairer.look(now_s):
            self._note(event)
        return found

    def _take(self, heard: Iterable[Heard]) -> list[Exchange]:
        found = []
        for one in heard:
            self._count(one)
            for event in self._pairer.hear(one):
                self._note(event)
                if isinstance(event, Exchange):
                    found.append(event)
        return found

    def _count(self, one: Heard) -> None:
        if isinstance(one, Unread):
            self.unread += one.count
            return
        self.frames += 1
        self.frame_at_s = one.at_s
        if isinstance(one, Question) and one.unit:
            self._of(one.unit).question(one)

    def _note(self, event: Event) -> None:
        unit = event.answer.unit if isinstance(event, Unasked) else event.question.unit
        self._of(unit).event(event)

    def _of(self, unit: int) -> UnitTraffic:
        return self.units.setdefault(unit, UnitTraffic(unit))
