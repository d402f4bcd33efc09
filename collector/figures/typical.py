"""What a half hour usually takes: median, P10 and P90 over days alike. Pure.

Days are alike by group: working days, Saturdays, and all others off. Five days at least, each
known for 80 %. Analytics reference 1.2 (typical day) and 1.4 (unusual day).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from collector.calendars.plant_calendar import DayKind
from collector.figures.day_load import HOURS, Kw48, is_whole

Group = Literal["working", "saturday", "off"]
GROUPS: Mapping[DayKind, Group] = {
    "working": "working", "saturday": "saturday",
    "sunday": "off", "holiday": "off", "closed": "off",
}  # fmt: skip
EVERY_GROUP: tuple[Group, ...] = ("working", "saturday", "off")
BACK_DAYS = 56
"""Eight weeks."""
LEAST_DAYS = 5
LIMIT_Z = 3.5
MAD_TO_SIGMA = 0.6745
MEAN_TO_SIGMA = 1.2533
LEAST_SHARE, LEAST_KW, LEAST_DAY_SHARE = 0.1, 1.0, 0.2
"""A difference counts when it is also 10 % of the median and 1 kW, and over the day a fifth of a
usual day: as ``collector.analysis.unusual``."""
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bands:
    """Median, P10 and P90 (kW) of each half hour over ``days`` days; None where none knows it."""

    days: int
    median: Kw48
    low: Kw48
    high: Kw48


class History:
    """A meter's whole days by the wall clock, and which group each is of."""

    def __init__(self, profiles: Mapping[date, Kw48], groups: Mapping[date, Group]) -> None:
        self.groups = groups
        self._whole = {day: kw for day, kw in profiles.items() if is_whole(kw)}
        self._lowest = {
            day: min(one for one in kw if one is not None) for day, kw in self._whole.items()
        }

    def before(self, day: date, group: Group | None = None) -> list[Kw48]:
        """The whole days of the group, or of all, in the eight weeks before the day."""
        days = (day - number * _A_DAY for number in range(1, BACK_DAYS + 1))
        return [
            self._whole[one]
            for one in days
            if one in self._whole and (group is None or self.groups.get(one) == group)
        ]

    def base_kw(self, day: date) -> float | None:
        """The robust base load up to the day: the median of eight weeks' lowest half hours."""
        days = (day - number * _A_DAY for number in range(BACK_DAYS + 1))
        return median([self._lowest[one] for one in days if one in self._lowest])


def bands_of(days: Sequence[Kw48]) -> Bands | None:
    """The bands over whole days; None of fewer than five."""
    if len(days) < LEAST_DAYS:
        return None
    low, middle, high = [], [], []
    for column in zip(*days, strict=True):
        ranked = sorted(kw for kw in column if kw is not None)
        low.append(percentile(ranked, 10) if ranked else None)
        middle.append(percentile(ranked, 50) if ranked else None)
        high.append(percentile(ranked, 90) if ranked else None)
    return Bands(len(days), tuple(middle), tuple(low), tuple(high))


def percentile(ranked: Sequence[float], percent: float) -> float:
    """The percentile of ranked values, linear between ranks. Raises ``IndexError`` of none."""
    place = percent / 100 * (len(ranked) - 1)
    low = int(place)
    below = ranked[low]
    if low == place:
        return below
    return below + (ranked[low + 1] - below) * (place - low)


def median(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return percentile(sorted(values), 50) if values else None


def is_unusual(kw: Kw48, days: Sequence[Kw48], bands: Bands) -> bool:
    """Whether the day leaves what the days before it did: two half hours in a row, and by enough.

    ``bands`` are those of ``days``.
    """
    over = [_apart(*each) for each in zip(kw, bands.median, zip(*days, strict=True), strict=True)]
    in_a_row = any(one and other for one, other in pairwise(over))
    if not in_a_row:
        return False
    usual = sum(one for one in bands.median if one is not None)
    return abs(sum(over)) * HOURS >= LEAST_DAY_SHARE * usual * HOURS


def _apart(kw: float | None, middle: float | None, column: Sequence[float | None]) -> float:
    """How far (kW) the half hour is outside of what is usual; 0 within."""
    if kw is None or middle is None:
        return 0.0
    apart = kw - middle
    if abs(apart) <= max(LEAST_SHARE * abs(middle), LEAST_KW):
        return 0.0
    scale = _scale([abs(one - middle) for one in column if one is not None])
    return apart if scale and abs(apart) > LIMIT_Z * scale else 0.0


def _scale(deviations: Sequence[float]) -> float:
    # Where more than half of the days are equal, the mean deviation stands in for the MAD.
    mad = percentile(sorted(deviations), 50)
    return mad / MAD_TO_SIGMA if mad else sum(deviations) / len(deviations) * MEAN_TO_SIGMA
