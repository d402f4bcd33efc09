"""How fast and how finely a counter can count: the measure every step is held against."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf, isinf

from collector.rollup.counter_facts import CounterFacts

RATED_MARGIN = 2.0
"""Machines start, and run for a while, above their rated power."""
USUAL_MARGIN = 10.0
"""What is usual says less than a nameplate: a step counts as impossible only far beyond it."""
USUAL_LEAST_W = 50_000.0
"""The least power taken for usual where energy is counted: a machine of a small plant may start
any day that nobody has seen to run."""
ENERGY_UNITS = ("kWh", "kvarh")
REFRESH_MS = 60_000
"""A meter may renew its register this late, so that one step holds the energy of several polls."""
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
        least_w = USUAL_LEAST_W if facts.unit in ENERGY_UNITS else 0.0
        per_ms = max(usual_w, least_w) * per_w * USUAL_MARGIN
    modulus = None if facts.modulus_wh is None else round(facts.modulus_wh * 1000)
    return Pace(per_ms, round(facts.step_wh * 1000), modulus, rated)
