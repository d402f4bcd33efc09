"""Third step: one receipt for each agent and epoch, by ranges; then the acknowledgements."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from collector.ingest.batch import Batch, IngestReport, Source
from collector.ingest.crash_points import crash_point
from collector.ingest.keeping import merged
from edge_agent.contract import wire


def answer(batch: Batch, source: Source) -> IngestReport:
    """Send the receipts, then acknowledge every message of the batch, and tell what it was."""
    sent = sum([source.send_receipt(receipt) for receipt in _receipts(batch)])
    crash_point("receipted")
    source.ack_all(batch.deliveries)
    crash_point("acked")
    return IngestReport(
        messages=len(batch.deliveries),
        readings_stored=sum([len(kept.seqs) for kept in batch.kept]),
        readings_rejected=sum([len(refused) for refused in batch.refused.values()]),
        dead_letters=len(batch.letters),
        receipts=sent,
        births=len(batch.births),
        gaps=len(batch.gaps),
        lines=tuple(batch.lines),
        backlog=dict(batch.backlog),
    )


def _receipts(batch: Batch) -> list[wire.Receipt]:
    senders = dict.fromkeys([*batch.stored, *batch.refused])
    stored = {sender: merged(batch.stored[sender]) for sender in senders}
    return [
        wire.Receipt(
            agent=sender.agent,
            epoch=sender.epoch,
            stored=stored[sender],
            rejected=_rejected(batch.refused[sender], stored[sender]),
        )
        for sender in senders
    ]


def _rejected(
    refused: Iterable[tuple[int, str]], stored: Sequence[wire.Range]
) -> tuple[wire.Rejected, ...]:
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for seq, reason in refused:
        if not _holds(stored, seq):
            by_reason[reason].append(seq)
    return tuple(
        wire.Rejected(first, last, reason)
        for reason, seqs in by_reason.items()
        for first, last in wire.ranges(seqs)
    )


def _holds(ranges: Sequence[wire.Range], seq: int) -> bool:
    place = bisect_right(ranges, (seq, seq)) - 1
    return any(first <= seq <= last for first, last in ranges[max(place, 0) : place + 2])
