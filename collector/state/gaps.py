"""Ranges of readings that an agent took but will never send, and why."""

from __future__ import annotations

from dataclasses import dataclass

from collector.state.database import StateDatabase
from edge_agent.contract.wire import Gap


@dataclass(frozen=True, slots=True)
class GapEntry:
    """A gap, and when the collector heard of it (UTC ms)."""

    gap: Gap
    at_ms: int


class GapRecords:
    """The durable list of gaps. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def keep(self, gap: Gap, at_ms: int) -> bool:
        """Keep a gap durably; answers False for one that is known already."""
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?, ?)",
                (gap.agent, gap.epoch, gap.first, gap.last, gap.reason, at_ms),
            )
            return added.rowcount > 0

    def since(self, at_ms: int) -> list[GapEntry]:
        """Answer the gaps heard of at ``at_ms`` or later, in the same order."""
        rows = self._database.read(
            "SELECT agent, epoch, first, last, reason, at_ms FROM gap WHERE at_ms >= ?"
            " ORDER BY agent, epoch, first",
            (at_ms,),
        )
        return [GapEntry(Gap(*row[:5]), row[5]) for row in rows]

    def list(self) -> list[GapEntry]:
        """Answer every gap, by agent, epoch and number."""
        return self.since(0)
