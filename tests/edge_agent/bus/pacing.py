"""A line with groups, played under a hand clock that moves with every request."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from edge_agent.bus import Bus
from edge_agent.config import MeterSettings, PollSettings
from edge_agent.poll import run_once
from tests.edge_agent.bench import HandClock, ScriptedLink, Shelf, bus, counting_words

FAST, SLOW = "active_power_w", "active_energy_import_wh"

TWO_PACES = PollSettings.model_validate(
    {
        "every_s": 60,
        "groups": [{"name": "demand", "every_s": 1, "quantities": ["active_power_w"]}],
    }
)


@dataclass
class PlayedLine:
    """Meters on one line where each request takes ``request_s``; ``run`` plays the schedule."""

    meters: tuple[MeterSettings, ...]
    poll: PollSettings
    request_s: float
    clock: HandClock = field(default_factory=lambda: HandClock(at_ms=1_780_000_020_000))
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        """Lay the line."""
        self.link = ScriptedLink(self._answer)
        self.bus: Bus = bus(self.link, *self.meters, poll=self.poll)
        self.bus.paces._monotonic_s = self.clock.monotonic_s
        self.bus.paces._busy_s = lambda: len(self.link.asked) * self.request_s

    def _answer(self, unit: int, function: int, address: int, count: int) -> Iterable[int]:
        self.clock.advance(self.request_s)
        return counting_words(unit, function, address, count)

    def run(self, seconds: float) -> None:
        """Poll as the schedule does: at each tick, and on while something is due."""
        self.bus.begin()
        end_ms = self.clock.at_ms + round(1000 * seconds)
        tick_ms = round(1000 * self.bus.tick_s)
        while self.clock.at_ms < end_ms:
            run_once(self.bus, self.shelf, self.clock)
            while self.bus.behind(self.clock.at_ms) and self.clock.at_ms < end_ms:
                run_once(self.bus, self.shelf, self.clock)
            next_ms = math.floor(self.clock.at_ms / tick_ms + 1) * tick_ms
            self.clock.advance((next_ms - self.clock.at_ms) / 1000)

    def times_s(self, meter: str, quantity: str) -> list[float]:
        """When readings of a meter had that quantity, in seconds of the wall clock."""
        return [
            reading.at_ms / 1000
            for reading in self.shelf.readings
            if reading.meter == meter and quantity in reading.values
        ]


def widest_s(times_s: list[float]) -> float:
    """The longest pause between two neighbours."""
    return max(after - before for before, after in pairwise(times_s))
