"""Wiring mistakes in a fitter's words: what it is, and what to do. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.wiring.pairing import Mistake
from edge_agent.wiring.verdict import Verdict
from edge_agent.wiring.view import View
from edge_agent.words import Said, joined, said


@dataclass(frozen=True, slots=True)
class Pattern:
    """What else the readings show: power back on every phase; whether angles have a sign."""

    all_back: bool
    signed: bool


def phases_of(mistake: Mistake) -> tuple[str, ...]:
    """Its phases as people write them."""
    return tuple(f"L{place + 1}" for place in mistake.places)


def name(mistake: Mistake) -> Said:
    """The mistake in a few words."""
    phases = phases_of(mistake)
    if mistake.kind == "reversed_ct":
        return said("CT of {phases} reversed", phases=", ".join(phases))
    if len(phases) == 3:
        return said("every current is measured with another phase's voltage")
    one, other = phases
    if mistake.kind == "rotation":
        return said("voltages of {one} and {other} exchanged", one=one, other=other)
    if mistake.kind == "ct_on_wrong_phase":
        return said("CT of {one} sits on the conductor of {other}", one=one, other=other)
    return said("currents of {one} and {other} exchanged", one=one, other=other)


def verdict(
    mistake: Mistake,
    sure: bool,
    evidence: str,
    others: Sequence[Mistake],
    view: View,
    pattern: Pattern,
) -> Verdict:
    """The verdict that ``mistake`` is the cause; ``others`` are told in the evidence."""
    parts = [evidence, *_doubts(mistake, others, view, pattern)]
    return Verdict(
        kind=mistake.kind,
        severity="fault" if sure else "check",
        title=name(mistake),
        evidence=joined(". ", parts),
        todo=joined(" ", [*_facts_first(view, pattern), _todo(mistake), safety()]),
        check="directions",
        phases=phases_of(mistake),
        others=tuple((row.kind, phases_of(row)) for row in others),
    )


def unexplained(evidence: str) -> Verdict:
    """Power flows back, and no single mistake makes sense of it."""
    return Verdict(
        kind="swapped_phases",
        severity="check",
        title=said("voltages and currents do not belong together"),
        evidence=evidence,
        todo=joined(" ", [said("Follow each CT and each voltage wire from end to end."), safety()]),
        check="directions",
    )


def safety() -> Said:
    """What comes before any work at a transformer."""
    return said(
        "Isolate the circuit first; under load never open the wires of a CT: short-circuit it "
        "before."
    )


def _doubts(
    mistake: Mistake, others: Sequence[Mistake], view: View, pattern: Pattern
) -> list[Said]:
    doubts = []
    if pattern.all_back and view.facts.generates is None:
        doubts.append(
            said("Power flows back on all phases: the plant feeds out, or all CTs are reversed")
        )
    elif view.facts.generates is None:
        doubts.append(said("Generation on single phases would look alike"))
    if view.wiring == "1P3W" and len(mistake.places) == 2:
        doubts.append(said("The two CTs exchanged with each other look the same"))
    if mistake.kind == "swapped_phases" and not pattern.signed and len(mistake.places) == 2:
        doubts.append(said("Exchanged voltages look the same"))
    if others:
        rivals = joined(", ", [name(row) for row in others])
        doubts.append(said("Also possible: {rivals}", rivals=rivals))
    return doubts


def _facts_first(view: View, pattern: Pattern) -> list[Said]:
    if not pattern.all_back or view.facts.generates is not None:
        return []
    return [said("Say first whether the plant generates (solar panels, a generator).")]


def _todo(mistake: Mistake) -> Said:
    phases = phases_of(mistake)
    if mistake.kind == "reversed_ct":
        return said(
            "Turn the CT of {phases} round, or exchange its wires k and l at the meter.",
            phases=", ".join(phases),
        )
    if len(phases) == 3:
        return said("Move all three voltage wires at the meter on by one phase.")
    one, other = phases
    if mistake.kind == "rotation":
        return said("Exchange the voltage wires of {one} and {other}.", one=one, other=other)
    if mistake.kind == "ct_on_wrong_phase":
        return said("Move the CT of {one} from {other} to {one}.", one=one, other=other)
    return said("Exchange the CTs of {one} and {other}, both wires.", one=one, other=other)
