"""Every single fault that the tests inject, and the verdict it must bring.

A ``Wrong`` changes how a healthy circuit's meter is wired or set. ``styles`` are the meters (by
what they show) that allow it to be seen at all.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.edge_agent.wiring.circuit import Draw, Wiring

PHASES = ("L1", "L2", "L3")
BY_PHASE = ("full", "no_reactive", "elements", "totals", "active_only")
FULL = ("full",)


@dataclass(frozen=True)
class Wrong:
    """A fault, and the kind and phases of the verdict it must bring (None: any).

    ``follows`` are kinds that it brings as well. ``twins``: at some power factors another pair of
    phases shows the very same figures; then it is enough that the verdict tells both, and
    ``at_usual_angles`` (power factor above 0.7) it must be named at once in that share of draws.
    """

    name: str
    wirings: tuple[Wiring, ...]
    styles: tuple[str, ...]
    kind: str
    apply: Callable[[Draw, random.Random], tuple[Draw, tuple[str, ...] | None]]
    knows_rated: bool = False
    knows_nominal: bool = False
    follows: tuple[str, ...] = ()
    twins: bool = False
    at_usual_angles: float = 0.99


def _places(row: Draw) -> int:
    return {"1P2W": 1, "1P3W": 2}.get(row.wiring, 3)


def _reversed(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    place = chance.choice((0, 2) if row.wiring == "3P3W" else range(_places(row)))
    signs = tuple(-1 if at == place else 1 for at in range(3))
    return row.wired(signs=signs), (PHASES[place],)


def _reversed_somewhere(row: Draw, chance: random.Random) -> tuple[Draw, None]:
    return _reversed(replace(row, weights=(1.0, 1.0, 1.0)), chance)[0], None


def _all_reversed(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    return row.wired(signs=(-1, -1, -1)), PHASES[: _places(row)]


def _pair(chance: random.Random) -> tuple[int, int]:
    one, other = sorted(chance.sample(range(3), 2))
    return one, other


def _exchanged(one: int, other: int) -> tuple[int, ...]:
    order = [0, 1, 2]
    order[one], order[other] = other, one
    return tuple(order)


def _swapped_currents(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    pair = (0, 2) if row.wiring == "3P3W" else _pair(chance)
    return row.wired(currents=_exchanged(*pair)), tuple(PHASES[at] for at in pair)


def _swapped_unsigned(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    pair = _pair(chance)
    wires = "currents" if chance.random() < 0.5 else "voltages"
    return row.wired(**{wires: _exchanged(*pair)}), tuple(PHASES[at] for at in pair)


def _swapped_voltages(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    pair = _pair(chance)
    return row.wired(voltages=_exchanged(*pair)), tuple(PHASES[at] for at in pair)


def _swapped_two(row: Draw, chance: random.Random) -> tuple[Draw, None]:
    return row.wired(voltages=_exchanged(*_pair(chance))), None


def _same_conductor(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    one, other = chance.sample(range(3), 2)
    currents = [0, 1, 2]
    currents[one] = other
    return row.wired(currents=tuple(currents)), (PHASES[one], PHASES[other])


def _missing(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    place = chance.randrange(_places(row))
    wires: list[int | None] = [0, 1, 2]
    wires[place] = None
    ghost = chance.uniform(0.0, 0.3)
    return row.wired(voltages=tuple(wires), ghost=ghost), (PHASES[place],)


def _single(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    row = replace(row, weights=(1.0, 0.0, 0.0))
    return row.wired(voltages=(0, None, None)), ()


def _bridged(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    row = replace(row, weights=(1.0, 0.0, 0.0))
    return row.wired(voltages=(0, 0, 0)), ()


def _rated(row: Draw, chance: random.Random) -> tuple[Draw, None]:
    factor = chance.uniform(1.5, 4.0) / row.load / 0.5
    return row.wired(current_factor=factor), None


def _ratio_in_power(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    factor = chance.choice((0.05, 0.1, 0.2, 0.4, 2.0, 4.0, 20.0, 60.0))
    return row.wired(power_factor_of_ratio=factor), ()


def _ratio_up(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    return row.wired(power_factor_of_ratio=chance.choice((4.0, 10.0, 20.0, 60.0))), ()


def _vt(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    small = (1 / 60, 1 / 30) if row.nominal_v > 1000 else (0.2, 0.4)
    factor = chance.choice((*small, 0.5, 0.577, 0.75, 1.3, 1.732, 2.0, 60.0))
    return row.wired(voltage_factor=factor), ()


def _secondary(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    return replace(row, nominal_v=6600.0).wired(voltage_factor=1 / 60), ()


def _counter(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    factor = chance.choice((0.001, 0.01, 0.2, 0.5, 2.0, 5.0, 60.0, 1000.0))
    return replace(row, step_wh=1.0).wired(counter=factor), ()


def _crossed(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    return replace(row, step_wh=1.0).wired(crossed=True), ()


def _sizes(row: Draw, chance: random.Random) -> tuple[Draw, tuple[str, ...]]:
    factor = chance.choice((0.5, 0.667, 1.5, 2.0, 3.0))
    return row.wired(total_factor=factor), ()


def _factor(row: Draw, chance: random.Random) -> tuple[Draw, None]:
    row = replace(row, angles_deg=(20.0, 25.0, 30.0))
    return row.wired(factor_scale=chance.choice((0.1, 0.01, 10.0, 100.0))), None


ALL: tuple[Wiring, ...] = ("1P2W", "1P3W", "3P3W", "3P4W")
STAR: tuple[Wiring, ...] = ("3P4W",)
WATT2: tuple[Wiring, ...] = ("3P3W",)
BOTH: tuple[str, ...] = ("full", "no_reactive")
TOTALS = ("totals", "elements")

WRONGS = (
    Wrong("a CT reversed, three phases", STAR, FULL, "reversed_ct", _reversed),
    Wrong(
        "a CT reversed, no reactive power",
        STAR,
        ("no_reactive",),
        "reversed_ct",
        _reversed,
        twins=True,
    ),
    Wrong("a CT reversed, totals only", STAR, ("totals",), "reversed_ct", _reversed_somewhere),
    Wrong("a CT reversed, 1P3W", ("1P3W",), BOTH, "reversed_ct", _reversed),
    Wrong("a CT reversed, 1P2W", ("1P2W",), BY_PHASE, "reversed_ct", _reversed),
    Wrong("a CT reversed, two wattmeters", WATT2, ("full", *TOTALS), "reversed_ct", _reversed),
    Wrong("all CTs reversed", STAR, FULL, "reversed_ct", _all_reversed),
    Wrong("all CTs reversed, two wattmeters", WATT2, TOTALS, "reversed_ct", _all_reversed),
    Wrong("currents exchanged", STAR, FULL, "swapped_phases", _swapped_currents, twins=True),
    Wrong(
        "exchanged, no reactive power",
        STAR,
        ("no_reactive",),
        "swapped_phases",
        _swapped_unsigned,
        twins=True,
        at_usual_angles=0.9,
    ),
    Wrong("currents exchanged, two wattmeters", WATT2, TOTALS, "swapped_phases", _swapped_currents),
    Wrong("voltages exchanged", STAR, FULL, "rotation", _swapped_voltages, twins=True),
    Wrong("voltages exchanged, two wattmeters", WATT2, TOTALS, "swapped_phases", _swapped_two),
    Wrong("a CT on another's conductor", STAR, FULL, "ct_on_wrong_phase", _same_conductor),
    Wrong("a voltage missing", STAR, BY_PHASE, "missing_voltage", _missing),
    Wrong("a voltage missing, 1P3W", ("1P3W",), BY_PHASE, "missing_voltage", _missing),
    Wrong("a voltage missing, two wattmeters", WATT2, BY_PHASE, "missing_voltage", _missing),
    Wrong("one phase on three", STAR, BY_PHASE, "single_phase_on_three", _single),
    Wrong("one phase bridged to three", STAR, FULL, "single_phase_on_three", _bridged),
    Wrong("CT ratio too large", ALL, BY_PHASE, "wrong_ct_ratio", _rated, knows_rated=True),
    Wrong(
        "CT ratio in power only",
        ("1P2W", "1P3W", "3P4W"),
        FULL,
        "wrong_ct_ratio",
        _ratio_in_power,
        follows=("energy_vs_power",),
    ),
    Wrong(
        "CT ratio in power only, totals",
        WATT2,
        TOTALS,
        "wrong_ct_ratio",
        _ratio_up,
        follows=("energy_vs_power",),
    ),
    Wrong("VT ratio, nominal known", ALL, BY_PHASE, "wrong_vt_ratio", _vt, knows_nominal=True),
    Wrong("VT ratio missing", WATT2, BY_PHASE, "wrong_vt_ratio", _secondary),
    Wrong("another scale of the counter", ALL, BY_PHASE, "energy_vs_power", _counter),
    Wrong("import and export exchanged", ALL, BY_PHASE, "energy_vs_power", _crossed),
    Wrong(
        "another scale of the total",
        ("1P3W", "3P4W"),
        BOTH,
        "unbalanced_sums",
        _sizes,
        follows=("energy_vs_power",),
    ),
    Wrong("another scale of the power factor", ALL, FULL, "pf_sign", _factor),
)
