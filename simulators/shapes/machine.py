"""Machines that people run: a start-up peak, two short breaks, lunch, and an early end."""

from __future__ import annotations

from simulators.shapes.day import Day, Hours, at_lunch, curve, work_ends

WARM_UP = 15
START_UP = 25
BREAKS = ((10 * 60, 10 * 60 + 10), (15 * 60, 15 * 60 + 10))
CLEAN_UP = 20


def machine(day: Day, hours: Hours) -> list[float]:
    """Full load while all machines start, 80 % in production, 40 % in breaks, 15 % at lunch."""
    ends = work_ends(day, hours)

    def share(minute: int) -> float:
        if not hours.starts - WARM_UP <= minute < ends:
            return 0.0
        if minute < hours.starts:
            return 0.35
        if at_lunch(minute, day, hours):
            return 0.15
        if any(first <= minute < last for first, last in BREAKS):
            return 0.4
        if minute >= ends - CLEAN_UP:
            return 0.3
        return 1.0 if minute < hours.starts + START_UP else 0.8

    return curve(share)
