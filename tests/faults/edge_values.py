"""What a simulated meter can have shown around an instant: the bounds of every quantity."""

from __future__ import annotations

from collections.abc import Iterator

from edge_agent.contract.reading import Reading
from simulators.electricity import Draw, quantities, reactive_share
from simulators.plant import Plant, PlantMeter

AROUND_MS, EVERY_MS = 1_500, 50
"""A poll that met faults takes a while; its values are of some instant around its stamp."""
ROUNDED = 1e-6
"""A meter shows 32-bit floats."""
STEP_WH = 1_000.0
"""... and counters in steps."""
Bounds = dict[str, tuple[float, float]]


def shown(plant: Plant, meter: PlantMeter, at_ms: int) -> Bounds:
    """The least and the greatest of each quantity around an instant (UTC ms)."""
    bounds: Bounds = {}
    for instant_ms in range(at_ms - AROUND_MS, at_ms + AROUND_MS + 1, EVERY_MS):
        for name, value in _at(plant, meter, instant_ms).items():
            low, high = bounds.get(name, (value, value))
            bounds[name] = min(low, value), max(high, value)
    return bounds


def wrong_values(plant: Plant, readings: list[Reading]) -> Iterator[str]:
    """One line for each value that its meter cannot have shown then."""
    for reading in readings:
        bounds = shown(plant, plant.meter(reading.meter), reading.at_ms)
        for name, value in reading.values.items():
            low, high = bounds[name]
            spare = ROUNDED * max(abs(low), abs(high)) + (STEP_WH if name.endswith("h") else 1e-3)
            if not low - spare <= value <= high + spare:
                yield f"{reading.meter} {name} {value:g}, was {low:g} to {high:g}"


def _at(plant: Plant, meter: PlantMeter, at_ms: int) -> dict[str, float]:
    wh = plant.counter_wh(meter.id, at_ms)
    draw = Draw(
        power_w=plant.power_w(meter.id, at_ms),
        wh=wh,
        varh=wh * reactive_share(meter.power_factor),
        power_factor=meter.power_factor,
        full_power_w=meter.rated_power_kw * 1000,
    )
    return quantities(draw, plant.supply, at_ms, meter.seed)
