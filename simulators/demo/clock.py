"""One clock for plant, agent and collector: set by the replay, then let go to run live."""

from __future__ import annotations

import time


class ReplayClock:
    """UTC that stands where the replay puts it until ``go_live``; both its times go together."""

    def __init__(self, at_ms: int) -> None:
        self._at_ms: int | None = at_ms
        self._live_from_s = 0.0

    def set(self, at_ms: int) -> None:
        """Put the clock to an instant (UTC ms) and hold it there."""
        self._at_ms = at_ms

    def go_live(self) -> None:
        """From now on the time is this machine's; the stopwatch goes on without a step."""
        self._live_from_s = self.monotonic_s() - time.monotonic()
        self._at_ms = None

    def now_ms(self) -> int:
        """UTC ms: the replayed instant, or now once live."""
        return self._at_ms if self._at_ms is not None else time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Seconds that never fall: a replayed poll takes no time, a silent meter's pause does."""
        if self._at_ms is not None:
            return self._at_ms / 1000
        return self._live_from_s + time.monotonic()
