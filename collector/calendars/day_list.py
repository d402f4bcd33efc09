"""Days as people list them in settings: "2026-08-13", or "2026-08-13/2026-08-16" for a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days in a row: the first and the last are both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: DayRange) -> bool:
        """Whether some day is in both."""
        return self.first <= other.last and other.first <= self.last


def day_range(entry: str) -> DayRange:
    """The days an entry of a list stands for.

    Raises ``ValueError``, worded as ``problem (hint)``, for anything but a day or two of them
    joined by ``/``, and for a range that ends before it starts.
    """
    first, slash, last = entry.partition("/")
    days = DayRange(_day(first), _day(last if slash else first))
    if days.last < days.first:
        raise ValueError("ends before it starts (write the earlier day first)")
    return days


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass  # the 30th of February, a 13th month
    raise ValueError('not a day (write "2026-08-13", or "2026-08-13/2026-08-16" for a row of them)')
