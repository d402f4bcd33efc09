"""What is known of a running collector at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.delivery.recent import RecentDay


@dataclass(frozen=True, slots=True)
class CollectorStatus:
    """What the collector has done since it was made, and how it is now.

    ``dead_letters`` counts the different messages kept, over restarts too. ``last_fault`` is the
    newest fault, empty when there was none. ``meters`` has the number of expected meters in each
    state of staleness and ``days`` the completeness of yesterday and today, both as the newest
    round of watching found them. No change of readings is older than ``unsummarised_s`` and
    missing in the totals. ``credit`` has readings/s, by agent.
    """

    messages_received: int
    readings_stored: int
    readings_rejected: int
    dead_letters: int
    store_ok: bool
    connected: bool
    last_fault: str
    receipts_sent: int = 0
    receipts_dropped: int = 0
    acks_dropped: int = 0
    queued_messages: int = 0
    queued_bytes: int = 0
    gaps: int = 0
    holes: int = 0
    store_faults: int = 0
    summaries: int = 0
    summaries_failed: int = 0
    connection_losses: int = 0
    callback_faults: int = 0
    ingest_running: bool = False
    readings_per_s: float = 0.0
    agents: int = 0
    agents_online: int = 0
    unsummarised_s: float = 0.0
    meters: Mapping[str, int] = field(default_factory=dict)
    days: tuple[RecentDay, ...] = ()
    credit: Mapping[str, float] = field(default_factory=dict)
