"""Station: the holes in what has come -> the agents are asked for them again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from collector.clock import Clock
from collector.delivery.gaps import Watch, due, look, note
from collector.state.agents import AgentEntry
from edge_agent.contract.wire import Resend

Ask = Callable[[Resend], bool]
"""Sends the command to its agent; False when that is not possible now."""


class Holes(Protocol):
    """What is not accounted for; ``collector.state.received.Received`` is the durable one."""

    def holes(self) -> Sequence[Resend]:
        """Each hole, as the command that asks for it."""
        ...


class Agents(Protocol):
    """Who is there; ``collector.state.agents.Agents`` is the durable one."""

    def all(self) -> Sequence[AgentEntry]:
        """Every agent, by name."""
        ...


@dataclass(frozen=True, slots=True)
class AskReport:
    """What one round found: ``holes`` there are, ``asked`` for now; a line for each new one.

    ``watch`` is what the next round goes on from.
    """

    holes: int = 0
    asked: int = 0
    lines: tuple[str, ...] = ()
    watch: Watch = field(default_factory=dict)


def run_once(holes: Holes, agents: Agents, ask: Ask, clock: Clock, watch: Watch) -> AskReport:
    """Ask for each hole that is due, as far as the commands can be sent.

    A hole that was asked for before is told no second time. After a restart of the collector
    the ten minutes begin anew.
    """
    now_ms = clock.now_ms()
    watch = look(watch, holes.holes(), now_ms)
    offline = frozenset(entry.agent for entry in agents.all() if not entry.online)
    asked = [hole for hole in due(watch, offline, now_ms) if ask(hole)]
    lines = tuple(_line(hole) for hole in asked if not watch[hole].times)
    return AskReport(len(watch), len(asked), lines, note(watch, asked, now_ms))


def _line(hole: Resend) -> str:
    count = hole.last - hole.first + 1
    return (
        f"agent {hole.agent}: readings {hole.first} to {hole.last} ({count:,}) have not come;"
        " asked for again until they come or the agent tells what became of them"
    )
