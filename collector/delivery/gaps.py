"""PURE. When a hole in an agent's numbers is asked for, and when again.

A hole that shrinks is being filled and counts as new; one that stays as it is for ten minutes is
asked for. The pause between two requests doubles up to its longest; no hole is ever given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from edge_agent.contract.wire import Resend

OLD_MS = 10 * 60_000
LONGEST_PAUSE_MS = 6 * 3_600_000
MAX_AT_ONCE = 20
"""No more holes of one agent are asked for in one round."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A hole: unchanged since ``since_ms``, asked for ``times`` times, the last at ``asked_ms``."""

    since_ms: int
    times: int = 0
    asked_ms: int = 0

    @property
    def due_ms(self) -> int:
        """The instant from which it may be asked for."""
        if not self.times:
            return self.since_ms + OLD_MS
        # The exponent is bounded first: a hole asked for a million times is no reason to overflow.
        return self.asked_ms + min(OLD_MS << min(self.times - 1, 16), LONGEST_PAUSE_MS)


Watch = Mapping[Resend, Watched]
"""Every hole there is, by the command that asks for it."""


def look(watch: Watch, holes: Iterable[Resend], now_ms: int) -> dict[Resend, Watched]:
    """Go on watching the holes that are still as they were, begin with the new ones.

    What was noted under a clock that has been set back since counts from now on.
    """
    found = {hole: watch.get(hole) or Watched(now_ms) for hole in holes}
    return {
        hole: replace(
            watched,
            since_ms=min(watched.since_ms, now_ms),
            asked_ms=min(watched.asked_ms, now_ms),
        )
        for hole, watched in found.items()
    }


def due(watch: Watch, offline: frozenset[str], now_ms: int) -> list[Resend]:
    """The holes to ask for now, the oldest numbers of each agent first.

    An agent known to be ``offline`` is asked when it is back.
    """
    waiting: dict[str, list[Resend]] = {}
    for hole, watched in watch.items():
        if watched.due_ms <= now_ms and hole.agent not in offline:
            waiting.setdefault(hole.agent, []).append(hole)
    return [hole for holes in waiting.values() for hole in _oldest(holes)]


def _oldest(holes: Sequence[Resend]) -> Sequence[Resend]:
    return sorted(holes, key=lambda hole: (hole.epoch, hole.first))[:MAX_AT_ONCE]


def note(watch: Watch, asked: Iterable[Resend], now_ms: int) -> dict[Resend, Watched]:
    """Count a request for each of these holes."""
    more = {hole: watch[hole].times + 1 for hole in asked}
    counted = {
        hole: replace(watch[hole], times=times, asked_ms=now_ms) for hole, times in more.items()
    }
    return {**watch, **counted}
