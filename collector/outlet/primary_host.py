"""PURE. The primary host: while it is not there, an edge node that waits for it says nothing.

Source: Eclipse Sparkplug 3.0, 5.13: the host's STATE is retained JSON with ``online`` and
``timestamp``; one that is older than the newest heard counts for nothing.
"""

from __future__ import annotations

import json


class PrimaryHost:
    """What is known of the host with this id; an empty id is a host that is always there."""

    def __init__(self, host: str) -> None:
        self._host, self._at_ms = host, -1
        self.online = not host

    @property
    def topics(self) -> tuple[str, ...]:
        """Where it tells its state."""
        return (f"spBv1.0/STATE/{self._host}",) if self._host else ()

    def lost(self) -> None:
        """The connection is gone, and what was known of the host with it."""
        self.online, self._at_ms = not self._host, -1

    def hear(self, topic: str, payload: bytes) -> None:
        """Take in a message; one that is not the host's, or not readable, changes nothing."""
        if topic not in self.topics:
            return
        try:
            state = json.loads(payload)
        except ValueError:
            return
        if not isinstance(state, dict):
            return
        online, at_ms = state.get("online"), state.get("timestamp")
        if isinstance(online, bool) and type(at_ms) is int and at_ms >= self._at_ms:
            self.online, self._at_ms = online, at_ms
