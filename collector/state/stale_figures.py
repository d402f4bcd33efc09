"""Which days of which meter have totals that no figure was made from yet.

A mark goes through two stages: ``fresh`` until the day's own figures are made, then ``settling``
until those of longer periods are, which wait for the day to be over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.state.database import StateDatabase

Stage = Literal["fresh", "settling"]
Touched = tuple[str, int, int, int]
"""Meter, first instant of the local day, and the stretch of it whose totals changed (UTC ms)."""
_INSERT = (
    "INSERT INTO stale_figure (site, meter, day_ms, from_ms, to_ms, stage)"
    " VALUES (?, ?, ?, ?, ?, 'fresh')"
)


@dataclass(frozen=True, slots=True)
class StaleDay:
    """The totals of a meter's local day at ``day_ms`` changed in ``from_ms`` to ``to_ms``."""

    id: int
    site: str
    meter: str
    day_ms: int
    from_ms: int
    to_ms: int
    stage: Stage


class StaleFigures:
    """The durable list of days whose figures are out of date. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def mark(self, site: str, touched: Iterable[Touched]) -> None:
        """Note that totals changed; durable on return."""
        with self._database.write() as connection:
            for meter, day_ms, from_ms, to_ms in touched:
                low, high = _taken(connection, (site, meter, day_ms), (from_ms, to_ms))
                connection.execute(_INSERT, (site, meter, day_ms, low, high))

    def pending(self) -> list[StaleDay]:
        """Every mark, by site, meter and day."""
        rows = self._database.read(
            "SELECT id, site, meter, day_ms, from_ms, to_ms, stage FROM stale_figure"
            " ORDER BY site, meter, day_ms"
        )
        return [StaleDay(*row) for row in rows]

    def settle(self, days: Sequence[StaleDay]) -> None:
        """Note that the days' own figures are made; one marked again since then stays fresh."""
        self._each("UPDATE stale_figure SET stage = 'settling' WHERE id = ?", days)

    def clear(self, days: Sequence[StaleDay]) -> None:
        """Strike off days of which every figure is made; one marked again since then stays."""
        self._each("DELETE FROM stale_figure WHERE id = ?", days)

    def _each(self, statement: str, days: Sequence[StaleDay]) -> None:
        with self._database.write() as connection:
            connection.executemany(statement, [(day.id,) for day in days])


def _taken(
    connection: sqlite3.Connection, key: tuple[str, str, int], span: tuple[int, int]
) -> tuple[int, int]:
    """Take the mark there is away; answer the stretch of both, the new one's where it was done."""
    where = "WHERE site = ? AND meter = ? AND day_ms = ?"
    held = connection.execute(f"SELECT from_ms, to_ms, stage FROM stale_figure {where}", key)
    found = held.fetchone()
    connection.execute(f"DELETE FROM stale_figure {where}", key)
    if found is None or found[2] != "fresh":
        return span
    return min(found[0], span[0]), max(found[1], span[1])
