"""Readings that will never come, by what their agents' gap records say, as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from collector.figures.agents import MINUTE_MS
from collector.state.gaps import GapEntry
from collector.storage.figure_schema import GAP_RECORD, LOST_REASONS, agent_meter
from collector.storage.port import Row

LOOKED_BACK_MS = 2 * 3_600_000
"""So long after it came a record is written again, in case the store was away: it costs little."""
_BEGINNINGS = {
    "outbox full: thinned": "thinned",
    "outbox full": "evicted",
    "too old": "too_old",
    "disk refused": "disk_refused",
    "damaged outbox": "damaged",
}
"""How the agents' reasons begin, the longer ones first."""


def lost_rows(gaps: Sequence[GapEntry], sites: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """A row for each agent, site it reads for, minute and reason. Each minute must be whole."""
    counted: dict[tuple[str, int], Counter[str]] = {}
    for entry in gaps:
        gap, minute_ms = entry.gap, entry.at_ms - entry.at_ms % MINUTE_MS
        reasons = counted.setdefault((gap.agent, minute_ms), Counter())
        reasons[reason_of(gap.reason)] += gap.last - gap.first + 1
    for (agent, minute_ms), reasons in counted.items():
        for reason, readings in reasons.items():
            at_ms = minute_ms + LOST_REASONS.index(reason)
            fields: dict[str, float | str] = {"readings": float(readings), "reason": reason}
            for site in sites.get(agent, ()):
                yield Row(GAP_RECORD, site, agent_meter(agent), at_ms, fields)


def reason_of(told: str) -> str:
    """Which of ``LOST_REASONS`` an agent's words mean."""
    return next((word for text, word in _BEGINNINGS.items() if told.startswith(text)), "other")
