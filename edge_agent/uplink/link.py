"""One connection as its callbacks see it, and its window of unacknowledged messages."""

from __future__ import annotations

import threading

from edge_agent.uplink.loss import Loss

WINDOW = 20
"""At most so many messages are in paho's hands; the rest stays in the outbox."""


class Link:
    """The state of connection ``number``, dialled at ``dialled_s`` (monotonic).

    It is never used again for another connection, so a late acknowledgement finds only its own.
    """

    def __init__(self, number: int, dialled_s: float) -> None:
        self.number, self.dialled_s = number, dialled_s
        self.window = WINDOW
        self.ready = False
        self.loss: Loss | None = None
        self.ended = threading.Event()
        self._lock = threading.Lock()
        self._in_flight: dict[int, str] = {}
        self._early: dict[int, int] = {}

    def room(self) -> int:
        """How many more messages may be handed to paho."""
        with self._lock:
            return max(self.window - len(self._in_flight), 0)

    def handed_over(self, mid: int, topic: str) -> int | None:
        """Note a message in flight; the code of its acknowledgement when that was faster."""
        with self._lock:
            if mid in self._early:
                return self._early.pop(mid)
            self._in_flight[mid] = topic
            return None

    def acknowledged(self, mid: int, code: int) -> str | None:
        """Free the place of ``mid``; its topic, or None when it is not noted yet."""
        with self._lock:
            topic = self._in_flight.pop(mid, None)
            if topic is None:
                self._early[mid] = code
            return topic
