"""The kept samples of a counter as steps, and what the steps around one say of its energy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from collector.rollup.pace import MS_PER_HOUR

NEIGHBOUR_STEPS = 3
"""So many measured steps on each side tell the power over a step that was not measured."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Energy (milli-Wh) that a step would hold at the mean power of the steps around it."""

    milli_wh: int
    power_w: float


class Steps:
    """The kept samples as steps; step ``p`` leads from the sample before to sample ``p``.

    ``broken`` are the positions of steps that are not plain counting.
    """

    def __init__(
        self,
        at_ms: Sequence[int],
        values: Sequence[int],
        broken: Collection[int],
        gap_limit_ms: int,
    ) -> None:
        self.at_ms, self.values = at_ms, values
        self._broken = broken
        self._gap_limit_ms = gap_limit_ms

    def duration_ms(self, position: int) -> int:
        """How long the step takes."""
        return self.at_ms[position] - self.at_ms[position - 1]

    def rise(self, position: int) -> int:
        """What the counter rose over the step (milli-Wh), below zero when it fell."""
        return self.values[position] - self.values[position - 1]

    def is_gap(self, position: int) -> bool:
        """Whether the step is longer than the gap limit."""
        return self.duration_ms(position) > self._gap_limit_ms

    def expected(self, position: int) -> Expected | None:
        """What the measured steps next to it say; None when there is none."""
        milli_wh = time_ms = 0
        for side in (-1, 1):
            for near in self._measured(position, side):
                milli_wh += self.rise(near)
                time_ms += self.duration_ms(near)
        if not time_ms:
            return None
        booked = (2 * milli_wh * self.duration_ms(position) + time_ms) // (2 * time_ms)
        return Expected(booked, milli_wh / time_ms * MS_PER_HOUR / 1000)

    def _measured(self, position: int, side: int) -> Iterator[int]:
        for distance in range(1, NEIGHBOUR_STEPS + 1):
            near = position + side * distance
            if not 0 < near < len(self.at_ms) or near in self._broken or self.is_gap(near):
                return
            yield near
