"""The messages that have come and not been taken: a queue with a bound in messages and bytes.

Whoever puts a message waits while there is no room. In the inlet that is the network thread, so
TCP pushes back on the broker: not every broker keeps to the receive maximum.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it came, and the connection on which it may be acknowledged."""

    topic: str
    payload: bytes
    connection: int = 0
    packet_id: int = 0
    qos: int = 0


class Waiting:
    """The bounded queue. Safe to use from several threads."""

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._queue: deque[Delivery] = deque()
        self._bytes = 0
        self._open = True
        self._changed = threading.Condition()

    @property
    def messages(self) -> int:
        """How many messages wait."""
        return len(self._queue)

    @property
    def bytes(self) -> int:
        """How many bytes their payloads have."""
        return self._bytes

    def put(self, delivery: Delivery, *, wait: bool = True) -> bool:
        """Put a message at the end, waiting for room; False when the queue was closed instead.

        Without ``wait`` it answers False as well when there is no room now.
        """
        with self._changed:
            while wait and self._open and not self._has_room(len(delivery.payload)):
                self._changed.wait()
            if not self._open or not self._has_room(len(delivery.payload)):
                return False
            self._queue.append(delivery)
            self._bytes += len(delivery.payload)
            self._changed.notify_all()
        return True

    def wait_for_room(self, wait_s: float) -> None:
        """Wait until a message is taken or the queue is closed, at most for ``wait_s``."""
        with self._changed:
            before = len(self._queue)
            self._changed.wait_for(lambda: len(self._queue) < before or not self._open, wait_s)

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take up to ``max_messages`` in order of arrival, waiting for the first of them."""
        with self._changed:
            if not self._queue and wait_s > 0:
                self._changed.wait_for(lambda: self._queue or not self._open, wait_s)
            queue = self._queue
            taken = [queue.popleft() for _ in range(min(max_messages, len(queue)))]
            self._bytes -= sum([len(delivery.payload) for delivery in taken])
            self._changed.notify_all()
        return taken

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put taken messages back to the front, to be taken again."""
        with self._changed:
            self._queue.extendleft(reversed(deliveries))
            self._bytes += sum([len(delivery.payload) for delivery in deliveries])
            self._changed.notify_all()

    def open(self) -> None:
        """Take messages in from now on."""
        with self._changed:
            self._open = True

    def close(self) -> None:
        """Wake everybody who waits; nothing comes in any more."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def clear(self) -> None:
        """Drop what waits: the broker has it still."""
        with self._changed:
            self._queue.clear()
            self._bytes = 0
            self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        if not self._queue:
            return True  # a message larger than the bound must still get through
        return self._bytes + size <= self._max_bytes and len(self._queue) < self._max_messages
