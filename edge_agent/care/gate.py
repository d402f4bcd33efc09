"""Who may ask what: each question is looked at before anything is done for it. PURE.

The plant decides: what is not in ``[care] allow`` is refused, whoever asks.
"""

from __future__ import annotations

from collections import OrderedDict, deque

from edge_agent.config import CareSettings
from edge_agent.contract.care import Ask
from edge_agent.errors import AgentError, RetryLaterError, StopError
from edge_agent.words import said

REMEMBERED = 256
"""So many questions are known again when a broker delivers them twice."""
A_MINUTE_S = 60.0
MOST_AHEAD_MS = 86_400_000
"""A deadline further away than a day is that of no question."""


class Gate:
    """For one agent. ``needs`` tells which word of ``[care] allow`` a kind of question needs."""

    def __init__(self, agent: str, needs: dict[str, str]) -> None:
        self._agent, self._needs = agent, needs
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._taken_s: deque[float] = deque()
        self.limited = 0

    def is_known(self, ask: Ask) -> bool:
        """Whether this very question came before; from now on it has."""
        known = ask.id in self._seen
        self._seen[ask.id] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return known

    def refusal(
        self, ask: Ask, settings: CareSettings, now_ms: int | None, now_s: float
    ) -> AgentError | None:
        """Why it is not tried; None when it is. ``RetryLaterError``: another time it may be.

        ``now_ms`` is None while the machine's clock is not to be trusted; ``now_s`` is monotonic.
        """
        if ask.agent != self._agent:
            what = said("the question is for agent {agent}", agent=ask.agent)
            return StopError(what, said("ask each agent on its own topic"))
        if ask.kind not in self._needs:
            what = said("questions of kind {kind} are not known here", kind=ask.kind)
            return StopError(
                what, said("known: {kinds}; update the agent", kinds=", ".join(self._needs))
            )
        return (
            self._not_allowed(ask, settings)
            or self._too_late(ask, now_ms)
            or self._many(settings, now_s)
        )

    def _not_allowed(self, ask: Ask, settings: CareSettings) -> StopError | None:
        word = self._needs[ask.kind]
        if word in settings.allow:
            return None
        what = said("this plant does not allow {word} from afar", word=word)
        hint = said("add {word} to [care] allow in agent.toml, at the plant", word=word)
        return StopError(what, hint)

    def _too_late(self, ask: Ask, now_ms: int | None) -> RetryLaterError | None:
        if now_ms is None or now_ms <= ask.expires_ms <= now_ms + MOST_AHEAD_MS:
            return None
        return RetryLaterError(
            said("the question came outside of its time"),
            said("ask again; when that does not help, compare the clocks of both machines"),
        )

    def _many(self, settings: CareSettings, now_s: float) -> RetryLaterError | None:
        while self._taken_s and now_s - self._taken_s[0] >= A_MINUTE_S:
            self._taken_s.popleft()
            self.limited = 0
        if len(self._taken_s) < settings.asks_a_minute:
            self._taken_s.append(now_s)
            return None
        self.limited += 1
        return RetryLaterError(
            said("more than {n} questions within a minute", n=settings.asks_a_minute),
            said("ask again a minute later"),
        )
