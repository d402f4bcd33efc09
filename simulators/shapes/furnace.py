"""An electric furnace: heated up before the shift, then charged and held in cycles."""

from __future__ import annotations

from simulators.shapes.day import Day, Hours, at_lunch, curve, work_ends
from simulators.shapes.noise import noise

HEAT_UP = 110
CYCLE = 45
MELT = 27
OFF_BEFORE_END = 40


def furnace(day: Day, hours: Hours) -> list[float]:
    """Full load for the heating up, then 27 of 45 minutes at 92 %, the rest at 45 %.

    It holds its heat at 30 % over lunch and stays cold on half and closed days. Where a cycle
    begins differs from day to day.
    """
    ends = work_ends(day, hours) - OFF_BEFORE_END
    shift = int((noise(day.seed, day.date.toordinal()) + 1) / 2 * CYCLE)

    def share(minute: int) -> float:
        if day.kind != "work" or not hours.starts - HEAT_UP <= minute < ends:
            return 0.0
        if minute < hours.starts:
            return 1.0
        if at_lunch(minute, day, hours):
            return 0.3
        return 0.92 if (minute + shift) % CYCLE < MELT else 0.45

    return curve(share)
