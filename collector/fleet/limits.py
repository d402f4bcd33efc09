"""How often one address may ask. PURE but for its lock.

A token cannot be guessed (80 random bits, ten minutes), so these bounds are for the server's own
sake: it answers a whole plant behind one address, and nobody can keep it busy from outside.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

PER_SECOND, AT_ONCE = 5.0, 60.0
"""Requests of one address: sixty agents of a plant may come at the same moment."""
WRONG_PER_SECOND, WRONG_AT_ONCE = 1 / 60, 10.0
"""Requests that were refused: ten, then one a minute."""
MOST_ADDRESSES = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at_s: float


class Limit:
    """A bucket for each address: ``at_once`` requests, refilled by ``per_second``."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self._per_second, self._at_once = per_second, at_once
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def has_room(self, address: str, now_s: float) -> bool:
        """Whether the address may ask now; nothing is taken."""
        with self._lock:
            return self._bucket(address, now_s).left >= 1

    def take(self, address: str, now_s: float) -> bool:
        """Take one; False when nothing is left."""
        with self._lock:
            bucket = self._bucket(address, now_s)
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True

    def _bucket(self, address: str, now_s: float) -> _Bucket:
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = self._buckets[address] = _Bucket(self._at_once, now_s)
            if len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(address)
        gained = max(0.0, now_s - bucket.at_s) * self._per_second
        bucket.left, bucket.at_s = min(self._at_once, bucket.left + gained), now_s
        return bucket
