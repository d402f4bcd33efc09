"""Directions by the totals alone, for meters that show no power of each phase. PURE.

Active and reactive power of the whole circuit are a vector, and voltage times current its length
when all phases are wired rightly (the share that is left is 1, or 0.7 with strong harmonics).
One reversed transformer of three leaves a third. With two transformers on three wires (the
two-wattmeter method, voltages L1-L2 and L3-L2) one reversed one leaves 1/sqrt(3) of
sqrt(3) V I, and exchanged currents or voltages leave nothing. Such a meter makes the current of L2
out of the two others, so the three currents make a triangle, which tells the angle between L1 and
L3. Healthy, L3 is ahead of L1 by 120 degrees, give or take unbalance; one reversed, it is behind by
60 (and L2 1.73 times the others); exchanged, behind by 120. The triangle does not tell ahead from
behind, but the total does: it is shorter when L3 is behind. With L1 reversed the total turns by
-90 degrees (reactive power becomes negative), with L3 by +90.
"""

from __future__ import annotations

import cmath
import math

from edge_agent.wiring import figures, mistakes
from edge_agent.wiring.pairing import Mistake
from edge_agent.wiring.tally import Channel
from edge_agent.wiring.verdict import Look, Outcome, Verdict
from edge_agent.wiring.view import ENOUGH, View
from edge_agent.words import joined, said

LEFT = 0.5
"""A smaller share of voltage times current than this is no healthy circuit of like phases."""
LEFT_TWO = 0.62
"""The same of what two transformers of three wires should give, by all three currents."""
LEFT_CLOSE, CLOSE = 0.68, 0.5
"""... where L1 and L3 are within 60 degrees, as seldom in a healthy circuit."""
LEFT_BACK = 0.85
"""... and where power flows back as well."""
SURELY_LITTLE = 0.25
MEETING = 0.0
"""The cosine of the angle between L1 and L3 from which one of them is reversed, not exchanged."""
LIKE = 0.2
"""The smaller of two currents is at least this share of the larger, or the angle says nothing."""
LEAST_FACTOR = 0.2
"""Without reactive power, less than this of voltage times current may have several causes."""
BACKWARD = -0.05
ALWAYS = 0.8


def directions(view: View, title: str) -> Outcome:
    """What the totals tell of directions."""
    total, apparent_va = view.tally.total, view.apparent_va
    if total.loaded < ENOUGH:
        return _blind(title, said("no load"))
    if total.p.value is None:
        return _blind(title, said("the meter gives no active power"))
    if view.uneven:
        return _blind(title, said("not all voltages are there"))
    vector_va = total.vector.value
    if vector_va is None or not apparent_va:
        why = said("only whether power flows back as a whole: more needs power of each phase")
        return Outcome(Look("directions", title, True, why), _without_reactive(view, total))
    way = _two_ct if view.wiring == "3P3W" and len(view.channels) == 3 else _one_of_all
    found = way(view, total, vector_va / apparent_va) or _all_back(view, total)
    why = said("by the totals: which phase it is may not be told")
    return Outcome(Look("directions", title, True, why), found)


def _blind(title: str, why: str) -> Outcome:
    return Outcome(Look("directions", title, False, why))


def _without_reactive(view: View, total: Channel) -> tuple[Verdict, ...]:
    apparent_va = view.apparent_va
    if not apparent_va or len(view.phases) == 1:
        return _all_back(view, total)
    factor = (total.p.value or 0.0) / apparent_va
    if factor < -LEAST_FACTOR:
        return _all_back(view, total)
    if factor < BACKWARD and total.backward_share >= ALWAYS:
        return (_somewhere(_total_row(total)),)
    return ()


def _all_back(view: View, total: Channel) -> tuple[Verdict, ...]:
    p = total.p.value or 0.0
    size = total.vector.value or view.apparent_va or abs(p)
    if p >= BACKWARD * size or total.backward_share < ALWAYS:
        return ()
    mistake = Mistake("reversed_ct", tuple(range(len(view.phases))), {})
    pattern = mistakes.Pattern(all_back=True, signed=True)
    return (mistakes.verdict(mistake, view.firm, _total_row(total), [], view, pattern),)


def _total_row(total: Channel) -> str:
    return said("total: {power}", power=figures.power(total.p.value or 0.0))


def _one_of_all(view: View, total: Channel, left: float) -> tuple[Verdict, ...]:
    if left >= LEFT or len(view.phases) < 2:
        return ()
    return (_somewhere(_left_row(view, total, left)),)


def _somewhere(evidence: str) -> Verdict:
    todo = said("Look at each CT: its direction, and whether it is on its own voltage's phase.")
    doubt = said("A ratio that reaches power or current only looks alike")
    return Verdict(
        kind="reversed_ct",
        severity="check",
        title=said("a CT is reversed or on another phase"),
        evidence=joined(". ", [evidence, doubt]),
        todo=joined(" ", [todo, mistakes.safety()]),
        check="directions",
    )


def _left_row(view: View, total: Channel, left: float) -> str:
    return said(
        "{power} and {reactive} are {left} of voltage times current ({apparent})",
        power=figures.power(total.p.value or 0.0),
        reactive=figures.power(total.q.value or 0.0, "var"),
        left=figures.share(left),
        apparent=figures.power(view.apparent_va or 0.0, "VA"),
    )


def _two_ct(view: View, total: Channel, left: float) -> tuple[Verdict, ...]:
    i1, i2, i3 = (row.current.value or 0.0 for row in view.channels.values())
    if min(i1, i3) < LIKE * max(i1, i3):
        return _one_of_all(view, total, left)
    cosine = max(-1.0, min(1.0, (i2 * i2 - i1 * i1 - i3 * i3) / (2 * i1 * i3)))
    expected = _length(i1, i3, math.acos(cosine)) / (math.sqrt(3) * (i1 + i2 + i3) / 3)
    if left / expected >= _limit(total, cosine):
        return ()
    evidence = joined(". ", [_left_row(view, total, left), _currents_row(view)])
    firm = left / expected < SURELY_LITTLE or cosine > MEETING
    sure = view.firm and firm
    mistake = Mistake("swapped_phases", (0, 2), {})
    if cosine > MEETING:
        mistake = Mistake("reversed_ct", (0 if (total.q.value or 0.0) < 0 else 2,), {})
    others = [] if firm else [Mistake("reversed_ct", (place,), {}) for place in (0, 2)]
    pattern = mistakes.Pattern(all_back=False, signed=False)
    return (mistakes.verdict(mistake, sure, evidence, others, view, pattern),)


def _limit(total: Channel, cosine: float) -> float:
    """From which share on all is well; currents that meet closely, or power back, are suspect."""
    if cosine > MEETING and total.backward_share >= ALWAYS:
        return LEFT_BACK
    return LEFT_CLOSE if cosine > CLOSE else LEFT_TWO


def _length(i1: float, i3: float, angle: float) -> float:
    """The two elements' vector by line volt, the current of L3 ahead of L1's by ``angle``."""
    return abs(i1 + cmath.rect(i3, math.pi / 3 - angle))


def _currents_row(view: View) -> str:
    i1, i2, i3 = (figures.current(row.current.value or 0.0) for row in view.channels.values())
    return said("L1 {i1}, L2 {i2}, L3 {i3}: L2 would be near the others", i1=i1, i2=i2, i3=i3)
