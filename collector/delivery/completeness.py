"""PURE. How much of a meter's day has come: expected, on time, late, estimated, missing.

Energy comes from counters: a gap costs the shape of a day, not its kWh (as VEE practice has it).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from collector.rollup.periods import Window

LATE_BY_INTERVALS = 1.5
"""A pause longer than this many intervals is a gap."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Numbers of readings of a stretch. ``on_time + late + estimated`` are stored."""

    expected: int
    on_time: int
    late: int
    estimated: int
    gap: int
    longest_gap_s: float

    @property
    def share(self) -> float:
        """What is stored of what was expected, 0 to 1."""
        return min(1.0, (self.on_time + self.late + self.estimated) / self.expected)

    def fields(self) -> dict[str, float | str]:
        """The figures as the schema names them."""
        return {
            "expected": float(self.expected),
            "on_time": float(self.on_time),
            "late": float(self.late),
            "estimated": float(self.estimated),
            "gap": float(self.gap),
            "longest_gap_s": self.longest_gap_s,
            "share": self.share,
        }


def expected_readings(stretch: Window, interval_s: float) -> int:
    """How many readings a meter polled every ``interval_s`` has in the stretch."""
    return int((stretch.end_ms - stretch.start_ms) / (1000 * interval_s) + 1e-9)


def completeness(
    expected: int, stored: int, arrived: tuple[int, int], longest_gap_s: float
) -> Completeness:
    """The figures of a stretch with this many readings ``stored``.

    ``arrived`` has those that came on time and those whose instant is estimated; what is stored
    beyond them came late. Where fewer are stored than arrived, readings were taken out again.
    """
    on_time = min(arrived[0], stored)
    estimated = min(arrived[1], stored - on_time)
    late = stored - on_time - estimated
    return Completeness(
        expected, on_time, late, estimated, max(0, expected - stored), longest_gap_s
    )


def longest_gap_s(instants: Iterable[int], stretch: Window, interval_s: float) -> float:
    """The longest pause between neighbouring readings (s), the stretch's ends among them.

    0 when no pause is longer than one and a half intervals. ``instants`` in order, UTC ms.
    """
    edges = [stretch.start_ms, *instants, stretch.end_ms]
    longest_s = max(after - before for before, after in pairwise(edges)) / 1000
    return longest_s if longest_s > LATE_BY_INTERVALS * interval_s else 0.0


def days_due(
    days: Sequence[Window], complete_ms: int | None, touched_ms: Collection[int], end_ms: int
) -> list[Window]:
    """The days whose figures are out of date, in order.

    Those that had not ended at ``complete_ms``, where the last figures end, and those in which
    readings have landed since. None of them begins at or after ``end_ms``.
    """
    return [
        day
        for day in days
        if day.start_ms < end_ms
        and (
            complete_ms is None
            or day.end_ms > complete_ms
            or any(day.start_ms <= at_ms < day.end_ms for at_ms in touched_ms)
        )
    ]


def within(day: Window, *bounds: Window) -> Window | None:
    """The part of a day that lies in all of the bounds, None when there is none."""
    start_ms = max(day.start_ms, *(bound.start_ms for bound in bounds))
    end_ms = min(day.end_ms, *(bound.end_ms for bound in bounds))
    return Window(start_ms, end_ms) if start_ms < end_ms else None
