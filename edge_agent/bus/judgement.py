"""What the answers of all units on a line tell together. PURE.

One unit alone cannot know: spoiled answers of every unit mean wrong settings of the port, those of
one unit beside sound neighbours mean two meters with one unit id, a few here and there mean noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge_agent.bus.statistics import Answers
from edge_agent.config import SERIAL_KINDS, LinkSettings
from edge_agent.words import said

LEAST_SPOILED = 5
"""Fewer spoiled answers are bad luck."""
DOUBLED_SHARE = 0.2
"""Two meters that answer at once spoil each other more often than this."""
CLEAN_SHARE = 0.02
"""Neighbours with fewer spoiled answers than this are sound."""
NOISY_SHARE = 0.01
LEAST_SOUND = 4
"""So many good answers of the neighbours before one unit is blamed alone."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What is wrong with a line, and what to do; ``kind`` tells one from another."""

    kind: str
    message: str
    hint: str


def suspicion(link: LinkSettings, units: Mapping[int, Answers]) -> Suspicion | None:
    """What these answers point to, None when to nothing."""
    spoiled = sum(unit.spoiled for unit in units.values())
    if spoiled < LEAST_SPOILED or link.kind == "tcp":
        return None
    sound = sum(unit.sound for unit in units.values())
    if not sound:
        return _wrong_settings(link)
    for unit_id, unit in units.items():
        others = Answers(sound - unit.sound, spoiled - unit.spoiled)
        if _is_doubled(unit, others):
            return _doubled(unit_id, unit)
    asked = sum(unit.asked for unit in units.values())
    return _noise(spoiled, asked) if spoiled >= NOISY_SHARE * asked else None


def _is_doubled(unit: Answers, others: Answers) -> bool:
    return (
        unit.spoiled >= LEAST_SPOILED
        and unit.share >= DOUBLED_SHARE
        and others.sound >= LEAST_SOUND
        and others.share <= CLEAN_SHARE
    )


def _wrong_settings(link: LinkSettings) -> Suspicion:
    message = said("bytes come, but no unit ever gives a whole answer")
    if link.kind not in SERIAL_KINDS:
        hint = said("check baud rate and parity of the gateway against those of the meters")
        return Suspicion("settings", message, hint)
    hint = said(
        "the port is set to {baud} {parity} {stop_bits}: compare with the meters' own settings, or "
        "let `edge-agent scan` try others; with one meter alone look for a second one with its id",
        baud=link.baud,
        parity=link.parity,
        stop_bits=link.stop_bits,
    )
    return Suspicion("settings", message, hint)


def _doubled(unit_id: int, unit: Answers) -> Suspicion:
    message = said(
        "{percent} % of the answers of unit {unit} are spoiled, and those of all others are sound",
        percent=round(100 * unit.share),
        unit=unit_id,
    )
    hint = said(
        "look for two meters with unit id {unit}: switch one off and see; else check that meter's "
        "own cable",
        unit=unit_id,
    )
    return Suspicion(f"doubled {unit_id}", message, hint)


def _noise(spoiled: int, asked: int) -> Suspicion:
    message = said("{spoiled} of {asked} answers came spoiled", spoiled=spoiled, asked=asked)
    hint = said(
        "check shield, the 120 ohm at both ends and A/B, keep the cable off inverters and motor "
        "cables; a second master on the line does the same"
    )
    return Suspicion("noise", message, hint)
