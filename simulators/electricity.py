"""Every quantity that a meter could show, from power, energy, the supply and how it is connected.

PURE. Before: the power and energy of a load at one instant. After: values by quantity name that
agree with each other, because they come from one set of vectors: phases add up to totals, voltage
times current is apparent power, two wattmeters see the whole power. The load is lagging and
nothing flows back; a meter that is connected wrongly may still say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from simulators.hookup import SINGLE_PHASE, SOUND, Hookup, arriving
from simulators.shapes.noise import noise
from simulators.vectors import Three, Vectors, measured, powers, turned

UNBALANCE = (0.012, -0.008, -0.004)
"""How far each phase is from a third of the power; adds up to nothing."""
HALVES_UNBALANCE = 0.02
"""How far the first half of a 1P3W circuit is above half of the power."""
LINE_UNBALANCE = (0.003, -0.001, -0.002)
"""How far each voltage is from the mean of the three."""
ANGLES = (0.0, -120.0, 120.0)
VOLTAGE_WAVERS = 0.008
VOLTAGE_DROP = 0.015
FREQUENCY_WAVERS_HZ = 0.03
WAVER_MS = 10_000
PULSE_WH = 100.0
"""Energy of one pulse of the meter's output."""


@dataclass(frozen=True, slots=True)
class Supply:
    """The supply of a plant: volts at no load, and hertz.

    The volts are those between the outer conductors: line to line, and between the two wires
    of 1P2W.
    """

    voltage_v: float = 210.0
    frequency_hz: float = 50.0


@dataclass(frozen=True, slots=True)
class Draw:
    """What a load does at one instant.

    The four counters are what the meter counted; ``full_power_w`` is the power at which the
    voltage has dropped by 1.5 %.
    """

    power_w: float
    wh: float
    varh: float
    power_factor: float
    full_power_w: float
    export_wh: float = 0.0
    export_varh: float = 0.0


@dataclass(frozen=True, slots=True)
class Gain:
    """What a meter counts of each Wh drawn: Wh and varh, negative when it counts backwards."""

    active: float
    reactive: float


def quantities(
    draw: Draw, supply: Supply, at_ms: int, seed: int, hookup: Hookup = SOUND
) -> dict[str, float]:
    """Values of all electric quantities that a meter so connected has, and its pulses."""
    step = at_ms // WAVER_MS
    drop = VOLTAGE_DROP * min(1.0, draw.power_w / draw.full_power_w)
    outer_v = supply.voltage_v * (1 - drop + VOLTAGE_WAVERS * noise(seed, step))
    vectors = arriving(circuit(draw.power_w, draw.power_factor, outer_v, hookup), hookup)
    values = measured(vectors, hookup.wiring, draw.power_factor)
    if hookup.sound:
        # What flows is the truth, to the last digit that adding up vectors would spoil.
        values["active_power_w"] = draw.power_w
    return values | {
        "frequency_hz": supply.frequency_hz + FREQUENCY_WAVERS_HZ * noise(0, step),
        "active_energy_import_wh": draw.wh,
        "active_energy_export_wh": draw.export_wh,
        "reactive_energy_import_varh": draw.varh,
        "reactive_energy_export_varh": draw.export_varh,
        "pulse_count": draw.wh // PULSE_WH,
    }


def reactive_share(power_factor: float) -> float:
    """Reactive over active power at this power factor: the tangent of the phase angle."""
    return math.sqrt(1 - power_factor**2) / power_factor


@lru_cache(maxsize=256)
def gain(power_factor: float, hookup: Hookup) -> Gain:
    """What the counters of a meter so connected make of each Wh that the load draws.

    It does not change with the load: all currents grow together, and angles stay.
    """
    if hookup.sound:
        return Gain(1.0, reactive_share(power_factor))
    vectors = arriving(circuit(1.0, power_factor, 100.0, hookup), hookup)
    total = sum(powers(vectors, hookup.wiring), 0j)
    return Gain(total.real, total.imag)


def circuit(power_w: float, power_factor: float, outer_v: float, hookup: Hookup) -> Vectors:
    """The vectors of a load of this power behind ``outer_v`` between outer conductors."""
    power = complex(power_w, power_w * reactive_share(power_factor))
    if hookup.wiring == "1P2W":
        return _loads((complex(outer_v), 0j, 0j), (power, 0j, 0j))
    if hookup.wiring == "1P3W":
        voltages = (complex(outer_v / 2), -complex(outer_v / 2), 0j)
        return _loads(
            voltages, (power * (0.5 + HALVES_UNBALANCE), power * (0.5 - HALVES_UNBALANCE), 0j)
        )
    voltages, shares = _star(outer_v / math.sqrt(3)), _thirds(power)
    if SINGLE_PHASE in hookup.miswired:
        return _loads((voltages[0], 0j, 0j), (power, 0j, 0j))
    if hookup.wiring == "3P4W":
        return _loads(voltages, shares)
    return _delta(voltages, shares)


def _star(phase_v: float) -> Three:
    one, two, three = (
        turned(phase_v * (1 + skew), angle)
        for skew, angle in zip(LINE_UNBALANCE, ANGLES, strict=True)
    )
    return one, two, three


def _thirds(power: complex) -> Three:
    one, two, three = (power * (1 / 3 + unbalance) for unbalance in UNBALANCE)
    return one, two, three


def _loads(voltages: Three, shares: Three) -> Vectors:
    """Each conductor with a load of its own against the neutral (or the other wire)."""
    one, two, three = (
        (power / voltage).conjugate() if voltage else 0j
        for voltage, power in zip(voltages, shares, strict=True)
    )
    return Vectors(voltages, (one, two, three))


def _delta(voltages: Three, shares: Three) -> Vectors:
    """Three loads between the conductors: without a neutral the currents add up to nothing."""
    v1, v2, v3 = voltages
    i12, i23, i31 = _loads((v1 - v2, v2 - v3, v3 - v1), shares).currents
    return Vectors(voltages, (i12 - i31, i23 - i12, i31 - i23))
