"""MQTT -> Kafka: every message of an agent into one topic, and only then acknowledged.

Before: the MQTT broker. After: Kafka, out of which collectors read by ``inlet/kafka``. For
a broker that has no bridge to Kafka of its own; those that have one do without this.
"""

from __future__ import annotations

from collector.bridge.bridge import Bridge, BridgeStatus

__all__ = ["Bridge", "BridgeStatus"]
