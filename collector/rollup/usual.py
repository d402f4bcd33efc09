"""What power a counter usually shows: the measure of its steps where no rated power is stated."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from collector.rollup.counter_facts import CounterFacts
from collector.rollup.course import Course
from collector.rollup.pace import MS_PER_HOUR, REFRESH_MS, pace_of
from collector.rollup.series import counter_series

USUAL_STEPS = 10
"""Fewer rises than this say nothing of what is usual."""
ODD_STEPS = 2
"""So many of the steepest rises may be a change of meters."""
ODD_TIMES = 100
"""A rise so many times as steep as nine in ten of the others is odd, however many there are; the
machines of a small plant are plausible all the same (``pace.USUAL_LEAST_W``)."""
LONE_TIMES = 4
"""A rise so many times as steep as those before and after it counts as no more than that."""

Samples = Sequence[tuple[int, float]]


def usual_power_w(samples: Samples) -> float | None:
    """The highest power that samples (UTC ms, Wh) usually show, in W; None when they are too few.

    From the mean powers of the rises over a minute or more, false values left out, each no more
    than four times the higher of its neighbours: the highest, when the two highest of all are
    left aside, and those a hundred times above nine in ten of them, so that a change of meters
    does not count as usual, but a machine that seldom runs does. Raises ``ValueError`` for
    samples that no counter gives; see ``energy_curve``.
    """
    powers = sorted(power for stretch in _stretches(samples) for power in _powers(stretch))
    if len(powers) < USUAL_STEPS:
        return None
    plausible = ODD_TIMES * powers[len(powers) * 9 // 10]
    return next(
        power * MS_PER_HOUR for power in reversed(powers[:-ODD_STEPS]) if power <= plausible
    )


def _powers(samples: Samples) -> list[float]:
    # Wh a ms. A lone leap is hardly a machine: what runs, runs longer than from poll to poll.
    rises = [
        (wh - before) / (at_ms - before_ms)
        for (before_ms, before), (at_ms, wh) in pairwise(_minutes(samples))
        if wh > before
    ]
    if len(rises) < 2:
        return []
    near = map(max, zip([0.0, *rises[:-1]], [*rises[1:], 0.0], strict=True))
    return [min(rise, LONE_TIMES * other) for rise, other in zip(rises, near, strict=True)]


def _stretches(samples: Samples) -> list[Samples]:
    # The samples without those that a return to the course shows to be false, cut where it fell.
    if all(wh >= before for (_, before), (_, wh) in pairwise(samples)):
        return [samples]
    facts = CounterFacts()
    course = Course(counter_series(samples, facts), pace_of(facts), samples[-1][0], closed=True)
    course.walk()
    cuts = {each.index for each in course.breaks}
    found: list[list[tuple[int, float]]] = [[]]
    for index in course.kept:
        if index in cuts:
            found.append([])
        found[-1].append(samples[index])
    return list[Samples](found)


def _minutes(samples: Samples) -> Samples:
    # A meter may renew its register only once a minute: shorter steps tell nothing of power.
    found: list[tuple[int, float]] = []
    due_ms = 0
    for sample in samples:
        if not found or sample[0] >= due_ms:
            found.append(sample)
            due_ms = sample[0] + REFRESH_MS
    return found
