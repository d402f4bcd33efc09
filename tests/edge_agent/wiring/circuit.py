"""A circuit of complex voltages and currents, and a meter that can be wired to it in wrong ways.

Shares nothing with the product: everything is a product of complex numbers, ``V * conj(I)``, and a
wrong wiring is wires that go elsewhere. Used by the tests of this folder only.
"""

from __future__ import annotations

import cmath
import math
import random
from dataclasses import dataclass, field, replace
from typing import Literal

Wiring = Literal["1P2W", "1P3W", "3P3W", "3P4W"]
Style = Literal["full", "no_reactive", "totals", "active_only", "elements"]

TURN = cmath.exp(2j * math.pi / 3)
NOMINAL_V = {
    "1P2W": (100.0, 200.0, 230.0),
    "1P3W": (200.0,),
    "3P3W": (200.0, 210.0, 400.0, 440.0, 3300.0, 6600.0),
    "3P4W": (173.0, 208.0, 380.0, 400.0, 415.0, 480.0, 690.0, 11000.0),
}
STEPS_A_SAMPLE = 6


@dataclass(frozen=True)
class Wires:
    """How the meter hangs on the circuit: which conductor and wire each input really has.

    ``currents[i]`` is the conductor on which the transformer of input i sits, ``signs[i]`` its
    direction; ``voltages[i]`` the wire at voltage input i, None where it is broken, and
    ``ghost`` what share of its voltage a broken one still shows. ``current_factor`` and
    ``voltage_factor`` are in all values; ``power_factor_of_ratio`` in powers only; ``counter``
    in the energy counters only, which ``crossed`` exchanges.
    """

    currents: tuple[int, ...] = (0, 1, 2)
    signs: tuple[int, ...] = (1, 1, 1)
    voltages: tuple[int | None, ...] = (0, 1, 2)
    ghost: float = 0.0
    current_factor: float = 1.0
    voltage_factor: float = 1.0
    power_factor_of_ratio: float = 1.0
    counter: float = 1.0
    crossed: bool = False
    total_factor: float = 1.0
    factor_scale: float = 1.0


@dataclass(frozen=True)
class Draw:
    """One circuit with its load, and a meter: all that chance decides of it."""

    wiring: Wiring
    nominal_v: float
    rated_a: float
    load: float
    angle_deg: float
    weights: tuple[float, float, float]
    angles_deg: tuple[float, float, float]
    distortion: float
    style: Style
    direction_in_factor: bool
    solar: float = 0.0
    solar_phase: int | None = None
    braking: bool = False
    blank_phases: bool = False
    samples: int = 16
    period_s: float = 60.0
    step_wh: float = 10.0
    wires: Wires = field(default_factory=Wires)

    def wired(self, **changes: object) -> Draw:
        """The same circuit with its meter wired like this."""
        return replace(self, wires=replace(self.wires, **changes))  # type: ignore[arg-type]


def draw(chance: random.Random, wiring: Wiring | None = None, **given: object) -> Draw:
    """Any healthy circuit."""
    wirings: tuple[Wiring, ...] = ("1P2W", "1P3W", "3P3W", "3P4W")
    chosen = chance.choice(wirings) if wiring is None else wiring
    lead = chance.random() < 0.3
    angle = math.degrees(math.acos(chance.uniform(0.3, 1.0))) * (-1 if lead else 1)
    spread = chance.uniform(0, 12)
    angles = [angle + max(-30.0, min(30.0, chance.gauss(0, spread))) for _ in range(3)]
    row = Draw(
        wiring=chosen,
        nominal_v=chance.choice(NOMINAL_V[chosen]),
        rated_a=chance.choice((50.0, 100.0, 200.0, 400.0, 1000.0)),
        load=chance.uniform(0.0, 1.0),
        angle_deg=angle,
        weights=tuple(chance.uniform(0.4, 1.6) for _ in range(3)),  # type: ignore[arg-type]
        angles_deg=tuple(max(-73.0, min(73.0, a)) for a in angles),  # type: ignore[arg-type]
        distortion=chance.choice((0.0, 0.0, 0.2, 0.5, 1.0)),
        style=chance.choice(("full", "full", "no_reactive", "totals", "active_only", "elements")),
        direction_in_factor=chance.random() < 0.5,
        step_wh=chance.choice((1.0, 10.0, 100.0)),
        blank_phases=chance.random() < 0.2,
    )
    return replace(row, **given)  # type: ignore[arg-type]


