"""When a plant does not work: by its calendar's hours, else as its load shows. Pure.

Found by a threshold: near base + 0.3 x (near peak - near base) of eight weeks (2.5th and 97.5th
percentile); a half hour of working days operates where its median is above. Analytics
reference 1.2, way b, put simply.
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.figures.day_load import Kw48
from collector.figures.typical import Bands, percentile

NEAR_BASE_PERCENT, NEAR_PEAK_PERCENT = 2.5, 97.5
THRESHOLD_SHARE = 0.3
FLAT_SHARE = 0.1
"""Near base and near peak closer than this share of the peak: nothing to tell apart."""
Off = tuple[bool, ...]
"""For each half hour by the wall clock whether nobody works in it."""
ALL_OFF: Off = (True,) * 48


def declared_off(hours: str) -> Off:
    """The off hours of a working day whose hours are written as 08:00-17:00; over midnight too."""
    first, end = (_half_hour(clock) for clock in hours.split("-"))
    if first < end:
        return tuple(not first <= number < end for number in range(48))
    return tuple(end <= number < first for number in range(48))


def found_off(days: Sequence[Kw48], working: Bands | None) -> Off | None:
    """The off hours of a working day, from the site's days and its typical working day.

    None where too little is known, or the load is too even to tell.
    """
    ranked = sorted(kw for day in days for kw in day if kw is not None)
    if working is None or not ranked:
        return None
    low, high = percentile(ranked, NEAR_BASE_PERCENT), percentile(ranked, NEAR_PEAK_PERCENT)
    if high - low <= FLAT_SHARE * abs(high):
        return None
    limit = low + THRESHOLD_SHARE * (high - low)
    return tuple(kw is None or kw <= limit for kw in working.median)


def _half_hour(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 2 + int(minute) // 30
