"""What each agent last said of its own health, and when that came."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from collector.state.database import StateDatabase
from edge_agent.contract.health import Health, decode_health, encode_health

_KEEP = "INSERT OR REPLACE INTO agent_health (agent, came_ms, message) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class HealthEntry:
    """An agent's newest health, and the instant (UTC ms, the collector's clock) it was taken in."""

    health: Health
    came_ms: int

    @property
    def clock_offset_s(self) -> float:
        """How far the agent's clock is ahead of ours, less what the message took to come."""
        return (self.health.at_ms - self.came_ms) / 1000


class AgentHealth:
    """The newest health of each agent. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def keep(self, health: Health, came_ms: int) -> None:
        """Keep what has just come. The order of arrival counts: an agent's clock may be wrong."""
        with self._database.write() as connection:
            connection.execute(_KEEP, (health.agent, came_ms, encode_health(health)))

    def since(self, came_ms: int) -> list[HealthEntry]:
        """Answer what came at ``came_ms`` or later, by agent."""
        rows = self._database.read(
            "SELECT message, came_ms FROM agent_health WHERE came_ms >= ? ORDER BY agent",
            (came_ms,),
        )
        return [HealthEntry(decode_health(row[0], orjson.loads), row[1]) for row in rows]
