"""Missing voltages, and a single phase where three are expected. PURE. Needs no load."""

from __future__ import annotations

from collections.abc import Mapping

from edge_agent.wiring import figures
from edge_agent.wiring.verdict import Look, Outcome, Severity, Verdict
from edge_agent.wiring.view import DARK_V, DEAD, View, shown
from edge_agent.words import Said, joined, said

BRIDGED = 0.2
"""Line voltages below this share of the phase voltages: all inputs are on one phase."""


def voltages(view: View) -> Outcome:
    """Missing voltages of the circuit's phases."""
    title = said("voltage of each phase")
    volts = view.star_volts
    if view.wiring == "3P3W":
        # Meters of three wires may show 0 against a neutral that is not there.
        blank = max(volts.values(), default=0.0) < DARK_V
        volts = view.line_volts or ({} if blank else volts)
    if not volts:
        why = said("the meter gives no voltage")
        return Outcome(Look("voltages", title, False, why))
    look = Look("voltages", title, True, "", tuple(map(shown, volts)))
    if max(volts.values()) < DARK_V:
        return Outcome(look, (_dark(view, volts),))
    if view.three_phase and len(volts) == 3:
        return Outcome(look, _of_three(view, volts))
    dead = _below(volts)
    return Outcome(look, (_missing(view, dead, volts),) if dead else ())


def _below(volts: Mapping[str, float]) -> list[str]:
    top = max(volts.values())
    return [name for name, value in volts.items() if value < DEAD * top]


def _of_three(view: View, volts: Mapping[str, float]) -> tuple[Verdict, ...]:
    dead = _below(volts)
    if "l1" not in volts:
        dead = _phase_of_lines(dead)
    carrying = [phase for phase in dead if view.tally.channels[phase].loaded]
    if len(dead) == 2 and not carrying:
        return (_single(view, volts, said("Only {phase} has voltage", phase=_rest(dead))),)
    if dead and "l1" in volts and not carrying and _split(view, dead):
        return (_single(view, volts, said("Two phases against each other: 1P3W")),)
    if not dead and "l1" in volts and _bridged(view):
        return (_single(view, volts, said("All voltage inputs are on one phase")),)
    return (_missing(view, dead, volts),) if dead else ()


def _phase_of_lines(low: list[str]) -> list[str]:
    """The phase that low line voltages have in common."""
    if len(low) < 2:
        return []
    return [phase for phase in ("l1", "l2", "l3") if all(phase in line for line in low)][:1]


def _rest(dead: list[str]) -> str:
    return next(phase.upper() for phase in ("l1", "l2", "l3") if phase not in dead)


def _split(view: View, dead: list[str]) -> bool:
    """Whether the two live phases stand against each other, as in a single-phase three-wire."""
    live = [volts for phase, volts in view.star_volts.items() if phase not in dead]
    across = max(view.line_volts.values(), default=0.0)
    return len(live) == 2 and across > 1.9 * min(live)


def _bridged(view: View) -> bool:
    lines, star = view.line_volts, view.star_volts
    return len(lines) == 3 and max(lines.values()) < BRIDGED * min(star.values())


def _row(volts: Mapping[str, float]) -> Said:
    rows = [
        said("{phase}: {volts}", phase=shown(name), volts=figures.voltage(value))
        for name, value in volts.items()
    ]
    return joined(", ", rows)


def _severity(view: View, dead: list[str]) -> Severity:
    """Where nobody said the wiring, a phase without voltage and current may not exist at all."""
    if view.facts.wiring:
        return "fault"
    rows = view.tally.channels
    return "check" if any(phase in rows and rows[phase].loaded for phase in dead) else "note"


def _missing(view: View, dead: list[str], volts: Mapping[str, float]) -> Verdict:
    phases = ", ".join(map(shown, dead))
    return Verdict(
        kind="missing_voltage",
        severity=_severity(view, dead),
        title=said("voltage of {phases} is missing", phases=phases),
        evidence=_row(volts),
        todo=said(
            "Look at the fuse, the wire and the terminal of {phases}: energy of this phase is "
            "not counted.",
            phases=phases,
        ),
        check="voltages",
        phases=tuple(map(shown, dead)),
    )


def _dark(view: View, volts: Mapping[str, float]) -> Verdict:
    severity: Severity = "fault" if view.channels and view.facts.wiring else "note"
    return Verdict(
        kind="missing_voltage",
        severity=severity,
        title=said("no voltage on any phase"),
        evidence=_row(volts),
        todo=said("The circuit is off, or the meter's voltage fuses are: look at both."),
        check="voltages",
        phases=tuple(map(shown, volts)),
    )


def _single(view: View, volts: Mapping[str, float], what: str) -> Verdict:
    lines = [_row(volts)] if view.star_volts == volts else []
    lines += [_row(view.line_volts)] if view.line_volts else []
    return Verdict(
        kind="single_phase_on_three",
        severity=_severity(view, []),
        title=said("a single-phase circuit on a meter of three phases"),
        evidence=joined(". ", [what, *(lines or [_row(volts)])]),
        todo=said(
            "If the circuit is single-phase, set wiring to 1P2W or 1P3W here and in the meter; "
            "if it has three phases, look at the voltage fuses and wires."
        ),
        check="voltages",
    )
