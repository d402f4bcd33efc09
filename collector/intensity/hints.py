"""When the grid is clean and when not, and what moving a load would change: a signal only.

The grid's mean intensity is not what one more kWh causes (that is the marginal intensity, which no
source here gives), so a saving is an order of magnitude and no entry of an account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from collector.intensity.point import SIGNAL, IntensityPoint
from collector.intensity.series import IntensitySeries

SLOT_MS = 30 * 60_000


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time and its mean carbon intensity.

    Times are UTC ms, or ms after local midnight on a typical day.
    """

    start_ms: int
    end_ms: int
    g_per_kwh: Decimal


@dataclass(frozen=True, slots=True)
class TypicalDay:
    """The mean of each local half hour over some days, as a series from local midnight (0 ms)."""

    series: IntensitySeries
    days: int


@dataclass(frozen=True, slots=True)
class ShiftSaving:
    """What moving a load of ``kw`` from one window to another would change.

    ``kg`` is below zero when the load moves to a dirtier window.
    """

    kw: Decimal
    hours: Decimal
    kwh: Decimal
    kg: Decimal
    from_window: Window
    to_window: Window
    label: str = SIGNAL


def lowest_window(
    series: IntensitySeries, from_ms: int, to_ms: int, length_ms: int
) -> Window | None:
    """The cleanest stretch of that length within the range, the earliest of equals.

    None when no stretch of that length is wholly known.
    """
    return min(
        _windows(series, from_ms, to_ms, length_ms),
        key=lambda window: (window.g_per_kwh, window.start_ms),
        default=None,
    )


def highest_window(
    series: IntensitySeries, from_ms: int, to_ms: int, length_ms: int
) -> Window | None:
    """The dirtiest stretch of that length within the range, the earliest of equals."""
    return min(
        _windows(series, from_ms, to_ms, length_ms),
        key=lambda window: (-window.g_per_kwh, window.start_ms),
        default=None,
    )


def window_at(series: IntensitySeries, start_ms: int, length_ms: int) -> Window | None:
    """The stretch of that length from ``start_ms`` on; None when it is not wholly known."""
    mean = series.mean_g_per_kwh(start_ms, start_ms + length_ms)
    return None if mean is None else Window(start_ms, start_ms + length_ms, mean)


def typical_day(series: IntensitySeries, zone: ZoneInfo) -> TypicalDay | None:
    """The mean of every local half hour over the days of the series; None for an empty one.

    A half hour that no day knows wholly is left out. On the day the clocks go back, both of the
    repeated half hours count.
    """
    held: dict[int, list[Decimal]] = defaultdict(list)
    days = set()
    for start_ms in _half_hours(series):
        mean = series.mean_g_per_kwh(start_ms, start_ms + SLOT_MS)
        if mean is not None:
            local = datetime.fromtimestamp(start_ms / 1000, zone)
            days.add(local.date())
            held[(local.hour * 60 + local.minute) * 60_000].append(mean)
    if not held:
        return None
    pattern = series.points[0]
    points = [_of_day(pattern, of_day_ms, means) for of_day_ms, means in held.items()]
    return TypicalDay(IntensitySeries(points), len(days))


def _of_day(pattern: IntensityPoint, of_day_ms: int, means: Sequence[Decimal]) -> IntensityPoint:
    return replace(
        pattern,
        start_ms=of_day_ms,
        end_ms=of_day_ms + SLOT_MS,
        g_per_kwh=float(sum(means, Decimal(0)) / len(means)),
        kind="estimated",
    )


def shift_saving(kw: Decimal, from_window: Window, to_window: Window) -> ShiftSaving:
    """What moving ``kw`` for the windows' length would change.

    Raises ``CollectorError`` when the windows are of different length: that is another energy.
    """
    length_ms = from_window.end_ms - from_window.start_ms
    if to_window.end_ms - to_window.start_ms != length_ms:
        hint = "compare windows of one length"
        raise CollectorError("the windows are of different length", hint)
    hours = Decimal(length_ms) / 3_600_000
    kwh = kw * hours
    kg = kwh * (from_window.g_per_kwh - to_window.g_per_kwh) / 1000
    return ShiftSaving(kw, hours, kwh, kg, from_window, to_window)


def _windows(series: IntensitySeries, from_ms: int, to_ms: int, length_ms: int) -> Iterator[Window]:
    # The intensity is constant within a point, so a best window begins or ends at a point's edge.
    edges = {point.start_ms for point in series.points}
    edges |= {point.end_ms - length_ms for point in series.points}
    for start_ms in sorted(edges):
        if from_ms <= start_ms and start_ms + length_ms <= to_ms:
            window = window_at(series, start_ms, length_ms)
            if window is not None:
                yield window


def _half_hours(series: IntensitySeries) -> Iterator[int]:
    if not series.points:
        return
    first_ms = series.points[0].start_ms // SLOT_MS * SLOT_MS
    yield from range(first_ms, series.points[-1].end_ms, SLOT_MS)