def readings(row: Draw, chance: random.Random) -> tuple[list[dict[str, float]], list[float]]:
    """What the meter shows, reading by reading, and when, in seconds."""
    gains = _Gains(chance, row)
    shows, at_s = [], []
    level, counters = chance.uniform(0.6, 1.0), [chance.uniform(0, 1e6), chance.uniform(0, 1e4)]
    for number in range(row.samples):
        moved = []
        for _ in range(STEPS_A_SAMPLE):
            level = max(0.5, min(1.0, level + chance.gauss(0, 0.03)))
            moved.append(level)
        braking = row.braking and number in (3, 9)
        one, shown_w = _one(row, level, gains, chance, braking)
        energy_wh = shown_w / level * sum(moved) / STEPS_A_SAMPLE * row.period_s / 3600
        _count(counters, energy_wh * row.wires.counter, row)
        one |= _counted(counters, row.step_wh)
        shows.append(one)
        at_s.append(number * row.period_s)
    return shows, at_s


def _count(counters: list[float], energy_wh: float, row: Draw) -> None:
    back = energy_wh < 0
    counters[back != row.wires.crossed] += abs(energy_wh)


def _counted(counters: list[float], step_wh: float) -> dict[str, float]:
    imported, exported = (math.floor(value / step_wh) * step_wh for value in counters)
    return {"active_energy_import_wh": imported, "active_energy_export_wh": exported}


class _Gains:
    """The errors of a class 1 meter and its transformers: they stay, unlike noise."""

    def __init__(self, chance: random.Random, row: Draw) -> None:
        self.volts = [1 + chance.uniform(-0.005, 0.005) for _ in range(3)]
        turn = 3.0 if row.load < 0.1 else 1.0
        self.amps = [_turned(chance, 0.01, turn) for _ in range(3)]
        self.supply = [_turned(chance, 0.03, 1.0) for _ in range(3)]
        self.level = 1 + chance.uniform(-0.07, 0.05)


def _turned(chance: random.Random, share: float, degrees: float) -> complex:
    """A factor near one: off by up to ``share``, and turned by up to ``degrees``."""
    angle = math.radians(chance.uniform(-degrees, degrees))
    return (1 + chance.uniform(-share, share)) * cmath.rect(1, angle)


def _supply(row: Draw, gains: _Gains) -> list[complex]:
    """The wires' voltages against the neutral (or the star point), in volts."""
    line_v = row.nominal_v * gains.level
    if row.wiring == "1P2W":
        return [complex(line_v)]
    if row.wiring == "1P3W":
        return [complex(line_v / 2) * gains.supply[0], complex(-line_v / 2) * gains.supply[1]]
    star = [line_v / math.sqrt(3) * TURN**-place for place in range(3)]
    return [volts * gain for volts, gain in zip(star, gains.supply, strict=True)]


def _load(row: Draw, supply: list[complex], level: float, chance: random.Random) -> list[complex]:
    """The conductors' currents, in amperes."""
    size = row.rated_a * row.load * level / math.hypot(1, row.distortion)
    sizes = [size * weight / max(row.weights) for weight in row.weights]
    turns = [cmath.rect(1, -math.radians(a + chance.gauss(0, 1))) for a in row.angles_deg]
    if row.wiring != "3P3W":
        drawn = [
            amps * turn * volts / abs(volts)
            for amps, turn, volts in zip(sizes, turns, supply, strict=False)
        ]
        return [amps - fed for amps, fed in zip(drawn, _solar(row, supply), strict=True)]
    sides = [supply[place] - supply[(place + 1) % 3] for place in range(3)]
    between = [
        amps / math.sqrt(3) * turn * side / abs(side)
        for amps, turn, side in zip(sizes, turns, sides, strict=True)
    ]
    lines = [between[place] - between[place - 1] for place in range(3)]
    most = max(map(abs, lines))
    lines = [amps * min(1.0, size / most) if most else amps for amps in lines]
    return [amps - fed for amps, fed in zip(lines, _solar(row, supply), strict=True)]


def _solar(row: Draw, supply: list[complex]) -> list[complex]:
    amps = row.rated_a * row.solar / math.hypot(1, row.distortion)
    phase = None if row.wiring == "3P3W" else row.solar_phase
    return [
        amps * volts / abs(volts) if phase in (None, place) else 0j
        for place, volts in enumerate(supply)
    ]


