"""The ledger of files taken in as series: who took which file in, and every slot of it.

Nothing is ever deleted: an import that was taken back stays with its slots and a mark, so that a
figure of last month can still be explained.
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.imports.holes import holes_between
from collector.imports.slots import Slot
from collector.imports.taking_in import ImportEntry, Origin, SeriesKey, standing
from collector.rollup.periods import Window
from collector.state.database import StateDatabase

_FIELDS = (
    "id, site, meter, quantity, file, sha256, kind, from_ms, to_ms, slots, milli_wh, made_at_ms,"
    " by_name, taken_back_by, taken_back_at_ms"
)
_ADD = """
INSERT INTO import_file (site, meter, quantity, file, sha256, kind, from_ms, to_ms, slots,
    milli_wh, made_at_ms, by_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class ImportLedger:
    """The durable list of imports. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, key: SeriesKey, origin: Origin, slots: Sequence[Slot]) -> int:
        """Keep an import with its slots, which are not empty; answers its id."""
        row = (
            *(key.site, key.meter, key.quantity, origin.file, origin.sha256, origin.kind),
            *(slots[0].start_ms, slots[-1].end_ms, len(slots)),
            *(sum(slot.milli_wh for slot in slots), origin.at_ms, origin.by),
        )
        with self._database.write() as connection:
            import_id = int(connection.execute(_ADD, row).lastrowid or 0)
            connection.executemany(
                "INSERT INTO imported_slot VALUES (?, ?, ?, ?)",
                ((import_id, *slot[:3]) for slot in slots),
            )
        return import_id

    def entry(self, import_id: int) -> ImportEntry | None:
        """The import of that id, None when there is none."""
        found = self._read("WHERE id = ?", (import_id,))
        return found[0] if found else None

    def slots(self, import_id: int) -> Sequence[Slot]:
        """The slots of an import, in order of time."""
        rows = self._database.read(
            "SELECT start_ms, end_ms, milli_wh FROM imported_slot WHERE import_id = ?"
            " ORDER BY start_ms",
            (import_id,),
        )
        return [Slot(*row) for row in rows]

    def take_back(self, import_id: int, by: str, at_ms: int) -> None:
        """Mark the import as taken back; one that was keeps its first mark."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE import_file SET taken_back_by = ?, taken_back_at_ms = ?"
                " WHERE id = ? AND taken_back_at_ms IS NULL",
                (by, at_ms, import_id),
            )

    def holes(self, site: str, meter: str, quantity: str) -> list[Window]:
        """The stretches that no standing import of the counter covers, from first to last.

        Empty for a meter without imports: what an agent reads has no holes here.
        """
        imports = [entry for entry in self.list(site, meter) if entry.quantity == quantity]
        if not imports:
            return []
        slots = standing(self.slots(entry.id) for entry in imports if entry.stands)
        first_ms = min(entry.from_ms for entry in imports)
        last_ms = max(entry.to_ms for entry in imports)
        ends = (Slot(first_ms, first_ms, 0), Slot(last_ms, last_ms, 0))
        return holes_between([ends[0], *slots, ends[1]])

    def _read(self, where: str, values: Sequence[object]) -> Sequence[ImportEntry]:
        rows = self._database.read(f"SELECT {_FIELDS} FROM import_file {where} ORDER BY id", values)
        return [ImportEntry(*row) for row in rows]

    def list(self, site: str, meter: str = "") -> Sequence[ImportEntry]:
        """Every import of a site, or of one meter, taken back or not, in their order."""
        if meter:
            return self._read("WHERE site = ? AND meter = ?", (site, meter))
        return self._read("WHERE site = ?", (site,))
