"""The station by single steps: one batch from the inlet to its acknowledgement."""

from __future__ import annotations

from collector.clock import Clock
from collector.errors import RetryLaterError
from collector.ingest.answering import answer
from collector.ingest.batch import Batch, IngestReport, Ratings, Source
from collector.ingest.crash_points import crash_point
from collector.ingest.keeping import keep, write_of
from collector.ingest.sorting import sort_into
from collector.state import CollectorState
from collector.storage.port import ReadingStore

MAX_MESSAGES = 500


def run_once(
    inlet: Source,
    store: ReadingStore,
    state: CollectorState,
    clock: Clock,
    *,
    ratings: Ratings | None = None,
    max_messages: int = MAX_MESSAGES,
    wait_s: float = 0.0,
) -> IngestReport:
    """Take one batch, store it, tell the agents, acknowledge it.

    While store or state are away the batch goes back and the report carries the fault. A
    ``StopError`` (refused credentials, a damaged file) goes on to the caller, the batch kept too.
    """
    deliveries = inlet.take(max_messages, wait_s)
    if not deliveries:
        return IngestReport()
    try:
        now_ms = clock.now_ms()
        batch = Batch(now_ms, ratings, state.fleet.homes(now_ms))
        sort_into(batch, deliveries)
        refused = write_of(batch, store)()
        crash_point("written")
        keep(batch, refused, state)
        crash_point("kept")
    except RetryLaterError as error:
        inlet.give_back(deliveries)
        return IngestReport(fault=str(error))
    except BaseException:
        inlet.give_back(deliveries)
        raise
    return answer(batch, inlet)
