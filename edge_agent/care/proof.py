"""Whether new settings do what those of before did: the same meters answer, receipts come. PURE.

A meter that answered before and is in the new settings too must answer again; one that is not in
them any more was taken out by whoever pushed them. New meters prove nothing: they may not be
wired yet.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from edge_agent.words import said

SETTLED_SHARE = 1 / 6
"""So much of the trial's time must pass at least: an agent that ends soon after is noticed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What worked before: these ``meters`` answered, and ``receipts`` of the collector came."""

    meters: frozenset[str]
    receipts: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What works since the start with the new settings, and for how long it has run (s)."""

    configured: Collection[str]
    answered: Collection[str]
    receipts: bool
    for_s: float


def missing(expected: Expected, seen: Seen) -> str:
    """What worked before and does not (yet), in words; "" when nothing is missing."""
    silent = sorted((expected.meters & set(seen.configured)) - set(seen.answered))
    if silent:
        return said("no answer of meter {meters}, which answered before", meters=", ".join(silent))
    if expected.meters and not (expected.meters & set(seen.configured)) and not seen.answered:
        return said("no meter answers, though some did before")
    if expected.receipts and not seen.receipts:
        return said("no receipt of the collector, which gave some before")
    return ""


def holds(expected: Expected, seen: Seen, trial_s: float) -> bool:
    """Whether the trial is over, and well."""
    return seen.for_s >= trial_s * SETTLED_SHARE and not missing(expected, seen)


def fails(expected: Expected, seen: Seen, trial_s: float) -> str:
    """Why the trial is over, and not well; "" while it is not."""
    lacking = missing(expected, seen)
    if not lacking or seen.for_s < trial_s:
        return ""
    return said("{lacking}, within {s:.0f} s", lacking=lacking, s=trial_s)
