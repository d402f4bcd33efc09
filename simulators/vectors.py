"""What is at a meter's terminals as vectors, and what a meter makes of them.

PURE. Before: complex RMS values; an angle of 0 is the voltage of L1, and a current that lags is
turned clockwise. After: volts, amperes, watts and the rest by quantity name, as a meter in that
wiring computes them: S = V x conj(I) for each of its elements (IEEE 1459: lagging is positive Q).

======  ========================================  =====================================
wiring  elements                                  what the meter has not
======  ========================================  =====================================
3P4W    V1 I1, V2 I2, V3 I3 against the neutral   --
3P3W    V12 I1, V32 I3: two wattmeters (Aron)     phase to neutral, powers by phase
1P3W    V1 I1, V2 I2, half a turn apart           L3
1P2W    V1 I1                                     everything but L1
======  ========================================  =====================================
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Wiring = Literal["3P4W", "3P3W", "1P3W", "1P2W"]
Three = tuple[complex, complex, complex]
PHASES: Mapping[Wiring, tuple[str, ...]] = MappingProxyType(
    {
        "3P4W": ("l1", "l2", "l3"),
        "3P3W": ("l1", "l3"),
        "1P3W": ("l1", "l2"),
        "1P2W": ("l1",),
    }
)
"""Which conductors carry a current transformer."""
LINES = (("l1_l2", 0, 1), ("l2_l3", 1, 2), ("l3_l1", 2, 0))
NO_CURRENT_A = 1e-9
"""Below this there is no angle and no power factor to speak of."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Voltages of L1 to L3 against one point (the neutral where there is one), and currents.

    Volts and amperes, RMS. What a wiring does not have is zero.
    """

    voltages: Three
    currents: Three


def turned(size: float, degrees: float) -> complex:
    """A vector of this size at this angle."""
    return cmath.rect(size, math.radians(degrees))


def powers(vectors: Vectors, wiring: Wiring) -> tuple[complex, ...]:
    """P + jQ of each element of the meter, in the order of ``PHASES``."""
    (v1, v2, v3), (i1, i2, i3) = vectors.voltages, vectors.currents
    if wiring == "3P3W":
        pairs = [(v1 - v2, i1), (v3 - v2, i3)]
    else:
        pairs = [(v1, i1), (v2, i2), (v3, i3)][: len(PHASES[wiring])]
    return tuple(voltage * current.conjugate() for voltage, current in pairs)


def measured(vectors: Vectors, wiring: Wiring, idle_power_factor: float) -> dict[str, float]:
    """Every value that a meter in this wiring has, but for frequency and counters.

    The total apparent power is the sum of the phases', and of P and Q alone where there are no
    phases. Without current there is no power factor; meters then show one all the same.
    """
    elements = powers(vectors, wiring)
    values = _voltages(vectors.voltages, wiring) | _currents(vectors.currents, wiring)
    total = sum(elements, 0j)
    apparent_va = abs(total)
    if wiring != "3P3W":
        apparent_va = sum(map(abs, elements))
        for phase, power in zip(PHASES[wiring], elements, strict=True):
            values |= _power(power, abs(power), f"_{phase}", idle_power_factor)
    return values | _power(total, apparent_va, "", idle_power_factor)


def _power(power: complex, apparent_va: float, where: str, idle: float) -> dict[str, float]:
    flows = apparent_va > NO_CURRENT_A
    return {
        f"active_power{where}_w": power.real,
        f"reactive_power{where}_var": power.imag,
        f"apparent_power{where}_va": apparent_va,
        f"power_factor{where}": power.real / apparent_va if flows else idle,
    }


def _voltages(voltages: Three, wiring: Wiring) -> dict[str, float]:
    values: dict[str, float] = {}
    if wiring != "3P3W":
        phases = [(phase, abs(voltages[_place(phase)])) for phase in PHASES[wiring]]
        values = {f"voltage_{phase}_v": size for phase, size in phases}
        values["voltage_ln_avg_v"] = _mean([size for _, size in phases])
    lines = dict(_lines(voltages, wiring))
    if lines:
        values |= lines | {"voltage_ll_avg_v": _mean(list(lines.values()))}
    return values


def _lines(voltages: Three, wiring: Wiring) -> Iterator[tuple[str, float]]:
    count = {"3P4W": 3, "3P3W": 3, "1P3W": 1, "1P2W": 0}[wiring]
    for name, one, other in LINES[:count]:
        yield f"voltage_{name}_v", abs(voltages[one] - voltages[other])


def _currents(currents: Three, wiring: Wiring) -> dict[str, float]:
    i1, i2, i3 = currents
    if wiring == "3P3W":
        # Two transformers: the meter makes the third current of the others.
        sizes = {"l1": abs(i1), "l2": abs(i1 + i3), "l3": abs(i3)}
    else:
        sizes = {phase: abs(currents[_place(phase)]) for phase in PHASES[wiring]}
    values = {f"current_{phase}_a": size for phase, size in sizes.items()}
    values["current_avg_a"] = _mean(list(sizes.values()))
    if wiring in ("3P4W", "1P3W"):
        values["current_n_a"] = abs(i1 + i2 + i3)
    return values


def _place(phase: str) -> int:
    return int(phase[1:]) - 1


def _mean(sizes: Sequence[float]) -> float:
    return sum(sizes) / len(sizes)
