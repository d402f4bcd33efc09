"""What the collector has done since it was made."""

from __future__ import annotations

from collections import Counter
from typing import TypedDict

from collector.ingest import IngestReport
from collector.inlet import Inlet
from collector.vitals.rate import RecentRate


class Done(TypedDict):
    """Fields of the status that count batches and jobs."""

    messages_received: int
    readings_stored: int
    readings_rejected: int
    receipts_sent: int
    gaps: int
    store_faults: int
    summaries: int
    summaries_failed: int
    readings_per_s: float


class Link(TypedDict):
    """Fields of the status that tell of the broker."""

    connected: bool
    connection_losses: int
    callback_faults: int
    receipts_dropped: int
    acks_dropped: int
    queued_messages: int
    queued_bytes: int


class Counts:
    """Counters that only rise, and the rate of the last minute; ``now_s`` is monotonic."""

    def __init__(self, now_s: float) -> None:
        self._counts = Counter[str]()
        self._rate = RecentRate(now_s)

    def add(self, name: str) -> None:
        """Count one more."""
        self._counts[name] += 1

    def note(self, report: IngestReport, now_s: float) -> None:
        """Count what a batch has brought."""
        self._counts.update(
            messages=report.messages,
            stored=report.readings_stored,
            rejected=report.readings_rejected,
            receipts=report.receipts,
            gaps=report.gaps,
            store_faults=bool(report.fault),
        )
        self._rate.note(report.readings_stored, now_s)

    def done(self, now_s: float) -> Done:
        """Everything counted so far."""
        counts = self._counts
        return Done(
            messages_received=counts["messages"],
            readings_stored=counts["stored"],
            readings_rejected=counts["rejected"],
            receipts_sent=counts["receipts"],
            gaps=counts["gaps"],
            store_faults=counts["store_faults"],
            summaries=counts["summaries"],
            summaries_failed=counts["summaries_failed"],
            readings_per_s=self._rate.per_s(now_s),
        )


def link_of(inlet: Inlet) -> Link:
    """How the connection to the broker is, and what it has cost."""
    return Link(
        connected=inlet.connected,
        connection_losses=inlet.connection_losses,
        callback_faults=inlet.callback_faults,
        receipts_dropped=inlet.receipts_dropped,
        acks_dropped=inlet.acks_dropped,
        queued_messages=inlet.queued_messages,
        queued_bytes=inlet.queued_bytes,
    )
