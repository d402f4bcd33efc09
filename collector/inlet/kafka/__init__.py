"""Readings out of Kafka: a consumer group gives deliveries to the same ingest as MQTT does.

Before: a bridge, ours or a broker's own, that puts every message of an agent into one topic. After:
`ingest`. An offset is committed only after the store's answer and the receipt, and receipts go
out by MQTT. Nothing here is imported before the settings have a [kafka].
"""

from __future__ import annotations

from collector.inlet.kafka.inlet import KafkaInlet

__all__ = ["KafkaInlet"]
