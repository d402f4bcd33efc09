"""When to speak: four levels with hysteresis, so that nobody learns to ignore them. PURE.

Caution: the forecast is above a share of the target, twice in a row. Alarm: above the target,
twice. Certain: the energy so far is the target's already. Nothing is said in the first minutes of
a window, when a forecast is mostly the power of this moment. A level falls only after the forecast
has been below it, by a margin, for a while; each window begins calm.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.contract.demand import LEVELS, Level
from edge_agent.demand.forecast import Forecast
from edge_agent.demand.window import MS_PER_MINUTE

SAMPLES_TO_RISE = 2
RELIEF_SHARE = 0.02
"""A level is left only so far (of the target) below its threshold..."""
RELIEF_MS = MS_PER_MINUTE
"""...and for so long."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The target in W, the share of it from which to be cautious, the silent first minutes."""

    target_w: float
    caution_share: float = 0.95
    hold_off_ms: int = 5 * MS_PER_MINUTE


class Ladder:
    """The level now; ``step`` takes one look after the other."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.level: Level = "calm"
        self._window_start_ms: int | None = None
        self._risen = 0
        self._easy_since_ms: int | None = None

    def step(self, seen: Forecast) -> Level:
        """The level after this look."""
        if seen.window.start_ms != self._window_start_ms:
            self._window_start_ms = seen.window.start_ms
            self.calm()
        if self.level == "certain":
            return self.level
        if seen.whole and seen.present_w >= self._sure_w(seen):
            self.level = "certain"
            return self.level
        if seen.at_ms - seen.window.start_ms >= self.rules.hold_off_ms:
            self._climb(seen)
            self._ease(seen)
        return self.level

    def _sure_w(self, seen: Forecast) -> float:
        """From where the target is surely passed: power alone is a little less sure."""
        return self.rules.target_w * (1.0 if seen.measured else 1.0 + RELIEF_SHARE)

    def calm(self) -> None:
        """Back to the first rung: a new window, or no window to judge."""
        self.level, self._risen, self._easy_since_ms = "calm", 0, None

    def _climb(self, seen: Forecast) -> None:
        wanted = self._reached(seen.forecast_w)
        self._risen = self._risen + 1 if _above(wanted, self.level) else 0
        if self._risen >= SAMPLES_TO_RISE:
            self.level, self._risen = wanted, 0

    def _ease(self, seen: Forecast) -> None:
        eased = self._reached(seen.forecast_w + RELIEF_SHARE * self.rules.target_w)
        if not _above(self.level, eased):
            self._easy_since_ms = None
        elif self._easy_since_ms is None:
            self._easy_since_ms = seen.at_ms
        elif seen.at_ms - self._easy_since_ms >= RELIEF_MS:
            self.level, self._easy_since_ms = eased, None

    def _reached(self, demand_w: float) -> Level:
        if demand_w > self.rules.target_w:
            return "alarm"
        return "caution" if demand_w > self.rules.caution_share * self.rules.target_w else "calm"


def _above(one: Level, other: Level) -> bool:
    return LEVELS.index(one) > LEVELS.index(other)
