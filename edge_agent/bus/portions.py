"""What of a meter is read at which pace. PURE.

A meter's registers fall apart by the groups of ``[poll]``; each portion has its own blocks, so
that reading one costs nothing of another, and its own turns on the wall clock's marks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from edge_agent.bus.told import Fault
from edge_agent.config import MeterSettings, PollSettings
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.profile import Profile, ReadBlock, plan

REST = ""
"""The portion of what is in no group."""
EARLY = 0.1
"""A poll may come so much of a tick before its mark."""
COUNTER = "active_energy_import_wh"


@dataclass(slots=True)
class Portion:
    """One pace of one meter; ``asked_s`` is the steady time of its newest poll.

    ``mark`` and ``tick`` are the numbers of the mark it was last read for, and of the line's tick
    at which it was tried. ``took_s`` is how long a poll of it takes, about; ``fault`` is what the
    newest one met.
    """

    group: str
    every_s: float
    blocks: list[ReadBlock]
    mark: int | None = None
    tick: int | None = None
    asked_s: float | None = None
    took_s: float = 0.0
    fault: Fault | None = None

    def split(self, block: ReadBlock) -> tuple[ReadBlock, ...]:
        """Replace a refused block by its parts without gaps; empty when there is no gap in it."""
        parts = block.without_gaps()
        if len(parts) == 1:
            return ()
        at = self.blocks.index(block)
        self.blocks[at : at + 1] = parts
        return parts


def portions_of(model: Profile, row: MeterSettings, poll: PollSettings) -> tuple[Portion, ...]:
    """The portions of one meter, fastest first; those without a register are left out.

    A meter with an ``every_s`` of its own is asked for nothing more often than that.
    """
    paces = {group.name: max(group.every_s, row.every_s or 0.0) for group in poll.groups}
    paces[REST] = row.every_s or poll.every_s
    planned = [Portion(name, s, blocks_of(model, name, poll)) for name, s in paces.items()]
    found = [portion for portion in planned if portion.blocks]
    return tuple(sorted(found, key=lambda portion: portion.every_s))


def blocks_of(profile: Profile, group: str, poll: PollSettings) -> list[ReadBlock]:
    """The requests that bring the quantities of one group."""
    if not poll.groups:
        return list(profile.blocks)
    rows = [row for row in profile.registers if group_of(row.quantity, poll) == group]
    return list(plan(rows, profile.limits))


def group_of(quantity: str, poll: PollSettings) -> str:
    """The name of the group that a quantity is read with, ``REST`` when it is in none."""
    for group in poll.groups:
        if any(fnmatchcase(quantity, pattern) for pattern in group.quantities):
            return group.name
    return REST


def interval_s(portions: Sequence[Portion]) -> float:
    """How often a meter's energy counter is read: what completeness is counted by.

    Without one, its first other counter stands for it; without any, its slowest portion.
    """
    paces = {
        register.quantity: portion.every_s
        for portion in portions
        for block in portion.blocks
        for register in block.registers
    }
    counters = [name for name in paces if QUANTITIES[name].kind == "counter"]
    for name in (COUNTER, *counters):
        if name in paces:
            return paces[name]
    return max(portion.every_s for portion in portions)


def mark_of(now_ms: int, align_s: float, every_s: float, tick_s: float) -> int:
    """The number of the mark that a poll at ``now_ms`` is for.

    One that comes a little early, by the slip of two clocks, belongs to the mark it was meant for.
    """
    return math.floor((now_ms / 1000 - align_s + EARLY * tick_s) / every_s)
