"""The energy through the intake over the last minutes, from what its meter said. PURE.

Before: samples of counter and power, together or apart. After: the energy between two instants,
and how much of that time no counter has counted. A counter that falls, or runs far faster than the
power seen, is not believed: there the power is integrated instead (trapezoids).
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.demand.sums import Sums
from edge_agent.demand.window import MS_PER_HOUR

LEAP_FACTOR = 3.0
"""A counter that ran so many times faster than the power on both sides has leapt."""
LEAST_LEAP_WH = 2_000.0
"""Coarse counters move in whole kilowatt-hours: less than two steps is no leap."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy in Wh, and the milliseconds of it that no counter has counted."""

    wh: float
    estimated_ms: float


class Course:
    """What flowed in the last ``keep_ms``. O(log n) to ask, O(1) to add."""

    def __init__(self, keep_ms: int) -> None:
        self._keep_ms = keep_ms
        self._begin()

    @property
    def oldest_ms(self) -> int | None:
        """The instant of the first sample that is kept."""
        return min((row.first_ms for row in (self._power, self._counted) if row), default=None)

    @property
    def newest_ms(self) -> int | None:
        """The instant of the last sample."""
        return max((row.last_ms for row in (self._power, self._counted) if row), default=None)

    def add(self, at_ms: int, wh: float | None, power_w: float | None) -> None:
        """Take a sample: the counter's Wh, the power in W, either None when it was not given.

        A sample from before the newest means that the clock was set back: all begins anew.
        """
        newest_ms = self.newest_ms
        if newest_ms is not None and at_ms < newest_ms:
            self._begin()
        if power_w is not None and not (self._power and self._power.last_ms == at_ms):
            self._add_power(at_ms, power_w)
        if wh is not None and not (self._counted and self._counted.last_ms == at_ms):
            self._add_count(at_ms, wh)
        for row in (self._power, self._counted, self._estimated):
            row.forget(at_ms - self._keep_ms)

    def between(self, from_ms: int, to_ms: int) -> Energy:
        """The energy from one instant to another, as far as the samples reach.

        After the counter's newest word the power tells what has flowed since.
        """
        if not self._counted:
            return self._by_power(from_ms, to_ms)
        head = self._by_power(from_ms, min(to_ms, self._counted.first_ms))
        tail = self._by_power(max(from_ms, self._counted.last_ms), to_ms)
        wh = self._counted.between(from_ms, to_ms) + head.wh + tail.wh
        estimated_ms = self._estimated.between(from_ms, to_ms)
        return Energy(wh, estimated_ms + head.estimated_ms + tail.estimated_ms)

    def mean_power_w(self, from_ms: int, to_ms: int) -> float | None:
        """The mean power by the power samples, by the counter where there are none."""
        row = self._power or self._counted
        if not row:
            return None
        first_ms, last_ms = max(from_ms, row.first_ms), min(to_ms, row.last_ms)
        hours = (last_ms - first_ms) / MS_PER_HOUR
        return row.between(first_ms, last_ms) / hours if hours > 0 else None

    def _by_power(self, from_ms: int, to_ms: int) -> Energy:
        row = self._power
        if not row:
            return Energy(0.0, 0.0)
        first_ms, last_ms = max(from_ms, row.first_ms), min(to_ms, row.last_ms)
        if first_ms >= last_ms:
            return Energy(0.0, 0.0)
        return Energy(row.between(first_ms, last_ms), last_ms - first_ms)

    def _begin(self) -> None:
        self._power, self._counted, self._estimated = Sums(), Sums(), Sums()
        self._last_w = self._last_wh = 0.0

    def _add_power(self, at_ms: int, power_w: float) -> None:
        more = 0.0
        if self._power:
            hours = (at_ms - self._power.last_ms) / MS_PER_HOUR
            more = (self._last_w + power_w) / 2 * hours
        self._power.add(at_ms, more)
        self._last_w = power_w

    def _add_count(self, at_ms: int, wh: float) -> None:
        if not self._counted:
            self._counted.add(at_ms, 0.0)
            self._estimated.add(at_ms, 0.0)
        else:
            was_ms = self._counted.last_ms
            by_power = self._power.between(was_ms, at_ms) if self._power else None
            sound = _is_sound(wh - self._last_wh, by_power)
            self._counted.add(at_ms, wh - self._last_wh if sound else by_power or 0.0)
            self._estimated.add(at_ms, 0.0 if sound else at_ms - was_ms)
        self._last_wh = wh


def _is_sound(counted_wh: float, by_power_wh: float | None) -> bool:
    if counted_wh < 0:
        return False
    return by_power_wh is None or counted_wh <= max(LEAP_FACTOR * by_power_wh, LEAST_LEAP_WH)
