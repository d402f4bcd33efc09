"""Which days of which meter a run has written totals of. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from collector.rollup.periods import SLOT_PERIODS_MS
from collector.rollup.totals import Period, Total
from collector.state.stale_figures import Touched


def touched_days(totals: Iterable[Total], slot: Period) -> list[Touched]:
    """Each meter's days among the totals, with the stretch of those slots of it that are, too."""
    days: defaultdict[str, list[int]] = defaultdict(list)
    slots: defaultdict[str, list[int]] = defaultdict(list)
    for total in totals:
        if total.period == "1d":
            days[total.meter].append(total.start_ms)
        elif total.period == slot:
            slots[total.meter].append(total.start_ms)
    return [
        (meter, day_ms, *span)
        for meter, starts in days.items()
        for day_ms, span in _spans(sorted(starts), slots[meter], SLOT_PERIODS_MS[slot])
    ]


def _spans(
    days: Sequence[int], slots: Iterable[int], slot_ms: int
) -> Iterable[tuple[int, tuple[int, int]]]:
    spans = {day_ms: (day_ms, day_ms) for day_ms in days}
    within: dict[int, tuple[int, int]] = {}
    for start_ms in slots:
        place = bisect_right(days, start_ms) - 1
        if place >= 0:
            low, high = within.get(days[place], (start_ms, start_ms))
            within[days[place]] = min(low, start_ms), max(high, start_ms + slot_ms)
    return (spans | within).items()
