"""A load that never changes: a server, a pump, a yard lamp that was forgotten."""

from __future__ import annotations

from simulators.shapes.day import MINUTES_A_DAY, Day, Hours


def flat(day: Day, hours: Hours) -> list[float]:
    """Full load all day, every day."""
    return [1.0] * MINUTES_A_DAY
