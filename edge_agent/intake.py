"""What polling has read on its way into the outbox: who else hears it, and what became of it.

A reading goes to the outbox first; then whoever watches is told in the thread that polled. The
newest values of each meter are kept at hand, and how far the collector has confirmed them.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ClockState, Receipt
from edge_agent.outbox import Outbox
from edge_agent.outbox.receipts import Settled

log = logging.getLogger(__name__)

Watcher = Callable[[Reading], object]
"""Told every reading; what it raises is contained, and told once."""
REMEMBERED = 256
"""So many readings of each meter wait for the news that the collector has them."""


class ToldOutbox(Outbox):
    """An outbox that tells ``stored`` of the ranges of its own that the collector has."""

    stored: Callable[[int, int], object] = staticmethod(lambda _first, _last: None)

    def settle(self, receipt: Receipt) -> Settled:
        """Close what the collector names, and tell of it."""
        settled = super().settle(receipt)
        if receipt.epoch == self.epoch:
            for first, last in receipt.stored:
                self.stored(first, last)
        return settled


class Intake:
    """The outbox as polling sees it. ``state`` is what the machine says of its clock."""

    def __init__(
        self, outbox: Outbox, state: Callable[[], ClockState], watchers: tuple[Watcher, ...] = ()
    ) -> None:
        self._outbox, self._state, self._watchers = outbox, state, watchers
        self._lock = threading.Lock()
        self._latest: dict[str, Reading] = {}
        self._sent: dict[str, deque[tuple[int, int]]] = {}
        self._stored: dict[str, int] = {}
        self._broken: set[Watcher] = set()

    def put(self, reading: Reading, mono_s: float) -> None:
        """Take the reading in; ``mono_s`` is the monotonic time of its instant."""
        seq = self._outbox.put(reading, self._state(), mono_s)
        with self._lock:
            before = self._latest.get(reading.meter)
            known = before.values if before else {}
            self._latest[reading.meter] = replace(reading, values={**known, **reading.values})
            sent = self._sent.setdefault(reading.meter, deque(maxlen=REMEMBERED))
            sent.append((seq, reading.at_ms))
        for watcher in self._watchers:
            self._tell(watcher, reading)

    def latest(self) -> Mapping[str, Reading]:
        """Each meter's newest values by its id, of all its paces, at the instant of the last."""
        with self._lock:
            return dict(self._latest)

    def stored_up_to(self, meter: str) -> int | None:
        """The newest instant (ms) of this run that the collector has of a meter; None of none."""
        with self._lock:
            return self._stored.get(meter)

    def stored(self, first: int, last: int) -> None:
        """The collector has the readings with these numbers."""
        with self._lock:
            for meter, sent in self._sent.items():
                passed = []
                while sent and sent[0][0] <= last:
                    passed.append(sent.popleft())
                found = [at_ms for seq, at_ms in passed if seq >= first]
                sent.extendleft(reversed([one for one in passed if one[0] < first]))
                if found:
                    self._stored[meter] = max(found[-1], self._stored.get(meter, found[-1]))

    def _tell(self, watcher: Watcher, reading: Reading) -> None:
        try:
            watcher(reading)
        except Exception as error:
            if watcher not in self._broken:
                self._broken.add(watcher)
                text = "a watcher of readings failed: %s: %s (polling goes on; please report this)"
                log.error(text, type(error).__name__, error)
                log.debug("traceback of the fault above", exc_info=True)
