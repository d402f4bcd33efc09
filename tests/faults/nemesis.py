"""The nemesis: takes parts of a running plant away at random, several at a time, and heals them.

Every part has its own rhythm: it is well for a while, is struck, stays so for a while, is healed.
The rhythms run against each other, so that every mix of outages comes up in time. The seed alone
decides what is struck when.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.faults.plant import Works
from tests.faults.relay import Relay
from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer

FIRST_S = (0.0, 6.0)
WELL_S = (4.0, 20.0)
STRUCK_S = (0.5, 8.0)

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be struck in several ways, each with what heals it."""

    name: str
    ways: dict[str, tuple[Act, Act]]


@dataclass(slots=True)
class Nemesis:
    """Strikes ``parts`` until the time is over; ``struck`` counts how often in which way."""

    parts: tuple[Part, ...]
    random: Random
    struck: Counter[str] = field(default_factory=Counter)

    def run(self, for_s: float, watch: Act = lambda: None) -> None:
        """Strike for so long, then heal everything; ``watch`` is called all the while."""
        end_s = time.monotonic() + for_s
        order = itertools.count()
        due = [(self._after(FIRST_S), next(order), part, "") for part in self.parts]
        heapq.heapify(due)
        while due:
            at_s, _, part, way = heapq.heappop(due)
            if not way and at_s > end_s:
                continue
            _sleep_until(min(at_s, end_s), watch)
            if way:
                part.ways[way][1]()
                heapq.heappush(due, (self._after(WELL_S), next(order), part, ""))
            else:
                way = self.random.choice(sorted(part.ways))
                self.struck[f"{part.name} {way}"] += 1
                part.ways[way][0]()
                heapq.heappush(due, (self._after(STRUCK_S), next(order), part, way))

    def _after(self, span_s: tuple[float, float]) -> float:
        return time.monotonic() + self.random.uniform(*span_s)


def parts_of(
    works: Works, broker: MosquittoServer, database: InfluxServer, link: Relay
) -> tuple[Part, ...]:
    """What a plant can be robbed of: agent, collector, broker, database, and the link."""
    agent, collector = works.agent, works.collector
    return (
        Part(
            "agent",
            {"killed": (agent.kill, agent.start), "frozen": (agent.suspend, agent.resume)},
        ),
        Part(
            "collector",
            {
                "killed": (collector.kill, collector.start),
                "stopped": (collector.stop, collector.start),
                "frozen": (collector.suspend, collector.resume),
            },
        ),
        Part("broker", {"killed": (broker.kill, broker.start)}),
        Part(
            "database",
            {
                "killed": (database.kill, database.start),
                "stopped": (database.stop, database.start),
                "frozen": (database.suspend, database.resume),
            },
        ),
        Part("link", {"cut": (link.cut, link.heal), "black": (link.swallow, link.heal)}),
    )


def _sleep_until(at_s: float, watch: Act) -> None:
    while (left_s := at_s - time.monotonic()) > 0:
        time.sleep(min(left_s, 1.0))
        watch()
