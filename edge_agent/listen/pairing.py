"""Which answer belongs to which question. PURE.

An RTU answer tells neither address nor number: it is known by its unit, function, count and its
place behind the question. What could belong to another question is counted and never used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from edge_agent.listen.frames import Answer, Heard, Question, Refusal, Unread

ANSWER_WITHIN_S = 2.0
"""An answer that comes later is nobody's (masters wait for a second or more)."""
AFTER_ANSWER_S = 0.5
"""A unit that has answered and still owes an older answer gives it within this time."""
GLITCH_BYTES = 2
"""So many stray bytes at the turn of the line are no hint of a question that went unheard."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, beyond doubt."""

    question: Question
    answer: Answer

    @property
    def latency_s(self) -> float:
        """From the end of the question to the end of the answer, as they arrived here."""
        return self.answer.at_s - self.question.at_s


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that was answered with an exception."""

    question: Question
    code: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question with no answer; ``garbled`` when bytes came that were none."""

    question: Question
    garbled: bool


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An answer that may belong to an older question, or to one that went unheard."""

    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unasked:
    """An answer or refusal to no question that was heard."""

    answer: Answer | Refusal


Event = Exchange | Refused | Unanswered | Doubtful | Unasked


@dataclass(slots=True)
class _Debts:
    """The questions that one unit may still answer, and when it last spoke."""

    owed: list[Question] = field(default_factory=list)
    spoke_s: float = float("-inf")

    def open_at(self, at_s: float) -> list[Question]:
        """What may still be answered at ``at_s``."""
        settled = at_s - self.spoke_s > AFTER_ANSWER_S
        return [
            one
            for one in self.owed
            if at_s - one.at_s <= ANSWER_WITHIN_S and not (settled and one.at_s <= self.spoke_s)
        ]


class Pairer:
    """Takes what is heard, in order, and gives what came of it."""

    def __init__(self) -> None:
        self._asked: Question | None = None
        self._unread = 0
        self._debts: dict[int, _Debts] = {}

    def hear(self, heard: Heard) -> Iterator[Event]:
        """What this frame, or these stray bytes, bring to light."""
        if isinstance(heard, Unread):
            self._unread += heard.count
        elif isinstance(heard, Question):
            yield from self._give_up()
            self._asked, self._unread = heard, 0
        elif isinstance(heard, Answer):
            yield self._answered(heard)
        elif isinstance(heard, Refusal):
            yield self._refused(heard)

    def look(self, now_s: float) -> Iterator[Event]:
        """What the time that has passed brings to light: a question whose answer never came."""
        if self._asked is not None and now_s - self._asked.at_s > ANSWER_WITHIN_S:
            yield from self._give_up()

    def _give_up(self) -> Iterator[Unanswered]:
        asked, self._asked = self._asked, None
        if asked is None or asked.unit == 0:
            return
        # What was answered unreadably is owed no more: half of its bytes are proof enough.
        garbled = 2 * self._unread >= 5 + 2 * asked.count
        if not garbled:
            debts = self._of(asked.unit)
            debts.owed = [*debts.open_at(asked.at_s), asked]
        yield Unanswered(asked, garbled)

    def _answered(self, answer: Answer) -> Event:
        asked = self._asked
        if asked is None or not _fits(answer, asked) or len(answer.words) != asked.count:
            return Unasked(answer)
        doubted = self._unread > GLITCH_BYTES
        rivals = [one for one in self._owed(asked, answer.at_s) if one.count == asked.count]
        self._close(asked, answer.at_s, rivals)
        if doubted or any(one.address != asked.address for one in rivals):
            return Doubtful(asked, answer)
        return Exchange(asked, answer)

    def _refused(self, refusal: Refusal) -> Event:
        asked = self._asked
        if asked is None or not _fits(refusal, asked):
            return Unasked(refusal)
        self._close(asked, refusal.at_s, self._owed(asked, refusal.at_s))
        return Refused(asked, refusal.code, refusal.at_s)

    def _owed(self, asked: Question, at_s: float) -> list[Question]:
        """Older questions of the same function that may still be answered."""
        owed = self._of(asked.unit).open_at(at_s)
        return [one for one in owed if one.function == asked.function]

    def _close(self, asked: Question, at_s: float, rivals: list[Question]) -> None:
        """The question has its answer, or one of its rivals has."""
        debts = self._of(asked.unit)
        doubted = bool(rivals) or self._unread > GLITCH_BYTES
        # Units answer in order: without a rival, nothing older is still to come.
        debts.owed = [*debts.open_at(at_s), asked] if doubted else []
        debts.spoke_s = at_s
        self._asked = None

    def _of(self, unit: int) -> _Debts:
        return self._debts.setdefault(unit, _Debts())


def _fits(answer: Answer | Refusal, asked: Question) -> bool:
    same = (answer.unit, answer.function) == (asked.unit, asked.function)
    return same and answer.at_s - asked.at_s <= ANSWER_WITHIN_S
