"""Whether Kafka is there: each reason why it is not told once, and once that it is back."""

from __future__ import annotations

import logging

from collector.inlet.kafka.access import hint_of

log = logging.getLogger(__name__)
ALL_DOWN = "_ALL_BROKERS_DOWN"
PASSING = frozenset({"_TRANSPORT", "_RESOLVE", "_TIMED_OUT", "_TIMED_OUT_QUEUE"})
"""Faults of one broker, of which a cluster has others: they matter when all are down."""


class Outage:
    """The standing of one connection to Kafka; ``fault`` is empty while it is well."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._was_there = False
        self._passing = ""
        self._told: set[str] = set()
        self.fault = ""
        self.count = 0
        """How often it was there and went."""

    def heard(self, name: str, reason: str) -> None:
        """Kafka's client tells of a fault, ``name`` in librdkafka; does it matter."""
        if name in PASSING:
            self._passing = reason
        elif name != ALL_DOWN:
            self.down(name, reason)
        elif not self.fault:
            self.down(name, self._passing or "none of its brokers answers")

    def down(self, name: str, reason: str) -> None:
        """Kafka is away, or refuses."""
        self.count += self._was_there and not self.fault
        self.fault = f"Kafka {self._where}: {reason} ({hint_of(name)})"
        kind = ALL_DOWN if name in PASSING else name
        if kind not in self._told:
            self._told.add(kind)
            log.warning("%s", self.fault)

    def back(self) -> None:
        """Kafka has answered."""
        if self.fault or not self._was_there:
            log.info("Kafka %s: %s", self._where, "back" if self._was_there else "there")
        self.fault, self._passing, self._was_there = "", "", True
        self._told.clear()
