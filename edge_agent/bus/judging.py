"""Looks now and then whether a line is too slow, and whether it is wired or set wrongly."""

from __future__ import annotations

from edge_agent.bus.gathering import Bus
from edge_agent.bus.judgement import LEAST_SPOILED, Suspicion, suspicion
from edge_agent.bus.meter import PolledMeter
from edge_agent.errors import one_line
from edge_agent.link_faults import SpoiledAnswerError
from edge_agent.words import said

CLEAN_S = 120.0
"""So long without many spoiled answers, and a line is looked at as a whole all the same."""


def judge(bus: Bus) -> None:
    """Judge paces and answers when enough has come; tell what is news. Once after each round."""
    bus.paces.look(bus.turns.portions)
    if bus.line.spoiled >= LEAST_SPOILED or bus.line.judged_s_ago() >= CLEAN_S:
        found = suspicion(bus.settings, bus.line.answers())
        bus.line.judged()
        if found is not None or not any(map(_is_spoilt, bus.meters)):
            _tell(bus, found)


def _is_spoilt(meter: PolledMeter) -> bool:
    """Whether a meter's newest answer was spoiled: it may be probed very seldom."""
    return isinstance(meter.last_error, SpoiledAnswerError)


def _tell(bus: Bus, found: Suspicion | None) -> None:
    before, bus.suspicion = bus.suspicion, found
    if found is not None and (before is None or found.kind != before.kind):
        bus.told.tell(one_line(found.message, found.hint))
    elif found is None and before is not None:
        bus.told.tell(said("its answers are sound again"))
