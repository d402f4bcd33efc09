"""Measured power as evidence beside a counter: how much energy it says went through."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import isfinite

from collector.rollup.pace import MS_PER_HOUR


class PowerRecord:
    """Power samples (UTC ms, W), positive in the direction that the counter counts.

    Between two samples no further apart than ``gap_limit_ms`` power is taken to run straight;
    power below zero counts as none. Raises ``ValueError`` for samples out of order or no numbers.
    """

    def __init__(self, samples: Sequence[tuple[int, float]], gap_limit_ms: int) -> None:
        self._times = [at_ms for at_ms, _ in samples]
        for at_ms, power_w in samples:
            if not isfinite(power_w):
                raise ValueError(f"power at {at_ms} ms is {power_w}: leave out what is no reading")
        if any(later <= earlier for earlier, later in pairwise(self._times)):
            raise ValueError("power samples are not in strict order of time")
        self._powers = [max(power_w, 0.0) for _, power_w in samples]
        steps = zip(pairwise(self._times), pairwise(self._powers), strict=True)
        held = [(end_ms - start_ms, pair) for (start_ms, end_ms), pair in steps]
        self._sums = list(
            accumulate((span_ms * sum(pair) / 2 for span_ms, pair in held), initial=0.0)
        )
        self._least = list(accumulate((span_ms * min(pair) for span_ms, pair in held), initial=0.0))
        self._holes = [
            position
            for position, (earlier, later) in enumerate(pairwise(self._times))
            if later - earlier > gap_limit_ms
        ]

    def energy(self, from_ms: int, to_ms: int) -> float | None:
        """Energy (milli-Wh) between the instants, None where power was not measured throughout."""
        if not self._covers(from_ms, to_ms):
            return None
        return (self._up_to(to_ms) - self._up_to(from_ms)) * 1000 / MS_PER_HOUR

    def least(self, from_ms: int, to_ms: int) -> float | None:
        """Energy (milli-Wh) between the instants if power was always the lower of its neighbours.

        A short peak that one sample happened to meet counts for nothing in it. None as above.
        """
        if not self._covers(from_ms, to_ms):
            return None
        return max(self._least_to(to_ms) - self._least_to(from_ms), 0.0) * 1000 / MS_PER_HOUR

    def _covers(self, from_ms: int, to_ms: int) -> bool:
        if not self._times or from_ms < self._times[0] or to_ms > self._times[-1]:
            return False
        first = bisect_right(self._times, from_ms) - 1
        hole = bisect_left(self._holes, first)
        return not (hole < len(self._holes) and self._times[self._holes[hole]] < to_ms)

    def _least_to(self, at_ms: int) -> float:
        position = bisect_right(self._times, at_ms) - 1
        passed_ms = at_ms - self._times[position]
        lower = min(self._powers[position : position + 2])
        return self._least[position] + passed_ms * lower

    def _up_to(self, at_ms: int) -> float:
        position = bisect_right(self._times, at_ms) - 1
        passed_ms = at_ms - self._times[position]
        if not passed_ms:
            return self._sums[position]
        span_ms = self._times[position + 1] - self._times[position]
        start, end = self._powers[position], self._powers[position + 1]
        reached = start + (end - start) * passed_ms / span_ms
        return self._sums[position] + passed_ms * (start + reached) / 2
