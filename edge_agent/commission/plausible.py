"""Whether values can be those of a power meter: the physics that they must obey. PURE.

Before: values by quantity, as one profile reads them. After: how much of what can be judged makes
sense, from 0 to 1, and why. A check that has nothing to judge (no load, no such value) is left
out; a meter without voltage proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge_agent.words import said

Values = Mapping[str, float]
PHASES = ("l1", "l2", "l3")
LINES = ("l1_l2", "l2_l3", "l3_l1")
LOW_VOLTAGES_V = (
    *(57.7, 63.5, 100, 105, 110, 120, 127, 200, 210, 220, 230, 240, 277, 347, 400, 440, 480, 690),
)
"""Systems that a meter may sit on: secondaries of voltage transformers, and the mains."""
HIGH_VOLTAGES_V = (3_300, 6_600, 11_000, 22_000, 33_000)
"""Primary voltages, line to line."""
NEAR_NOMINAL = 0.12
SAME_SUPPLY = 1.3
"""The highest of the phase voltages over the lowest."""
TOLERANCE = 0.05
"""Values of one poll are seconds apart, and loads move."""
MISWIRED = 0.15
"""Power over voltage times current, of meters that are right but wrongly wired, is above this."""
SMALLEST, LARGEST = 1e-5, 1e13
"""Beyond these, other than 0, no value of a meter lies: words that were put together wrongly."""
ANCHORLESS = 0.3
"""The most that values may score whose voltage or frequency is not credible, or not there."""


@dataclass(frozen=True, slots=True)
class Point:
    """One check: how much of it holds (0 to 1), its weight, and what it says."""

    weight: float
    held: float
    told: str
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Plausibility:
    """``score`` 0 to 1 over all ``points``; ``counted`` are values other than 0 that make sense."""

    score: float
    points: tuple[Point, ...]
    counted: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks for it, then what speaks against it."""
        good = [point.told for point in self.points if point.held > 0.5]
        return (*good, *(point.told for point in self.points if point.held <= 0.5))


def plausibility(values: Values) -> Plausibility:
    """How far ``values`` obey the physics of a power meter."""
    points = tuple(point for check in _CHECKS for point in check(values))
    weight = sum(point.weight for point in points)
    score = sum(point.weight * point.held for point in points) / weight if weight else 0.0
    anchors = [point.held > 0.5 for point in points if point.anchor]
    if not anchors or not all(anchors):
        score = min(score, ANCHORLESS)
    sane = [value for value in values.values() if value and _sane(value)]
    return Plausibility(score, points, len(sane))


def nominal_v(voltage_v: float) -> float | None:
    """The system that a voltage belongs to, V; None when it fits none."""
    high = (*HIGH_VOLTAGES_V, *(round(volts / math.sqrt(3), 1) for volts in HIGH_VOLTAGES_V))
    nearest = min((*LOW_VOLTAGES_V, *high), key=lambda volts: abs(voltage_v / volts - 1))
    return nearest if abs(voltage_v / nearest - 1) <= NEAR_NOMINAL else None


def _sizes(values: Values) -> Iterator[Point]:
    numbers = [value for value in values.values() if value]
    odd = [value for value in numbers if not _sane(value)]
    if odd:
        share = len(odd) / len(numbers)
        told = said("{value} is no value of a meter", value=f"{odd[0]:.3g}")
        yield Point(4.0, max(0.0, 0.5 - share), told)
    elif numbers:
        yield Point(0.5, 1.0, said("all values have a credible size"))


def _frequency(values: Values) -> Iterator[Point]:
    hertz = values.get("frequency_hz")
    if hertz is None or (hertz == 0 and not any(_voltages(values))):
        return
    near = min(abs(hertz - 50), abs(hertz - 60))
    told = said("the frequency is {hertz} Hz", hertz=f"{hertz:.6g}")
    # Grids stay within 1 Hz, a generator may not; the rest of 45 to 65 Hz is not quite impossible.
    held = 1.0 if near <= 1 else 0.7 if near <= 3 else 0.4 if 45 <= hertz <= 65 else 0.0
    yield Point(3.0, held, told, anchor=True)


def _voltage(values: Values) -> Iterator[Point]:
    volts = [volt for volt in _voltages(values) if volt]
    if not volts:
        if values.get("frequency_hz") and _voltages(values):
            yield Point(3.0, 0.0, said("there is a frequency, but no voltage"), anchor=True)
        return
    good = [volt for volt in volts if nominal_v(volt) is not None]
    shown = ", ".join(f"{volt:.4g}" for volt in volts[:3])
    if len(good) == len(volts):
        nominal = nominal_v(volts[0])
        told = said(
            "voltages of {shown} V fit a {nominal} V system", shown=shown, nominal=f"{nominal:g}"
        )
    else:
        told = said("voltages of {shown} V fit no system", shown=shown)
    yield Point(3.0, len(good) / len(volts), told, anchor=True)


def _balance(values: Values) -> Iterator[Point]:
    for names in (_of("voltage_{}_v", PHASES), _of("voltage_{}_v", LINES)):
        volts = [values[name] for name in names if values.get(name)]
        if len(volts) > 1:
            same = min(volts) > 0 and max(volts) <= SAME_SUPPLY * min(volts)
            told = said("the phase voltages are alike") if same else said("the phases differ much")
            yield Point(1.0, float(same), told)


