"""A meter's face: what its registers show now, its profile run backwards.

Before: a plant's load at an instant. After: the words of any span of registers, and what the
ledger must know of them. The counter is shown as the meter can: in whole steps, from zero again
at its modulus, rounded by its number format.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.profile import Profile, Register
from simulators.electricity import Draw, quantities, reactive_share
from simulators.faults import Fault, Faults
from simulators.ledger import Entry
from simulators.plant import Plant, PlantMeter

ENERGY = "active_energy_import_wh"
Span = tuple[int, int, int]
"""(function, first address, count)"""
_Layout = tuple[tuple[Register, int], ...]
"""The registers in a span, each with the place of its first word."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of one span, and the reading to enter when it holds the energy counter."""

    words: list[int]
    entry: Entry | None


class Face:
    """What one meter of a plant shows through its profile.

    ``spans`` are the addresses that exist. Not for several threads: each meter is served by the
    one thread of its link.
    """

    def __init__(self, plant: Plant, meter: PlantMeter, profile: Profile, faults: Faults) -> None:
        self.meter = meter
        self.spans: tuple[Span, ...] = tuple(
            (block.function, block.address, block.count) for block in profile.blocks
        )
        self._plant = plant
        self._profile = profile
        self._faults = faults
        self._exists = {(f, first + i) for f, first, count in self.spans for i in range(count)}
        self._layouts: dict[Span, _Layout | None] = {}
        self._moment: tuple[int, Fault | None] | None = None
        self._values: dict[str, float] = {}

    def answer(self, function: int, address: int, count: int, at_ms: int) -> Answer | None:
        """The words of a span at an instant (UTC ms); None when parts of it do not exist."""
        span = (function, address, count)
        if span not in self._layouts:
            self._layouts[span] = self._layout(span)
        layout = self._layouts[span]
        if layout is None:
            return None
        values = self._values_at(at_ms)
        words, entry = [0] * count, None
        for register, place in layout:
            shown = register.words_of(values[register.quantity])
            for index in range(max(0, -place), min(len(shown), count - place)):
                words[place + index] = shown[index]
            if register.quantity == ENERGY and 0 <= place <= count - len(shown):
                entry = self._entry(at_ms, register.value_of(shown))
        return Answer(words, entry)

    def _layout(self, span: Span) -> _Layout | None:
        function, address, count = span
        if any((function, address + i) not in self._exists for i in range(count)):
            return None
        return tuple(
            (row, row.address - address)
            for row in self._profile.registers
            if row.function == function
            and row.address < address + count
            and row.address + row.words > address
        )

    def _values_at(self, at_ms: int) -> dict[str, float]:
        """All quantities at one instant, so that every block of a poll tells the same moment."""
        moment = (at_ms, self._faults.counter(self.meter.id))
        if moment != self._moment:
            meter = self.meter
            wh = self._counter_wh(at_ms)
            draw = Draw(
                power_w=self._plant.power_w(meter.id, at_ms),
                wh=self._shown(wh),
                varh=self._shown(wh * reactive_share(meter.power_factor)),
                power_factor=meter.power_factor,
                full_power_w=meter.rated_power_kw * 1000,
            )
            self._values = quantities(draw, self._plant.supply, at_ms, meter.seed)
            self._moment = moment
        return self._values

    def _counter_wh(self, at_ms: int) -> float:
        """What the counter would say without limits, with the fault that the meter has."""
        fault, meter = self._faults.counter(self.meter.id), self.meter.id
        if fault is None:
            return self._plant.counter_wh(meter, at_ms)
        stood_wh = self._plant.counter_wh(meter, min(fault.since_ms, at_ms))
        since_wh = self._plant.counter_wh(meter, at_ms) - stood_wh
        begin = {"reset": since_wh, "replaced": fault.start_wh + since_wh, "frozen": stood_wh}
        return begin[fault.name]

    def _shown(self, wh: float) -> float:
        step, modulus = self._profile.counter_step_wh, self._profile.counter_modulus_wh
        whole = wh // step * step
        return whole % modulus if modulus else whole

    def _entry(self, at_ms: int, shown_wh: float | None) -> Entry | None:
        if shown_wh is None:
            return None
        true_wh = self._plant.counter_wh(self.meter.id, at_ms)
        return Entry(at_ms, shown_wh, true_wh, self._values["active_power_w"])
