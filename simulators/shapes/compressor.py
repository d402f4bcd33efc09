"""An air compressor: loaded and unloaded in turn, and never quite off where air leaks."""

from __future__ import annotations

from simulators.shapes.day import Day, Hours, at_lunch, curve, work_ends

BEFORE = 20
AFTER = 15
CYCLE = 10
UNLOADED = 0.3


def compressor(day: Day, hours: Hours) -> list[float]:
    """Loaded 8 of 10 minutes in production and 3 of 10 at lunch, otherwise unloaded at 30 %.

    Outside working hours it starts for 2 minutes of every 30 to make up for the leaks.
    """
    ends = work_ends(day, hours)

    def share(minute: int) -> float:
        running = ends and hours.starts - BEFORE <= minute < ends + AFTER
        if not running:
            return 1.0 if minute % 30 < 2 else 0.0
        loaded = 3 if at_lunch(minute, day, hours) else 8
        return 1.0 if minute % CYCLE < loaded else UNLOADED

    return curve(share)
