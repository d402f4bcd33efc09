"""When to try the broker again, and one line for each outage."""

from __future__ import annotations

import logging
import random
from collections import deque

from edge_agent.uplink.loss import Loss
from edge_agent.words import said

log = logging.getLogger(__name__)

GOOD_CONNECTION_S = 60.0
"""After a connection that lived as long as this, the waits start from the first again."""
SHORT_LIVED_TOLD = 3
"""So many connections in a row that came up and broke soon after are an alarm."""
TAKEOVER_WINDOW_S = 60.0
TAKEOVER_WAIT_S = 300.0


class Retries:
    """Waits that double from ``waits_s[0]`` to ``waits_s[1]``, each varied by a fifth.

    Each cause is told once until a good connection, and so is the return.
    """

    def __init__(self, address: str, agent: str, waits_s: tuple[float, float]) -> None:
        self.last_fault = ""
        self._address, self._agent = address, agent
        self._first_s, self._longest_s = waits_s
        self._wait_s = self._first_s
        self._next_s = float("-inf")
        self._told: set[str] = set()
        self._up_told = False
        self._short_lived = 0
        self._takeovers: deque[float] = deque(maxlen=2)

    def due(self, now_s: float) -> bool:
        """Whether it is time for another attempt."""
        return now_s >= self._next_s

    def failed(self, loss: Loss, now_s: float, lived_s: float | None = None) -> None:
        """Tell the loss and wait longer than last time. ``lived_s`` None: it never came up."""
        if lived_s is not None:
            self._judge_life(lived_s)
        self.last_fault = said(
            "broker {address} is away: {reason} ({hint})",
            address=self._address,
            reason=loss.reason,
            hint=loss.hint,
        )
        if loss.reason not in self._told:
            self._told.add(loss.reason)
            self._up_told = False
            log.warning(self.last_fault)
        wait_s = self._wait_s * random.uniform(0.8, 1.2)
        self._wait_s = min(2 * self._wait_s, self._longest_s)
        if loss.taken_over and self._taken_over_twice(now_s):
            wait_s = TAKEOVER_WAIT_S
        self._next_s = now_s + wait_s

    def succeeded(self) -> None:
        """Tell, once per told outage, that the broker is there."""
        if not self._up_told:
            self._up_told = True
            text = said(
                "connected to broker {address} as {agent}",
                address=self._address,
                agent=self._agent,
            )
            log.info(text)

    def _judge_life(self, lived_s: float) -> None:
        if lived_s >= GOOD_CONNECTION_S:
            self._wait_s = self._first_s
            self._short_lived = 0
            self._told.clear()
            return
        # Mosquitto 2.0.11 closes a connection that is taken over without a word, and so does any
        # broker with MQTT 3.1.1: this pattern is all that can be seen of a second agent then.
        self._short_lived += 1
        if self._short_lived == SHORT_LIVED_TOLD:
            text = said(
                "ALARM: the connection to broker {address} breaks soon after it comes up, again "
                "and again (does another agent use the id {agent}, from a copied memory card? see "
                "its log too)",
                address=self._address,
                agent=self._agent,
            )
            log.error(text)

    def _taken_over_twice(self, now_s: float) -> bool:
        self._takeovers.append(now_s)
        if len(self._takeovers) < 2 or now_s - self._takeovers[0] > TAKEOVER_WINDOW_S:
            return False
        self._takeovers.clear()
        text = said(
            "ALARM: another agent uses the id {agent} and takes the connection away (a copied "
            "memory card? give each agent its own [agent] id; next try in {s:.0f} s)",
            agent=self._agent,
            s=TAKEOVER_WAIT_S,
        )
        log.error(text)
        return True
