"""The minute's round: meters' silence, holes, and every ten minutes the completeness of days."""

from __future__ import annotations

from collections.abc import Sequence

from collector.clock import Clock
from collector.delivery import asking, days, silence
from collector.delivery.asking import Ask
from collector.delivery.gaps import Watch
from collector.delivery.silence import Heartbeat
from collector.site_config import SiteSettings
from collector.state import CollectorState
from collector.storage.port import ReadingStore

DAYS_EVERY_MS = 10 * 60_000


class DeliveryRounds:
    """What a collector does beside ingest so that nothing is missing unnoticed.

    Keeps which holes it watches; not for several threads at once.
    """

    def __init__(
        self,
        store: ReadingStore,
        state: CollectorState,
        sites: Sequence[SiteSettings],
        ask: Ask,
        clock: Clock,
    ) -> None:
        self._store, self._state, self._sites = store, state, sites
        self._ask, self._clock = ask, clock
        self._watch: Watch = {}
        self._days_ms: int | None = None

    def run(self, beat: Heartbeat) -> tuple[str, ...]:
        """One round; answers lines for a person. Raises ``CollectorError``: done again later."""
        arrivals = self._state.arrivals
        silence.run_once(self._store, arrivals, self._sites, beat, self._clock)
        found = asking.run_once(
            *(self._state.received, self._state.agents, self._ask), self._clock, self._watch
        )
        self._watch = found.watch
        now_ms = self._clock.now_ms()
        if self._days_ms is None or abs(now_ms - self._days_ms) >= DAYS_EVERY_MS:
            days.run_once(self._store, arrivals, self._sites, self._clock)
            self._days_ms = now_ms
        return found.lines
