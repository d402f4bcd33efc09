"""How fast and how finely a counter can count: the measure every step is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, inf, isinf

from collector.rollup.counter_facts import CounterFacts

RATED_MARGIN = 2.0
"""Machines start, and run for a while, above their rated power."""
USUAL_MARGIN = 10.0
"""What is usual says less than a nameplate: a step counts as impossible only far beyond it."""
REFRESH_MS = 60_000
"""A meter may renew its register this late, so that one step holds the energy of several polls."""
USUAL_STEPS = 10
"""Fewer rises than this say nothing of what is usual."""
ODD_STEPS = 2
"""So many of the steepest rises may be a false value or a change of meters."""
ODD_TIMES = 100
"""A rise so many times as steep as nine in ten of the others is odd, however many there are."""
MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Pace:
    """The steepest plausible course (milli-Wh a ms; inf: unknown), and how the counter counts.

    ``step`` and ``modulus`` are milli-Wh; ``rated_per_ms`` is the rated power without margin.
    """

    per_ms: float
    step: int
    modulus: int | None
    rated_per_ms: float | None

    @property
    def known(self) -> bool:
        """Whether any rise is too steep."""
        return not isinf(self.per_ms)

    @property
    def slack(self) -> float:
        """What a step may hold beyond its time (milli-Wh): a late renewal and one count."""
        return self.per_ms * REFRESH_MS + self.step

    def allowed(self, duration_ms: int) -> float:
        """The most a counter may rise in the time (milli-Wh)."""
        return self.per_ms * duration_ms + self.slack

    def ceiling(self, duration_ms: int) -> int | None:
        """The most that can have gone through in the time (milli-Wh), None when not known."""
        return floor(self.per_ms * duration_ms) + self.step if self.known else None

    def wraps_after_ms(self, gap_limit_ms: int) -> float:
        """Time after which the counter may have begun again unseen; inf when it never does.

        Not less than the gap limit: readings without a gap are taken to follow each other.
        """
        if self.modulus is None:
            return inf
        return max(self.modulus / self.per_ms if self.known else 0.0, gap_limit_ms)


def pace_of(facts: CounterFacts, derived_power_w: float | None = None) -> Pace:
    """The pace of a counter: from rated power, else usual power, else ``derived_power_w``."""
    per_w = 1000 / MS_PER_HOUR
    usual_w = derived_power_w if facts.usual_power_w is None else facts.usual_power_w
    per_ms, rated = inf, None
    if facts.rated_power_w is not None:
        rated = facts.rated_power_w * per_w
        per_ms = rated * RATED_MARGIN
    elif usual_w is not None:
        per_ms = usual_w * per_w * USUAL_MARGIN
    modulus = None if facts.modulus_wh is None else round(facts.modulus_wh * 1000)
    return Pace(per_ms, round(facts.step_wh * 1000), modulus, rated)


def usual_power_w(samples: Sequence[tuple[int, float]]) -> float | None:
    """The highest power that samples (UTC ms, Wh) usually show, in W; None when they are too few.

    From the mean powers of the rising steps: the highest, when the two highest of all are left
    aside, and those a hundred times above nine in ten of them, so that a false value or a change
    of meters does not count as usual, but a machine that seldom runs does. A step shorter than a
    minute counts as one of a minute.
    """
    powers = sorted(
        (wh - before) / max(at_ms - before_ms, REFRESH_MS)
        for (before_ms, before), (at_ms, wh) in pairwise(samples)
        if wh > before
    )
    if len(powers) < USUAL_STEPS:
        return None
    plausible = ODD_TIMES * powers[len(powers) * 9 // 10]
    return next(
        power * MS_PER_HOUR for power in reversed(powers[:-ODD_STEPS]) if power <= plausible
    )
