"""What `/health` answers: whether all is well, why not, and what a person looks for first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from collector.vitals.status import CollectorStatus
from edge_agent.process.progress import Progress


def health(status: CollectorStatus, progress: Progress) -> dict[str, Any]:
    """The document; ``ok`` is False when readings cannot be taken in or a part does not move.

    Silent meters and incomplete days are told, but are no fault of the collector's.
    """
    standings = progress.standings()
    faults = [*_faults(status), *(f"{stuck.part} does not move" for stuck in progress.stuck())]
    return {
        "ok": not faults,
        "faults": faults,
        "last_fault": status.last_fault,
        "parts": {part: asdict(standing) for part, standing in standings.items()},
        "broker": {"connected": status.connected, "connection_losses": status.connection_losses},
        "store": {"ok": status.store_ok, "faults": status.store_faults},
        "readings": {
            "stored": status.readings_stored,
            "rejected": status.readings_rejected,
            "dead_letters": status.dead_letters,
            "per_s": round(status.readings_per_s, 3),
        },
        "totals": {
            "summaries": status.summaries,
            "failed": status.summaries_failed,
            "unsummarised_s": round(status.unsummarised_s, 1),
        },
        "agents": {"known": status.agents, "online": status.agents_online},
        "meters": dict(status.meters),
        "completeness": [asdict(day) for day in status.days],
        "holes": status.holes,
    }


def _faults(status: CollectorStatus) -> Iterator[str]:
    if not status.connected:
        yield "no broker: nothing comes in, the agents keep their readings"
    if not status.store_ok:
        yield "no store: nothing is receipted, the agents keep their readings"
    if not status.ingest_running:
        yield "ingest has ended: nothing is stored"
