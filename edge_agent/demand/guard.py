"""Station: readings of the intake in, steps of the ladder out. Works with no network at all.

``take`` is called by polling with each reading, ``look`` once in a while for what no reading
tells: that a window has ended, that the meter is silent. Any thread may call either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from edge_agent.config import DemandSettings
from edge_agent.contract.demand import Level
from edge_agent.contract.reading import Reading
from edge_agent.demand.course import Course
from edge_agent.demand.forecast import Forecast, forecast
from edge_agent.demand.ladder import Ladder, Rules
from edge_agent.demand.window import MS_PER_MINUTE, Window, window_at
from edge_agent.words import said

COUNTER, POWER, PULSES = "active_energy_import_wh", "active_power_w", "pulse_count"
LOOK_EVERY_MS = 1_000
"""Readings that come faster are not judged one by one."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level: from which, to which, and the look that led to it.

    ``seen`` is None when a window ended and all began anew without a look.
    """

    was: Level
    level: Level
    seen: Forecast | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the guard stands: level, the newest look, and why there is no forecast, if so."""

    level: Level = "calm"
    seen: Forecast | None = None
    no_forecast: str = ""


class Guard:
    """Watches one intake by ``settings``; ``on_step`` is told each change of level.

    ``on_step`` is called in the caller's thread of ``take`` or ``look``, without a lock.
    """

    def __init__(self, settings: DemandSettings, on_step: Callable[[Step], None]) -> None:
        self.settings = settings
        self._on_step = on_step
        self._length_ms = settings.window_minutes * MS_PER_MINUTE
        self._recent_ms = round(settings.recent_minutes * MS_PER_MINUTE)
        self._course = Course(self._length_ms + self._recent_ms + MS_PER_MINUTE)
        self._ladder = Ladder(
            Rules(
                settings.target_w,
                settings.caution_percent / 100,
                round(settings.hold_off_minutes * MS_PER_MINUTE),
            )
        )
        self._lock = threading.Lock()
        self._standing = Standing(no_forecast=said("no reading of the intake yet"))
        self._phase_ms = 0
        self._pulses: float | None = None
        self._looked_ms = 0

    def take(self, reading: Reading) -> None:
        """Note a reading, of whichever meter, and judge the window when it is the intake's."""
        with self._lock:
            if reading.meter == self.settings.boundary_meter:
                self._note_pulse(reading)
            if reading.meter != self.settings.meter:
                return
            values = reading.values
            self._course.add(reading.at_ms, values.get(COUNTER), _import_only(values.get(POWER)))
            if 0 <= reading.at_ms - self._looked_ms < LOOK_EVERY_MS:
                return
            self._looked_ms = reading.at_ms
            step = self._judge(reading.at_ms)
        self._tell(step)

    def look(self, now_ms: int) -> Standing:
        """The standing now; says when the intake is silent, and ends a window without readings."""
        with self._lock:
            step = self._stale(now_ms)
            standing = self._standing
        self._tell(step)
        return standing

    def window(self, at_ms: int) -> Window:
        """The demand window that holds an instant, by the clock or by the utility's pulse."""
        return window_at(at_ms, self._length_ms, self._phase_ms)

    def _judge(self, at_ms: int) -> Step | None:
        seen = forecast(self._course, self.window(at_ms), self.settings.target_w, self._recent_ms)
        if seen is None:
            why = said("one more reading of the intake is needed")
            self._standing = replace(self._standing, seen=None, no_forecast=why)
            return None
        was = self._standing.level
        level = self._ladder.step(seen)
        self._standing = Standing(level, seen)
        return Step(was, level, seen) if was != level else None

    def _stale(self, now_ms: int) -> Step | None:
        newest_ms = self._course.newest_ms
        if newest_ms is None or now_ms - newest_ms <= self.settings.stale_s * 1000:
            return None
        seconds = round((now_ms - newest_ms) / 1000)
        why = said("the intake has been silent for {seconds} s", seconds=seconds)
        was = self._standing.level
        self._standing = replace(self._standing, no_forecast=why)
        if self.window(now_ms) == self.window(newest_ms):
            return None
        self._ladder.calm()
        self._standing = Standing("calm", None, why)
        return Step(was, "calm", None) if was != "calm" else None

    def _note_pulse(self, reading: Reading) -> None:
        """A step of the pulse counter is a boundary; windows without a pulse follow the last."""
        pulses = reading.values.get(PULSES)
        if pulses is None:
            return
        if self._pulses is not None and pulses > self._pulses:
            self._phase_ms = reading.at_ms % self._length_ms
        self._pulses = pulses

    def _tell(self, step: Step | None) -> None:
        if step is not None:
            self._on_step(step)


def _import_only(power_w: float | None) -> float | None:
    """What flows back is not taken off the demand: its counter counts imports."""
    return None if power_w is None else max(power_w, 0.0)
