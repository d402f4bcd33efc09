"""A meter's face: what its registers show now, its profile run backwards.

Before: a plant's load at an instant. After: the words of any span of registers, and what the
ledger must know of them. The counter is shown as the meter can: in whole steps, from zero again
at its modulus, rounded by its number format.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.decode import Ratios
from edge_agent.profile import Profile, Register
from edge_agent.registers import words_of_raw
from simulators.counting import Counter
from simulators.electricity import Draw, Supply, quantities
from simulators.faults import Fault, Faults, Rewired
from simulators.image import Image, hookup_of, image_of
from simulators.ledger import Entry
from simulators.plant import Plant, PlantMeter

ENERGY = "active_energy_import_wh"
Span = tuple[int, int, int]
"""(function, first address, count)"""
_Layout = tuple[tuple[Register, int], ...]
"""The registers in a span, each with the place of its first word."""
_Moment = tuple[int, Fault | None, tuple[Rewired, ...]]
UNSIGNED = ("u", "b")
"""Formats of which the first letter is one of these (u16, bcd32) have no sign."""

NAN = {"f32": 0x7FC0_0000, "f64": 0x7FF8_0000_0000_0000}
SHOW_NAN = ("Schneider Electric", "SunSpec")
"""Makers whose floats are NaN where there is no value; others (Eastron by its manual) show 0."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of one span, and the reading to enter when it holds the energy counter."""

    words: list[int]
    entry: Entry | None


class Face:
    """What one meter of a plant shows through its profile.

    It has the registers of the profile's blocks, its identity and its settings; ``profile`` is
    the one with its own addresses and scales. Not for several threads: each meter is served by
    the one thread of its link.
    """

    def __init__(self, plant: Plant, meter: PlantMeter, profile: Profile, faults: Faults) -> None:
        self.meter = meter
        self.hookup = hookup_of(meter, profile)
        self._plant, self._faults = plant, faults
        volts = plant.supply.voltage_v if meter.voltage_v is None else meter.voltage_v
        self._supply = Supply(volts, plant.supply.frequency_hz)
        self._image: Image = image_of(meter, profile, self.hookup, volts)
        self.profile = self._image.profile
        self._ratios = Ratios(meter.ct_ratio, meter.vt_ratio)
        self._counter = Counter(
            plant.start_ms,
            meter.start_wh,
            meter.power_factor,
            self.hookup,
            lambda at_ms: plant.energy_wh(meter.id, at_ms),
        )
        spans = [(row.function, row.address, row.count) for row in self.profile.blocks]
        self._exists = {place for place in self._image.words}
        self._exists |= {(f, first + i) for f, first, count in spans for i in range(count)}
        self._layouts: dict[Span, _Layout | None] = {}
        self._moment: _Moment | None = None
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
        fixed = self._image.words
        words, entry = [fixed.get((function, address + i), 0) for i in range(count)], None
        for register, place in layout:
            shown = self._words(register, values.get(register.quantity))
            for index in range(max(0, -place), min(len(shown), count - place)):
                words[place + index] = shown[index]
            if register.quantity == ENERGY and 0 <= place <= count - len(shown):
                entry = self._entry(at_ms, register, shown)
        return Answer(words, entry)

    def values(self, at_ms: int) -> dict[str, float]:
        """What the meter measures at an instant (UTC ms), by quantity, on the primary side.

        Its registers show this in steps, and only the quantities that the profile has.
        """
        return dict(self._values_at(at_ms))

    def _layout(self, span: Span) -> _Layout | None:
        function, address, count = span
        if any((function, address + i) not in self._exists for i in range(count)):
            return None
        if span in self._image.alone:
            return ()
        return tuple(
            (row, row.address - address)
            for row in self.profile.registers
            if row.function == function
            and row.address < address + count
            and row.address + row.words > address
        )

    def _words(self, register: Register, value: float | None) -> list[int]:
        """The register's words; what the wiring has not, or what is too large, is no value."""
        if value is None:
            return self._no_value(register)
        quantity = QUANTITIES[register.quantity]
        own = value / self._ratios.of(quantity.unit)
        if quantity.kind == "counter" and quantity.unit in ("Wh", "varh"):
            own = self._stepped(own)
        power = self._image.power_of(register)
        if register.format.startswith(UNSIGNED):
            own = abs(own)
            if quantity.kind == "gauge" and own >= _end_of(register, power):
                return self._no_value(register)
        try:
            return register.words_of(own, power)
        except ValueError:
            return self._no_value(register)

    def _no_value(self, register: Register) -> list[int]:
        """What the meter shows where it has no value: its mark for that, else nothing, else 0."""
        raw = register.not_available[0] if register.not_available else 0
        if not raw and self.profile.vendor in SHOW_NAN:
            raw = NAN.get(register.format, 0)
        return words_of_raw(raw, register.words, register.word_order, register.byte_order)

    def _stepped(self, wh: float) -> float:
        step, modulus = self.profile.counter_step_wh, self.profile.counter_modulus_wh
        whole = wh // step * step
        return whole % modulus if modulus else whole

    def _values_at(self, at_ms: int) -> dict[str, float]:
        """All quantities at one instant, so that every block of a poll tells the same moment."""
        meter, faults = self.meter, self._faults
        moment = (at_ms, faults.counter(meter.id), faults.rewired(meter.id))
        if moment != self._moment:
            counted = self._counter.at(*moment)
            draw = Draw(
                power_w=self._plant.power_w(meter.id, at_ms),
                wh=counted.import_wh,
                varh=counted.import_varh,
                power_factor=meter.power_factor,
                full_power_w=meter.rated_power_kw * 1000,
                export_wh=counted.export_wh,
                export_varh=counted.export_varh,
            )
            hookup = moment[2][-1].hookup if moment[2] else self.hookup
            self._values = quantities(draw, self._supply, at_ms, meter.seed, hookup)
            self._moment = moment
        return self._values

    def _entry(self, at_ms: int, register: Register, shown: list[int]) -> Entry | None:
        own_wh = register.value_of(shown, self._image.power_of(register))
        if own_wh is None:
            return None
        shown_wh = own_wh * self._ratios.of("Wh")
        true_wh = self._plant.counter_wh(self.meter.id, at_ms)
        return Entry(at_ms, shown_wh, true_wh, self._plant.power_w(self.meter.id, at_ms))


def _end_of(register: Register, power: int) -> float:
    """The first value that an unsigned register cannot hold."""
    numbers = 10.0 ** (4 * register.words)
    if not register.format.startswith("b"):
        numbers = 2.0 ** (16 * register.words)
    return float(numbers * register.scale * 10.0**power + register.offset)
