"""Which stores of an agent have been heard, so that a copied card is noticed.

The outbox of an agent has an epoch of its own, and a copy that finds itself on another machine
begins a new one. So an agent whose births come now from one epoch, now from another has two
stores: a second card with the same identity, or an old copy that was put back.
"""

from __future__ import annotations

import sqlite3

from collector.state.database import StateDatabase
from edge_agent.contract.wire import Birth

CLONE_DAYS = 7
_DAY_MS = 86_400_000
TOLD_EVERY_MS = 3_600_000
CLONE = "two stores"
"""The kind of the event in ``fleet_event``."""


class Sightings:
    """The epochs of each agent. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def note(self, birth: Birth, at_ms: int) -> bool:
        """Note a birth that came at the instant; True when its agent seems to be there twice.

        That is when the birth is of an older store of the agent, while a newer one has been heard
        within ``CLONE_DAYS``. Two cards that fight change places for days: told once an hour.
        """
        with self._database.write() as connection:
            known = connection.execute(
                "SELECT epoch, last_ms FROM agent_epoch WHERE agent = ? ORDER BY last_ms DESC",
                (birth.agent,),
            ).fetchall()
            connection.execute(
                "INSERT INTO agent_epoch VALUES (?, ?, ?, ?) ON CONFLICT (agent, epoch)"
                " DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)",
                (birth.agent, birth.epoch, at_ms, at_ms),
            )
            came_back = _came_back(known, birth.epoch, at_ms)
            told = came_back and not _told_since(connection, birth.agent, at_ms - TOLD_EVERY_MS)
            if told:
                connection.execute(
                    "INSERT INTO fleet_event (at_ms, agent, kind, told) VALUES (?, ?, ?, ?)",
                    (at_ms, birth.agent, CLONE, f"store {birth.epoch} and store {known[0][0]}"),
                )
        return told


def _told_since(connection: sqlite3.Connection, agent: str, since_ms: int) -> bool:
    found = connection.execute(
        "SELECT 1 FROM fleet_event WHERE agent = ? AND kind = ? AND at_ms > ? LIMIT 1",
        (agent, CLONE, since_ms),
    )
    return found.fetchone() is not None


def _came_back(known: list[tuple[str, int]], epoch: str, at_ms: int) -> bool:
    """Whether an epoch that was heard before comes again after another one."""
    if not known or known[0][0] == epoch or epoch not in {row[0] for row in known}:
        return False
    return at_ms - known[0][1] < CLONE_DAYS * _DAY_MS
