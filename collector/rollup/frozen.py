"""A counter that stands still while power flows: found by measured power beside it.

Stands after ``verdicts``. The power's integral is booked over the stretch as estimated. When the
counter catches up afterwards its own rise is the truth: that is booked over the stretch instead,
shared out by the power, so nothing is booked twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from collector.rollup.curve import Bridge, CounterEvent, EnergyCurve
from collector.rollup.pace import REFRESH_MS, Pace
from collector.rollup.power import PowerRecord

FROZEN_INTERVALS = 3
FROZEN_MS = 3 * REFRESH_MS
"""A counter must stand still for so many intervals and so long: a sound one that is polled often
stands still until its register is renewed."""
FROZEN_STEPS = 5
"""So many counter steps of energy must surely have flowed meanwhile; fewer may be rounding.

Surely: by the lower of neighbouring powers, and up to one renewal of the register before the end.
"""
NO_LOAD_SHARE = 0.004
"""A meter need not count below its starting current (IEC 62053-21, class 1: 0.4 %)."""
CAUGHT_UP = 0.5
"""A rise after the stretch that holds so much of the power's integral is a counter catching up."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Positions of a stand-still, the position from which it was certain, and its end.

    ``end`` is ``last``, or the next position when the counter caught up there with ``rise``.
    """

    first: int
    last: int
    settled: int
    end: int
    booked: int


def thawed(curve: EnergyCurve, power: PowerRecord, pace: Pace, unit: str) -> EnergyCurve:
    """The curve with what power says went through while the counter stood still.

    Without a known counter step nothing is changed: a coarse counter stands still between two
    counts, and nothing would tell the one from the other. Takes time in proportion to the curve.
    """
    if not pace.step:
        return curve
    found = list(_stretches(curve, power, pace))
    if not found:
        return curve
    bridges = [Bridge(curve.at_ms[s.first], curve.at_ms[s.end], "estimated") for s in found]
    events = [_event(curve, stretch, pace, unit) for stretch in found]
    return replace(
        curve,
        milli_wh=_booked(curve, power, found),
        bridges=tuple(sorted((*curve.bridges, *bridges), key=lambda each: each.from_ms)),
        events=tuple(sorted((*curve.events, *events), key=lambda each: each.at_ms)),
    )


def _stretches(curve: EnergyCurve, power: PowerRecord, pace: Pace) -> Iterator[_Stretch]:
    bridged = {bridge.to_ms for bridge in curve.bridges}
    for first, last in _still(curve, bridged):
        flowed = power.energy(curve.at_ms[first], curve.at_ms[last])
        surely = _surely(curve, power, first, last)
        if flowed is None or surely <= _hidden(curve, pace, first, last):
            continue
        settled = _settled(curve, power, pace, first, last)
        rise = _caught_up(curve, power, last, flowed, bridged)
        if rise is None:
            yield _Stretch(first, last, settled, last, round(flowed))
        else:
            yield _Stretch(first, last, settled, last + 1, rise)


def _still(curve: EnergyCurve, bridged: set[int]) -> Iterator[tuple[int, int]]:
    # First and last position of every stretch of equal values that was measured.
    milli_wh, at_ms = curve.milli_wh, curve.at_ms
    first = 0
    for position in range(1, len(milli_wh) + 1):
        if position < len(milli_wh) and milli_wh[position] == milli_wh[first]:
            if at_ms[position] in bridged:
                first = position
            continue
        last = position - 1
        if last - first >= FROZEN_INTERVALS and at_ms[last] - at_ms[first] >= FROZEN_MS:
            yield first, last
        first = position


def _hidden(curve: EnergyCurve, pace: Pace, first: int, last: int) -> float:
    # The most that may flow while a sound counter stands still.
    no_load = NO_LOAD_SHARE * (pace.rated_per_ms or 0.0)
    return max(FROZEN_STEPS * pace.step, no_load * (curve.at_ms[last] - curve.at_ms[first]))


def _surely(curve: EnergyCurve, power: PowerRecord, first: int, position: int) -> float:
    start_ms, end_ms = curve.at_ms[first], curve.at_ms[position] - REFRESH_MS
    return (power.least(start_ms, end_ms) or 0.0) if end_ms > start_ms else 0.0


def _settled(curve: EnergyCurve, power: PowerRecord, pace: Pace, first: int, last: int) -> int:
    # The first position by which more had flowed than rounding can hide.
    def flowed(position: int) -> float:
        return _surely(curve, power, first, position)

    timely = bisect_left(curve.at_ms, curve.at_ms[first] + FROZEN_MS, first, last)
    positions = range(max(first + FROZEN_INTERVALS, timely), last + 1)
    return positions[bisect_right(positions[:-1], float(FROZEN_STEPS * pace.step), key=flowed)]


def _caught_up(
    curve: EnergyCurve, power: PowerRecord, last: int, flowed: float, bridged: set[int]
) -> int | None:
    # The rise of the step after the stretch, when it holds what flowed in the stretch too.
    if last + 1 >= len(curve.at_ms) or curve.at_ms[last + 1] in bridged:
        return None
    rise = curve.milli_wh[last + 1] - curve.milli_wh[last]
    own = power.energy(curve.at_ms[last], curve.at_ms[last + 1])
    return None if own is None or rise - own <= CAUGHT_UP * flowed else rise


def _booked(curve: EnergyCurve, power: PowerRecord, found: list[_Stretch]) -> list[int]:
    milli_wh: list[int] = []
    shift = 0
    for stretch in found:
        milli_wh += [value + shift for value in curve.milli_wh[len(milli_wh) : stretch.first]]
        begin = curve.milli_wh[stretch.first] + shift
        start_ms, end_ms = curve.at_ms[stretch.first], curve.at_ms[stretch.end]
        whole = power.energy(start_ms, end_ms) or 0.0
        for position in range(stretch.first, stretch.end):
            part = power.energy(start_ms, curve.at_ms[position]) or 0.0
            milli_wh.append(begin + (round(stretch.booked * part / whole) if whole else 0))
        # Where the counter did not catch up, all that follows lies higher by what is booked.
        shift += stretch.booked if stretch.end == stretch.last else 0
    return milli_wh + [value + shift for value in curve.milli_wh[len(milli_wh) :]]


def _event(curve: EnergyCurve, stretch: _Stretch, pace: Pace, unit: str) -> CounterEvent:
    start_ms, end_ms = curve.at_ms[stretch.first], curve.at_ms[stretch.end]
    minutes = (end_ms - start_ms) / 60_000
    booked = f"{stretch.booked / 1_000_000:,.3f} {unit}"
    if stretch.end == stretch.last:
        low, high = 0, pace.ceiling(end_ms - start_ms)
        told = f"the measured power's {booked} booked as estimated"
    else:
        low, high = max(stretch.booked - pace.step, 0), stretch.booked + pace.step
        told = f"then it caught up; its {booked} booked over the whole stretch by the power"
    return CounterEvent(
        start_ms,
        "frozen",
        stretch.booked,
        f"the counter stood still for {minutes:,.1f} min while power flowed: {told}",
        curve.at_ms[stretch.settled],
        low,
        high,
    )
