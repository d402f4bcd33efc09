"""Keeps a dead unit from holding up its line. PURE."""

from __future__ import annotations

import math
from dataclasses import dataclass

FAILURES_TO_OPEN = 3
"""After so many polls without an answer, a unit is only probed."""
FIRST_PROBE_S, LAST_PROBE_S = 2.0, 300.0
"""Between probes of a dead unit: the first pause, doubled each time up to the last."""


@dataclass(slots=True)
class Circuit:
    """Open, it lets only probes through."""

    failures: int = 0
    pause_s: float = FIRST_PROBE_S
    probe_at_s: float = -math.inf

    def lets_through(self, now_s: float) -> bool:
        """Whether the unit may be asked now."""
        return self.failures < FAILURES_TO_OPEN or now_s >= self.probe_at_s

    def failed(self, now_s: float) -> None:
        """The unit gave no answer."""
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.probe_at_s = now_s + self.pause_s
            self.pause_s = min(2 * self.pause_s, LAST_PROBE_S)

    def worked(self) -> None:
        """The unit answered."""
        self.failures, self.pause_s = 0, FIRST_PROBE_S
