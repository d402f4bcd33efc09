"""What a bridge's pages answer: `/health` as a document, `/metrics` for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from collector.bridge.bridge import BridgeStatus
from edge_agent.process.metrics import Metric, build_metric, progress_metrics
from edge_agent.process.progress import Progress
from edge_agent.process.usage import usage_metrics

PREFIX = "mieruka_bridge"
_COUNTERS = {
    "messages": ("forwarded", "Messages that Kafka has on all replicas in step."),
    "refused": ("refused", "Messages that Kafka will never take: too large."),
    "repeated": ("repeated", "Messages written again after a refusal."),
    "connection_losses": ("connection_losses", "Connections to the MQTT broker that broke."),
    "kafka_losses": ("kafka_losses", "Times Kafka was there and went."),
}
_GAUGES = {
    "connected": ("mqtt", "1 while the MQTT broker is there."),
    "kafka_ok": ("kafka", "1 while Kafka takes messages."),
    "queue_messages": ("waiting", "Messages that have come and are not taken yet."),
    "on_the_way_messages": ("on_the_way", "Messages Kafka has not answered for."),
    "on_the_way_bytes": ("on_the_way_bytes", "Bytes of their payloads."),
}


def health(status: BridgeStatus, progress: Progress) -> dict[str, Any]:
    """The document; ``ok`` is False when nothing can be taken on."""
    faults = [*_faults(status), *(f"{stuck.part} does not move" for stuck in progress.stuck())]
    standings = progress.standings()
    return {
        "ok": not faults,
        "faults": faults,
        "parts": {part: asdict(standing) for part, standing in standings.items()},
        **asdict(status),
    }


def figures(status: BridgeStatus, progress: Progress) -> Iterator[Metric]:
    """Every figure of the bridge and of its process."""
    for name, (field, text) in _COUNTERS.items():
        yield Metric(f"{PREFIX}_{name}_total", text, "counter", float(getattr(status, field)))
    for name, (field, text) in _GAUGES.items():
        yield Metric(f"{PREFIX}_{name}", text, value=float(getattr(status, field)))
    yield from progress_metrics(PREFIX, progress)
    yield from usage_metrics(PREFIX)
    yield build_metric(PREFIX)


def _faults(status: BridgeStatus) -> Iterator[str]:
    if not status.mqtt:
        yield "no MQTT broker: nothing comes, the agents keep their readings"
    if not status.kafka:
        yield "no Kafka: nothing is acknowledged, the agents keep their readings"
