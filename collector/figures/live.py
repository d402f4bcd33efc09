"""The minute's station: demand of the running interval, and how each agent is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from collector.clock import Clock
from collector.figures.agents import agent_rows
from collector.figures.demand_now import demand_rows
from collector.figures.plant import FigurePlant
from collector.site_config import SiteSettings
from collector.state import CollectorState
from collector.storage.port import ReadingStore
from collector.summarise.evidence import Evidence
from collector.summarise.library import Library


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
    rows += agent_rows(
        *(state.agents.all(), state.cards.agents(), state.arrivals.signs()),
        *(Counter(hole.agent for hole in state.received.holes()), now_ms),
    )
    store.write_rows(rows)
    return len(rows)
