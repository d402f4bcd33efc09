"""A collector that keeps nothing: it gives receipts for whatever comes, so that outboxes settle.

``python -m tests.bench.receipts mqtt://127.0.0.1:1883`` runs until it is told to end.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable

import orjson

from collector.config import MqttSettings
from collector.inlet import Delivery, Inlet
from edge_agent.contract import wire
from edge_agent.contract.topics import parse_up

ALL_AT_ONCE = 1000


def main() -> None:
    """Give receipts until SIGTERM."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    inlet = Inlet(MqttSettings(url=sys.argv[1]), "receipts")
    inlet.start()
    while not ended.is_set():
        deliveries = inlet.take(ALL_AT_ONCE, 0.2)
        for receipt in receipts(deliveries):
            inlet.send_receipt(receipt)
        for delivery in deliveries:
            inlet.ack(delivery)
    inlet.stop()


def receipts(deliveries: Iterable[Delivery]) -> list[wire.Receipt]:
    """One receipt for each message of readings or gaps."""
    found = []
    for delivery in deliveries:
        topic = parse_up(delivery.topic)
        if topic is None or topic.channel not in ("live", "back", "gap"):
            continue
        document = orjson.loads(delivery.payload)
        told = document["seq"] if "seq" in document else [document["first"], document["last"]]
        ranges = wire.ranges(told) if "seq" in document else ((told[0], told[1]),)
        found.append(wire.Receipt(topic.agent, document["epoch"], tuple(ranges)))
    return found


if __name__ == "__main__":
    main()
