"""Takes files of temperatures in as the weather of a site, and takes them back.

The same ledger as for meters decides what stands: a later import over an earlier one. The rows of
the store are written anew from it, only where they differ. A store cannot take a row away, so one
that no file stands behind any more is written with a duration of 0, and nobody counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from collector.errors import CollectorError
from collector.imports.slots import Slot, SlotFile
from collector.imports.taking_in import (
    SHOWN,
    Ledger,
    Origin,
    SeriesKey,
    Taken,
    compared,
    standing,
)

QUANTITY = "temperature_c"
FROM_FILE = "file"
"""What stands as the source of a row that came from a file."""


@dataclass(frozen=True, slots=True)
class Weather:
    """A stored row: start (UTC ms), length (0: taken back), milli-°C, and where it came from."""

    start_ms: int
    duration_ms: int
    milli_c: int
    source: str


class WeatherStore(Protocol):
    """Where a site's temperatures are kept."""

    def read(self, site: str) -> Sequence[Weather]:
        """Every row of the site, taken back or not, in order of time."""
        ...

    def write(self, site: str, rows: Sequence[Weather]) -> None:
        """Store the rows durably, each over the one of its start."""
        ...


@dataclass(frozen=True, slots=True)
class WeatherShelf:
    """The places a file of temperatures is taken to; ``meter`` is what weather is called there."""

    store: WeatherStore
    ledger: Ledger
    meter: str

    def standing(self, site: str) -> list[Slot]:
        """The stretches that stand for a site, in order of time, in milli-°C."""
        held = self.ledger.list(site, self.meter)
        return standing(self.ledger.slots(entry.id) for entry in held if entry.stands)

    def take_in(self, site: str, file: SlotFile, origin: Origin, *, replace: bool = False) -> Taken:
        """Take the file's temperatures in.

        Raises ``CollectorError`` when a stretch stands already with another temperature (unless
        ``replace``), or when the site has temperatures that came from no file.
        """
        known, others = self._weighed(site, file, replace)
        if len(known) == len(file.slots):
            self._write(site)
            held = self.ledger.list(site, self.meter)
            same = (e.id for e in held if e.stands and e.sha256 == origin.sha256)
            return Taken(None, next(same, None), known=len(known))
        key = SeriesKey(site, self.meter, QUANTITY)
        import_id = self.ledger.add(key, origin, file.slots)
        self._write(site)
        return Taken(import_id, None, len(file.slots) - len(known), len(known), len(others))

    def would_take(self, site: str, file: SlotFile, *, replace: bool = False) -> Taken:
        """What ``take_in`` would do; nothing is written. Raises what it raises."""
        known, others = self._weighed(site, file, replace)
        return Taken(None, None, len(file.slots) - len(known), len(known), len(others))

    def _weighed(
        self, site: str, file: SlotFile, replace: bool
    ) -> tuple[list[Slot], list[tuple[Slot, Slot]]]:
        held = self.ledger.list(site, self.meter)
        if not held and any(row.duration_ms for row in self.store.read(site)):
            what = f"site {site} has temperatures that came from no file"
            raise CollectorError(what, "they are kept: a file is not mixed with another source")
        known, others = compared(self.standing(site), file.slots)
        if others and not replace:
            raise CollectorError(_said(file.name, others), "take the file's values with --replace")
        return known, others

    def undo(self, import_id: int, by: str, at_ms: int) -> str:
        """Take an import back: what stood before it stands again; answers its site.

        Raises ``CollectorError`` when there is none of that id, or it was taken back before.
        """
        entry = self.ledger.entry(import_id)
        if entry is None or entry.meter != self.meter or not entry.stands:
            why = "was taken back before" if entry and not entry.stands else "is no weather"
            hint = "the ids are in: collector weather imports SITE"
            raise CollectorError(f"import {import_id} {why}", hint)
        self.ledger.take_back(import_id, by, at_ms)
        self._write(entry.site)
        return entry.site

    def _write(self, site: str) -> None:
        wanted = {
            slot.start_ms: Weather(
                slot.start_ms, slot.end_ms - slot.start_ms, slot.milli_wh, FROM_FILE
            )
            for slot in self.standing(site)
        }
        held = {row.start_ms: row for row in self.store.read(site)}
        gone = [
            Weather(at, 0, row.milli_c, FROM_FILE)
            for at, row in held.items()
            if at not in wanted and row.duration_ms and row.source == FROM_FILE
        ]
        changed = [row for at, row in wanted.items() if held.get(at) != row]
        if changed or gone:
            self.store.write(site, sorted((*changed, *gone), key=lambda row: row.start_ms))


def _said(name: str, others: Sequence[tuple[Slot, Slot]]) -> str:
    shown = "; ".join(
        f"line {slot.line}: {slot.milli_wh / 1000:g} °C where {there.milli_wh / 1000:g} °C stands"
        for slot, there in others[:SHOWN]
    )
    count = "1 time stands" if len(others) == 1 else f"{len(others)} times stand"
    more = "; ..." if len(others) > SHOWN else ""
    return f"{name}: {count} already with another temperature: {shown}{more}"
