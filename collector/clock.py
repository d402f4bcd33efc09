"""Time as something handed in, so that a year can be replayed through the same code."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the collector may know of time."""

    def now_ms(self) -> int:
        """UTC now, milliseconds since 1970."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        """UTC now, milliseconds since 1970."""
        return time.time_ns() // 1_000_000
