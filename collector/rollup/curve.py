"""The curve of cumulative energy: what a counter's samples become."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collector.rollup.counter_facts import Ruling

EventKind = Literal[
    "glitch", "reset", "rollover", "replaced", "ratio", "frozen", "gap", "undecided", "plain"
]
"""``plain`` only by a user's ruling: the step is booked as it is."""
Quality = Literal["estimated", "missing"]

NOT_SETTLED_MS = 2**53 - 1
"""Stands for the instant at which an undecided step can be told: not yet."""


@dataclass(frozen=True, slots=True)
class CounterEvent:
    """Something other than plain counting: when, what, the energy booked for it, and why.

    ``at_ms`` is the sample judged, ``settled_ms`` that from which on it could be told (UTC ms).
    The true energy of the step lies between ``low_milli_wh`` and ``high_milli_wh``, give or take
    one counter step; None: no bound can be given. ``ruled``: decided by the user.
    """

    at_ms: int
    kind: EventKind
    booked_milli_wh: int
    reason: str
    settled_ms: int
    low_milli_wh: int | None = None
    high_milli_wh: int | None = None
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Bridge:
    """A stretch between two samples that was not measured in itself.

    ``estimated``: its energy is known or estimated, and spread. ``missing``: no more is booked
    for it than is certain.
    """

    from_ms: int
    to_ms: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class EnergyCurve:
    """Cumulative energy (milli-Wh, from 0) at the instants of the accepted samples (UTC ms).

    Between two samples it runs straight. Outside ``bridges`` it was measured. ``events`` and
    ``bridges`` are in order of time. ``unused_rulings`` met no step of these samples.
    ``begins_frozen``: the samples begin within a stretch of equal values that ended in a leap,
    so earlier samples may change how that leap is judged and spread.
    """

    at_ms: Sequence[int]
    milli_wh: Sequence[int]
    bridges: tuple[Bridge, ...] = ()
    events: tuple[CounterEvent, ...] = ()
    unused_rulings: tuple[Ruling, ...] = ()
    begins_frozen: bool = False

    def energy_at(self, instant_ms: int) -> int:
        """Energy (milli-Wh) up to the instant; before and after the curve, that of its ends.

        Raises ``IndexError`` for a curve without samples.
        """
        after = bisect_right(self.at_ms, instant_ms)
        if after == 0:
            return self.milli_wh[0]
        if after == len(self.at_ms):
            return self.milli_wh[-1]
        start_ms, end_ms = self.at_ms[after - 1], self.at_ms[after]
        start, end = self.milli_wh[after - 1], self.milli_wh[after]
        return start + (end - start) * (instant_ms - start_ms) // (end_ms - start_ms)
