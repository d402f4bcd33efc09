"""Reads of one unit that are shared: what was answered or refused once is not asked again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from edge_agent.errors import BadAnswerError, RefusedError, SkipMeterError
from edge_agent.words import said

Read = Callable[[int, int, int], tuple[int, ...]]
"""(function, address, count) -> the words; raises the errors of a link."""
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS = 1, 2
MANY_LOST = 3
"""So many requests whose repetition was spoiled too are no accident."""
SILENT_IN_A_ROW = 4
"""After so many, a unit is asked for what it answered before: is it mute there, or gone?"""


class SharedReader:
    """A ``Read`` over another one that remembers every answer.

    Meters that are silent instead of refusing an address count as refusing it, as long as they
    answer otherwise. ``requests`` counts what really went out, ``spoiled`` the answers that were no
    whole ones of this unit.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._answers: dict[tuple[int, int, int], tuple[int, ...]] = {}
        self._refused: dict[tuple[int, int, int], RefusedError] = {}
        self._silences = 0
        self._known_to_answer: tuple[int, int, int] | None = None
        self._mute = False
        self._lost = 0
        self.requests = 0
        self.spoiled = 0

    def __call__(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words; raises ``RefusedError``, and once the unit is gone what the link raises."""
        known = self._known(function, address, count)
        if known is not None:
            return known
        for asked in ((function, address, count), (function, -1, 0)):
            if asked in self._refused:
                raise self._refused[asked]
        words = self._ask(function, address, count)
        self._answers[function, address, count] = words
        return words

    def knock(self) -> None:
        """Make sure that the unit is there. Raises what the link raises when it is not."""
        with suppress(SkipMeterError):
            self(3, 0, 2)
        if self._known_to_answer is None:
            with suppress(RefusedError):
                self(4, 0, 2)

    def fresh(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words as they are now. Raises what the link raises."""
        self.requests += 1
        try:
            return self._read(function, address, count)
        except BadAnswerError:
            self.spoiled += 1
            raise

    def _known(self, function: int, address: int, count: int) -> tuple[int, ...] | None:
        """What an earlier answer holds of this, if any does.

        One register alone is always asked for itself: some meters keep another thing there than
        within a block (Carlo Gavazzi at 0x000B).
        """
        exact = self._answers.get((function, address, count))
        if exact is not None or count == 1:
            return exact
        for (other, first, length), words in self._answers.items():
            if other == function and first <= address and address + count <= first + length:
                return words[address - first : address - first + count]
        return None

    def _ask(self, function: int, address: int, count: int) -> tuple[int, ...]:
        asked = (function, address, count)
        try:
            words = self.fresh(*asked) if self._mute else self._twice(*asked)
        except RefusedError as error:
            self._silences, self._known_to_answer = 0, asked
            self._remember(asked, error)
            raise
        except SkipMeterError as error:
            self._must_be_clean(error)
            self._silences += 1
            self._must_be_alive(error)
            refusal = RefusedError(error.message, error.hint, ILLEGAL_ADDRESS)
            self._remember(asked, refusal)
            raise refusal from error
        self._silences, self._known_to_answer = 0, asked
        return words

    def _must_be_clean(self, error: SkipMeterError) -> None:
        """Give up a unit whose answers are spoiled again and again: they would take minutes."""
        self._lost += isinstance(error, BadAnswerError)
        if self._lost >= MANY_LOST:
            raise BadAnswerError(
                said("its answers are spoiled again and again"),
                said("two meters with one unit id, or noise: connect it alone and ask again"),
            ) from error

    def _must_be_alive(self, error: SkipMeterError) -> None:
        """Ask what was answered before. Raises ``error`` when nothing was, or is no more."""
        if self._known_to_answer is None:
            raise error
        if self._silences < SILENT_IN_A_ROW:
            return
        with suppress(RefusedError):
            self.fresh(*self._known_to_answer)
        self._silences, self._mute = 0, True

    def _twice(self, function: int, address: int, count: int) -> tuple[int, ...]:
        try:
            return self.fresh(function, address, count)
        except RefusedError:
            raise
        except SkipMeterError:
            return self.fresh(function, address, count)

    def _remember(self, asked: tuple[int, int, int], error: RefusedError) -> None:
        self._refused[asked] = error
        served = any(function == asked[0] for function, _, _ in self._answers)
        if error.code == ILLEGAL_FUNCTION and not served:
            what = said("function {function} is not served", function=asked[0])
            self._refused[asked[0], -1, 0] = RefusedError(what, error.hint, ILLEGAL_ADDRESS)