def _line_voltage(values: Values) -> Iterator[Point]:
    phase = values.get("voltage_ln_avg_v") or values.get("voltage_l1_v")
    line = values.get("voltage_ll_avg_v") or values.get("voltage_l1_l2_v")
    if not phase or not line:
        return
    ratio = line / phase
    held = any(_near(ratio, wanted) for wanted in (math.sqrt(3), 2.0))
    told = said("line and phase voltage stand as {ratio}", ratio=f"{ratio:.3g}")
    yield Point(1.0, float(held), told)


def _power_factor(values: Values) -> Iterator[Point]:
    factors = [value for name, value in values.items() if name.startswith("power_factor")]
    if any(factors):
        most = max(map(abs, factors))
        told = said("power factor {most}", most=f"{most:.3g}")
        yield Point(1.0, 1.0, told) if most <= 1.001 else Point(3.0, 0.0, told)


def _phase_powers(values: Values) -> Iterator[Point]:
    for total, phase in (
        ("active_power_w", "active_power_{}_w"),
        ("reactive_power_var", "reactive_power_{}_var"),
    ):
        parts = [values[name] for name in _of(phase, PHASES) if name in values]
        if total in values and len(parts) == len(PHASES) and any(parts):
            held = _close(values[total], sum(parts), sum(map(abs, parts)))
            yield _sum_point(held)


def _sum_point(held: bool) -> Point:
    if held:
        return Point(2.0, 1.0, said("the powers of the phases add up to the total"))
    return Point(2.0, 0.0, said("the powers of the phases do not add up to the total"))


def _triangle(values: Values) -> Iterator[Point]:
    names = ("active_power_w", "reactive_power_var", "apparent_power_va")
    if not all(name in values for name in names) or not values[names[2]]:
        return
    active_w, reactive_var, apparent_va = (values[name] for name in names)
    ratio = math.hypot(active_w, reactive_var) / abs(apparent_va)
    # With harmonics apparent power is more than the two others explain.
    if 0.75 <= ratio <= 1 + TOLERANCE:
        yield Point(2.0, 1.0, said("active, reactive and apparent power agree"))
    else:
        yield Point(2.0, 0.0, said("active, reactive and apparent power do not agree"))


def _volt_amperes(values: Values) -> Iterator[Point]:
    power = _apparent_va(values)
    product = _product_va(values)
    if not power or not product:
        return
    ratio = power / product
    if abs(ratio - 1) <= 2 * TOLERANCE:
        yield Point(3.0, 1.0, said("power is voltage times current"))
    else:
        # A reversed or swapped transformer makes it less, wrongly joined words make it anything.
        held = 0.7 if MISWIRED <= ratio < 1 else 0.0
        told = said("power is {ratio} times voltage times current", ratio=f"{ratio:.3g}")
        yield Point(3.0, held, told)


def _energy(values: Values) -> Iterator[Point]:
    counters = [value for name, value in values.items() if name.endswith(("_wh", "_varh"))]
    if any(counters):
        good = all(0 <= value < LARGEST for value in counters)
        told = said("the energy counters are credible") if good else said("an energy is negative")
        yield Point(1.0, float(good), told)


def _current(values: Values) -> Iterator[Point]:
    amperes = [value for name, value in values.items() if name.startswith("current_")]
    if any(amperes):
        most = max(map(abs, amperes))
        yield Point(1.0, float(most < 20_000), said("currents up to {most} A", most=f"{most:.4g}"))


_CHECKS: tuple[Callable[[Values], Iterator[Point]], ...] = (
    _frequency,
    _voltage,
    _volt_amperes,
    _phase_powers,
    _triangle,
    _line_voltage,
    _balance,
    _power_factor,
    _current,
    _energy,
    _sizes,
)


def _apparent_va(values: Values) -> float | None:
    """What the meter says of apparent power, or what active power and power factor make of it."""
    if values.get("apparent_power_va"):
        return abs(values["apparent_power_va"])
    active_w, factor = values.get("active_power_w"), values.get("power_factor")
    if active_w and factor and 0.2 <= abs(factor) <= 1.001:
        return abs(active_w / factor)
    return None


def _product_va(values: Values) -> float | None:
    """Voltage times current over all phases, VA; None when a part is missing."""
    pairs = [(values.get(f"voltage_{p}_v"), values.get(f"current_{p}_a")) for p in PHASES]
    if all(volt is not None and ampere is not None for volt, ampere in pairs):
        return sum(abs(volt * ampere) for volt, ampere in pairs if volt and ampere)
    lines = [values[name] for name in _of("voltage_{}_v", LINES) if values.get(name)]
    amperes = [values[name] for name in _of("current_{}_a", PHASES) if name in values]
    if not lines or len(amperes) < len(PHASES):
        return None
    return math.sqrt(3) * _mean(lines) * _mean([abs(value) for value in amperes])


def _voltages(values: Values) -> list[float]:
    return [value for name, value in values.items() if name.startswith("voltage_")]


def _of(pattern: str, places: Sequence[str]) -> list[str]:
    return [pattern.format(place) for place in places]


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _near(value: float, wanted: float) -> bool:
    return abs(value / wanted - 1) <= TOLERANCE


def _close(value: float, wanted: float, scale: float) -> bool:
    return abs(value - wanted) <= TOLERANCE * scale


def _sane(value: float) -> bool:
    return SMALLEST <= abs(value) < LARGEST
