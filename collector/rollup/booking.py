"""What is booked for one step that is not plain counting: the rules, each with its bounds.

Stands between ``course`` (which steps those are) and ``verdicts`` (the curve with its events).
Every amount is milli-Wh. The true energy lies within the bounds as long as the power stays under
the steepest plausible course (see ``pace``), give or take one counter step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor

from collector.rollup.counter_facts import MeterChange, Ruling
from collector.rollup.curve import EventKind, Quality
from collector.rollup.pace import Pace
from collector.rollup.stretch import Expected, Steps

LIKELY = 2
"""A rollover that was not seen must agree with the power around it by this factor."""
NEAR_EDGE = 0.25
"""A fall that needs no more than this share of the register to be a rollover is one."""
SAME_COURSE = 3
"""A new meter that goes on as the old one did rises by no more than so many times what is due."""
ABOUT_ZERO = 1000
"""Where no power is known, a value of one part in so many of the one before is about zero."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Energy booked for a step, its bounds, how well it is known, and why (a clause).

    ``quality`` None: measured.
    """

    kind: EventKind
    booked: int
    low: int
    high: int | None
    quality: Quality | None
    why: str


class Bookkeeper:
    """Books the steps of one counter. ``unit`` is what its reasons call a thousand of a unit."""

    def __init__(self, steps: Steps, pace: Pace, unit: str) -> None:
        self._steps, self._pace, self._unit = steps, pace, unit

    def amount(self, milli_wh: int) -> str:
        """The energy as people read it."""
        return f"{milli_wh / 1_000_000:,.3f} {self._unit}"

    def rollover(self, position: int) -> Booking:
        """The register ran full: what was left to the edge, and what came after, is measured."""
        modulus = self._pace.modulus
        if modulus is None:
            why = "a rollover, but the register's width is not known"
            return self.unknown(position, "rollover", 0, why)
        rise = self._steps.rise(position)
        booked = rise + modulus * max(0, -(rise // modulus))
        why = f"ran full at {self.amount(modulus)} and began again at zero"
        return Booking("rollover", booked, booked, booked, None, why)

    def wraps(self, position: int) -> Booking:
        """So long a step that the register may have begun again unseen, once or several times.

        The number of times is the one nearest to the power around the step. A fall that agrees
        with none, and does not begin near the edge, is a reset or another meter.
        """
        modulus, rise = self._pace.modulus, self._steps.rise(position)
        if modulus is None:
            return self.fall(position)
        ceiling = self._pace.ceiling(self._steps.duration_ms(position))
        expected = self._steps.expected(position)
        fewest = max(0, -(rise // modulus))
        low = rise + fewest * modulus
        high = None if ceiling is None else low + max(ceiling - low, 0) // modulus * modulus
        booked = low + self._wraps_beyond(expected, low, high, modulus) * modulus
        if fewest and not self._likely(booked, expected, low):
            return self._reset(position) or self.rise(position)
        if booked == rise:
            return Booking("gap", booked, low, high, "estimated", _GAP)
        times = _how_often((booked - rise) // modulus)
        why = f"ran full {times} meanwhile, by the power around it"
        return Booking("rollover", booked, low, high, "estimated", why)

    def _likely(self, booked: int, expected: Expected | None, least: int) -> bool:
        # A counter is seldom near its edge, so a fall from there is hardly a reset by chance.
        near_edge = NEAR_EDGE * (self._pace.modulus or 0)
        agrees = expected is not None and _agree(booked, expected.milli_wh)
        return agrees or least <= near_edge

    def _wraps_beyond(
        self, expected: Expected | None, low: int, high: int | None, modulus: int
    ) -> int:
        if expected is None:
            return 0
        nearest = max((2 * (expected.milli_wh - low) + modulus) // (2 * modulus), 0)
        return nearest if high is None else min(nearest, (high - low) // modulus)

    def frozen(self, position: int) -> Booking:
        """The counter stood still and caught up: its rise is spread over the whole stretch."""
        rise = max(self._steps.rise(position), 0)
        why = "stood still, then rose by what the whole stretch can hold"
        return Booking("frozen", rise, 0, rise + self._pace.step, "estimated", why)

    def fall(self, position: int) -> Booking:
        """A fall that stayed: an unseen rollover, a reset to about zero, or another meter."""
        return self._unseen_rollover(position) or self._reset(position) or self.rise(position)

    def rise(self, position: int) -> Booking:
        """A step that stayed and that nothing explains: another meter counts from here on."""
        why = "neither counting, reset nor rollover explains the step: another meter or setting"
        return self.unknown(position, "replaced", 0, why)

    def changed(self, position: int, change: MeterChange) -> Booking:
        """A step over a known change: measured when the counter went on, else estimated."""
        said = _said(change)
        rise = self._steps.rise(position)
        if self.goes_on(position):
            why = f"{said}; the counter went on as before"
            return Booking(change.kind, rise, rise, rise, None, why)
        return self._rescaled(position, change) or self.unknown(position, change.kind, 0, said)

    def goes_on(self, position: int) -> bool:
        """Whether the step over a change is what the power around it makes due."""
        rise, duration_ms = self._steps.rise(position), self._steps.duration_ms(position)
        expected = self._steps.expected(position)
        if expected is None:
            due = self._pace.ceiling(duration_ms)
        else:
            due = SAME_COURSE * expected.milli_wh + 2 * self._pace.step
        return due is not None and 0 <= rise <= min(due, self._pace.allowed(duration_ms))

    def ruled(self, position: int, ruling: Ruling) -> Booking:
        """A step that a user has ruled on, by the rules of its kind or with a stated energy."""
        booking = self._by_kind(position, ruling)
        if ruling.booked_milli_wh is None:
            return booking
        stated = ruling.booked_milli_wh
        quality = booking.quality and "estimated"
        return Booking(booking.kind, stated, stated, stated, quality, "the energy is stated")

    def _by_kind(self, position: int, ruling: Ruling) -> Booking:
        rise = max(self._steps.rise(position), 0)
        if ruling.kind == "rollover":
            return self.rollover(position)
        if ruling.kind == "frozen":
            return self.frozen(position)
        if ruling.kind == "gap":
            return Booking("gap", rise, rise, rise, "estimated", _GAP)
        if ruling.kind in ("replaced", "ratio"):
            return self.unknown(position, ruling.kind, 0, "as ruled")
        if ruling.kind == "reset":
            return self._reset(position) or self.unknown(position, "reset", 0, "as ruled")
        return Booking("plain", rise, rise, rise, None, "booked as it is")

    def _reset(self, position: int) -> Booking | None:
        value, before = self._steps.values[position], self._steps.values[position - 1]
        ceiling = self._pace.ceiling(self._steps.duration_ms(position))
        due, about_zero = self._due(position), before // ABOUT_ZERO
        if ceiling is None:
            ceiling = max(due or 0, about_zero)
        why = "began anew at about zero"
        if value > ceiling:
            return None
        if due is None or value <= due:
            return self.unknown(position, "reset", value, why)
        # So much more than what flowed around it may be where another meter began.
        if self._steps.is_gap(position):
            return replace(self.unknown(position, "reset", value, why), low=0)
        return self.unknown(position, "reset", 0, why) if value <= about_zero else None

    def _due(self, position: int) -> int | None:
        # The most that the power around the step makes likely.
        expected = self._steps.expected(position)
        return None if expected is None else LIKELY * expected.milli_wh + 2 * self._pace.step

    def _unseen_rollover(self, position: int) -> Booking | None:
        modulus, expected = self._pace.modulus, self._steps.expected(position)
        ceiling = self._pace.ceiling(self._steps.duration_ms(position))
        if modulus is None or ceiling is None:
            return None
        booked = self._steps.rise(position) + modulus
        plausible = 0 <= booked <= ceiling and self._likely(booked, expected, booked)
        return self.rollover(position) if plausible else None

    def _rescaled(self, position: int, change: MeterChange) -> Booking | None:
        # The counter leapt with the ratio: its counts are known, their worth between two ratios.
        if change.kind != "ratio" or not change.ratio_before or not change.ratio_after:
            return None
        before, after = self._steps.values[position - 1], self._steps.values[position]
        counts = after / change.ratio_after - before / change.ratio_before
        low = floor(counts * min(change.ratio_before, change.ratio_after))
        high = floor(counts * max(change.ratio_before, change.ratio_after)) + 1
        ceiling = self._pace.ceiling(self._steps.duration_ms(position))
        if low < -self._pace.step or (ceiling is not None and low > ceiling):
            return None
        expected = self._steps.expected(position)
        likely = expected.milli_wh if expected else (low + high) // 2
        low, high = max(low - self._pace.step, 0), max(high + self._pace.step, 0)
        booked = min(max(likely, low), high)
        why = f"{_said(change)}; the counter was scaled with it"
        return Booking("ratio", booked, low, high, "estimated", why)

    def unknown(self, position: int, kind: EventKind, low: int, why: str) -> Booking:
        """A step whose energy the counter does not tell: ``low`` is certain.

        No longer than the gap limit: the mean power around it, at least ``low`` and at most what
        the pace allows, as estimated. Longer, or nothing measured around it: ``low``, as missing.
        """
        duration_ms = self._steps.duration_ms(position)
        ceiling = self._pace.ceiling(duration_ms)
        high = None if ceiling is None else max(ceiling, low)
        expected = self._steps.expected(position)
        if self._steps.is_gap(position) or expected is None:
            told = "only what is certain is booked" if low else "what went through is not known"
            return Booking(kind, low, low, high, "missing", f"{why}; {told}")
        likely = max(expected.milli_wh, low)
        booked = likely if high is None else min(likely, high)
        power = f"{expected.power_w / 1000:,.3f} {self._unit}/h"
        return Booking(
            kind, booked, low, high, "estimated", f"{why}; estimated from {power} around it"
        )


_GAP = "no value in between; the rise is spread evenly"


def _agree(booked: int, expected: int) -> bool:
    return booked <= LIKELY * expected and expected <= LIKELY * booked


def _how_often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _said(change: MeterChange) -> str:
    what, before, after = "meter", change.serial_before, change.serial_after
    if change.kind == "ratio":
        what, before, after = "ratio", _told(change.ratio_before), _told(change.ratio_after)
    known = f" from {before or 'unknown'} to {after or 'unknown'}" if before or after else ""
    return f"{what} changed{known}"


def _told(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:g}"
