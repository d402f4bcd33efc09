"""How large a message the broker takes: what it says of itself, or what its hanging up teaches."""

from __future__ import annotations

import logging

from edge_agent.words import said

log = logging.getLogger(__name__)

LEAST_BYTES = 1024
"""No limit is set lower than this, whatever a connection breaks for."""
OVERHEAD_BYTES = 160
"""About what topic and properties take of a packet beside the payload."""
PACKET_TOO_LARGE = 0x95
BROKEN_BEFORE = 2
"""So many connections that broke soon, in a row, with a large message unanswered are taken for a
broker that finds it too large: with MQTT 3.1.1 it cannot say so."""


class Size:
    """The largest payload to send (bytes); None: any."""

    def __init__(self) -> None:
        self.most_bytes: int | None = None
        self._broken = 0

    def offered(self, packet_bytes: int) -> None:
        """The broker says how large a packet may be."""
        self._bound(packet_bytes - OVERHEAD_BYTES)

    def ended(self, code: int, unanswered_bytes: int, short_lived: bool) -> None:
        """A connection ended with ``code``; its largest unanswered payload was so large."""
        self._broken = self._broken + 1 if short_lived and unanswered_bytes else 0
        if unanswered_bytes > LEAST_BYTES and (
            code == PACKET_TOO_LARGE or self._broken >= BROKEN_BEFORE
        ):
            self._broken = 0
            self._bound(unanswered_bytes // 2)
            text = said(
                "the broker seems to find messages too large: at most {most} bytes each now "
                "(raise the broker's largest packet size for fewer, larger messages)",
                most=self.most_bytes,
            )
            log.warning(text)

    def _bound(self, most_bytes: int) -> None:
        wanted = max(most_bytes, LEAST_BYTES)
        self.most_bytes = min(wanted, self.most_bytes or wanted)
