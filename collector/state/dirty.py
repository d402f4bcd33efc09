"""Which stretches of which meter have totals that are out of date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.state.database import StateDatabase

JOIN_MS = 3_600_000
"""Windows of a meter closer than this become one: recomputing one hour more costs less than a
list that grows by a window a batch while a year is replayed."""

Mark = tuple[str, str, int, int]
"""Site, meter, first instant (UTC ms), end instant (excluded)."""


@dataclass(frozen=True, slots=True)
class DirtyWindow:
    """A meter's readings changed in ``from_ms`` (included) to ``to_ms`` (excluded)."""

    id: int
    site: str
    meter: str
    from_ms: int
    to_ms: int


class DirtyWindows:
    """The durable list of windows to recompute. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def mark(self, site: str, meter: str, from_ms: int, to_ms: int) -> None:
        """Note that the meter's readings changed in the window; durable on return."""
        self.mark_all([(site, meter, from_ms, to_ms)])

    def mark_all(self, marks: Iterable[Mark]) -> None:
        """Note several windows in one transaction, each merged with its neighbours."""
        with self._database.write() as connection:
            for mark in marks:
                _merge(connection, mark)

    def pending(self) -> list[DirtyWindow]:
        """Every window still to recompute, by site, meter and time."""
        rows = self._database.read(
            "SELECT id, site, meter, from_ms, to_ms FROM dirty_window ORDER BY site, meter, from_ms"
        )
        return [DirtyWindow(*row) for row in rows]

    def clear(self, windows: Sequence[DirtyWindow]) -> None:
        """Strike off windows that were recomputed; one marked again since then stays."""
        with self._database.write() as connection:
            connection.executemany(
                "DELETE FROM dirty_window WHERE id = ?", [(window.id,) for window in windows]
            )


def _merge(connection: sqlite3.Connection, mark: Mark) -> None:
    # The merged window always gets a new id: `clear` after a computation that began before this
    # mark must not strike it off.
    site, meter, from_ms, to_ms = mark
    near = "site = ? AND meter = ? AND from_ms <= ? AND to_ms >= ?"
    values = (site, meter, to_ms + JOIN_MS, from_ms - JOIN_MS)
    low, high = connection.execute(
        f"SELECT min(from_ms), max(to_ms) FROM dirty_window WHERE {near}", values
    ).fetchone()
    if low is not None:
        connection.execute(f"DELETE FROM dirty_window WHERE {near}", values)
        from_ms, to_ms = min(from_ms, low), max(to_ms, high)
    connection.execute(
        "INSERT INTO dirty_window (site, meter, from_ms, to_ms) VALUES (?, ?, ?, ?)",
        (site, meter, from_ms, to_ms),
    )
