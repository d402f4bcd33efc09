"""The minute's station: demand of the running interval, and how each agent is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from collector.clock import Clock
from collector.figures.agents import HEALTH_HELD_MS, MINUTE_MS, Known, agent_rows
from collector.figures.demand_now import demand_rows
from collector.figures.lost import LOOKED_BACK_MS, lost_rows
from collector.figures.plant import FigurePlant
from collector.figures.signed import closed_rows
from collector.site_config import SiteSettings
from collector.state import CollectorState
from collector.storage.port import ReadingStore
from collector.summarise.evidence import Evidence
from collector.summarise.library import Library

SIGNED_EVERY = 15
"""So many minutes apart closed accounts are looked at: each is read whole, with its digest."""


def run_once(
    store: ReadingStore,
    state: CollectorState,
    evidence: Evidence,
    sites: Sequence[SiteSettings],
    library: Library,
    clock: Clock,
) -> int:
    """Write this minute's rows; answers how many. Raises what the store raises."""
    now_ms = clock.now_ms()
    rows = [
        row
        for site in sites
        for row in demand_rows(FigurePlant(store, site, library, now_ms), evidence)
    ]
    known = known_of(state, now_ms)
    rows += agent_rows(known, now_ms)
    rows += lost_rows(state.gaps.since(_looked_back_to(now_ms)), known.sites())
    store.write_rows(rows)
    if now_ms // MINUTE_MS % SIGNED_EVERY == 0:
        # Last: an account that was tampered with must not hold up the minute's figures.
        store.write_rows(
            [row for site in sites for row in closed_rows(site, state.closed.list(site.id))]
        )
    return len(rows)


def known_of(state: CollectorState, now_ms: int) -> Known:
    """What the state tells of agents now."""
    return Known(
        agents=state.agents.all(),
        readers=state.cards.agents(),
        signs=state.arrivals.signs(),
        holes=Counter(hole.agent for hole in state.received.holes()),
        healths=state.agent_health.since(now_ms - HEALTH_HELD_MS),
    )


def _looked_back_to(now_ms: int) -> int:
    """The beginning of a minute: of one that is cut a row would hold a part."""
    back_ms = now_ms - LOOKED_BACK_MS
    return back_ms - back_ms % MINUTE_MS
