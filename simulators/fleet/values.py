"""What a played meter shows: ten noisy quantities, a pure function of meter and instant."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

STEP_WH = 10.0
FROM_MS = 1_700_000_000_000
"""When all played counters stood at zero."""
_MASK = 8191
_HOUR_MS = 3_600_000


def _noise() -> tuple[float, ...]:
    chance = random.Random(7)
    return tuple(chance.uniform(-1.0, 1.0) for _ in range(_MASK + 1))


_NOISE = _noise()


def power_w(meter: int) -> float:
    """The mean power of meter number ``meter``: 5 to 104 kW."""
    return 5_000.0 + meter * 7919 % 100 * 1_000.0


def counter_wh(meter: int, at_ms: int) -> float:
    """The energy counter, in whole steps; it never falls."""
    wh = power_w(meter) * (at_ms - FROM_MS) / _HOUR_MS
    return wh // STEP_WH * STEP_WH


def columns(meter: int, instants_ms: Sequence[int]) -> Mapping[str, list[float]]:
    """The ten quantities of meter number ``meter`` (of the whole fleet) at these instants."""
    power = power_w(meter)
    at = [(t // 1000 * 31 + meter * 977) & _MASK for t in instants_ms]

    def around(mean: float, spread: float, shift: int, digits: int) -> list[float]:
        return [round(mean + spread * _NOISE[(n + shift) & _MASK], digits) for n in at]

    amperes = power / 346.4
    return {
        "active_power_w": around(power, 0.2 * power, 0, 1),
        "reactive_power_var": around(0.3 * power, 0.1 * power, 101, 1),
        "voltage_l1_v": around(201.0, 2.0, 211, 1),
        "voltage_l2_v": around(200.0, 2.0, 307, 1),
        "voltage_l3_v": around(202.0, 2.0, 401, 1),
        "current_l1_a": around(amperes, 0.2 * amperes, 503, 2),
        "current_l2_a": around(amperes, 0.2 * amperes, 601, 2),
        "current_l3_a": around(amperes, 0.2 * amperes, 701, 2),
        "frequency_hz": around(50.0, 0.03, 809, 2),
        "active_energy_import_wh": [counter_wh(meter, t) for t in instants_ms],
    }
