"""Voltage against the supply systems there are: a wrong VT ratio, and the right one. PURE."""

from __future__ import annotations

from edge_agent.wiring import figures
from edge_agent.wiring.verdict import Look, Outcome, Severity, Verdict
from edge_agent.wiring.view import DARK_V, View
from edge_agent.words import joined, said

THREE_PHASE_V = (
    *(173, 190, 200, 208, 210, 220, 380, 400, 415, 440, 460, 480, 500, 525, 575, 600, 660, 690),
    *(1_000, 3_000, 3_300, 4_160, 6_000, 6_300, 6_600, 10_000, 10_500, 11_000, 13_200, 13_800),
    *(15_000, 20_000, 22_000, 25_000, 30_000, 33_000, 35_000, 66_000, 77_000, 110_000, 132_000),
    *(154_000, 220_000),
)
"""Nominal line voltages: IEC 60038 tables 1 to 5, and those of Japan and North America."""
SINGLE_PHASE_V = (100, 105, 110, 115, 120, 127, 200, 210, 220, 230, 240, 254, 277, 400)
SPLIT_PHASE_V = (200, 210, 220, 240)
"""Between the outer lines of single-phase three-wire."""
SECONDARY_V = (100, 110)
"""Secondary line voltages of voltage transformers (IEC 61869-3; Japan 110 V)."""
VT_RATIOS = (30.0, 60.0, 63.6, 66.0, 100.0, 110.0, 200.0, 220.0, 300.0, 330.0, 600.0, 700.0)
WITHIN = 0.13
"""Supplies stay within 10 % (EN 50160); meters and transformers err by less than the rest."""
ROOT3 = 3**0.5


def nominal(view: View) -> Outcome:
    """Whether the voltage is one that circuits have, or the one that was said."""
    title = said("voltage against supply systems")
    volts = view.line_v
    if volts is None or volts < DARK_V:
        why = said("no voltage")
        return Outcome(Look("nominal", title, False, why))
    if view.uneven:
        return Outcome(Look("nominal", title, False, said("not all voltages are there")))
    stated = view.facts.nominal_voltage_v
    look = Look("nominal", title, True)
    if stated is not None:
        fits = any(_near(volts, stated * share) for share in _shares(view))
        return Outcome(look, () if fits else (_against(view, volts, stated),))
    named = view.facts.wiring
    systems = {"1P2W": SINGLE_PHASE_V, "1P3W": SPLIT_PHASE_V}.get(named, THREE_PHASE_V)
    if any(_near(volts, system * share) for system in systems for share in _shares(view)):
        return Outcome(look)
    return Outcome(look, (_unusual(view, volts, systems),))


def _shares(view: View) -> tuple[float, ...]:
    """What a voltage may be of the nominal one: many things where nobody said the wiring."""
    return (1.0,) if view.facts.wiring else (1.0, 1 / ROOT3, 0.5, 2 / ROOT3, ROOT3, 2.0)


def _near(volts: float, system: float) -> bool:
    return abs(volts / system - 1) <= WITHIN


def _against(view: View, volts: float, stated: float) -> Verdict:
    wanted = _usual_ratio(view.facts.vt_ratio * stated / volts)
    evidence = said(
        "{volts} between the lines where {stated} are said",
        volts=figures.voltage(volts),
        stated=figures.voltage(stated),
    )
    parts = [evidence]
    if any(abs(volts / stated / factor - 1) < 0.05 for factor in (ROOT3, 1 / ROOT3)):
        parts.append(said("The factor is 1.73: phase and line voltage may be mixed up"))
    todo = said(
        "Compare with a voltmeter and the plate of the VT; VT ratio {wanted} would fit, "
        "{now} is set.",
        wanted=figures.ratio(wanted),
        now=figures.ratio(view.facts.vt_ratio),
    )
    return _verdict("fault", joined(". ", parts), todo)


def _unusual(view: View, volts: float, systems: tuple[int, ...]) -> Verdict:
    shown = figures.voltage(volts)
    if view.three_phase and any(_near(volts, system) for system in SECONDARY_V):
        evidence = said(
            "{volts} between the lines is what the secondary of a VT gives", volts=shown
        )
    else:
        evidence = said("{volts} between the lines is no usual supply", volts=shown)
    fitting = [
        f"{figures.ratio(view.facts.vt_ratio * factor)} ({figures.voltage(system)})"
        for factor in VT_RATIOS
        for system in systems
        if system >= 3_000 and abs(volts * factor / system - 1) < 0.04
    ]
    if not fitting:
        todo = said("Compare with a voltmeter; set the VT ratio, or say the nominal voltage.")
    else:
        todo = said(
            "Read the plate of the VT and set its ratio; it may be {ratios}.",
            ratios=", ".join(fitting[:3]),
        )
    return _verdict("check", evidence, todo)


def _verdict(severity: Severity, evidence: str, todo: str) -> Verdict:
    title = said("the VT ratio does not fit the voltage")
    return Verdict("wrong_vt_ratio", severity, title, evidence, todo, "nominal")


def _usual_ratio(value: float) -> float:
    """The usual ratio nearest to ``value``, when one is near."""
    nearest = min((1.0, *VT_RATIOS), key=lambda ratio: abs(ratio / value - 1))
    return nearest if abs(nearest / value - 1) < 0.06 else value
