"""What the agent needs of a kind of bus: one that polls, one that listens along, or another."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from edge_agent.bus.judgement import Suspicion
from edge_agent.bus.meter import PolledMeter
from edge_agent.bus.statistics import UnitStatistics
from edge_agent.bus.told import Fault
from edge_agent.config import LinkSettings
from edge_agent.meter_link import MeterLink


@dataclass(frozen=True, slots=True)
class LineStatus:
    """How a line is used: the share of its time (0 to 1, None while not known), and its polls.

    ``due`` and ``left_out`` count polls since the start; ``suspicion`` is what the answers of all
    its units point to.
    """

    load: float | None = None
    due: int = 0
    left_out: int = 0
    suspicion: Suspicion | None = None


class Station(Protocol):
    """One line with its meters. Polled by one thread; everything else from any.

    ``counts_every_s`` is how often a reading carries its meter's statistics, None for never.
    """

    counts_every_s: float | None

    @property
    def settings(self) -> LinkSettings:
        """The link."""
        ...

    @property
    def meters(self) -> tuple[PolledMeter, ...]:
        """Its meters, and what is known of each."""
        ...

    @property
    def unsound(self) -> tuple[Fault, ...]:
        """Meters that cannot be read at all, and why."""
        ...

    @property
    def tick_s(self) -> float:
        """How often ``run_once`` should be called."""
        ...

    def watch(self, moved: Callable[[], object]) -> None:
        """Call ``moved`` whenever there is a step, however small."""
        ...

    def longest_request_s(self) -> float:
        """How long one step may take."""
        ...

    def begin(self) -> None:
        """It is run at its ticks from now on."""
        ...

    def halt(self) -> None:
        """End the round under way soon."""
        ...

    def behind(self, now_ms: int) -> bool:
        """Whether something is due now, right after a round."""
        ...

    def ask(self) -> MeterLink:
        """The line for requests of others. Raises ``LinkDownError`` where none may be sent."""
        ...

    def lend(self) -> AbstractContextManager[LinkSettings]:
        """Let another part have the port itself for a while."""
        ...

    def statistics(self, unit_id: int) -> UnitStatistics:
        """How a unit answers."""
        ...

    def status(self) -> LineStatus:
        """How the line is used."""
        ...

    def close(self) -> None:
        """Let go of the port or connection."""
        ...
