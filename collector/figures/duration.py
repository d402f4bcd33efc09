"""The load duration curve at every hundredth of the known time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.figures.day_load import HOURS, Kw48

POINTS = 101


def duration_points(days: Iterable[Kw48]) -> Iterator[tuple[float, float, float]]:
    """Percent of the known time (0 to 100), kW reached or passed for it, and hours.

    Linear between ranked half hours; nothing where none is known.
    """
    ranked = sorted((kw for day in days for kw in day if kw is not None), reverse=True)
    last = len(ranked) - 1
    for percent in range(POINTS) if ranked else ():
        low, part = divmod(percent * last, 100)
        kw = ranked[low]
        if part:
            kw += (ranked[low + 1] - kw) * part / 100
        yield float(percent), kw, percent / 100 * len(ranked) * HOURS
