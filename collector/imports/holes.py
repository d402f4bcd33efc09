"""The holes of an imported series: stretches that no file covers.

An imported series is stored as a counter that stands still over its holes, so that they never
turn into energy; that nothing is known there is said here, in the curve.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import mode

from collector.imports.slots import Slot
from collector.rollup.counters import Bridge, EnergyCurve
from collector.rollup.periods import Window


def holes_between(slots: Sequence[Slot]) -> list[Window]:
    """The stretches (UTC ms) between slots, which are in order of time, that none covers."""
    return [
        Window(earlier.end_ms, later.start_ms)
        for earlier, later in pairwise(slots)
        if earlier.end_ms < later.start_ms
    ]


def missing_between(slots: Sequence[Slot]) -> tuple[int, int]:
    """How many slots of the usual length are missing between them, and in how many holes."""
    holes = holes_between(slots)
    if not holes:
        return 0, 0
    usual_ms = mode(slot.end_ms - slot.start_ms for slot in slots)
    return sum(max(1, round((h.end_ms - h.start_ms) / usual_ms)) for h in holes), len(holes)


def with_holes(curve: EnergyCurve, holes: Iterable[Window]) -> EnergyCurve:
    """The curve with its holes marked as missing, whatever was thought to be known of them.

    Holes are in order of time and do not touch; those outside of the curve are left out.
    """
    if len(curve.at_ms) < 2:
        return curve
    first_ms, last_ms = curve.at_ms[0], curve.at_ms[-1]
    missing = [
        Bridge(max(hole.start_ms, first_ms), min(hole.end_ms, last_ms), "missing")
        for hole in holes
        if hole.start_ms < last_ms and hole.end_ms > first_ms
    ]
    if not missing:
        return curve
    kept = [part for bridge in curve.bridges for part in _outside(bridge, missing)]
    bridges = sorted((*kept, *missing), key=lambda bridge: bridge.from_ms)
    return replace(curve, bridges=tuple(bridges))


def _outside(bridge: Bridge, missing: Sequence[Bridge]) -> Iterator[Bridge]:
    from_ms = bridge.from_ms
    for hole in missing:
        if hole.to_ms <= from_ms or hole.from_ms >= bridge.to_ms:
            continue
        if hole.from_ms > from_ms:
            yield replace(bridge, from_ms=from_ms, to_ms=hole.from_ms)
        from_ms = hole.to_ms
    if from_ms < bridge.to_ms:
        yield replace(bridge, from_ms=from_ms)
