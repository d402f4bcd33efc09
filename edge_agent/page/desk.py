"""What all steps share: the workbench, the draft on it, the job under way, the records."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from edge_agent.clock import Clock, SystemClock
from edge_agent.meter_link import open_link
from edge_agent.page.bench import Bench
from edge_agent.page.draft import Table
from edge_agent.page.jobs import Jobs
from edge_agent.page.lines import Opener
from edge_agent.page.records import Records


@dataclass(frozen=True, slots=True)
class Desk:
    """The page's own state; it outlives starts of the agent.

    ``sample_every_s`` and ``samples`` say how the wiring is looked at.
    """

    bench: Bench
    table: Table = field(default_factory=Table)
    jobs: Jobs = field(default_factory=Jobs)
    clock: Clock = field(default_factory=SystemClock)
    opener: Opener = open_link
    sample_every_s: float = 1.0
    samples: int = 10
    sleep: Callable[[float], object] = time.sleep

    @property
    def records(self) -> Records:
        """The kept records; their folder is beside the outbox."""
        return Records(self.bench.settings().agent.state_dir / "records")

    def now_ms(self) -> int:
        """UTC now."""
        return self.clock.now_ms()
