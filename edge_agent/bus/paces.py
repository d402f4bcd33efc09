"""Whether a line keeps its paces: polls that were left out, and how much of its time is used."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge_agent.bus.portions import Portion
from edge_agent.bus.told import Told
from edge_agent.words import said

FIRST_LOOK_S, LOOK_EVERY_S = 15.0, 30.0
"""A line is looked at over so long: the first time at its start, when meters are got to know and
dead ones found out, which is never called slow."""
TOLERATED = 0.01
"""Up to this share of polls may be left out without a word: a unit that died takes some time."""


@dataclass(slots=True)
class _Window:
    begun_s: float
    busy_s: float
    length_s: float
    first: bool
    due: int = 0
    left_out: int = 0


class Paces:
    """Counts for one line. ``busy_s`` tells how long its link has been in use so far.

    ``due`` and ``left_out`` are totals, ``load`` is the used share of the newest window, 0 to 1.
    Nothing is counted before ``begin``: step by step, nobody is late.
    """

    def __init__(
        self,
        told: Told,
        busy_s: Callable[[], float],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.due = self.left_out = 0
        self.load: float | None = None
        self._told, self._busy_s, self._monotonic_s = told, busy_s, monotonic_s
        self._window: _Window | None = None
        self._slow = False

    def begin(self) -> None:
        """From now on whoever is late is counted."""
        self._open(FIRST_LOOK_S, first=True)

    def asked(self, portion: Portion, now_s: float) -> None:
        """A portion is polled at the steady ``now_s``; what it missed since the last one counts."""
        was_s, portion.asked_s = portion.asked_s, now_s
        if self._window is not None:
            missed = 0 if was_s is None else round((now_s - was_s) / portion.every_s) - 1
            self._window.due += 1 + max(missed, 0)
            self._window.left_out += max(missed, 0)

    def took(self, portion: Portion, took_s: float) -> None:
        """How long that poll took."""
        known = portion.took_s or took_s
        portion.took_s = known + (took_s - known) / 8

    def look(self, portions: Sequence[Portion]) -> None:
        """Judge the window when it is over; tell a line that is too slow, and one no more so."""
        window = self._window
        if window is None or self._monotonic_s() - window.begun_s < window.length_s:
            return
        lasted_s = self._monotonic_s() - window.begun_s
        self.load = min((self._busy_s() - window.busy_s) / lasted_s, 1.0)
        self.due, self.left_out = self.due + window.due, self.left_out + window.left_out
        slow = not window.first and window.left_out > TOLERATED * window.due
        if slow and not self._slow:
            self._tell(window, portions)
        elif self._slow and not window.left_out:
            self._told.tell(said("keeps its paces again"))
        self._slow = slow or (self._slow and window.left_out > 0)
        self._open(LOOK_EVERY_S)

    def _open(self, length_s: float, first: bool = False) -> None:
        self._window = _Window(self._monotonic_s(), self._busy_s(), length_s, first)

    def _tell(self, window: _Window, portions: Sequence[Portion]) -> None:
        needs_s = sum(60 * portion.took_s / portion.every_s for portion in portions)
        text = said(
            "too slow for these paces: {left} of {due} polls left out; all polls of a minute need "
            "{needs} s, and it has 60 s (raise every_s of [poll], its groups or a meter, put fewer "
            "meters on the line, or raise its baud rate; meters that do not answer take time too)",
            left=window.left_out,
            due=window.due,
            needs=round(needs_s),
        )
        self._told.tell(text)
