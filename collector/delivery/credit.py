"""The credit book: who is draining a backlog now, and what share of the rate each one may use.

Pure. Whoever has been seen on the back lane within ``DRAINING_S`` counts; all share alike. An agent
is told when it begins, when its share has moved by more than a tenth, and each minute, since a
credit that was lost on the way must not hold for long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge_agent.contract.credit import LEAST_READINGS_PER_S, MOST_READINGS_PER_S, Credit

DRAINING_S = 60.0
TELL_EVERY_S = 60.0
MOVED = 0.1
"""A share that has moved by more than this part of what was told is told again."""


@dataclass(frozen=True, slots=True)
class _Told:
    readings_per_s: float
    at_s: float


class CreditBook:
    """Divides ``total_per_s`` readings per second among the agents that drain.

    Times are monotonic seconds. However many drain, none is told less than one reading a second.
    """

    def __init__(self, total_per_s: float) -> None:
        self._total_per_s = total_per_s
        self._seen_s: dict[str, float] = {}
        self._told: dict[str, _Told] = {}

    def note(self, backlog: Mapping[str, int], now_s: float) -> None:
        """So many readings have come on the back lane, by agent."""
        self._seen_s |= {agent: now_s for agent, readings in backlog.items() if readings > 0}

    def due(self, now_s: float) -> list[Credit]:
        """The credits to send now; they count as told. Agents that have drained are forgotten."""
        seen_s = self._seen_s.items()
        self._seen_s = {agent: at_s for agent, at_s in seen_s if now_s - at_s < DRAINING_S}
        self._told = {agent: told for agent, told in self._told.items() if agent in self._seen_s}
        if not self._seen_s:
            return []
        share = self._total_per_s / len(self._seen_s)
        share = min(max(share, LEAST_READINGS_PER_S), MOST_READINGS_PER_S)
        fresh = [agent for agent in self._seen_s if self._is_due(agent, share, now_s)]
        self._told |= dict.fromkeys(fresh, _Told(share, now_s))
        return [Credit(agent, share) for agent in fresh]

    def _is_due(self, agent: str, share: float, now_s: float) -> bool:
        told = self._told.get(agent)
        if told is None or now_s - told.at_s >= TELL_EVERY_S:
            return True
        return abs(share - told.readings_per_s) > MOVED * told.readings_per_s
