"""A counter's samples as whole numbers, and where facts and rulings cut them.

Stands first in the counter engine: ``course`` walks along what is laid out here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise, repeat
from math import isfinite
from operator import itemgetter, le, mul

from collector.rollup.counter_facts import CounterFacts, MeterChange, Ruling

RULING_REACH_MS = 30 * 60_000
"""A ruling decides the first sample at or after it, if that comes within this time."""

CHANGE_REACH_MS = 15 * 60_000
"""A change is often noted later than it happened: a step so near to it is taken for its own."""
LEAP_TIMES = 100
"""A step so many times the usual one near a known change is the change."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A step that is not the engine's to judge: the user ruled, or a change is known."""

    ruling: Ruling | None = None
    change: MeterChange | None = None


@dataclass(slots=True)
class CounterSeries:
    """The samples to walk along: instants (UTC ms) and values (milli-Wh).

    ``joints`` are by the index of the sample their step ends at. ``dismissed`` are the samples a
    user has ruled to be false, as (UTC ms, milli-Wh, the ruling): they are in no other field.
    """

    times: list[int]
    values: list[int]
    joints: dict[int, Joint] = field(default_factory=dict)
    dismissed: list[tuple[int, int, Ruling]] = field(default_factory=list)
    unused: tuple[Ruling, ...] = ()


def counter_series(samples: Sequence[tuple[int, float]], facts: CounterFacts) -> CounterSeries:
    """Lay out samples (UTC ms, Wh) with the facts that cut them.

    Raises ``ValueError`` when samples are not in strict order of time, or a value is negative or
    no number; the message names the sample.
    """
    times = [at_ms for at_ms, _ in samples]
    if any(map(le, islice(times, 1, None), times)):
        earlier, later = next(pair for pair in pairwise(times) if pair[1] <= pair[0])
        raise ValueError(
            f"samples are not in strict order of time: {later} ms follows {earlier} ms"
        )
    series = CounterSeries(times, _whole(samples))
    _apply_rulings(series, facts.rulings)
    _apply_changes(series, facts.changes)
    return series


def _whole(samples: Sequence[tuple[int, float]]) -> list[int]:
    try:
        values = list(map(round, map(mul, map(itemgetter(1), samples), repeat(1000))))
    except (ValueError, OverflowError):
        values = []
    if len(values) == len(samples) and (not values or min(values) >= 0):
        return values
    position, (at_ms, wh) = next(
        (position, sample)
        for position, sample in enumerate(samples)
        if not isfinite(sample[1]) or sample[1] < 0
    )
    raise ValueError(
        f"sample {position} at {at_ms} ms is {wh}: a counter shows a number of 0 or more"
        " (leave out what is not a reading)"
    )


def _apply_rulings(series: CounterSeries, rulings: Sequence[Ruling]) -> None:
    decided = {
        index: ruling
        for ruling in rulings
        if (index := _ruled_sample(series.times, ruling)) is not None
    }
    series.unused = tuple(
        ruling for ruling in rulings if not any(ruling is used for used in decided.values())
    )
    dismissed = [index for index in sorted(decided) if decided[index].kind == "glitch"]
    series.dismissed = [(series.times[i], series.values[i], decided[i]) for i in dismissed]
    for index in reversed(dismissed):
        del series.times[index], series.values[index]
    for index, ruling in decided.items():
        if ruling.kind != "glitch":
            series.joints[index - bisect_left(dismissed, index)] = Joint(ruling=ruling)


def _ruled_sample(times: Sequence[int], ruling: Ruling) -> int | None:
    index = bisect_left(times, ruling.at_ms)
    if index == len(times) or times[index] - ruling.at_ms > RULING_REACH_MS:
        return None
    # The first sample ends no step, but it can be false.
    return index if index > 0 or ruling.kind == "glitch" else None


def _apply_changes(series: CounterSeries, changes: Sequence[MeterChange]) -> None:
    # A new meter says more than the new ratio that often comes with it.
    for change in sorted(changes, key=lambda change: change.kind != "replaced"):
        index = _changed_sample(series, change.at_ms)
        if 0 < index < len(series.times):
            series.joints.setdefault(index, Joint(change=change))


def _changed_sample(series: CounterSeries, at_ms: int) -> int:
    # The first sample after the change was noted, or one near it at which the counter leapt.
    noted = bisect_left(series.times, at_ms)
    first = max(bisect_left(series.times, at_ms - CHANGE_REACH_MS), 2)
    last = min(bisect_right(series.times, at_ms + CHANGE_REACH_MS), len(series.times) - 1)
    # Where most steps are zero, those that are not tell what is usual.
    steps = sorted(filter(None, (_apart(series, at, at - 1) for at in range(first, last))))
    if not 0 < noted < len(series.times) or not steps:
        return noted
    odd = LEAP_TIMES * steps[len(steps) * 3 // 4]
    leaps = [index for index in range(first, last) if _leaps(series, index, odd)]
    return min(leaps, key=lambda index: abs(series.times[index] - at_ms), default=noted)


def _leaps(series: CounterSeries, index: int, odd: int) -> bool:
    # Not so for one false value: what lies on both sides of it is near.
    pairs = ((index, index - 1), (index + 1, index - 1), (index, index - 2))
    return all(_apart(series, later, earlier) > odd for later, earlier in pairs)


def _apart(series: CounterSeries, later: int, earlier: int) -> int:
    return abs(series.values[later] - series.values[earlier])
