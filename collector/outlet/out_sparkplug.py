"""The way out by Sparkplug B: the collector is an edge node, each meter a device of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from collector.clock import Clock
from collector.config import CollectorSettings
from collector.outlet.broker import broker_of
from collector.outlet.edge_node import NUMBERS, Device, EdgeNode, asks_rebirth
from collector.outlet.figures import MeterFigures
from collector.outlet.link import Link
from collector.outlet.payload import DOUBLE, STRING, Metric
from collector.outlet.primary_host import PrimaryHost
from collector.outlet.tree import STATE, level, rows_of
from collector.state.outlet_marks import OutletMarks

BD_SEQ, SLOT = "bd_seq", "slot"
"""Kinds of marks: the newest session's number, and each device's newest interval told."""
REBIRTH_EVERY_S = 5.0
"""A host that asks more often is answered at this pace."""
PAUSE_S = 5.0
"""So long after the host went offline the node looks whether it is back."""


class SparkplugOut:
    """The edge node and its connection. Not for several threads at once."""

    name = "sparkplug"

    def __init__(
        self,
        settings: CollectorSettings,
        marks: OutletMarks,
        clock: Clock,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        outlet, own = settings.outlet, level(settings.collector.id)
        self._quantities, self._clock, self._monotonic_s = outlet.quantities, clock, monotonic_s
        self._marks, self._own = marks, own
        self._first = (marks.all(BD_SEQ).get(own, NUMBERS - 1) + 1) % NUMBERS
        self.node = EdgeNode(outlet.group, own, marks.all(SLOT))
        self._told_ms = dict(self.node.told_ms)
        self.host = PrimaryHost(outlet.primary_host)
        self.link = Link(
            *(broker_of(settings), f"mieruka-sparkplug-{own}"),
            lambda: self.node.death(self._bd_seq(self.link.connection), clock.now_ms()),
            (self.node.command_topic, *self.host.topics),
        )
        self._connection = 0
        self._devices: Sequence[Device] = ()
        self._again_s = self._rebirth_s = 0.0
        self._asked = False

    def start(self) -> None:
        """Begin to connect. Raises ``StopError`` for certificates that cannot be used."""
        self.link.start()

    def stop(self) -> None:
        """Say the last words, and leave."""
        self._leave()

    @property
    def slots_from_ms(self) -> dict[tuple[str, str], int]:
        """The start (UTC ms) of the newest interval told, by site and meter."""
        parted = ((name.partition(":"), at_ms) for name, at_ms in self.node.told_ms.items())
        return {(site, meter): at_ms for (site, _, meter), at_ms in parted}

    def show(self, meters: Sequence[MeterFigures]) -> None:
        """Take these figures for the present ones."""
        self._devices = [self._device(meter) for meter in meters]

    def step(self) -> None:
        """Hear the host, and say what is owed."""
        self.link.revive()
        if not self.link.connected:
            self._lost()
            return
        if self.link.connection != self._connection:
            self._lost()
            self._connection = self.link.connection
        self._asked = self._hear() or self._asked
        if not self.host.online:
            if self.node.born:
                self._leave()
            return
        self._speak()

    def _speak(self) -> None:
        now_ms, now_s = self._clock.now_ms(), self._monotonic_s()
        if not self.node.born:
            bd_seq = self._bd_seq(self._connection - 1)
            self._marks.put(BD_SEQ, [(self._own, bd_seq)])
            self.node.birth(bd_seq, now_ms, self.link.publish)
        elif self._asked and now_s >= self._rebirth_s:
            self._asked, self._rebirth_s = False, now_s + REBIRTH_EVERY_S
            self.node.rebirth(now_ms, self.link.publish)
        self.node.step(self._devices, now_ms, self.link.publish)
        told = self.node.told_ms.items() - self._told_ms.items()
        self._marks.put(SLOT, told)
        self._told_ms |= dict(told)

    def _hear(self) -> bool:
        asked = False
        for topic, payload in self.link.heard():
            self.host.hear(topic, payload)
            asked = asked or (topic == self.node.command_topic and asks_rebirth(payload))
        return asked

    def _lost(self) -> None:
        self._asked = False
        self.node.lost()
        self.host.lost()
        if self.link.stopped and self._monotonic_s() >= self._again_s:
            self.link.start()

    def _leave(self) -> None:
        """Go in order; after a pause, ``step`` comes back and waits for the host."""
        death = self.node.death(self._bd_seq(self._connection - 1), self._clock.now_ms())
        self.link.stop([death] if self.node.born else [])
        self.node.lost()
        self.host.lost()
        self._again_s = self._monotonic_s() + PAUSE_S

    def _bd_seq(self, connections: int) -> int:
        """The number of the session that so many came before."""
        return (self._first + connections) % NUMBERS

    def _device(self, meter: MeterFigures) -> Device:
        now_ms = self._clock.now_ms()
        metrics = [Metric(STATE, now_ms, STRING, meter.state)]
        for row in rows_of(meter, self._quantities):
            figure = meter.values.get(row.name)
            at_ms = now_ms if figure is None else figure.at_ms
            value = None if figure is None else round(figure.value, row.decimals)
            metrics.append(Metric(row.name, at_ms, DOUBLE, value, unit=row.unit))
        slots = tuple((slot.start_ms, round(slot.kwh, 3)) for slot in meter.slots)
        return Device(f"{meter.site}:{meter.meter}", meter.heard, metrics, slots)
