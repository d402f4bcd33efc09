"""What people ruled on a counter's steps, over the engine's own judgement.

Nothing is ever deleted: a ruling that was taken back stays, with who took it back and when, so
that a figure of last month can still be explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.errors import CollectorError
from collector.rollup.counters import Ruling
from collector.state.database import StateDatabase

_FIELDS = (
    "id, site, meter, quantity, at_ms, kind, booked_milli_wh, reason, by_name, made_at_ms,"
    " taken_back_by, taken_back_at_ms"
)


@dataclass(frozen=True, slots=True)
class RulingEntry:
    """A ruling, the counter it is on, and when (UTC ms) it was made and taken back."""

    id: int
    site: str
    meter: str
    quantity: str
    ruling: Ruling
    made_at_ms: int
    taken_back_by: str = ""
    taken_back_at_ms: int | None = None


class Rulings:
    """The durable list of rulings. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, site: str, meter: str, quantity: str, ruling: Ruling, made_at_ms: int) -> int:
        """Keep a ruling on the meter's counter; answers its id. Durable on return.

        Raises ``CollectorError`` for a ruling without a reason or a name: neither can be found
        out later.
        """
        if not ruling.reason.strip() or not ruling.by.strip():
            what = "a correction needs a reason and the name of who made it"
            raise CollectorError(what, "write --reason TEXT --by NAME")
        values = (
            *(site, meter, quantity, ruling.at_ms, ruling.kind, ruling.booked_milli_wh),
            *(ruling.reason.strip(), ruling.by.strip(), made_at_ms),
        )
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO ruling (site, meter, quantity, at_ms, kind, booked_milli_wh, reason,"
                " by_name, made_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            return int(cursor.lastrowid or 0)

    def take_back(self, ruling_id: int, by: str, at_ms: int) -> RulingEntry:
        """Mark a ruling as taken back; answers it as it stands then.

        Raises ``CollectorError`` when there is none of that id, or it was taken back before.
        """
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE ruling SET taken_back_by = ?, taken_back_at_ms = ?"
                " WHERE id = ? AND taken_back_at_ms IS NULL",
                (by, at_ms, ruling_id),
            ).rowcount
        found = self._read("WHERE id = ?", (ruling_id,))
        if not found or not changed:
            why = "was taken back before" if found else "is not there"
            hint = "the ids are in: collector meters corrections SITE"
            raise CollectorError(f"correction {ruling_id} {why}", hint)
        return found[0]

    def active(self, site: str, meter: str, quantity: str) -> Sequence[Ruling]:
        """The rulings on a counter that nobody has taken back, in the order they were made."""
        where = "WHERE site = ? AND meter = ? AND quantity = ? AND taken_back_at_ms IS NULL"
        return [entry.ruling for entry in self._read(where, (site, meter, quantity))]

    def list(self, site: str, meter: str = "") -> Sequence[RulingEntry]:
        """Every ruling of the site, or of one meter of it, taken back or not."""
        if meter:
            return self._read("WHERE site = ? AND meter = ?", (site, meter))
        return self._read("WHERE site = ?", (site,))

    def _read(self, where: str, values: Sequence[object]) -> Sequence[RulingEntry]:
        rows = self._database.read(f"SELECT {_FIELDS} FROM ruling {where} ORDER BY id", values)
        return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> RulingEntry:
    ruling_id, site, meter, quantity, *facts, made_at_ms, taken_back_by, taken_back_at_ms = row
    return RulingEntry(
        *(ruling_id, site, meter, quantity, Ruling(*facts)),
        *(made_at_ms, taken_back_by, taken_back_at_ms),
    )
