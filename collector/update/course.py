"""The course of a roll-out: rings of agents, who may be asked now, what ends it. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from collector.state.rollouts import OVER, Member, RolloutState


def rings_of(agents: Sequence[str], first: int, percents: Sequence[int]) -> list[tuple[str, int]]:
    """Each agent with its ring: ``first`` of them in ring 0, then up to each of the percentages.

    The agents come in the order in which they are to be asked; whoever is left is in the last
    ring. A ring that would be empty is left out.
    """
    edges = [min(first, len(agents))]
    edges += [max(edges[0], -(-len(agents) * percent // 100)) for percent in percents]
    edges = [edge for edge in dict.fromkeys(sorted(edges)) if 0 < edge < len(agents)]
    edges.append(len(agents))
    return [
        (agent, next(ring for ring, edge in enumerate(edges) if number < edge))
        for number, agent in enumerate(agents)
    ]


def open_ring(members: Sequence[Member], pause_ms: int, now_ms: int) -> int:
    """The highest ring that may be asked now.

    A ring opens when every agent of those before is done or left out, and ``pause_ms`` has
    passed since.
    """
    ring = 0
    for number in sorted({member.ring for member in members}):
        before = [member for member in members if member.ring < number]
        if any(member.phase not in OVER for member in before):
            break
        if before and now_ms - max(member.changed_ms for member in before) < pause_ms:
            break
        ring = number
    return ring


def to_ask(members: Sequence[Member], pause_ms: int, now_ms: int) -> list[Member]:
    """Who is to be asked for the first time now."""
    ring = open_ring(members, pause_ms, now_ms)
    return [member for member in members if member.phase == "waiting" and member.ring <= ring]


def standing(members: Sequence[Member]) -> tuple[RolloutState, str]:
    """How the whole stands, and why it halts: at the first agent that fails."""
    for member in members:
        if member.phase == "failed":
            return "halted", f"agent {member.agent}: {member.reason}"
    if all(member.phase in OVER for member in members):
        return "done", ""
    return "running", ""
