"""Hall lighting and small things: on while anyone is there."""

from __future__ import annotations

from simulators.shapes.day import Day, Hours, curve, work_ends

BEFORE = 30
AFTER = 60


def lighting(day: Day, hours: Hours) -> list[float]:
    """On from 30 minutes before work to 60 minutes after it; off on closed days."""
    ends = work_ends(day, hours)

    def share(minute: int) -> float:
        return 1.0 if ends and hours.starts - BEFORE <= minute < ends + AFTER else 0.0

    return curve(share)
