"""The station for a busy collector: the same steps, on three batches at once.

While the store answers for one batch (its write has a thread of its own, the only one), the next
is opened, checked and made ready here; when the answer is there the next write goes out at once,
and only then is the finished batch kept, receipted and acknowledged. So the store never waits,
never more than one write is under way, and receipts go out in the order of arrival.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from collector.clock import Clock
from collector.errors import RetryLaterError
from collector.ingest.answering import answer
from collector.ingest.batch import Batch, IngestReport, Ratings, Source
from collector.ingest.crash_points import crash_point
from collector.ingest.keeping import keep, write_of
from collector.ingest.sorting import sort_into
from collector.state import CollectorState
from collector.storage.port import ReadingStore, Refused, Write

MAX_VALUES = 60_000
"""A batch with so many values is full: 6,000 readings of ten values are one request."""
MAX_MESSAGES = 2_000
TAKEN_AT_ONCE = 16
LINGER_S = 0.05
"""So long a batch that is not full waits for more: ten thousand small messages a second then cost
twenty commits, not a thousand."""
LOOK_EVERY_S = 0.01


@dataclass(frozen=True, slots=True)
class _Flight:
    """A batch on its way into the store."""

    batch: Batch
    answer: Future[Sequence[Refused]]


class Conveyor:
    """Takes messages from the inlet to the store. For one thread; ``step`` again and again."""

    def __init__(
        self,
        source: Source,
        store: ReadingStore,
        state: CollectorState,
        clock: Clock,
        *,
        ratings: Ratings | None = None,
    ) -> None:
        self._source = source
        self._store = store
        self._state = state
        self._clock = clock
        self._ratings = ratings
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._opened: Batch | None = None
        self._opened_s = 0.0
        self._flight: _Flight | None = None
        self._landed: Batch | None = None

    def step(self, wait_s: float = 0.0) -> IngestReport:
        """Go on by one batch, waiting up to ``wait_s`` for a message while there is nothing.

        The report is of the batch that was acknowledged, empty when none was. While store or
        state are away every batch goes back and the report carries the fault. Any other error
        goes on to the caller, the batches back in the inlet too.
        """
        try:
            done = self._move(wait_s)
        except RetryLaterError as error:
            self._give_back()
            return IngestReport(fault=str(error))
        except BaseException:
            self._give_back()
            raise
        return IngestReport() if done is None else answer(done, self._source)

    def close(self) -> None:
        """Wait for the write that is under way; what it held comes again. Idempotent."""
        self._give_back()
        self._writer.shutdown()

    def _move(self, wait_s: float) -> Batch | None:
        if self._flight is None and self._opened is None and not self._open(wait_s):
            return None
        self._gather()
        write = None if self._opened is None else write_of(self._opened, self._store)
        refused = self._land()
        self._launch(write)
        return self._keep(refused)

    # One batch is being opened.

    def _open(self, wait_s: float) -> bool:
        """Take a few messages, waiting for the first; answers whether there were any."""
        homes = self._state.fleet.homes(self._clock.now_ms())
        deliveries = self._source.take(TAKEN_AT_ONCE, wait_s)
        if not deliveries:
            return False
        if self._opened is None:
            self._opened = Batch(self._clock.now_ms(), self._ratings, homes)
            self._opened_s = time.monotonic()
        sort_into(self._opened, deliveries)
        return True

    def _gather(self) -> None:
        """Open messages until the batch is full, or has lingered and the way is free."""
        while not self._full():
            came = self._open(0.0)
            under_way = self._flight is not None and not self._flight.answer.done()
            if not under_way and self._ripe():
                return
            if not came:
                self._pause()

    def _full(self) -> bool:
        opened = self._opened
        if opened is None:
            return False
        return opened.values >= MAX_VALUES or len(opened.deliveries) >= MAX_MESSAGES

    def _ripe(self) -> bool:
        return self._opened is None or time.monotonic() - self._opened_s >= LINGER_S

    def _pause(self) -> None:
        if self._flight is not None and not self._flight.answer.done():
            wait([self._flight.answer], LOOK_EVERY_S)
        else:
            time.sleep(LOOK_EVERY_S)

    # One is in the store, one has landed and is kept.

    def _land(self) -> Sequence[Refused]:
        if self._flight is None:
            return ()
        refused = self._flight.answer.result()
        self._landed, self._flight = self._flight.batch, None
        return refused

    def _launch(self, write: Write | None) -> None:
        if write is not None and self._opened is not None:
            self._flight = _Flight(self._opened, self._writer.submit(write))
            self._opened = None

    def _keep(self, refused: Sequence[Refused]) -> Batch | None:
        batch = self._landed
        if batch is None:
            return None
        crash_point("written")
        keep(batch, refused, self._state)
        crash_point("kept")
        self._landed = None
        return batch

    def _give_back(self) -> None:
        """Put every batch back, the newest first, so that the oldest stands in front."""
        if self._flight is not None:
            wait([self._flight.answer])
        flying = None if self._flight is None else self._flight.batch
        for batch in (self._opened, flying, self._landed):
            if batch is not None:
                self._source.give_back(batch.deliveries)
        self._opened = self._flight = self._landed = None
