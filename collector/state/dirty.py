"""Which stretches of which meter have totals that are out of date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.state.database import StateDatabase

JOIN_MS = 3_600_000
"""Windows of a meter closer than this become one: recomputing one hour more costs less than a
list that grows by a window a batch while a year is replayed."""

OF_METER = "SELECT id, from_ms, to_ms FROM dirty_window WHERE site = ? AND meter = ?"
"""The windows of one meter, by the index."""

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
            windows = _Windows(connection)
            for mark in marks:
                windows.merge(mark)
            windows.save(connection)

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


class _Windows:
    """The windows of the meters that are marked, read once each and written at once.

    Of a fleet of tens of thousands of meters a batch marks a few: reading every window for each
    mark would hold up a fleet's first births for minutes. The merged window always gets a new id:
    `clear` after a computation that began before this mark must not strike it off.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], list[_Held]] = {}
        self._gone: list[tuple[int]] = []

    def _held(self, site: str, meter: str) -> list[_Held]:
        if (known := self._known.get((site, meter))) is None:
            rows = self._connection.execute(OF_METER, (site, meter))
            known = self._known[site, meter] = [(one, first, end) for one, first, end in rows]
        return known

    def merge(self, mark: Mark) -> None:
        """Add the window, with those that it touches."""
        site, meter, from_ms, to_ms = mark
        apart: list[_Held] = []
        low, high = from_ms, to_ms
        for held in self._held(site, meter):
            window_id, held_from_ms, held_to_ms = held
            if held_from_ms > to_ms + JOIN_MS or held_to_ms < from_ms - JOIN_MS:
                apart.append(held)
                continue
            low, high = min(low, held_from_ms), max(high, held_to_ms)
            if window_id is not None:
                self._gone.append((window_id,))
        self._known[site, meter] = [*apart, (None, low, high)]

    def save(self, connection: sqlite3.Connection) -> None:
        """Write what has changed."""
        connection.executemany("DELETE FROM dirty_window WHERE id = ?", self._gone)
        fresh = [
            (*meter, from_ms, to_ms)
            for meter, windows in self._known.items()
            for window_id, from_ms, to_ms in windows
            if window_id is None
        ]
        connection.executemany(
            "INSERT INTO dirty_window (site, meter, from_ms, to_ms) VALUES (?, ?, ?, ?)", fresh
        )


_Held = tuple[int | None, int, int]
"""Id (None before it is written), first instant, end."""
