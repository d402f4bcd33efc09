"""An office: screens, light and sockets, lights out at lunch, a few people staying late."""

from __future__ import annotations

from simulators.shapes.day import Day, Hours, at_lunch, curve

EARLY = 30
LATE = 150


def office(day: Day, hours: Hours) -> list[float]:
    """Filling up before work starts, 60 % at lunch, thinning out until 150 minutes after work.

    Nobody comes on half and closed days.
    """

    def share(minute: int) -> float:
        if day.kind != "work" or not hours.starts - EARLY <= minute < hours.ends + LATE:
            return 0.0
        if minute < hours.starts:
            return (minute - hours.starts + EARLY) / EARLY
        if at_lunch(minute, day, hours):
            return 0.6
        return 1.0 if minute < hours.ends else 1 - (minute - hours.ends) / LATE

    return curve(share)
