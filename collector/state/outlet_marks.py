"""What the outlet must still know after a restart: topics it has filled, and where it stopped."""

from __future__ import annotations

from collections.abc import Iterable

from collector.state.database import StateDatabase


class OutletMarks:
    """Marks by kind and name, each with a number. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def all(self, kind: str) -> dict[str, int]:
        """Every mark of a kind: name and number."""
        rows = self._database.read("SELECT name, number FROM outlet_mark WHERE kind = ?", (kind,))
        return {str(name): int(number) for name, number in rows}

    def put(self, kind: str, marks: Iterable[tuple[str, int]]) -> None:
        """Set marks, each in place of the one before; durable on return."""
        rows = [(kind, name, number) for name, number in marks]
        if rows:
            with self._database.write() as connection:
                connection.executemany("INSERT OR REPLACE INTO outlet_mark VALUES (?, ?, ?)", rows)

    def drop(self, kind: str, names: Iterable[str]) -> None:
        """Strike marks off; those that are not there are no fault."""
        rows = [(kind, name) for name in names]
        if rows:
            with self._database.write() as connection:
                connection.executemany("DELETE FROM outlet_mark WHERE kind = ? AND name = ?", rows)
