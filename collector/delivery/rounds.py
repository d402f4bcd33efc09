"""The minute's round: meters' silence, holes, and every ten minutes the completeness of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.clock import Clock
from collector.delivery import asking, days, silence
from collector.delivery.asking import Ask, AskReport
from collector.delivery.counted import Member
from collector.delivery.gaps import Watch
from collector.delivery.recent import RecentDay, recent_days
from collector.delivery.silence import Heartbeat, SilenceReport
from collector.site_config import SiteSettings
from collector.state import CollectorState
from collector.storage.port import ReadingStore

DAYS_EVERY_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class RoundsReport:
    """What the newest round found: ``lines`` for a person, and how meters, holes and days are."""

    lines: tuple[str, ...] = ()
    silence: SilenceReport = field(default_factory=SilenceReport)
    holes: int = 0
    days: tuple[RecentDay, ...] = ()


class DeliveryRounds:
    """What a collector does beside ingest so that nothing is missing unnoticed.

    Keeps which holes it watches; not for several threads at once. A member of a group gets only
    a part of each agent's numbers, so what it lacks is no hole: it asks for nothing. Its agents
    send on their own whatever no member has receipted.
    """

    def __init__(
        self,
        store: ReadingStore,
        state: CollectorState,
        sites: Sequence[SiteSettings],
        ask: Ask,
        clock: Clock,
        member: Member,
    ) -> None:
        self._store, self._state, self._sites = store, state, sites
        self._ask, self._clock, self._member = ask, clock, member
        self._watch: Watch = {}
        self._days_ms: int | None = None
        self.newest = RoundsReport()

    def run(self, beat: Heartbeat) -> RoundsReport:
        """One round. Raises ``CollectorError``: done again later."""
        arrivals, clock = self._state.arrivals, self._clock
        agents = self._state.cards.agents()
        silent = silence.run_once(self._store, arrivals, self._sites, beat, clock, agents)
        found = self._asked()
        self._watch = found.watch
        recent = self._count_days() or self.newest.days
        self.newest = RoundsReport(found.lines, silent, found.holes, recent)
        return self.newest

    def _asked(self) -> AskReport:
        if self._member.group:
            return AskReport()
        return asking.run_once(
            *(self._state.received, self._state.agents, self._ask), self._clock, self._watch
        )

    def _count_days(self) -> tuple[RecentDay, ...]:
        now_ms, arrivals = self._clock.now_ms(), self._state.arrivals
        if self._days_ms is not None and abs(now_ms - self._days_ms) < DAYS_EVERY_MS:
            return ()
        days.run_once(self._store, arrivals, self._sites, self._clock, self._member)
        found = recent_days(self._store, arrivals.signs(), self._sites, self._clock)
        self._days_ms = now_ms
        return found
