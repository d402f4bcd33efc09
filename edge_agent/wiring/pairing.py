"""Which wiring makes sense of the angles between voltages and currents. PURE.

Each phase of a meter multiplies one voltage with one current. Wired wrongly, the angle that it
sees is the load's own angle ``phi`` plus a shift that only depends on the mistake:

    the transformer is turned round          phi + 180
    voltage of phase i, current of phase j   phi + (angle of V_i - angle of V_j) = phi +- 120

So every mistake is a row of shifts, one a phase. Taking a mistake's shifts off what was measured
must leave angles of a load that draws power (within +-90) and, since the phases of a plant feed
like loads, that are alike. The mistake that leaves the most alike angles is the likely one.
Two exchanged currents shift by (+120, -120), two exchanged voltages by (-120, +120): that is how
these are told apart, in a supply that turns L1, L2, L3. One exchanged pair at ``phi`` looks like
another pair at ``phi - 120`` or ``phi + 120``, so at low power factors both are possible.

Single-phase three-wire (1P3W) has its two voltages half a turn apart: exchanged transformers shift
both phases by 180, as two reversed ones do, and nothing can tell these apart.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge_agent.wiring.phasors import STAR_DEG, turned
from edge_agent.wiring.verdict import Kind

SPREAD_DEG = 20.0
"""How far the angles of a plant's phases usually are from their mean."""
USUAL_DEG, USUAL_SPREAD_DEG = 15.0, 60.0
"""Where a plant's angle usually is: a little inductive."""
SAME_DEG, SAME_SIZE = 10.0, 0.06
"""Two transformers on one conductor show the same current, within their accuracy."""

PURITIES = (1.0, 0.9, 0.8, 0.71)
"""What harmonics leave of the volt-amperes, down to a total distortion of 100 %."""
HARMONIC = 2.0
"""What the strongest harmonics count among the costs, by the share that they take."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A kind of wiring mistake at some phases (by place), its shifts, and how unusual it is."""

    kind: Kind
    places: tuple[int, ...]
    shifts: Mapping[int, float]
    unusual: float = 0.0
    same: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well mistakes explain the angles: the smaller ``cost``, the better."""

    mistakes: tuple[Mistake, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What a loaded phase shows: power, reactive power where given, volt-amperes, and amperes."""

    p: float
    q: float | None
    apparent: float
    current_a: float

    def angles(self, purity: float = 1.0) -> tuple[float, ...]:
        """How far the current may be behind its voltage: both ways without reactive power.

        ``purity`` is the share of the volt-amperes that harmonics leave to the fundamental.
        """
        if self.q is not None:
            return (math.degrees(math.atan2(self.q, self.p)),)
        cosine = self.p / (self.apparent * purity)
        angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
        return (angle, -angle)


def fits(seen: Mapping[int, Seen], phases: int) -> list[Fit]:
    """Every mistake, or pair of mistakes, that makes sense of ``seen``, the best first.

    A fit without mistakes says that all is well. Without signs, exchanged voltages look like
    exchanged currents: only the latter are tried, for several strengths of harmonics.
    """
    signed = all(row.q is not None for row in seen.values())
    rows = [row for row in _candidates(phases) if signed or all(m.kind != "rotation" for m in row)]
    found = [_best(row, seen, (1.0,) if signed else PURITIES) for row in [(), *rows]]
    return sorted((fit for fit in found if fit is not None), key=lambda fit: fit.cost)


def _best(
    mistakes: tuple[Mistake, ...], seen: Mapping[int, Seen], purities: Sequence[float]
) -> Fit | None:
    tried = [_fit(mistakes, seen, purity) for purity in purities]
    return min((fit for fit in tried if fit), key=lambda fit: fit.cost, default=None)


def odd_pair(seen: Mapping[int, Seen]) -> bool:
    """Whether two transformers show one and the same current, while no power flows back."""
    if any(row.q is None for row in seen.values()):
        return False
    angles = {place: row.angles()[0] for place, row in seen.items()}
    return any(
        _same(row, {**angles, one: turned(angles[one] - row.shifts[one])}, seen)
        for row in _doubles()
        for one, other in [row.places]
        if one in seen and other in seen
    )