def _one(
    row: Draw, level: float, gains: _Gains, chance: random.Random, braking: bool
) -> tuple[dict[str, float], float]:
    """One reading without counters, and its true total power, in watts."""
    supply = _supply(row, gains)
    amps = _load(row, supply, level, chance)
    if braking:
        amps = [-value for value in amps]
    count = len(supply)
    wires = row.wires
    ghost = [wires.ghost if wires.voltages[at] is None else 1.0 for at in range(count)]
    inputs = [at if wires.voltages[at] is None else wires.voltages[at] or 0 for at in range(count)]
    seen_v = [
        supply[inputs[at]] * ghost[at] * gains.volts[at] * wires.voltage_factor
        for at in range(count)
    ]
    seen_i = [
        amps[wires.currents[at]] * wires.signs[at] * gains.amps[at] * wires.current_factor
        for at in range(count)
    ]
    if row.wiring == "3P3W":
        return _two_elements(row, seen_v, seen_i, chance)
    return _by_phase(row, seen_v, seen_i, chance)


def _noisy(value: float, chance: random.Random, digits: int) -> float:
    return round(value * (1 + chance.gauss(0, 0.003)), digits)


def _by_phase(
    row: Draw, seen_v: list[complex], seen_i: list[complex], chance: random.Random
) -> tuple[dict[str, float], float]:
    shows: dict[str, float] = {}
    ratio = row.wires.power_factor_of_ratio
    powers = [v * i.conjugate() * ratio for v, i in zip(seen_v, seen_i, strict=True)]
    rms = math.hypot(1, row.distortion)
    for at, power in enumerate(powers):
        name = f"l{at + 1}"
        shows[f"voltage_{name}_v"] = _noisy(abs(seen_v[at]), chance, 1)
        shows[f"current_{name}_a"] = _noisy(abs(seen_i[at]) * rms, chance, 2)
        if row.style in ("full", "no_reactive"):
            shows |= _powers(row, f"_{name}", power, abs(power) * rms, chance)
    total = sum(powers)
    sizes = sum(abs(power) for power in powers) * rms
    shows |= _powers(row, "", total * row.wires.total_factor, sizes, chance)
    if len(seen_v) == 3 and row.style == "full":
        for at, name in enumerate(("l1_l2", "l2_l3", "l3_l1")):
            across = abs(seen_v[at] - seen_v[(at + 1) % 3])
            shows[f"voltage_{name}_v"] = _noisy(across, chance, 1)
    if len(seen_v) == 2:
        shows["voltage_l1_l2_v"] = _noisy(abs(seen_v[0] - seen_v[1]), chance, 1)
    return shows, total.real / ratio


def _powers(
    row: Draw, suffix: str, power: complex, size: float, chance: random.Random
) -> dict[str, float]:
    shows = {f"active_power{suffix}_w": _noisy(power.real, chance, 0)}
    if row.style in ("active_only",):
        return shows
    if row.style != "no_reactive":
        shows[f"reactive_power{suffix}_var"] = _noisy(power.imag, chance, 0)
    if row.style in ("full", "no_reactive") and (suffix or row.style == "full"):
        shows[f"apparent_power{suffix}_va"] = _noisy(size, chance, 0)
        if size:
            sign = power.real if row.direction_in_factor else power.imag
            factor = math.copysign(abs(power.real) / size, sign) * row.wires.factor_scale
            shows[f"power_factor{suffix}"] = round(factor, 2)
    return shows


def _two_elements(
    row: Draw, seen_v: list[complex], seen_i: list[complex], chance: random.Random
) -> tuple[dict[str, float], float]:
    """The two-wattmeter method: V12 with I1, V32 with I3; I2 is made of both."""
    ratio = row.wires.power_factor_of_ratio
    one = (seen_v[0] - seen_v[1]) * seen_i[0].conjugate() * ratio
    three = (seen_v[2] - seen_v[1]) * seen_i[2].conjugate() * ratio
    rms = math.hypot(1, row.distortion)
    shows: dict[str, float] = {}
    for at, name in enumerate(("l1_l2", "l2_l3", "l3_l1")):
        shows[f"voltage_{name}_v"] = _noisy(abs(seen_v[at] - seen_v[(at + 1) % 3]), chance, 1)
    for name, amps in (("l1", seen_i[0]), ("l2", -seen_i[0] - seen_i[2]), ("l3", seen_i[2])):
        shows[f"current_{name}_a"] = _noisy(abs(amps) * rms, chance, 2)
    if row.blank_phases:
        for name in ("l1", "l2", "l3"):
            shows |= {f"voltage_{name}_v": 0.0, f"active_power_{name}_w": 0.0}
            shows |= {f"reactive_power_{name}_var": 0.0, f"apparent_power_{name}_va": 0.0}
    if row.style == "elements":
        shows["active_power_l1_w"] = _noisy(one.real, chance, 0)
        shows["active_power_l2_w"] = 0.0
        shows["active_power_l3_w"] = _noisy(three.real, chance, 0)
    total = one + three
    shows |= _powers(row, "", total, abs(total) * rms, chance)
    return shows, total.real / ratio
