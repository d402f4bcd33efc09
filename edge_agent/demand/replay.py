"""What the guard would have said on past days: the way to choose a target and its margins. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge_agent.config import DemandSettings
from edge_agent.contract.demand import Level
from edge_agent.contract.reading import Reading
from edge_agent.demand.forecast import Forecast
from edge_agent.demand.guard import POWER, Guard, Step
from edge_agent.demand.window import Window


@dataclass(frozen=True, slots=True)
class Passage:
    """One window in which the guard spoke: its demand in the end, and when it spoke first.

    Minutes are those left of the window; None: that level was never reached.
    """

    window: Window
    demand_w: float
    caution_left: float | None = None
    alarm_left: float | None = None
    certain_left: float | None = None
    steps: int = 0


class _Book:
    """Notes each window's last look and its steps."""

    def __init__(self) -> None:
        self.open: Passage | None = None
        self.done: list[Passage] = []

    def look(self, seen: Forecast) -> None:
        if self.open is None or self.open.window != seen.window:
            self.close()
            self.open = Passage(seen.window, seen.forecast_w)
        self.open = replace(self.open, demand_w=seen.forecast_w)

    def step(self, step: Step) -> None:
        if step.seen is None:
            return
        self.look(step.seen)
        assert self.open is not None
        self.open = _with(self.open, step.level, step.seen.minutes_left)

    def close(self) -> None:
        if self.open is not None and self.open.steps:
            self.done.append(self.open)
        self.open = None


def replay(powers: Iterable[tuple[int, float]], settings: DemandSettings) -> tuple[Passage, ...]:
    """The windows in which the guard would have spoken, for (UTC ms, W) in order of time."""
    book = _Book()
    guard = Guard(settings, book.step)
    for at_ms, power_w in powers:
        guard.take(Reading("", settings.meter, at_ms, {POWER: power_w}))
        seen = guard.look(at_ms).seen
        if seen is not None:
            book.look(seen)
    book.close()
    return tuple(book.done)


def _with(passage: Passage, level: Level, left: float) -> Passage:
    steps = passage.steps + (level != "calm")
    if level == "caution" and passage.caution_left is None:
        return replace(passage, caution_left=left, steps=steps)
    if level == "alarm" and passage.alarm_left is None:
        return replace(passage, alarm_left=left, steps=steps)
    if level == "certain":
        return replace(passage, certain_left=left, steps=steps)
    return replace(passage, steps=steps)
