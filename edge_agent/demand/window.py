"""The demand window: a fixed stretch of time, not a sliding one. PURE.

Japanese contracts count the mean power of each half hour from :00 and :30, other countries also of
each quarter. The marks are those of UTC, shifted by ``phase_ms``: right for every zone whose
offset is a whole number of windows, and for a phase that a boundary pulse has given.
"""

from __future__ import annotations

from dataclasses import dataclass

MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start_ms`` (UTC, included) for ``length_ms``."""

    start_ms: int
    length_ms: int

    @property
    def end_ms(self) -> int:
        """The first instant after the window."""
        return self.start_ms + self.length_ms

    @property
    def hours(self) -> float:
        """Its length in hours: energy over this is demand."""
        return self.length_ms / MS_PER_HOUR

    def left_hours(self, at_ms: int) -> float:
        """What is left of it at ``at_ms``, in hours."""
        return (self.end_ms - at_ms) / MS_PER_HOUR


def window_at(at_ms: int, length_ms: int, phase_ms: int = 0) -> Window:
    """The window that holds ``at_ms``; an instant on a mark begins a new one."""
    since_mark_ms = (at_ms - phase_ms) % length_ms
    return Window(at_ms - since_mark_ms, length_ms)
