"""How a meter is connected, and what fitters get wrong about it.

PURE. Before: the vectors of the circuit. After: the vectors that reach the meter's elements:

=========================  ===============================================================
``reversed_l1``            the CT of L1 sits the wrong way round, or k and l are swapped
``swapped_currents_l1_l2`` the CTs of L1 and L2 go to each other's inputs
``swapped_voltages_l1_l2`` the voltages of L1 and L2 do: the rotation is backwards
``missing_voltage_l1``     the voltage of L1 does not arrive (fuse, loose terminal)
``single_phase``           the circuit has L1 and N alone, the meter is a three-phase one
=========================  ===============================================================

Each also for the other phases that the wiring has. ``ct_factor`` and ``vt_factor`` are ratios set
wrong in the meter: 0.5 shows half of what flows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from simulators.vectors import PHASES, Three, Vectors, Wiring


@dataclass(frozen=True, slots=True)
class Hookup:
    """A meter's wiring and its faults; without arguments a sound one."""

    wiring: Wiring = "3P4W"
    miswired: tuple[str, ...] = ()
    ct_factor: float = 1.0
    vt_factor: float = 1.0

    @property
    def sound(self) -> bool:
        """Whether the meter shows what flows."""
        return not self.miswired and self.ct_factor == self.vt_factor == 1

    def told(self) -> list[str]:
        """What is wrong, in the words of this file."""
        factors = (("ct_factor", self.ct_factor), ("vt_factor", self.vt_factor))
        return [*self.miswired, *(f"{name} {value:g}" for name, value in factors if value != 1)]


SOUND = Hookup()
SINGLE_PHASE = "single_phase"
"""The one fault of the circuit, not of the way to the meter; only where 3P4W is expected."""


def usual_wiring(possible: Sequence[Wiring]) -> Wiring:
    """How a meter is connected when nobody says: by four wires when it can be (or is not told)."""
    return "3P4W" if not possible or "3P4W" in possible else possible[0]


def miswirings(wiring: Wiring) -> tuple[str, ...]:
    """Every word that ``miswired`` may hold in this wiring."""
    return tuple(_words(wiring))


def arriving(vectors: Vectors, hookup: Hookup) -> Vectors:
    """What reaches the meter of the circuit's ``vectors``. ``ValueError`` for an unknown word."""
    voltages, currents = vectors.voltages, vectors.currents
    for word in hookup.miswired:
        if word not in miswirings(hookup.wiring):
            raise ValueError(f"{word} is no miswiring of {hookup.wiring}")
        if word == SINGLE_PHASE:
            continue
        what, _, where = word.partition("_l")
        places = [int(part.lstrip("l")) - 1 for part in where.split("_")]
        if what in ("missing_voltage", "swapped_voltages"):
            voltages = _CHANGES[what](voltages, places, hookup.wiring)
        else:
            currents = _CHANGES[what](currents, places, hookup.wiring)
    return Vectors(_times(voltages, hookup.vt_factor), _times(currents, hookup.ct_factor))


def _words(wiring: Wiring) -> Iterator[str]:
    phases = PHASES[wiring]
    # Three wires have three voltages though two transformers do.
    ends = ("l1", "l2", "l3") if wiring == "3P3W" else phases
    yield from (f"reversed_{phase}" for phase in phases)
    yield from (f"swapped_currents_{one}_{other}" for one, other in combinations(phases, 2))
    yield from (f"swapped_voltages_{one}_{other}" for one, other in combinations(ends, 2))
    yield from (f"missing_voltage_{end}" for end in ends)
    if wiring == "3P4W":
        yield SINGLE_PHASE


def _reversed(three: Three, places: list[int], _wiring: Wiring) -> Three:
    return _with(three, {place: -three[place] for place in places})


def _swapped(three: Three, places: list[int], _wiring: Wiring) -> Three:
    one, other = places
    return _with(three, {one: three[other], other: three[one]})


def _missing(three: Three, places: list[int], wiring: Wiring) -> Three:
    """An open input floats: to the neutral, or half way between the two others without one."""
    (place,) = places
    others = [voltage for index, voltage in enumerate(three) if index != place]
    return _with(three, {place: sum(others, 0j) / 2 if wiring == "3P3W" else 0j})


_CHANGES: dict[str, Callable[[Three, list[int], Wiring], Three]] = {
    "reversed": _reversed,
    "swapped_currents": _swapped,
    "swapped_voltages": _swapped,
    "missing_voltage": _missing,
}


def _with(three: Three, changed: dict[int, complex]) -> Three:
    one, two, last = (changed.get(index, value) for index, value in enumerate(three))
    return one, two, last


def _times(three: Three, factor: float) -> Three:
    one, two, last = three
    return one * factor, two * factor, last * factor
