"""Takes files in as series of a meter, and takes them back.

Before: the slots of a file. After: every slot is in the ledger under its import, and the store
holds the meter's series as a counter that goes on through all standing slots, so that the same
engine, tree, CO2 and cost apply as for a meter that is read.

What stands is decided by the ledger alone: the slots of all imports not taken back, a later
import over an earlier one. The counter is written anew from that each time, only where it differs
from what the store holds; so taking in twice changes nothing, a run that broke off is mended by
the next one, and taking back restores what stood before. Over a hole the counter stands still,
and the ledger names the hole (``holes.with_holes``): nothing is booked there, nothing is known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from collector.errors import CollectorError, StopError
from collector.imports.slots import Slot, SlotFile
from edge_agent.contract.reading import Reading

END_OF_TIME_MS = 7_258_118_400_000
SHOWN = 3


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """The meter's counter a file belongs to; a count of it stands for so much of its unit."""

    site: str
    meter: str
    quantity: str
    unit_per_count: float = 1.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the slots come from: file, digest of its bytes, kind, who took it in and when."""

    file: str
    sha256: str
    kind: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """A file that was taken in: its stretch (UTC ms), slots and energy, and if it still stands."""

    id: int
    site: str
    meter: str
    quantity: str
    file: str
    sha256: str
    kind: str
    from_ms: int
    to_ms: int
    slots: int
    milli_wh: int
    made_at_ms: int
    by: str
    taken_back_by: str = ""
    taken_back_at_ms: int | None = None

    @property
    def stands(self) -> bool:
        """Whether nobody has taken it back."""
        return self.taken_back_at_ms is None


class Ledger(Protocol):
    """The imports and their slots; ``collector.state.imported.ImportLedger`` keeps them."""

    def add(self, key: SeriesKey, origin: Origin, slots: Sequence[Slot]) -> int:
        """Keep an import durably; answers its id."""
        ...

    def entry(self, import_id: int) -> ImportEntry | None:
        """The import of that id."""
        ...

    def list(self, site: str, meter: str = "") -> Sequence[ImportEntry]:
        """Every import of a site, or of one meter, taken back or not, in their order."""
        ...

    def slots(self, import_id: int) -> Sequence[Slot]:
        """The slots of an import, in order of time."""
        ...

    def take_back(self, import_id: int, by: str, at_ms: int) -> None:
        """Mark the import as taken back."""
        ...


class Store(Protocol):
    """What of ``collector.storage.port.ReadingStore`` is needed here."""

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[object]:
        """Store the readings durably; answers those the store will never take."""
        ...

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[tuple[int, float]]:
        """The quantity's samples in the range, in order of time."""
        ...


class Dirty(Protocol):
    """Where stretches to recompute are noted."""

    def mark(self, site: str, meter: str, from_ms: int, to_ms: int) -> None:
        """Note that the meter's readings changed in the window."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a file in (or back) did.

    ``import_id`` is None when nothing was to be taken; ``same_as`` names the import that holds
    the same file already. ``known`` slots stood before with the same value, ``replaced`` ones
    with another. ``refused_by_store`` readings are older or stranger than the store keeps.
    """

    import_id: int | None
    same_as: int | None = None
    slots: int = 0
    known: int = 0
    replaced: int = 0
    refused_by_store: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """The places a file is taken to."""

    store: Store
    ledger: Ledger
    dirty: Dirty

    def standing(self, key: SeriesKey) -> list[Slot]:
        """The slots that stand for a meter's counter, in order of time."""
        return standing(self.ledger.slots(entry.id) for entry in self._imports(key))

    def take_in(
        self, key: SeriesKey, file: SlotFile, origin: Origin, *, replace: bool = False
    ) -> Taken:
        """Take the file's slots in.

        Raises ``CollectorError`` when a slot stands already with another value (unless
        ``replace``), or when readings of the counter are there that came from no file.
        """
        known, others = self._weighed(key, file, replace)
        if len(known) == len(file.slots):
            same = next((e.id for e in self._imports(key) if e.sha256 == origin.sha256), None)
            return Taken(None, same, known=len(known), refused_by_store=self._write(key))
        stood = {slot[:2] for slot in known}
        still = [slot for slot in file.slots if not slot.milli_wh and slot[:2] not in stood]
        self._mark_still(key, still)
        import_id = self.ledger.add(key, origin, file.slots)
        taken, refused = len(file.slots) - len(known), self._write(key)
        self._mark_still(key, still)
        return Taken(import_id, None, taken, len(known), len(others), refused)

    def would_take(self, key: SeriesKey, file: SlotFile, *, replace: bool = False) -> Taken:
        """What ``take_in`` would do; nothing is written. Raises what it raises."""
        known, others = self._weighed(key, file, replace)
        return Taken(None, None, len(file.slots) - len(known), len(known), len(others))

    def _weighed(
        self, key: SeriesKey, file: SlotFile, replace: bool
    ) -> tuple[list[Slot], list[tuple[Slot, Slot]]]:
        self._refuse_read_meter(key)
        known, others = compared(self.standing(key), file.slots)
        if others and not replace:
            raise CollectorError(_said(file.name, others), "take the file's values with --replace")
        return known, others

    def undo(self, key: SeriesKey, import_id: int, by: str, at_ms: int) -> Taken:
        """Take an import back: what stood before it stands again.

        Raises ``CollectorError`` when there is none of that id, or it was taken back before.
        """
        entry = self.ledger.entry(import_id)
        if entry is None or not entry.stands:
            why = "is not there" if entry is None else "was taken back before"
            hint = "the ids are in: collector meters imports SITE"
            raise CollectorError(f"import {import_id} {why}", hint)
        still = [slot for slot in self.ledger.slots(import_id) if not slot.milli_wh]
        self._mark_still(key, still)
        self.ledger.take_back(import_id, by, at_ms)
        refused = self._write(key)
        self._mark_still(key, still)
        return Taken(import_id, slots=entry.slots, refused_by_store=refused)

    def _mark_still(self, key: SeriesKey, still: Sequence[Slot]) -> None:
        # Where nothing went through the counter is as over a hole, but now it is known (or no
        # more): no reading changes, and yet the totals do.
        if still:
            self.dirty.mark(key.site, key.meter, still[0].start_ms, still[-1].end_ms)

    def _imports(self, key: SeriesKey) -> list[ImportEntry]:
        listed = self.ledger.list(key.site, key.meter)
        return [entry for entry in listed if entry.stands and entry.quantity == key.quantity]

    def _refuse_read_meter(self, key: SeriesKey) -> None:
        ours = any(e.quantity == key.quantity for e in self.ledger.list(key.site, key.meter))
        if not ours and self._held(key):
            what = f"{key.meter} has readings of its own: an agent reads it"
            raise CollectorError(what, "give the file's series a meter of its own in the settings")

    def _held(self, key: SeriesKey) -> Sequence[tuple[int, float]]:
        return self.store.read_series(key.site, key.meter, key.quantity, 0, END_OF_TIME_MS)

    def _write(self, key: SeriesKey) -> int:
        held = dict(self._held(key))
        wanted = counter(self.standing(key), held, key.unit_per_count)
        changed = {at: value for at, value in wanted.items() if held.get(at) != value}
        if not changed:
            return 0
        readings = [
            Reading(key.site, key.meter, at, {key.quantity: value})
            for at, value in sorted(changed.items())
        ]
        span = min(changed), max(changed) + 1
        # Before and after: a run that breaks off in between must leave its mark, and what is
        # computed in between must be computed again.
        self.dirty.mark(key.site, key.meter, *span)
        refused = self.store.write_readings(readings)
        self.dirty.mark(key.site, key.meter, *span)
        return len(refused)


