"""Air-conditioning: cooling on summer afternoons, heating on winter mornings."""

from __future__ import annotations

import math
from datetime import date

from simulators.shapes.day import MINUTES_A_DAY, Day, Hours, curve, work_ends
from simulators.shapes.noise import noise

MEAN_C, SEASON_C, DAILY_C, WEATHER_C = 13.0, 11.5, 4.0, 3.0
WARMEST_DAY, WARMEST_MINUTE = 215, 14 * 60 + 30
COOL_ABOVE_C, COOL_SPAN_C = 20.0, 12.0
HEAT_BELOW_C, HEAT_SPAN_C = 16.0, 18.0
BEFORE, AFTER = 45, 15
FAN = 0.12


def outside_c(day: date, minute: int, seed: int = 0) -> float:
    """The outside temperature: season, time of day, and a day's own weather.

    The constants draw a year on the Pacific side of northern Japan (about 2 °C in January,
    25 °C in August).
    """
    season = math.cos(2 * math.pi * (day.timetuple().tm_yday - WARMEST_DAY) / 365.25)
    hour = math.cos(2 * math.pi * (minute - WARMEST_MINUTE) / MINUTES_A_DAY)
    weather = WEATHER_C * noise(seed, day.toordinal())
    return MEAN_C + SEASON_C * season + DAILY_C * hour + weather


def climate(day: Day, hours: Hours) -> list[float]:
    """Fans in working hours, and cooling above 20 °C or heating below 16 °C outside."""
    ends = work_ends(day, hours)

    def share(minute: int) -> float:
        if not (ends and hours.starts - BEFORE <= minute < ends + AFTER):
            return 0.0
        outside = outside_c(day.date, minute, day.seed)
        cooling = max(0.0, outside - COOL_ABOVE_C) / COOL_SPAN_C
        heating = max(0.0, HEAT_BELOW_C - outside) / HEAT_SPAN_C
        return min(1.0, FAN + cooling + heating)

    return curve(share)
