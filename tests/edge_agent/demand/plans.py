"""Readings of an intake by a plan of its power, for the demand guard's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge_agent.config import DemandSettings
from edge_agent.contract.reading import Reading

MINUTE_MS = 60_000
START_MS = 1_782_871_200_000
"""2026-07-01 11:00 in Japan: a mark of half hours."""
Power = Callable[[float], float]
"""W by minute since the start."""


def settings(**changed: object) -> DemandSettings:
    """A guard of ``main`` with a target of 300 kW."""
    return DemandSettings.model_validate({"meter": "main", "target_kw": 300.0, **changed})


def readings(
    power_w: Power, minutes: float, every_s: float = 10, first_min: float = 0, counter: bool = True
) -> Iterator[Reading]:
    """A reading each ``every_s``, its counter the exact sum of the power in between."""
    wh, was_w, at_s = 1_000_000.0, power_w(first_min), first_min * 60
    while at_s <= minutes * 60:
        now_w = power_w(at_s / 60)
        wh += (was_w + now_w) / 2 * (every_s / 3600) * (at_s > first_min * 60)
        values = {"active_power_w": now_w}
        if counter:
            values["active_energy_import_wh"] = wh
        yield Reading("plant", "main", START_MS + round(at_s * 1000), values)
        was_w, at_s = now_w, at_s + every_s
