"""All ways of looking at one meter, one after another. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge_agent.wiring import figures
from edge_agent.wiring.directions import directions
from edge_agent.wiring.energy import energy
from edge_agent.wiring.facts import MeterFacts
from edge_agent.wiring.nominal import nominal
from edge_agent.wiring.ratios import product, rated
from edge_agent.wiring.sums import factor, sums
from edge_agent.wiring.tally import Tally
from edge_agent.wiring.verdict import Judgement
from edge_agent.wiring.view import ENOUGH, View, shown, view_of
from edge_agent.wiring.voltages import voltages
from edge_agent.words import Said, said

WAYS = (voltages, nominal, directions, rated, product, sums, factor, energy)
"""Every way of looking at a meter by itself: to add one is to add it here."""


def judge(
    samples: Sequence[Mapping[str, float]],
    facts: MeterFacts,
    at_s: Sequence[float] | None = None,
) -> Judgement:
    """What ``samples``, values by quantity of several readings of one meter, say of its wiring.

    ``at_s`` are their instants in seconds, rising: without them energy is not compared with power.
    Three readings under load are the least; ten or more, over some minutes, tell more.
    """
    tally = Tally(facts)
    for number, values in enumerate(samples):
        tally.add(values, None if at_s is None else at_s[number])
    return judge_tally(tally)


def judge_tally(tally: Tally) -> Judgement:
    """What a tally of many readings says."""
    view = view_of(tally)
    outcomes = [way(view) for way in WAYS]
    return Judgement(
        verdicts=tuple(verdict for outcome in outcomes for verdict in outcome.verdicts),
        enough_load=bool(view.channels) or tally.total.loaded >= ENOUGH,
        load=_load(view),
        loaded=tuple(map(shown, view.channels)),
        looked_at=tuple(outcome.look for outcome in outcomes),
        samples=tally.readings,
    )


def _load(view: View) -> Said:
    """How much load there was, in words."""
    least = figures.current(view.facts.least_current_a)
    loaded = view.channels
    if loaded:
        phases = ", ".join(map(shown, loaded))
        rest = ", ".join(shown(phase) for phase in view.phases if phase not in loaded)
        if not rest:
            return said("load on {phases}", phases=phases)
        return said(
            "load on {phases}; not on {rest}, which stay unjudged (under {least})",
            phases=phases,
            rest=rest,
            least=least,
        )
    if view.tally.total.loaded >= ENOUGH:
        return said("load, by the total alone")
    if not view.tally.names_load:
        return said("the meter gives neither current nor power: only voltages are judged")
    return said(
        "no load: no phase carries {least}, so only voltages are judged. If machines run now, the "
        "CT ratio is missing or the CTs are not connected",
        least=least,
    )
