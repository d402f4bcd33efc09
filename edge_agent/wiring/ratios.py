"""The CT ratio: current against the rated one, and power against voltage times current. PURE."""

from __future__ import annotations

from edge_agent.wiring import figures
from edge_agent.wiring.tally import Channel
from edge_agent.wiring.verdict import Check, Look, Outcome, Severity, Verdict
from edge_agent.wiring.view import ENOUGH, View, shown
from edge_agent.words import Said, joined, said

OVER, FAR_OVER = 1.3, 2.0
"""Mean current by rated current: above the first a look is due, above the second it is no load."""
MOST, LEAST = 1.15, 0.65
"""Power by voltage times current. The least leaves room for harmonics: a total distortion of the
current of 100 % leaves 0.71 of it to the power of the fundamental."""


def rated(view: View) -> Outcome:
    """Whether the current can be, by the rated current of the circuit."""
    title = said("current against the rated current")
    full_a = view.facts.rated_current_a
    if full_a is None:
        why = said("the rated current of the circuit is not said")
        return Outcome(Look("rated", title, False, why))
    currents = {phase: row.current.value or 0.0 for phase, row in view.channels.items()}
    if view.wiring == "3P3W":
        currents.pop("l2", None)  # made of the two others, and too large when one is reversed
    if not currents:
        return Outcome(Look("rated", title, False, said("no load")))
    look = Look("rated", title, True, "", tuple(map(shown, currents)))
    over = {phase: size for phase, size in currents.items() if size > OVER * full_a}
    if not over:
        return Outcome(look)
    severity: Severity = "fault" if max(over.values()) > FAR_OVER * full_a else "check"
    rows = [
        said("{phase}: {current}", phase=shown(phase), current=figures.current(size))
        for phase, size in currents.items()
    ]
    evidence = said(
        "{rows} where {rated} is rated",
        rows=joined(", ", rows),
        rated=figures.current(full_a),
    )
    phases = tuple(map(shown, over)) if len(over) < len(currents) else ()
    return Outcome(look, (_verdict(severity, evidence, _plate(view), "rated", phases),))


def product(view: View) -> Outcome:
    """Whether power is voltage times current: both know the same ratios."""
    title = said("power against voltage times current")
    quotients = _quotients(view)
    if not quotients:
        why = said("needs the wiring, and voltage, current and power of the same phases under load")
        return Outcome(Look("product", title, False, why))
    look = Look("product", title, True, "", tuple(map(shown, quotients)))
    most, least = max(quotients.values()), min(quotients.values())
    if least <= MOST and most >= LEAST:
        return Outcome(look)
    rows = [
        said("{phase}: {quotient} times", phase=shown(name), quotient=figures.ratio(value))
        for name, value in quotients.items()
    ]
    evidence = said("Power is not voltage times current: {rows}", rows=joined(", ", rows))
    return Outcome(look, (_verdict("fault", evidence, _one_knows(view), "product"),))


def _quotients(view: View) -> dict[str, float]:
    """Power by voltage times current, of phases, else of the total."""
    volts = view.phase_volts
    found: dict[str, float] = {}
    for phase, row in view.channels.items():
        size = _size(row, row.p.value)
        base = volts.get(phase, 0.0) * (row.current.value or 0.0)
        if size is not None and base > 0 and volts[phase] > 0.7 * max(volts.values()):
            found[phase] = size / base
    if found and view.wiring != "3P3W":
        return found
    apparent_va, total = view.apparent_va, view.tally.total
    size = _size(total, total.p.value)
    if total.loaded < ENOUGH or not apparent_va or size is None or not view.facts.wiring:
        return {}
    # Phases against each other make a total small, but never large.
    return {"total": max(1.0, size / apparent_va)}


def _size(row: Channel, p: float | None) -> float | None:
    """Apparent power, or what is nearest to it; active power alone can only be too large."""
    if row.s.value is not None:
        return abs(row.s.value)
    if p is None:
        return None
    if row.q.value is not None:
        return row.vector.value
    factor = row.factor_size.value
    return abs(p) / factor if factor and factor > 0.1 else None


def _plate(view: View) -> Said:
    return said(
        "Compare the plate of the CTs with the ratio set here ({ratio}) and in the meter; measure "
        "one phase with a clamp.",
        ratio=figures.ratio(view.facts.ct_ratio),
    )


def _one_knows(view: View) -> Said:
    return said(
        "The CT or VT ratio ({ct}, {vt} here) reaches one of them only: set it in the meter or "
        "here, not in both, and look whether the profile's values are primary.",
        ct=figures.ratio(view.facts.ct_ratio),
        vt=figures.ratio(view.facts.vt_ratio),
    )


def _verdict(
    severity: Severity, evidence: str, todo: str, check: Check, phases: tuple[str, ...] = ()
) -> Verdict:
    title = said("the CT ratio does not fit")
    return Verdict("wrong_ct_ratio", severity, title, evidence, todo, check, phases)
