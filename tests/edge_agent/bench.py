"""What the tests of polling lay on the table: a clock, a link and an outbox of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from edge_agent.config import LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.poll import Bus, assemble

START_MS = 1_780_000_000_000


@dataclass
class HandClock:
    """A clock that moves only when told to."""

    at_ms: int = START_MS
    seconds: float = 1_000.0

    def now_ms(self) -> int:
        """The wall clock."""
        return self.at_ms

    def monotonic_s(self) -> float:
        """The stopwatch."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Move both on."""
        self.at_ms += round(seconds * 1000)
        self.seconds += seconds


Answer = Callable[[int, int, int, int], Iterable[int]]


@dataclass
class ScriptedLink:
    """A link whose units answer, or fail, as ``answer(unit, function, address, count)`` says."""

    answer: Answer
    asked: list[tuple[int, int, int, int]] = field(default_factory=list)
    timeouts_ms: list[int] = field(default_factory=list)
    closed: bool = False

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """Note the request, then answer as scripted."""
        self.asked.append((unit_id, function, address, count))
        self.timeouts_ms.append(timeout_ms)
        return tuple(self.answer(unit_id, function, address, count))

    def close(self) -> None:
        """Note it."""
        self.closed = True


@dataclass
class Shelf:
    """A sink that keeps every reading."""

    readings: list[Reading] = field(default_factory=list)

    def put(self, reading: Reading, mono_s: float) -> None:
        """Keep the reading."""
        self.readings.append(reading)


def counting_words(_unit: int, _function: int, address: int, count: int) -> list[int]:
    """Answer each register with its own address."""
    return [at & 0xFFFF for at in range(address, address + count)]


def meter(id: str = "main", unit_id: int = 1, **more: object) -> MeterSettings:
    """A meter's settings; ``profile`` is the OMRON unless given."""
    fields = {"link": "bus", "profile": "omron_km_n1", **more}
    return MeterSettings.model_validate({"id": id, "unit_id": unit_id, **fields})


def bus(
    link: ScriptedLink, *meters: MeterSettings, poll: PollSettings | None = None, **more: Any
) -> Bus:
    """One bus of ``meters`` over ``link``."""
    fields = {"id": "bus", "kind": "tcp", "host": "127.0.0.1", **more}
    settings = LinkSettings.model_validate(fields)
    return assemble("plant", settings, meters, poll or PollSettings(), lambda *_: link)
