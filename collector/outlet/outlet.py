"""The outlet: every few seconds the figures are read once, and each way out shows them.

Runs in a thread of its own, beside ingest and sums; it reads the store and writes none of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from collector.clock import Clock
from collector.config import CollectorSettings
from collector.outlet.figures import Look, MeterFigures, SiteFigures
from collector.outlet.open_metrics import meter_metrics
from collector.outlet.out_sparkplug import SparkplugOut
from collector.outlet.out_tree import TreeOut
from collector.site_config import SiteSettings
from collector.state import CollectorState
from collector.storage.port import ReadingStore
from edge_agent.process.metrics import Metric

STEP_EVERY_S = 1.0
"""How often hosts are heard and what waits is sent."""
BACKFILL_MS = 7 * 86_400_000
"""How far back intervals are told that nobody was told when they ended."""


class Outlet:
    """All ways out of one collector. ``run_once`` is for one thread; ``metrics`` for any."""

    def __init__(
        self,
        settings: CollectorSettings,
        store: ReadingStore,
        state: CollectorState,
        clock: Clock,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._store, self._clock = settings.outlet, store, clock
        self._state, self._monotonic_s = state, monotonic_s
        self._sites = _chosen(settings)
        marks = state.outlet_marks
        tree = TreeOut(settings, marks)
        self._tree = tree if tree.on or tree.retained.filled else None
        self._sparkplug = (
            SparkplugOut(settings, marks, clock, monotonic_s) if self._settings.sparkplug else None
        )
        self._due_s = monotonic_s()
        self.meters: Sequence[MeterFigures] = ()
        """What was read last, site after site."""

    @property
    def on(self) -> bool:
        """Whether the settings ask for anything."""
        return self._settings.any or bool(self._ways())

    def start(self) -> None:
        """Begin to connect. Raises ``StopError`` for certificates that cannot be used."""
        for way in self._ways():
            way.start()

    def stop(self) -> None:
        """Leave the brokers in order."""
        for way in self._ways():
            way.stop()

    def run_once(self) -> None:
        """Read the figures when it is time, then let each way out go on.

        Raises what the store raises; the ways out go on with what was read before.
        """
        try:
            if self._monotonic_s() >= self._due_s:
                self._due_s = self._monotonic_s() + self._settings.every_s
                self.meters = self.look()
                for way in self._ways():
                    way.show(self.meters)
        finally:
            for way in self._ways():
                way.step()

    def metrics(self) -> Iterator[Metric]:
        """The figures for the page /metrics; nothing where the settings do not ask for them."""
        if self._settings.open_metrics:
            yield from meter_metrics(self.meters, self._settings.quantities)
        if self._tree is not None:
            yield from _counts(self._tree)

    def standing(self) -> dict[str, dict[str, object]]:
        """How each way to a broker is, for the page /health."""
        return {
            way.name: {"connected": way.link.connected, "last_fault": way.link.last_fault}
            for way in self._ways()
        }

    def look(self) -> list[MeterFigures]:
        """Read the figures of every site that is let out. Raises what the store raises."""
        look, now_ms = self._what(), self._clock.now_ms()
        found: list[MeterFigures] = []
        for site in self._sites:
            found += SiteFigures(self._store, site, look, now_ms).read()
        return found

    def _what(self) -> Look:
        japanese = self._settings.language == "ja"
        told = self._sparkplug.slots_from_ms if self._sparkplug is not None else {}
        oldest_ms = self._clock.now_ms() - BACKFILL_MS
        from_ms = {meter: max(at_ms, oldest_ms) for meter, at_ms in told.items()}
        signs = self._state.arrivals.signs()
        newest = {(one.site, one.meter): one.at_ms for one in signs if one.at_ms is not None}
        away = {(one.site, one.meter) for one in signs if one.online is False and not one.by_file}
        return Look(self._settings.quantities, japanese, from_ms, newest, away)

    def _ways(self) -> list[TreeOut | SparkplugOut]:
        return [way for way in (self._tree, self._sparkplug) if way is not None]


def _chosen(settings: CollectorSettings) -> list[SiteSettings]:
    wanted = settings.outlet.sites
    return [site for site in settings.sites if not wanted or site.id in wanted]


def _counts(tree: TreeOut) -> Iterator[Metric]:
    retained = tree.retained
    dropped = retained.replaced + retained.left
    yield Metric(
        *("mieruka_outlet_dropped_total", "Values overtaken before they were sent.", "counter"),
        value=float(dropped),
    )
    yield Metric("mieruka_outlet_waiting_topics", "Topics to be sent.", value=retained.waiting)
    yield Metric(
        "mieruka_outlet_connected", "1 while its broker is there.", value=float(tree.link.connected)
    )
