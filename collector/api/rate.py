"""How often somebody may ask: a bucket of requests that fills at a steady rate.

The monotonic clock is handed in, in seconds.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 10_000
"""So many askers are told apart; of more the one that has been quiet longest is forgotten."""


class RateLimit:
    """One bucket for each asker (a token, an address). Safe to use from several threads.

    ``burst`` requests may come at once, ``per_s`` a second in the long run.
    """

    def __init__(self, per_s: float, burst: float, clock_s: Callable[[], float]) -> None:
        self._per_s, self._burst, self._clock_s = per_s, burst, clock_s
        self._lock = threading.Lock()
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def wait_s(self, asker: object) -> int:
        """Take one request of the asker: 0 when it may be answered, else whole seconds to wait."""
        with self._lock:
            now_s = self._clock_s()
            held = self._filled(asker, now_s)
            allowed = held >= 1
            self._buckets[asker] = (held - 1 if allowed else held, now_s)
            self._buckets.move_to_end(asker)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - held) / self._per_s))

    def _filled(self, asker: object, now_s: float) -> float:
        held, at_s = self._buckets.get(asker, (self._burst, now_s))
        return min(self._burst, held + (now_s - at_s) * self._per_s)
