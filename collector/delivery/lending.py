"""Station: what came on the back lanes -> each agent is told how fast it may go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from collector.delivery.credit import TELL_EVERY_S, CreditBook
from edge_agent.contract.credit import Credit

LOOK_EVERY_S = 1.0
Send = Callable[[Credit], bool]
"""Tells the agent its credit; False when that is not possible now: it is told anew in a minute."""


class Lending:
    """Keeps the credit book and sends what is due. ``rates`` may be asked from any thread."""

    def __init__(self, total_per_s: float, send: Send) -> None:
        self._book, self._send = CreditBook(total_per_s), send
        self._looked_s: float | None = None
        self._told: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def note(self, backlog: Mapping[str, int], now_s: float) -> None:
        """So many readings of a backlog have come by agent; at most once a second some are told."""
        self._book.note(backlog, now_s)
        if self._looked_s is not None and now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        sent = [credit for credit in self._book.due(now_s) if self._send(credit)]
        with self._lock:
            self._told |= {credit.agent: (credit.readings_per_s, now_s) for credit in sent}

    def rates(self, now_s: float) -> dict[str, float]:
        """The credit (readings/s) of each agent that drains a backlog now."""
        with self._lock:
            # Whoever drains is told each minute: one told longer ago has come to its end.
            recent = {a: t for a, t in self._told.items() if now_s - t[1] < 2 * TELL_EVERY_S}
            self._told = recent
            return {agent: rate for agent, (rate, _) in recent.items()}
