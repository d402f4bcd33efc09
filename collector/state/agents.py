"""Which agents there are, on which connection, and whether they are there."""

from __future__ import annotations

from dataclasses import dataclass

from collector.state.database import StateDatabase
from edge_agent.contract.wire import Birth, State

_BORN = """
INSERT INTO agent VALUES (?, ?, ?, 1, ?, ?)
ON CONFLICT (agent) DO UPDATE SET
    epoch = excluded.epoch, connection = excluded.connection, online = 1,
    software = excluded.software, at_ms = excluded.at_ms
WHERE CASE WHEN epoch = excluded.epoch
           THEN excluded.connection > connection ELSE excluded.at_ms >= at_ms END
"""


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """An agent as its newest birth and state tell; ``at_ms`` is the birth's instant."""

    agent: str
    epoch: str
    connection: int
    online: bool
    software: str
    at_ms: int


class Agents:
    """The list of agents. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def born(self, birth: Birth) -> None:
        """Note a birth, unless a newer one is known or it is told a second time."""
        with self._database.write() as connection:
            connection.execute(
                _BORN, (birth.agent, birth.epoch, birth.connection, birth.software, birth.at_ms)
            )

    def hear(self, state: State) -> bool:
        """Note a state; answers False for one that is older than the agent's newest birth.

        That is a late will: the broker sends it when it notices the end of a connection that
        the agent has long replaced.
        """
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE agent SET online = ? WHERE agent = ? AND connection <= ?",
                (state.online, state.agent, state.connection),
            )
            return changed.rowcount > 0

    def all(self) -> list[AgentEntry]:
        """Answer every agent, by name."""
        rows = self._database.read(
            "SELECT agent, epoch, connection, online, software, at_ms FROM agent ORDER BY agent"
        )
        return [AgentEntry(r[0], r[1], r[2], bool(r[3]), r[4], r[5]) for r in rows]
