"""Findings that would save the same: told on each, and added up only once.

Two findings of energy overlap where they save in the same slots on the same circuit, or on a
circuit and one it is part of: at most the smaller of both is the same. Two findings of demand
(peak shaving, staggered start) lower the same peak. Contract power, power factor and tariff stand
beside the others; what they do to each other is of second order and told as a caveat.

The total goes from the dearest finding down and leaves out of each the shares that a dearer one
has already counted. Where three overlap, a part may be left out twice: the total is rather too
low than too high.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from collector.analysis.frame import Floats
from collector.findings.case import Case
from collector.findings.draft import Draft
from collector.findings.finding import NOTHING, SIGNAL_FACTOR, Finding, Overlap, Range
from collector.findings.pricing import yearly_kwh

_LEAST = 0.005
"""An overlap of less than half a percent is not told."""


@dataclass(frozen=True, slots=True)
class Total:
    """Findings added up, nothing twice. ``counted`` has by key the share (0 to 1) that was added.

    ``co2_t`` is without figures by the grid's hourly signal, which enter no total.
    """

    kwh: Range
    crude_oil_kl: Range
    co2_t: Range
    yen: Range
    counted: tuple[tuple[str, float], ...]


def with_overlaps(pairs: Sequence[tuple[Draft, Finding]], case: Case) -> tuple[Finding, ...]:
    """The findings, each with the others that would save a part of the same."""
    slots = [yearly_kwh(draft, case) for draft, _ in pairs]
    lines = [_line_of(draft, case) for draft, _ in pairs]
    found = []
    for i, (draft, finding) in enumerate(pairs):
        overlaps = [
            Overlap(other.key, share)
            for j, (second, other) in enumerate(pairs)
            if i != j
            and (share := _share(draft, second, (slots[i], slots[j]), lines[i], lines[j])) > _LEAST
        ]
        found.append(replace(finding, overlaps=tuple(overlaps)))
    return tuple(found)


def total_of(findings: Iterable[Finding]) -> Total:
    """The findings added up, each less what a dearer one among them has counted."""
    ranked = sorted(findings, key=lambda finding: -finding.yen.mid)
    kwh = kl = co2 = yen = NOTHING
    counted: list[tuple[str, float]] = []
    for finding in ranked:
        before = {key for key, _ in counted}
        same = sum(overlap.share for overlap in finding.overlaps if overlap.key in before)
        share = max(0.0, 1.0 - same)
        counted.append((finding.key, share))
        kwh, yen = kwh.plus(finding.kwh.times(share)), yen.plus(finding.yen.times(share))
        kl = kl.plus(finding.crude_oil_kl.times(share))
        if not finding.co2_factor.startswith(SIGNAL_FACTOR):
            co2 = co2.plus(finding.co2_t.times(share))
    return Total(kwh, kl, co2, yen, tuple(counted))


def _share(
    one: Draft, other: Draft, slots: tuple[Floats, Floats], line: set[str], other_line: set[str]
) -> float:
    if one.pool != other.pool:
        return 0.0
    if one.pool == "demand" and one.kw and other.kw:
        return min(other.kw.mid / one.kw.mid, 1.0)
    related = one.circuit in other_line or other.circuit in line
    if one.pool != "energy" or not related:
        return 0.0
    whole = float(slots[0].sum())
    return float(np.minimum(*slots).sum()) / whole if whole > 0 else 0.0


def _line_of(draft: Draft, case: Case) -> set[str]:
    # The circuit and all it is part of, up to the site.
    parents = {view.id: view.parent for view in (*case.views, *case.thin)}
    line, at = {draft.circuit, ""}, draft.circuit
    while (above := parents.get(at)) is not None and above not in line:
        line.add(above)
        at = above
    return line
