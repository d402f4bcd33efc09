"""The network side of a link: connections, and how many of them a gateway takes.

Before: a TCP address. After: connections that requests come in on. Cheap gateways take one to
four connections; what they do with the next one differs, so both are played: ``refuse`` does not
listen while it is full, ``close`` takes the connection and drops it at once.
"""

from __future__ import annotations

import selectors
import socket

from simulators.faults import Faults
from simulators.plant import Address, Link

CHUNK = 4096
PATIENCE_S = 5.0
"""A caller that takes nothing for so long is dropped."""


class Connection:
    """One caller."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        end.settimeout(PATIENCE_S)
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        """What to wait on."""
        return self._end.fileno()

    def hear(self) -> bytes:
        """What has come; empty when the caller has gone."""
        return self._end.recv(CHUNK)

    def say(self, frame: bytes) -> None:
        """Send a frame."""
        self._end.sendall(frame)

    def close(self) -> None:
        """Hang up."""
        self._end.close()


class Gateway:
    """A port that takes as many connections as the link says.

    ``listener`` is None while it refuses. Raises ``OSError`` when the port cannot be had.
    """

    def __init__(self, link: Link, faults: Faults, wanted: Address) -> None:
        self._link, self._faults = link, faults
        self._watched: socket.socket | None = None
        self.listener: socket.socket | None = _listening(wanted.host, wanted.port)
        self.address = Address(*self.listener.getsockname()[:2])

    def listen(self, waiting: selectors.BaseSelector, connections: int) -> None:
        """Listen, or do not while it is full and refuses; ``waiting`` watches the listener."""
        refusing = self._link.when_full == "refuse" and self._full(connections)
        if refusing and self.listener:
            self.close(waiting)
        elif not refusing and self.listener is None:
            self.listener = _listening(*self.address[:2])
        if self.listener and self._watched is None:
            waiting.register(self.listener, selectors.EVENT_READ)
            self._watched = self.listener

    def taken(self, connections: int) -> Connection | None:
        """The caller that waits, unless it gave up or there are too many."""
        if self.listener is None:
            return None
        try:
            end, _ = self.listener.accept()
        except OSError:
            return None
        if self._full(connections):
            end.close()
            return None
        return Connection(end)

    def close(self, waiting: selectors.BaseSelector) -> None:
        """Listen no more."""
        if self._watched:
            waiting.unregister(self._watched)
            self._watched = None
        if self.listener:
            self.listener.close()
            self.listener = None

    def _full(self, connections: int) -> bool:
        fault = self._faults.link(self._link.id)
        most = self._link.max_connections
        return (fault is not None and fault.name == "full") or (0 < most <= connections)


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), backlog=16)
    listener.settimeout(0)
    return listener
