"""One connection as its callbacks see it, and its window of unacknowledged messages."""

from __future__ import annotations

import threading
from typing import NamedTuple

from edge_agent.uplink.loss import Loss

WINDOW = 20
"""At most so many messages are in paho's hands; the rest stays in the outbox."""


class Sent(NamedTuple):
    """A message in paho's hands, of ``size`` bytes; ``seqs`` are the numbers of its readings."""

    topic: str
    size: int = 0
    seqs: tuple[int, ...] = ()


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
        self._in_flight: dict[int, Sent] = {}
        self._early: dict[int, int] = {}

    def room(self) -> int:
        """How many more messages may be handed to paho."""
        with self._lock:
            return max(self.window - len(self._in_flight), 0)

    def handed_over(self, mid: int, message: Sent) -> int | None:
        """Note a message in flight; its code when the answer was faster."""
        with self._lock:
            if mid in self._early:
                return self._early.pop(mid)
            self._in_flight[mid] = message
            return None

    def acknowledged(self, mid: int, code: int) -> Sent | None:
        """Free the place of ``mid``; its message, or None when it is not noted yet."""
        with self._lock:
            noted = self._in_flight.pop(mid, None)
            if noted is None:
                self._early[mid] = code
            return noted

    def unanswered_bytes(self) -> int:
        """The size of the largest message in flight, 0 when there is none."""
        with self._lock:
            return max((sent.size for sent in self._in_flight.values()), default=0)
