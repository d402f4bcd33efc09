"""The settings pushed to each agent, by version, and which of them it says it runs with.

A version never changes; what became of it does. The newest one is what the agent shall have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from collector.state.database import StateDatabase
from edge_agent.contract.care import ConfigState, decode_answer, encode_config_state

VersionState = Literal[
    "waiting", "on trial", "in use", "refused", "rolled back", "superseded", "replaced"
]
"""``waiting`` for the agent; ``superseded`` by a newer one before the agent had it; ``replaced``
by a newer one after it was in use."""
_NEWEST = (
    "version = (SELECT max(version) FROM agent_settings newer"
    " WHERE newer.agent = agent_settings.agent)"
)
_IN_MOTION = (
    "SELECT agent FROM agent_settings_told WHERE came_ms >= ?"
    " UNION SELECT agent FROM agent_settings WHERE state IN ('waiting', 'on trial')"
)
_FIELDS = "agent, version, text, digest, over_local, request, state, reason, state_at_ms"


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """Version ``version`` of an agent's settings, and how it stands since ``state_at_ms``.

    ``request`` is the id of the request that pushed it, which knows who, when and why.
    """

    agent: str
    version: int
    text: str
    digest: str
    over_local: bool
    request: str
    state: VersionState = "waiting"
    reason: str = ""
    state_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class ToldState:
    """What an agent last said of its settings, and when (UTC ms) that came."""

    state: ConfigState
    came_ms: int


class AgentSettingsVersions:
    """The durable list of versions. Safe to use from several threads and processes."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, version: SettingsVersion) -> None:
        """Keep a new version; those that the agent has not had yet are superseded by it."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE agent_settings SET state = 'superseded', state_at_ms = ?"
                " WHERE agent = ? AND state = 'waiting'",
                (version.state_at_ms, version.agent),
            )
            connection.execute(
                f"INSERT INTO agent_settings ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(version.agent, version.version, version.text, version.digest),
                    *(version.over_local, version.request, version.state, version.reason),
                    version.state_at_ms,
                ),
            )

    def list(self, agent: str) -> Sequence[SettingsVersion]:
        """Every version of an agent, the oldest first."""
        return self._read("WHERE agent = ? ORDER BY version", (agent,))

    def newest(self) -> Sequence[SettingsVersion]:
        """The newest version of each agent that has one."""
        return self._read(f"WHERE {_NEWEST} ORDER BY agent")

    def newest_since(self, came_ms: int) -> Sequence[SettingsVersion]:
        """The same of those that are under way, or whose agent has spoken at ``came_ms`` or later.

        Cheap for a fleet of thousands that has been quiet.
        """
        return self._read(f"WHERE agent IN ({_IN_MOTION}) AND {_NEWEST} ORDER BY agent", (came_ms,))

    def overtaken(self) -> Sequence[SettingsVersion]:
        """Those that were on trial when a newer one was pushed, and whose end is not known yet."""
        return self._read(f"WHERE state = 'on trial' AND NOT {_NEWEST} ORDER BY agent, version")

    def next_version(self, agent: str) -> int:
        """The number of the next one: above all that were pushed, and all that the agent knows."""
        told = self.told(agent)
        known = (0, 0) if told is None else (told.state.version, told.state.newest)
        return max(*known, *(row.version for row in self.list(agent)), 0) + 1

    def stands(self, version: SettingsVersion) -> None:
        """Note how a version stands now; one that is in use replaces the one of before."""
        whose = (version.agent, version.version)
        with self._database.write() as connection:
            if version.state == "in use":
                connection.execute(
                    "UPDATE agent_settings SET state = 'replaced', state_at_ms = ?"
                    " WHERE agent = ? AND state = 'in use' AND version <> ?",
                    (version.state_at_ms, *whose),
                )
            connection.execute(
                "UPDATE agent_settings SET state = ?, reason = ?, state_at_ms = ?, request = ?"
                " WHERE agent = ? AND version = ?",
                (version.state, version.reason, version.state_at_ms, version.request, *whose),
            )

    def hear(self, state: ConfigState, came_ms: int) -> None:
        """Keep what an agent says of its settings."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO agent_settings_told (agent, came_ms, message)"
                " VALUES (?, ?, ?)",
                (state.agent, came_ms, encode_config_state(state)),
            )

    def told(self, agent: str) -> ToldState | None:
        """What an agent last said of its settings."""
        rows = self._database.read(
            "SELECT message, came_ms FROM agent_settings_told WHERE agent = ?", (agent,)
        )
        for message, came_ms in rows:
            state = decode_answer(message, orjson.loads)
            if isinstance(state, ConfigState):
                return ToldState(state, came_ms)
        return None

    def _read(self, where: str, values: Sequence[object] = ()) -> Sequence[SettingsVersion]:
        rows = self._database.read(f"SELECT {_FIELDS} FROM agent_settings {where}", values)
        return [_version(row) for row in rows]


def _version(row: tuple[Any, ...]) -> SettingsVersion:
    agent, version, text, digest, over_local, *rest = row
    return SettingsVersion(agent, version, text, digest, bool(over_local), *rest)
