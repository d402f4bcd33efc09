"""PURE. How fast something goes, over the last minute."""

from __future__ import annotations

from collections import deque

WINDOW_S = 60.0


class RecentRate:
    """Counts with the instants at which they were made, as far as they are recent."""

    def __init__(self, now_s: float) -> None:
        self._begun_s = now_s
        self._counts: deque[tuple[float, int]] = deque()

    def note(self, count: int, now_s: float) -> None:
        """Add a count; those of one second are kept as one."""
        if not count:
            return
        if self._counts and now_s - self._counts[-1][0] < 1.0:
            at_s, before = self._counts.pop()
            self._counts.append((at_s, before + count))
        else:
            self._counts.append((now_s, count))
        self._forget(now_s)

    def per_s(self, now_s: float) -> float:
        """The count a second over the last minute, or since the start if that is shorter."""
        self._forget(now_s)
        span_s = min(WINDOW_S, max(1.0, now_s - self._begun_s))
        return sum(count for _, count in self._counts) / span_s

    def _forget(self, now_s: float) -> None:
        while self._counts and self._counts[0][0] < now_s - WINDOW_S:
            self._counts.popleft()
