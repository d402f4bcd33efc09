"""What a meter's four energy counters say: what it measured, not what the load drew.

PURE but for what the plant and its faults say. A miswired meter counts what it measures: forward
into import, backward into export. Connected anew, it goes on from where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from simulators.electricity import gain, reactive_share
from simulators.faults import Fault, Rewired
from simulators.hookup import Hookup


@dataclass(frozen=True, slots=True)
class Counted:
    """The counters, Wh and varh, without steps and without rolling over."""

    import_wh: float
    export_wh: float
    import_varh: float
    export_varh: float


@dataclass(frozen=True, slots=True)
class Counter:
    """A meter's counters: what they said at ``start_ms``, how it is connected, what was drawn.

    ``drawn_wh`` gives the energy since the start at an instant (UTC ms).
    """

    start_ms: int
    start_wh: float
    power_factor: float
    hookup: Hookup
    drawn_wh: Callable[[int], float]

    def at(self, at_ms: int, fault: Fault | None, rewired: Sequence[Rewired]) -> Counted:
        """What the counters say at an instant, with the fault that they have, if any."""
        since_ms = min(fault.since_ms, at_ms) if fault else at_ms
        name = fault.name if fault else ""
        first_ms = since_ms if name in ("reset", "replaced") else self.start_ms
        last_ms = since_ms if name == "frozen" else at_ms
        held = {"reset": 0.0, "replaced": fault.start_wh if fault else 0.0}
        base_wh = held.get(name, self.start_wh)
        return self._added(base_wh, list(self._parts(first_ms, last_ms, rewired)))

    def _parts(
        self, first_ms: int, last_ms: int, rewired: Sequence[Rewired]
    ) -> Iterator[tuple[Hookup, float]]:
        """How it was connected and what was drawn meanwhile, Wh, one after the other."""
        connected = [Rewired(self.start_ms, self.hookup), *rewired]
        ends = [*(each.since_ms for each in connected[1:]), last_ms]
        for each, end_ms in zip(connected, ends, strict=True):
            begin_ms, end_ms = max(each.since_ms, first_ms), min(end_ms, last_ms)
            if begin_ms < end_ms:
                yield each.hookup, self.drawn_wh(end_ms) - self.drawn_wh(begin_ms)

    def _added(self, base_wh: float, parts: list[tuple[Hookup, float]]) -> Counted:
        active = [(gain(self.power_factor, hookup).active, wh) for hookup, wh in parts]
        reactive = [(gain(self.power_factor, hookup).reactive, wh) for hookup, wh in parts]
        return Counted(
            base_wh + _forward(active),
            _backward(active),
            base_wh * reactive_share(self.power_factor) + _forward(reactive),
            _backward(reactive),
        )


def _forward(parts: list[tuple[float, float]]) -> float:
    return sum(factor * wh for factor, wh in parts if factor > 0)


def _backward(parts: list[tuple[float, float]]) -> float:
    return sum(-factor * wh for factor, wh in parts if factor < 0)
