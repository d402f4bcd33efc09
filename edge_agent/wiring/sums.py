"""What belongs together in one reading: phases and total, power factor and power. PURE."""

from __future__ import annotations

from edge_agent.wiring import figures
from edge_agent.wiring.tally import Channel
from edge_agent.wiring.verdict import Look, Outcome, Severity, Verdict
from edge_agent.wiring.view import ENOUGH, View, shown
from edge_agent.words import Said, joined, said

APART = 0.10
"""Total and phases may differ by this share of what flows: they are not read at one instant."""
FACTOR_APART = 0.15
LOW = 0.15
"""Below such a power factor, sizes of power factors say little."""


def sums(view: View) -> Outcome:
    """Whether the total is the sum of the phases."""
    title = said("sum of the phases")
    rows = view.tally.watts
    parts = [rows[phase].value or 0.0 for phase in view.phases if phase in rows]
    # Meters of three wires show nothing, or 0, for phases that they do not measure.
    blank = view.wiring == "3P3W" and not all(parts)
    if view.wiring == "1P2W" or rows["total"].count < ENOUGH or blank or not any(parts):
        why = said("needs the total and the power of every phase, under load")
        return Outcome(Look("sums", title, False, why))
    look = Look("sums", title, True)
    together_w = rows["total"].value or 0.0
    if abs(together_w - sum(parts)) <= APART * sum(map(abs, parts)):
        return Outcome(look)
    return Outcome(look, (_unequal(view, parts, together_w),))


def _unequal(view: View, given: list[float], total: float) -> Verdict:
    rows = [
        said("{phase}: {power}", phase=shown(phase), power=figures.power(power))
        for phase, power in zip(view.phases, given, strict=True)
    ]
    evidence = said(
        "{rows}: together {together}, the total shows {total}",
        rows=joined(", ", rows),
        together=figures.power(sum(given)),
        total=figures.power(total),
    )
    sizes = sum(map(abs, given))
    if abs(abs(total) - sizes) <= APART * sizes:
        evidence = joined(". ", [evidence, said("The meter adds up amounts without their signs")])
    return Verdict(
        kind="unbalanced_sums",
        severity="fault",
        title=said("the total is not the sum of the phases"),
        evidence=evidence,
        todo=said(
            "Look at the meter's wiring setting and how it sums up (signed, not amounts), and "
            "whether the profile is of this model."
        ),
        check="sums",
    )


def factor(view: View) -> Outcome:
    """Whether the power factor is that of the powers, and what its sign means."""
    title = said("power factor")
    rows = {phase: row for phase, row in view.channels.items() if _complete(row)}
    total = view.tally.total
    if not rows and total.loaded >= ENOUGH and _complete(total):
        rows = {"total": total}
    if not rows:
        why = said("needs power factor, active and apparent power under load")
        return Outcome(Look("factor", title, False, why))
    look = Look("factor", title, True, "", tuple(map(shown, rows)))
    odd = {phase: row for phase, row in rows.items() if _apart(row) > FACTOR_APART}
    if odd:
        return Outcome(look, (_factor_verdict("check", _misfit(odd), _which(odd)),))
    strange = {phase: row for phase, row in rows.items() if _sign_of_its_own(row)}
    if strange:
        return Outcome(look, (_factor_verdict("note", _own_sign(strange), _which(strange)),))
    return Outcome(look)


def _complete(row: Channel) -> bool:
    return bool(row.factor.value is not None and row.p.value is not None and row.s.value)


def _quotient(row: Channel) -> float:
    return (row.p_size.value or 0.0) / abs(row.s.value or 1.0)


def _apart(row: Channel) -> float:
    return abs((row.factor_size.value or 0.0) - min(1.0, _quotient(row)))


def _sign_of_its_own(row: Channel) -> bool:
    signs = (row.factor.value or 0.0) * (row.p.value or 0.0)
    return signs < 0 and _quotient(row) > LOW and row.backward_share in (0.0, 1.0)


def _which(rows: dict[str, Channel]) -> tuple[str, ...]:
    return tuple(shown(phase) for phase in rows if phase != "total")


def _misfit(rows: dict[str, Channel]) -> Said:
    texts = [
        said(
            "{phase}: power factor {factor}, but {power} of {apparent}",
            phase=shown(phase),
            factor=f"{row.factor.value:.2f}",
            power=figures.power(row.p.value or 0.0),
            apparent=figures.power(row.s.value or 0.0, "VA"),
        )
        for phase, row in rows.items()
    ]
    return joined("; ", texts)


def _own_sign(rows: dict[str, Channel]) -> Said:
    texts = [
        said(
            "{phase}: power factor {factor} at {power}",
            phase=shown(phase),
            factor=f"{row.factor.value:.2f}",
            power=figures.power(row.p.value or 0.0),
        )
        for phase, row in rows.items()
    ]
    return joined("; ", texts)


def _factor_verdict(severity: Severity, evidence: Said, phases: tuple[str, ...]) -> Verdict:
    if severity == "note":
        title = said("the sign of the power factor is not that of the power")
        todo = said(
            "Many meters tell leading from lagging by it: take the direction from active power."
        )
    else:
        title = said("the power factor does not fit the powers")
        todo = said("Look at the profile's scale and address of the power factor.")
    return Verdict("pf_sign", severity, title, evidence, todo, "factor", phases)
