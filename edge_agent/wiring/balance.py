"""A meter against those below it: together they cannot carry more than it does. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge_agent.wiring import figures
from edge_agent.wiring.tally import Flow
from edge_agent.wiring.verdict import Look, Outcome, Verdict
from edge_agent.words import joined, said

CLASS = 0.03
"""Meter and transformers of class 1 together."""
LEAST_SECONDS = 300.0
SURE = 0.15
"""An excess of this share of the upper meter, beyond all bounds, is no accident of timing."""


@dataclass(frozen=True, slots=True)
class Load:
    """Mean power of one meter over a while, in W: drawn less fed back, and how exact it is."""

    meter: str
    power_w: float
    margin_w: float


def load_of(meter: str, flow: Flow, counter_step_wh: float = 10.0) -> Load | None:
    """The load by the energy counter where it moved enough, else by power; None when too short."""
    if flow.span_s < LEAST_SECONDS:
        return None
    by_counter = None
    if flow.seconds >= LEAST_SECONDS:
        hours = flow.seconds / 3600
        net_w = (flow.imported_wh - flow.exported_wh) / hours
        by_counter = Load(meter, net_w, 2 * counter_step_wh / hours + CLASS * abs(net_w))
    if flow.power_w is None or flow.count < 5:
        return by_counter
    by_power = Load(meter, flow.power_w, flow.power_error_w + CLASS * abs(flow.power_w))
    if by_counter is None or by_power.margin_w < by_counter.margin_w:
        return by_power
    return by_counter


def balance(parent: Load, children: Sequence[Load]) -> Outcome:
    """Whether ``children``, which hang below ``parent``, carry more than it.

    What they carry less is the unmeasured remainder, and no mistake. Needs all that hang there and
    feed back; of those that draw, any part.
    """
    look = Look("family", said("meters below"), bool(children))
    together_w = sum(child.power_w for child in children)
    margin_w = parent.margin_w + sum(child.margin_w for child in children)
    excess_w = together_w - parent.power_w - margin_w
    if not children or excess_w <= 0:
        return Outcome(look)
    return Outcome(look, (_verdict(parent, children, together_w, excess_w),))


def _verdict(parent: Load, children: Sequence[Load], together_w: float, excess_w: float) -> Verdict:
    rows = [
        said("{meter}: {power}", meter=row.meter, power=figures.power(row.power_w))
        for row in sorted(children, key=lambda row: -row.power_w)[:5]
    ]
    evidence = said(
        "{parent}: {power}; below it together {together} ({rows})",
        parent=parent.meter,
        power=figures.power(parent.power_w),
        together=figures.power(together_w),
        rows=joined(", ", rows),
    )
    sure = excess_w > SURE * max(abs(parent.power_w), parent.margin_w)
    return Verdict(
        kind="parent_vs_children",
        severity="fault" if sure else "check",
        title=said("the meters below carry more than the meter above"),
        evidence=evidence,
        todo=said(
            "Compare the CT ratio of the upper meter and of the largest below it with the plates; "
            "look whether all of them really hang below it, none twice."
        ),
        check="family",
    )


def families(below: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Who hangs right below whom, of ``below``: the meter above by meter."""
    found: dict[str, tuple[str, ...]] = {}
    for child, parent in below.items():
        if parent:
            found[parent] = (*found.get(parent, ()), child)
    return found
