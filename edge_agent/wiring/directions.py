"""Whether every current transformer looks the right way, on the phase whose voltage it meets.

PURE. With power of each phase, the angles tell (``pairing``); with the total alone, how much of
voltage times current is left in it (``whole``). A plant that generates may send power either way
on any phase, so its directions are not judged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from edge_agent.wiring import figures, mistakes, whole
from edge_agent.wiring.pairing import Fit, Seen, fits, odd_pair
from edge_agent.wiring.phasors import PHASES, phase_angle_deg
from edge_agent.wiring.tally import Channel
from edge_agent.wiring.verdict import Look, Outcome, Verdict
from edge_agent.wiring.view import DEAD, View
from edge_agent.words import joined, said

BACKWARD = -0.05
"""Power factors below this are power that flows back: class 1 errs by less."""
ALWAYS = 0.8
"""A wiring mistake shows in at least so many readings; lifts and cranes brake in fewer."""
CLEAR = 2.5
"""By so much another explanation must be worse, or both are told."""


def directions(view: View) -> Outcome:
    """Reversed, exchanged and misplaced transformers, and exchanged voltages."""
    title = said("direction and phase of the currents")
    if view.facts.generates:
        why = said("the plant generates: look again while the generation is off")
        return Outcome(Look("directions", title, False, why))
    rows = _judgeable(view)
    if rows:
        phases = tuple(phase.upper() for phase in rows)
        why = said("by the power of each phase, with its reactive power")
        if not _with_sign(rows):
            why = said("by the power of each phase; without reactive power less is sure")
        return Outcome(Look("directions", title, True, why, phases), _by_phase(view, rows))
    return whole.directions(view, title)


def _judgeable(view: View) -> dict[str, Channel]:
    """Loaded phases with power of their own, and with voltage; none when one lacks its power."""
    channels = view.channels
    shows = {phase: row.p.value for phase, row in channels.items()}
    if None in shows.values() or (view.wiring == "3P3W" and _two_elements(view)):
        return {}
    volts = view.phase_volts
    top = max(volts.values(), default=0.0)
    return {
        phase: row
        for phase, row in channels.items()
        if row.p.value != 0.0 and volts.get(phase, 0.0) >= DEAD * top > 0
    }


def _two_elements(view: View) -> bool:
    """Whether a meter of three wires shows its two elements as L1 and L3, or no phases at all."""
    rows = view.channels
    return any(not rows[phase].p.value for phase in rows) or len(rows) < len(PHASES)


def _with_sign(rows: Mapping[str, Channel]) -> bool:
    return all(row.q.value is not None for row in rows.values())


def _by_phase(view: View, rows: Mapping[str, Channel]) -> tuple[Verdict, ...]:
    apparent = {phase: _apparent(view, phase, row) for phase, row in rows.items()}
    factors = {phase: (row.p.value or 0.0) / apparent[phase] for phase, row in rows.items()}
    seen = {
        PHASES.index(phase): Seen(
            row.p.value or 0.0, row.q.value, apparent[phase], row.current.value or 0.0
        )
        for phase, row in rows.items()
    }
    if not _suspicious(rows, factors, seen):
        return ()
    ranked = fits(seen, len(view.phases))
    all_back = all(factor < BACKWARD for factor in factors.values())
    evidence = joined("; ", [_row(phase, row) for phase, row in rows.items()])
    return _verdicts(view, ranked, evidence, mistakes.Pattern(all_back, _with_sign(rows)))


def _suspicious(
    rows: Mapping[str, Channel], factors: Mapping[str, float], seen: Mapping[int, Seen]
) -> bool:
    """Whether power keeps flowing back somewhere, or two phases show one current."""
    worst = min(factors, key=lambda phase: factors[phase])
    if factors[worst] >= BACKWARD:
        return odd_pair(seen)
    return rows[worst].backward_share >= ALWAYS


def _apparent(view: View, phase: str, row: Channel) -> float:
    """Of a size that active power never exceeds."""
    p = row.p.value or 0.0
    if row.q.value is not None:
        return math.hypot(p, row.q.value)
    product = view.phase_volts[phase] * (row.current.value or 0.0)
    return max(row.s.value or product, abs(p))


def _verdicts(
    view: View, ranked: list[Fit], evidence: str, pattern: mistakes.Pattern
) -> tuple[Verdict, ...]:
    if not ranked:
        return (mistakes.unexplained(evidence),)
    best, others = ranked[0], _rivals(ranked)
    sure = view.firm and not others and bool(best.mistakes)
    found = [
        mistakes.verdict(row, sure, evidence, [fit.mistakes[0] for fit in others], view, pattern)
        for row in best.mistakes
    ]
    return tuple(found)


def _rivals(ranked: list[Fit]) -> list[Fit]:
    """Other single mistakes that explain the angles nearly as well."""
    best = ranked[0].cost
    return [fit for fit in ranked[1:] if len(fit.mistakes) == 1 and fit.cost < best + CLEAR]


def _row(phase: str, row: Channel) -> str:
    p = row.p.value or 0.0
    texts = {
        "phase": phase.upper(),
        "power": figures.power(p),
        "current": figures.current(row.current.value or 0.0),
    }
    if row.q.value is None:
        return said("{phase}: {power} at {current}", **texts)
    angle = f"{phase_angle_deg(p, row.q.value):.0f}"
    return said("{phase}: {power} at {current}, current {angle}° behind", angle=angle, **texts)
