"""Quarter-hours of the clock, so that meters can be compared over the same time. PURE."""

from __future__ import annotations

from collections.abc import Mapping

from edge_agent.wiring.balance import Load, load_of
from edge_agent.wiring.tally import Flow

SLOT_S = 900.0
COVERED = 0.6
"""A slot that was read for a smaller share of its time is left out."""


class Slot:
    """The quarter-hour that is running, and the mean load of the one before (None: unknown)."""

    __slots__ = ("_flow", "_meter", "_step_wh", "load", "number")

    def __init__(self, meter: str, step_wh: float) -> None:
        self._meter, self._step_wh = meter, step_wh
        self._flow = Flow()
        self.number = 0
        self.load: Load | None = None

    def add(self, at_s: float, values: Mapping[str, float]) -> bool:
        """Take a reading in; True when it is the first of a new slot."""
        number = int(at_s // SLOT_S)
        if number == self.number:
            self._flow.add(at_s, values)
            return False
        self.load = None
        if number == self.number + 1 and self._flow.span_s >= COVERED * SLOT_S:
            self.load = load_of(self._meter, self._flow, self._step_wh)
        self.number, self._flow = number, Flow()
        self._flow.add(at_s, values)
        return True
