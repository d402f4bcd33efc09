"""The capacitor a power factor needs, from one load: Qc = P (tan phi1 - tan phi2)."""

from __future__ import annotations

import math


def capacitor_kvar(power_kw: float, power_factor: float, target: float) -> float:
    """The reactive power (kvar) that lifts a lagging power factor to the target, 0 if it is met.

    Both as shares (0.85). For a measured profile see ``kvar_needed``. Raises ``ValueError`` for a
    power below zero, or a power factor outside 0 to 1.
    """
    if not (0.0 < power_factor <= 1.0 and 0.0 < target <= 1.0):
        raise ValueError("a power factor lies above 0 and up to 1")
    if power_kw < 0.0:
        raise ValueError("the power is below zero: give what is drawn")
    tangents = math.tan(math.acos(power_factor)) - math.tan(math.acos(target))
    return max(0.0, power_kw * tangents)
