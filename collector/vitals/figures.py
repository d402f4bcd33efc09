"""What `/metrics` answers: the same facts as figures for Prometheus, with units in their names."""

from __future__ import annotations

from collections.abc import Iterator

from collector.delivery.staleness import SILENCE_STATES
from collector.vitals.status import CollectorStatus
from edge_agent.process.metrics import Metric, build_metric, progress_metrics
from edge_agent.process.progress import Progress
from edge_agent.process.usage import usage_metrics

PREFIX = "mieruka_collector"
_COUNTERS = {
    "messages": ("messages_received", "Messages taken from the broker."),
    "readings_stored": ("readings_stored", "Readings the store has taken, repeats included."),
    "readings_rejected": ("readings_rejected", "Readings that are kept as dead letters."),
    "receipts": ("receipts_sent", "Receipts sent to agents."),
    "receipts_dropped": ("receipts_dropped", "Receipts not sent: the readings come again."),
    "acks_dropped": ("acks_dropped", "Acknowledgements void after the connection changed."),
    "gaps": ("gaps", "Ranges of readings that agents have said will never come."),
    "store_faults": ("store_faults", "Batches put back because the store was away."),
    "summaries": ("summaries", "Times the totals were brought up to date."),
    "summaries_failed": ("summaries_failed", "Times that was not possible."),
    "connection_losses": ("connection_losses", "Connections to the broker that broke."),
    "callback_faults": ("callback_faults", "Faults in the inlet's callbacks; please report."),
}
"""Counters since the start: name, field of the status, help."""
_GAUGES = {
    "dead_letters": ("dead_letters", "Different messages kept because they cannot be stored."),
    "holes": ("holes", "Ranges of numbers that have not come and are asked for."),
    "store_ok": ("store_ok", "1 while the store takes readings."),
    "connected": ("connected", "1 while the broker is there."),
    "ingest_running": ("ingest_running", "1 while the ingest thread lives."),
    "ingest_readings_per_second": ("readings_per_s", "Readings stored, over the last minute."),
    "queue_messages": ("queued_messages", "Messages that have come and are not taken yet."),
    "queue_bytes": ("queued_bytes", "Bytes of their payloads."),
    "agents": ("agents", "Agents that have ever been born."),
    "agents_online": ("agents_online", "Agents that are there."),
    "unsummarised_seconds": ("unsummarised_s", "The oldest change not in the totals, at most."),
}
"""Figures of now."""


def figures(status: CollectorStatus, progress: Progress) -> Iterator[Metric]:
    """Every figure of the collector and of its process."""
    for name, (field, text) in _COUNTERS.items():
        yield Metric(f"{PREFIX}_{name}_total", text, "counter", float(getattr(status, field)))
    for name, (field, text) in _GAUGES.items():
        yield Metric(f"{PREFIX}_{name}", text, value=float(getattr(status, field)))
    yield from _of_meters(status)
    yield Metric(
        f"{PREFIX}_credit_readings_per_second",
        "How fast an agent may send what has piled up.",
        samples=tuple(({"agent": agent}, rate) for agent, rate in sorted(status.credit.items())),
    )
    yield from progress_metrics(PREFIX, progress)
    yield from usage_metrics(PREFIX)
    yield build_metric(PREFIX)


def _of_meters(status: CollectorStatus) -> Iterator[Metric]:
    if status.meters:
        counts = ((state, status.meters.get(state, 0)) for state in SILENCE_STATES)
        yield Metric(
            f"{PREFIX}_meters",
            "Expected meters in each state of staleness.",
            samples=tuple(({"state": state}, float(count)) for state, count in counts),
        )
    days = [({"site": day.site, "day": day.day}, day) for day in status.days]
    yield Metric(
        f"{PREFIX}_completeness_ratio",
        "Readings stored of those expected, yesterday and today, over a site's meters.",
        samples=tuple((labels, day.share) for labels, day in days),
    )
    yield Metric(
        f"{PREFIX}_day_readings",
        "Readings of yesterday and today: on time, late, estimated, or a gap.",
        samples=tuple(
            ({**labels, "kind": kind}, float(getattr(day, kind)))
            for labels, day in days
            for kind in ("expected", "on_time", "late", "estimated", "gap")
        ),
    )
