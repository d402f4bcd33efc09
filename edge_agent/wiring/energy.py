"""The energy counter against power, integrated over the same time. PURE.

Both are of the same meter, so they disagree only when one has another ratio, scale or direction
than the other. The bounds count the counter's step at both ends and that power is a sample of a
load that varies (three standard errors).
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.wiring import figures
from edge_agent.wiring.tally import Flow
from edge_agent.wiring.verdict import Look, Outcome, Verdict
from edge_agent.wiring.view import View
from edge_agent.words import Said, joined, said

STEPS = 20
"""So many steps of the counter must have been due, or it tells too little."""
GROSS = 5.0
"""... except when it is out by more than this."""
WITHIN = 0.12
"""Class 1 twice, and the time between reading power and counter."""
VAGUE = 0.6
READINGS = 5


@dataclass(frozen=True, slots=True)
class _Due:
    """What power says, in Wh, and what the counters of that direction and of the other did."""

    wanted_wh: float
    moved_wh: float
    other_wh: float
    error: float


def energy(view: View) -> Outcome:
    """Whether the counters follow the power."""
    title = said("energy counter against power")
    flow = view.tally.flow
    if flow.seconds <= 0 or flow.count < READINGS:
        why = said("needs active power and an energy counter, read several times in a row")
        return Outcome(Look("energy", title, False, why))
    if flow.fed_wh > flow.drawn_wh and not flow.counts_export:
        why = said("the meter has no counter of the energy that flows back")
        return Outcome(Look("energy", title, False, why))
    due = _due(flow)
    step = view.facts.counter_step_wh
    gross = max(due.moved_wh, due.other_wh) - 2 * step > GROSS * due.wanted_wh + STEPS * step
    if (due.wanted_wh < STEPS * step or due.error > VAGUE) and not gross:
        why = said(
            "{wanted} by power are too few, or too uneven, for a counter with steps of {step}",
            wanted=figures.energy(due.wanted_wh),
            step=figures.energy(step),
        )
        return Outcome(Look("energy", title, False, why))
    verdict = _judged(view, due)
    return Outcome(Look("energy", title, True), (verdict,) if verdict else ())


def _due(flow: Flow) -> _Due:
    drawn = flow.drawn_wh >= flow.fed_wh
    wanted, less = (flow.drawn_wh, flow.fed_wh) if drawn else (flow.fed_wh, flow.drawn_wh)
    moved, other = flow.imported_wh, flow.exported_wh
    if not drawn:
        moved, other = other, moved
    mean = abs(flow.power_w or 0.0)
    error = WITHIN + (flow.power_error_w / mean if mean else 9.0) + (less / wanted if wanted else 0)
    return _Due(wanted, moved, other, error)


def _judged(view: View, due: _Due) -> Verdict | None:
    step = view.facts.counter_step_wh
    if _other_way(due, step):
        return _verdict(due, said("The counter of the other direction moves instead"), _turn())
    low = (due.moved_wh - 2 * step) / (due.wanted_wh * (1 + due.error) or step)
    high = (due.moved_wh + 2 * step) / (due.wanted_wh * max(0.1, 1 - due.error) or step)
    if low <= 1 <= high:
        return None
    return _verdict(due, _guess(view, due), _scale())


def _other_way(due: _Due, step: float) -> bool:
    """Whether what should have moved stood, and the other moved by as much."""
    stood = due.moved_wh < 0.3 * due.wanted_wh - step
    return stood and abs(due.other_wh / due.wanted_wh - 1) <= due.error + 2 * step / due.wanted_wh


def _guess(view: View, due: _Due) -> Said:
    """Which factor it is."""
    if due.moved_wh <= 0:
        return said("The counter stands still")
    factor = due.moved_wh / due.wanted_wh if due.wanted_wh else 0.0
    for power in (1e-6, 1e-3, 1e3, 1e6):
        if abs(factor / power - 1) < 0.25:
            return said("The factor is near {power}: Wh, kWh and MWh", power=figures.ratio(power))
    for name, ratio in (("CT", view.facts.ct_ratio), ("VT", view.facts.vt_ratio)):
        if ratio > 1 and any(abs(factor / f - 1) < 0.15 for f in (ratio, 1 / ratio)):
            text = said("The factor is near the {name} ratio: only one has it", name=name)
            return text
    return said("The factor is {factor}", factor=figures.ratio(factor))


def _turn() -> Said:
    return said(
        "Import and export are exchanged in the profile, or power has another sign than the "
        "counters: compare with the meter's display."
    )


def _scale() -> Said:
    return said(
        "Compare power and energy with the meter's display: one of them lacks a ratio or has "
        "another unit."
    )


def _verdict(due: _Due, guess: Said, todo: Said) -> Verdict:
    figures_row = said(
        "Power comes to {wanted}, the counter moved by {moved}",
        wanted=figures.energy(due.wanted_wh),
        moved=figures.energy(due.moved_wh),
    )
    return Verdict(
        kind="energy_vs_power",
        severity="fault",
        title=said("energy counter and power disagree"),
        evidence=joined(". ", [figures_row, guess]),
        todo=todo,
        check="energy",
    )
