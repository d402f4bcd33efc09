"""Every quantity a three-phase meter could show, from power, energy and the supply.

PURE. Before: the power and energy of a load at one instant. After: values by quantity name that
agree with each other: phases add up to totals, voltage times current is apparent power, and the
power factor ties active, reactive and apparent power. The load is lagging and nothing flows back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulators.shapes.noise import noise

PHASES = ("l1", "l2", "l3")
LINES = ("l1_l2", "l2_l3", "l3_l1")
UNBALANCE = (0.012, -0.008, -0.004)
"""How far each phase is from a third of the power; adds up to nothing."""
LINE_UNBALANCE = (0.003, -0.001, -0.002)
"""How far each voltage is from the mean of the three."""
VOLTAGE_WAVERS = 0.008
VOLTAGE_DROP = 0.015
FREQUENCY_WAVERS_HZ = 0.03
WAVER_MS = 10_000
PULSE_WH = 100.0
"""Energy of one pulse of the meter's output."""


@dataclass(frozen=True, slots=True)
class Supply:
    """The supply of a plant: line-to-line volts at no load, and hertz."""

    voltage_v: float = 210.0
    frequency_hz: float = 50.0


@dataclass(frozen=True, slots=True)
class Draw:
    """What a load does at one instant.

    ``wh`` and ``varh`` are its counters; ``full_power_w`` is the power at which the voltage has
    dropped by 1.5 %.
    """

    power_w: float
    wh: float
    varh: float
    power_factor: float
    full_power_w: float


def quantities(draw: Draw, supply: Supply, at_ms: int, seed: int) -> dict[str, float]:
    """Values of all electric quantities of ``edge_agent.contract.quantity``, and its pulses."""
    step = at_ms // WAVER_MS
    drop = VOLTAGE_DROP * min(1.0, draw.power_w / draw.full_power_w)
    line_v = supply.voltage_v * (1 - drop + VOLTAGE_WAVERS * noise(seed, step))
    values = {
        "frequency_hz": supply.frequency_hz + FREQUENCY_WAVERS_HZ * noise(0, step),
        "voltage_ll_avg_v": line_v,
        "power_factor": draw.power_factor,
        "active_energy_import_wh": draw.wh,
        "active_energy_export_wh": 0.0,
        "reactive_energy_import_varh": draw.varh,
        "reactive_energy_export_varh": 0.0,
        "pulse_count": draw.wh // PULSE_WH,
    }
    for line, unbalance in zip(LINES, LINE_UNBALANCE, strict=True):
        values[f"voltage_{line}_v"] = line_v * (1 + unbalance)
    return values | _phases(draw, line_v / math.sqrt(3)) | _totals(draw, line_v / math.sqrt(3))


def reactive_share(power_factor: float) -> float:
    """Reactive over active power at this power factor: the tangent of the phase angle."""
    return math.sqrt(1 - power_factor**2) / power_factor


def _phases(draw: Draw, phase_v: float) -> dict[str, float]:
    values: dict[str, float] = {}
    for phase, unbalance, skew in zip(PHASES, UNBALANCE, LINE_UNBALANCE, strict=True):
        active_w = draw.power_w * (1 / 3 + unbalance)
        apparent_va = active_w / draw.power_factor
        values[f"active_power_{phase}_w"] = active_w
        values[f"apparent_power_{phase}_va"] = apparent_va
        values[f"reactive_power_{phase}_var"] = active_w * reactive_share(draw.power_factor)
        values[f"power_factor_{phase}"] = draw.power_factor
        values[f"voltage_{phase}_v"] = phase_v * (1 + skew)
        values[f"current_{phase}_a"] = apparent_va / (phase_v * (1 + skew))
    return values


def _totals(draw: Draw, phase_v: float) -> dict[str, float]:
    apparent_va = draw.power_w / draw.power_factor
    shares = zip(UNBALANCE, LINE_UNBALANCE, strict=True)
    current_a = apparent_va / phase_v * sum((1 / 3 + u) / (1 + v) for u, v in shares) / 3
    return {
        "active_power_w": draw.power_w,
        "reactive_power_var": draw.power_w * reactive_share(draw.power_factor),
        "apparent_power_va": apparent_va,
        "voltage_ln_avg_v": phase_v,
        "current_avg_a": current_a,
        "current_n_a": current_a * _neutral(),
    }


def _neutral() -> float:
    """The neutral's share of the mean current: the phase currents as vectors, 120° apart."""
    angles = (0.0, -2 * math.pi / 3, 2 * math.pi / 3)
    sizes = [1 + 3 * unbalance for unbalance in UNBALANCE]
    real = sum(size * math.cos(angle) for size, angle in zip(sizes, angles, strict=True))
    imaginary = sum(size * math.sin(angle) for size, angle in zip(sizes, angles, strict=True))
    return math.hypot(real, imaginary)
