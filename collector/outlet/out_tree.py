"""The way out by retained topics: the readable tree, and what Home Assistant is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.config import CollectorSettings
from collector.outlet.broker import broker_of
from collector.outlet.discovery import Discovery
from collector.outlet.figures import MeterFigures
from collector.outlet.link import Link
from collector.outlet.message import Message
from collector.outlet.retained import Retained
from collector.outlet.tree import OFFLINE, ONLINE, leaves, outlet_topic
from collector.state.outlet_marks import OutletMarks

TOPIC = "topic"
"""The kind of mark that remembers which topics hold something of ours."""


class TreeOut:
    """Keeps the broker's retained topics as the figures are. Not for several threads at once."""

    name = "tree"

    def __init__(self, settings: CollectorSettings, marks: OutletMarks) -> None:
        outlet, own = settings.outlet, settings.collector.id
        self._quantities, self._root = outlet.quantities, outlet.root
        self._areas = _areas(settings)
        self._there = outlet_topic(outlet.root, own)
        self._discovery = (
            Discovery(outlet.discovery_prefix, outlet.root, own, outlet.language)
            if outlet.home_assistant
            else None
        )
        self._marks, self._marked = marks, marks.all(TOPIC)
        self.on = outlet.tree
        """Whether there is to be a tree; else one of an earlier time is taken away."""
        self.retained = Retained(self._marked, [self._there])
        self.link = Link(
            broker_of(settings),
            f"mieruka-outlet-{own}",
            lambda: Message(self._there, OFFLINE.encode(), qos=1),
        )
        self._connection = 0
        self._emptied: list[str] = []

    def start(self) -> None:
        """Begin to connect. Raises ``StopError`` for certificates that cannot be used."""
        self.link.start()

    def stop(self) -> None:
        """Say that nobody fills the tree any more, and leave."""
        self.link.stop([Message(self._there, OFFLINE.encode(), qos=1)] if self.on else [])

    def show(self, meters: Sequence[MeterFigures]) -> None:
        """Have the tree hold these figures and nothing else of ours."""
        wanted = {self._there: ONLINE} if self.on else {}
        for meter in meters if self.on else ():
            if self._discovery is not None:
                area = self._areas[meter.site]
                topic = self._discovery.topic(meter.site, meter.meter)
                wanted[topic] = self._discovery.payload(meter, self._quantities, area)
            wanted |= leaves(self._root, meter, self._quantities)
        self._remember(wanted)
        self.retained.want(wanted)

    def step(self) -> None:
        """Send what waits, as far as it goes."""
        self.link.revive()
        if self.link.connection != self._connection:
            self._connection = self.link.connection
            self.retained.lost()
        if self.link.connected:
            self._emptied += self.retained.send(self.link.publish)
        if self._emptied and self.link.idle:
            self._forget()

    def _remember(self, wanted: Mapping[str, str]) -> None:
        # Before they are sent: a topic that was filled must be known to whoever empties it.
        fresh = [(topic, 1) for topic in wanted if topic not in self._marked]
        self._marks.put(TOPIC, fresh)
        self._marked |= dict(fresh)

    def _forget(self) -> None:
        # Only now: a topic that the broker may still hold must be emptied by the next run.
        gone = [topic for topic in self._emptied if not self.retained.holds(topic)]
        self._emptied = []
        self._marks.drop(TOPIC, gone)
        for topic in gone:
            self._marked.pop(topic, None)


def _areas(settings: CollectorSettings) -> dict[str, str]:
    japanese = settings.outlet.language == "ja"
    return {
        site.id: site.name if japanese else site.name_en or site.name for site in settings.sites
    }
