"""The vector picture of a meter's voltages and currents. PURE.

Angles are in degrees, counted against the clock hands, the voltage of L1 at 0 (3P3W: the voltage
L1-L2 at 30, where a star would have it). A supply turns L1, L2, L3: L2 is at -120, L3 at 120.
Active and reactive power are signed as in IEC 62053-23, annex C, and IEEE 1459: drawn power is
positive, and an inductive load draws positive reactive power. So the angle ``phi`` between voltage
and current is ``atan2(Q, P)``, and a current stands at its voltage's angle minus ``phi``: a lagging
current is behind (smaller angle), a reversed one points away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from edge_agent.config.meters import Wiring

PHASES = ("l1", "l2", "l3")
LINES = ("l1_l2", "l2_l3", "l3_l1")
PHASES_OF: Mapping[Wiring, tuple[str, ...]] = {
    "1P2W": PHASES[:1],
    "1P3W": PHASES[:2],
    "3P3W": PHASES,
    "3P4W": PHASES,
}
STAR_DEG = (0.0, -120.0, 120.0)
SPLIT_DEG = (0.0, 180.0)
LINE_DEG = (30.0, -90.0, 150.0)

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Phasor:
    """One arrow: ``size`` in V or A, ``angle_deg`` within -180 to 180."""

    name: str
    kind: Literal["voltage", "current"]
    size: float
    angle_deg: float


def phasors(values: Values, wiring: Wiring) -> tuple[Phasor, ...]:
    """The arrows that ``values`` of one reading allow; a phase that lacks them has none.

    Without reactive power a current is drawn lagging. A current of 3P3W whose phase has no power
    of its own is drawn at the angle of the total, as in a balanced load. Wiring "" is 3P4W, or
    3P3W where only line voltages are given.
    """
    wiring = wiring or ("3P4W" if "voltage_l1_v" in values else "3P3W")
    if wiring == "3P3W":
        return (*_line_voltages(values), *_currents(values, STAR_DEG, whole=True))
    angles = _voltage_angles(values, wiring)
    arrows = [
        Phasor(phase.upper(), "voltage", values[f"voltage_{phase}_v"], angle)
        for phase, angle in zip(PHASES, angles, strict=False)
        if f"voltage_{phase}_v" in values
    ]
    return (*arrows, *_currents(values, angles, whole=len(angles) == 1))


def turned(angle_deg: float) -> float:
    """The same direction within -180 (excluded) and 180 degrees."""
    return 180.0 - (180.0 - angle_deg) % 360.0


def phase_angle_deg(active_w: float, reactive_var: float) -> float:
    """How far a current is behind its voltage: positive for an inductive load."""
    return math.degrees(math.atan2(reactive_var, active_w))


def _voltage_angles(values: Values, wiring: Wiring) -> tuple[float, ...]:
    """Where the voltages stand: as line voltages tell, else as they should."""
    if wiring == "1P2W":
        return (0.0,)
    if wiring == "1P3W":
        return SPLIT_DEG
    sides = [values.get(f"voltage_{name}_v") for name in (*PHASES, *LINES)]
    if None in sides:
        return STAR_DEG
    v1, v2, v3, v12, _, v31 = (side or 0.0 for side in sides)
    second, third = _between_deg(v1, v2, v12), _between_deg(v3, v1, v31)
    return STAR_DEG if None in (second, third) else (0.0, -(second or 0.0), third or 0.0)


def _between_deg(one: float, other: float, across: float) -> float | None:
    """The angle between two sides of a triangle, by the cosine rule; None when they make none."""
    if not one or not other:
        return None
    cosine = (one**2 + other**2 - across**2) / (2 * one * other)
    return math.degrees(math.acos(cosine)) if -1 <= cosine <= 1 else None


def _line_voltages(values: Values) -> list[Phasor]:
    return [
        Phasor(line.upper().replace("_", "-"), "voltage", values[f"voltage_{line}_v"], angle)
        for line, angle in zip(LINES, LINE_DEG, strict=True)
        if f"voltage_{line}_v" in values
    ]


def _currents(values: Values, angles: tuple[float, ...], *, whole: bool) -> list[Phasor]:
    """Currents behind their voltages; ``whole``: the total's angle stands in for a phase's own."""
    own = all(f"active_power_{phase}_w" in values for phase in PHASES[: len(angles)])
    arrows = []
    for phase, angle in zip(PHASES, angles, strict=False):
        size = values.get(f"current_{phase}_a")
        behind = _behind_deg(values, "" if whole and not own else f"_{phase}")
        if size is not None and behind is not None:
            name = f"I{phase[1]}"
            arrows.append(Phasor(name, "current", size, turned(angle - behind)))
    return arrows


def _behind_deg(values: Values, suffix: str) -> float | None:
    active_w = values.get(f"active_power{suffix}_w")
    if active_w is None:
        return None
    reactive_var = values.get(f"reactive_power{suffix}_var")
    if reactive_var is None:
        reactive_var = _reactive_var(values, suffix, active_w)
    return None if reactive_var is None else phase_angle_deg(active_w, reactive_var)


def _reactive_var(values: Values, suffix: str, active_w: float) -> float | None:
    """Reactive power by apparent power or power factor, taken as lagging."""
    apparent_va = values.get(f"apparent_power{suffix}_va")
    if apparent_va is None:
        factor = abs(values.get(f"power_factor{suffix}", 0.0))
        if not factor:
            return None
        apparent_va = abs(active_w) / factor
    return math.sqrt(max(0.0, apparent_va**2 - active_w**2))