def standing(imports: Iterable[Sequence[Slot]]) -> list[Slot]:
    """The slots that stand when later imports lie over earlier ones, in order of time.

    An earlier slot that a later one touches at all is hidden wholly: its energy cannot be cut.
    """
    kept: list[Slot] = []
    for slots in reversed(list(imports)):
        shown = [slot for slot in slots if not _touching(kept, slot)]
        kept = sorted((*kept, *shown))
    return kept


def counter(
    slots: Sequence[Slot], held: Iterable[int] = (), unit_per_count: float = 1.0
) -> dict[int, float]:
    """The counter (instant in UTC ms to counts) that goes on through the slots, from 0.

    It stands still over holes. ``held`` are instants the store has values for: those that are no
    edge of a slot any more get the value the counter has there, since a store can replace a value
    but not take it away.
    """
    milli, edges = 0, dict[int, int]()
    for slot in slots:
        edges[slot.start_ms] = milli
        milli += slot.milli_wh
        edges[slot.end_ms] = milli
    left = sorted(at for at in held if at not in edges)
    instants = sorted(edges)
    for at in left:
        edges[at] = _at(at, instants, edges)
    return {at: value / 1000 / unit_per_count for at, value in edges.items()}


def _at(at_ms: int, instants: Sequence[int], edges: dict[int, int]) -> int:
    after = bisect_left(instants, at_ms)
    if after == 0:
        return 0
    if after == len(instants):
        return edges[instants[-1]]
    start_ms, end_ms = instants[after - 1], instants[after]
    low, high = edges[start_ms], edges[end_ms]
    return low + (high - low) * (at_ms - start_ms) // (end_ms - start_ms)


def _touching(kept: Sequence[Slot], slot: Slot) -> Slot | None:
    """One of the slots (in order of time) that lies over the slot."""
    after = bisect_left(kept, (slot.end_ms,))
    if after and kept[after - 1].end_ms > slot.start_ms:
        return kept[after - 1]
    return None


def compared(
    before: Sequence[Slot], slots: Sequence[Slot]
) -> tuple[list[Slot], list[tuple[Slot, Slot]]]:
    """The slots that stand already, and those over others, each with one of these."""
    known: list[Slot] = []
    others: list[tuple[Slot, Slot]] = []
    for slot in slots:
        there = _touching(before, slot)
        if there is None:
            continue
        if there[:3] == slot[:3]:
            known.append(slot)
        else:
            others.append((slot, there))
    return known, others


def _said(name: str, others: Sequence[tuple[Slot, Slot]]) -> str:
    shown = "; ".join(
        f"line {slot.line}: {slot.milli_wh / 1000:,.10g} where {there.milli_wh / 1000:,.10g} stands"
        for slot, there in others[:SHOWN]
    )
    count = "1 slot stands" if len(others) == 1 else f"{len(others)} slots stand"
    more = "; ..." if len(others) > SHOWN else ""
    return f"{name}: {count} already with another value (Wh, or what is counted): {shown}{more}"


def require_slots(file: SlotFile) -> None:
    """Raise ``StopError`` for a file of which nothing could be taken, with the first reason."""
    if not file.slots:
        first = f": {file.refusals[0]}" if file.refusals else ""
        raise StopError(f"{file.name}: nothing in it can be taken{first}", "correct the file")
