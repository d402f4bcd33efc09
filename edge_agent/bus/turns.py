"""Whose turn it is on a line: every portion of every meter at its own marks. PURE.

On a line with time to spare the fast portions come first, and those that fall due while slower
ones wait go before them. On a line that is too slow, whoever is later in proportion to its own
pace goes first: all paces stretch alike, and nobody is left out for good.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.bus.meter import PolledMeter
from edge_agent.bus.portions import Portion, mark_of

RETRY_S = 10.0
"""A portion that could not be read is tried again after so long, or at its own pace."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One portion of one meter, to be polled now."""

    meter: PolledMeter
    portion: Portion


class Turns:
    """The portions of a line's meters; ``tick_s`` is the fastest pace, theirs or ``every_s``.

    Instants (``now_ms``) are the wall clock's: marks are shared by all agents.
    """

    def __init__(self, meters: Sequence[PolledMeter], align_s: float, every_s: float) -> None:
        self._all = [Turn(meter, portion) for meter in meters for portion in meter.portions]
        self._align_s = align_s
        paces = {turn.portion.every_s for turn in self._all}
        self.tick_s = min(paces | {every_s})
        self._one_pace = len(paces) < 2

    @property
    def portions(self) -> list[Portion]:
        """Every portion on the line."""
        return [turn.portion for turn in self._all]

    def tick(self, now_ms: int) -> int:
        """The number of the tick at ``now_ms``."""
        return mark_of(now_ms, self._align_s, self.tick_s, self.tick_s)

    def asked_for(self, now_ms: int) -> list[Turn]:
        """What a round asked for at ``now_ms`` is for: the fastest always, others when due."""
        fast = [turn for turn in self._all if turn.portion.every_s <= self.tick_s]
        slow = [turn for turn in self._all if turn.portion.every_s > self.tick_s]
        due = [turn for turn in slow if self._is_due(turn.portion, now_ms)]
        return sorted([*fast, *due], key=lambda turn: self._rank(turn, now_ms))

    def due(self, now_ms: int) -> list[Turn]:
        """What is due at ``now_ms`` and was not polled at this tick yet."""
        tick = self.tick(now_ms)
        found = [turn for turn in self._all if turn.portion.tick != tick]
        due = [turn for turn in found if self._is_due(turn.portion, now_ms)]
        return sorted(due, key=lambda turn: self._rank(turn, now_ms))

    def first(self, waiting: Sequence[Turn], now_ms: int) -> Turn:
        """Whose turn it is among those that wait."""
        if self._one_pace:
            return waiting[0]
        return min(waiting, key=lambda turn: self._rank(turn, now_ms))

    def taken(self, portion: Portion, now_ms: int) -> None:
        """The portion is polled for its mark now."""
        portion.tick, portion.mark = self.tick(now_ms), self._mark(portion, now_ms)

    def begin_anew(self) -> None:
        """Nothing that passed until now is late, and what failed is tried at once."""
        for turn in self._all:
            turn.portion.asked_s = None
            if turn.portion.mark is None:
                turn.portion.tick = None

    def _is_due(self, portion: Portion, now_ms: int) -> bool:
        if portion.mark is not None:
            return self._mark(portion, now_ms) != portion.mark
        if portion.tick is None:
            return True
        pause_s = min(portion.every_s, RETRY_S)
        return abs(self.tick(now_ms) - portion.tick) * self.tick_s >= pause_s

    def _mark(self, portion: Portion, now_ms: int) -> int:
        return mark_of(now_ms, self._align_s, portion.every_s, self.tick_s)

    def _rank(self, turn: Turn, now_ms: int) -> tuple[float, float, float]:
        portion = turn.portion
        asked_s = -math.inf if portion.asked_s is None else portion.asked_s
        return -self._late_s(portion, now_ms) / portion.every_s, portion.every_s, asked_s

    def _late_s(self, portion: Portion, now_ms: int) -> float:
        """How long a portion has waited: since the mark it was not read for, or the last try."""
        now_s = now_ms / 1000 - self._align_s
        if portion.mark is not None:
            return max(now_s - (portion.mark + 1) * portion.every_s, 0.0)
        return math.inf if portion.tick is None else max(now_s - portion.tick * self.tick_s, 0.0)
