"""Which parts of the process still move: the watchdog's evidence.

A part is whatever should never stand still for long: a worker, a loop. It says ``made`` whenever
it has got a step further; who has said nothing for longer than agreed is stuck. All methods may
be called from any thread, and none of them waits for anything but this.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Stuck:
    """A part that has been silent for longer than the ``within_s`` it was given."""

    part: str
    silent_s: float
    within_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How long ago a part last moved, within how long it must, and why it need not now ("")."""

    silent_s: float
    within_s: float
    excuse: str = ""

    @property
    def stuck(self) -> bool:
        """Whether it should have moved by now."""
        return not self.excuse and self.silent_s > self.within_s


@dataclass(frozen=True, slots=True)
class _Mark:
    at_s: float
    within_s: float
    excuse: str = ""


class Progress:
    """The parts and when each last moved, by ``monotonic_s``."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._marks: dict[str, _Mark] = {}

    def expect(self, part: str, within_s: float) -> None:
        """From now on ``part`` must move at least every ``within_s``; counts as a step itself."""
        with self._lock:
            self._marks[part] = _Mark(self._monotonic_s(), within_s)

    def made(self, part: str) -> None:
        """``part`` has got further; without meaning for a part that nobody expects."""
        with self._lock:
            mark = self._marks.get(part)
            if mark is not None:
                self._marks[part] = _Mark(self._monotonic_s(), mark.within_s)

    def excuse(self, part: str, reason: str) -> None:
        """``part`` need not move, for a stated reason, until it next says ``made``."""
        with self._lock:
            mark = self._marks.get(part)
            if mark is not None:
                self._marks[part] = replace(mark, excuse=reason)

    def renew(self) -> None:
        """Count anew for every part: the whole process was held up, and none of them by itself."""
        with self._lock:
            now_s = self._monotonic_s()
            self._marks = {part: replace(mark, at_s=now_s) for part, mark in self._marks.items()}

    def forget(self, part: str) -> None:
        """Nobody expects anything of ``part`` any more."""
        with self._lock:
            self._marks.pop(part, None)

    def standings(self) -> dict[str, Standing]:
        """Every part that is expected to move, and how it stands."""
        with self._lock:
            now_s = self._monotonic_s()
            return {
                part: Standing(now_s - mark.at_s, mark.within_s, mark.excuse)
                for part, mark in self._marks.items()
            }

    def stuck(self) -> tuple[Stuck, ...]:
        """The parts that should have moved by now, longest silent first."""
        found = [
            Stuck(part, standing.silent_s, standing.within_s)
            for part, standing in self.standings().items()
            if standing.stuck
        ]
        return tuple(sorted(found, key=lambda stuck: -stuck.silent_s))
