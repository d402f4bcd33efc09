"""Points of a backup back into a store of any kind, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collector.backup.archive import ArchiveReader
from collector.backup.points import LINE_BYTES, points_in
from collector.backup.restored import Restored
from collector.backup.take import Step
from collector.rollup.totals import Total
from collector.storage.admission import row_fault
from collector.storage.port import Point, ReadingStore, Row
from edge_agent.contract.reading import Reading

BATCH = 5000


def bring_points(archive: ArchiveReader, store: ReadingStore, report: Restored, step: Step) -> None:
    """Write every point to the store; ``step`` is told how many are done.

    What the store will never take is counted in the report by its reason.
    """
    every, done = archive.manifest.points, 0
    for batch in _batches(archive):
        report.points += _stored(store, batch, report.refused)
        done += len(batch)
        step(done, every)


def _batches(archive: ArchiveReader) -> Iterator[list[Point]]:
    """Points of one kind, so many that a write is worth its while."""
    for member in archive.manifest.members:
        held: list[Point] = []
        lines = archive.lines(member.name, LINE_BYTES) if member.points else ()
        for line in lines:
            held += points_in(line)
            if len(held) >= BATCH:
                yield held
                held = []
        if held:
            yield held


def _stored(store: ReadingStore, batch: Sequence[Point], refused: dict[str, int]) -> int:
    readings = [one for one in batch if isinstance(one, Reading)]
    rows = [one for one in batch if isinstance(one, Row)]
    # A figure of an earlier version may lack a field: it is made anew from the totals.
    faults = [reason for one in rows if (reason := row_fault(one))]
    sound = [one for one in rows if not row_fault(one)] if faults else rows
    faults += [one.reason for one in store.write_readings(readings)] if readings else []
    store.write_totals([one for one in batch if isinstance(one, Total)])
    store.write_rows(sound)
    for reason in faults:
        refused[reason] = refused.get(reason, 0) + 1
    return len(batch) - len(faults)