def _candidates(phases: int) -> Iterator[tuple[Mistake, ...]]:
    if phases < 3:
        yield from ((row,) for row in _reversals(range(phases)))
        return
    reversed_ones = list(_reversals(range(3)))
    exchanges = list(_exchanges())
    yield from ((row,) for row in (*reversed_ones, *exchanges, *_turns(), *_doubles()))
    yield from itertools.product(exchanges[:3], reversed_ones[:3])


def _reversals(places: Iterable[int]) -> Iterator[Mistake]:
    rows = tuple(places)
    for count in range(1, len(rows) + 1):
        for turned_round in itertools.combinations(rows, count):
            # All together is one cause: the transformers' side, or export.
            unusual = 0.0 if count in (1, len(rows)) else 5.0
            yield Mistake("reversed_ct", turned_round, dict.fromkeys(turned_round, 180.0), unusual)


def _exchanges() -> Iterator[Mistake]:
    """Currents of two phases exchanged, then voltages."""
    kinds: tuple[tuple[int, Kind], ...] = ((1, "swapped_phases"), (-1, "rotation"))
    for sign, kind in kinds:
        for one, other in itertools.combinations(range(3), 2):
            apart = sign * (STAR_DEG[one] - STAR_DEG[other])
            shifts = {one: apart, other: -apart}
            yield Mistake(kind, (one, other), shifts, 1.0)


def _turns() -> Iterator[Mistake]:
    """Every current with the next, or the previous, phase's voltage."""
    for apart in (120.0, -120.0):
        yield Mistake("swapped_phases", (0, 1, 2), dict.fromkeys(range(3), apart), 2.0)


def _doubles() -> Iterator[Mistake]:
    """The transformer of one phase on the conductor of another, which has its own as well."""
    for one, other in itertools.permutations(range(3), 2):
        apart = STAR_DEG[one] - STAR_DEG[other]
        yield Mistake("ct_on_wrong_phase", (one, other), {one: apart}, 1.0, (one, other))


def _fit(mistakes: tuple[Mistake, ...], seen: Mapping[int, Seen], purity: float) -> Fit | None:
    touched = {place for row in mistakes for place in row.shifts}
    if mistakes and not touched & set(seen):
        return None
    choices = [_corrected(mistakes, place, row.angles(purity)) for place, row in seen.items()]
    costs = [
        _cost(angles)
        for angles in itertools.product(*choices)
        if all(abs(angle) <= 90 for angle in angles)
        and all(_same(row, dict(zip(seen, angles, strict=True)), seen) for row in mistakes)
    ]
    if not costs:
        return None
    extra = sum(row.unusual for row in mistakes) + 6.0 * max(0, len(mistakes) - 1)
    return Fit(mistakes, min(costs) + extra + HARMONIC * (1 - purity))


def _corrected(mistakes: Sequence[Mistake], place: int, angles: tuple[float, ...]) -> list[float]:
    shift = sum(mistake.shifts.get(place, 0.0) for mistake in mistakes)
    return [turned(angle - shift) for angle in angles]


def _cost(angles: Sequence[float]) -> float:
    mean = sum(angles) / len(angles)
    spread = sum((angle - mean) ** 2 for angle in angles) / SPREAD_DEG**2
    return spread + ((mean - USUAL_DEG) / USUAL_SPREAD_DEG) ** 2


def _same(mistake: Mistake, angles: Mapping[int, float], seen: Mapping[int, Seen]) -> bool:
    """Whether two transformers that should be on one conductor show one current."""
    if mistake.same is None:
        return True
    one, other = mistake.same
    if one not in seen or other not in seen:
        return False
    sizes = seen[one].current_a, seen[other].current_a
    alike = abs(sizes[0] - sizes[1]) <= SAME_SIZE * max(sizes)
    return alike and abs(angles[one] - angles[other]) <= SAME_DEG
