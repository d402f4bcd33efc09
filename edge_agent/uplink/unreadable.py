"""What comes down to the agent and cannot be read: one line for each reason."""

from __future__ import annotations

import logging

from edge_agent.words import said

log = logging.getLogger(__name__)

REASONS = 100
"""More reasons than these, from a peer gone mad, are not told."""


class Unreadable:
    """``count`` messages could not be read."""

    def __init__(self) -> None:
        self.count = 0
        self._told: set[tuple[str, str]] = set()

    def tell(self, what: str, reason: Exception, consequence: str) -> None:
        """Note a message: ``what`` it should be, why it is none, and what becomes of it."""
        self.count += 1
        told = (what, str(reason))
        if told not in self._told and len(self._told) < REASONS:
            self._told.add(told)
            text = said(
                "unreadable {what}: {reason} ({consequence}; do agent and collector fit in "
                "version?)",
                what=what,
                reason=str(reason),
                consequence=consequence,
            )
            log.warning(text)
