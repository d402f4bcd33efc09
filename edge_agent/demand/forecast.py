"""What the window's demand will be if it goes on like this, and what to take off. PURE.

With T the window's hours, t the hours elapsed, E the energy so far and P the mean power of the
last minutes: forecast = (E + P (T - t)) / T; present = E / T; to shed now = (forecast - target) T /
(T - t); allowed mean power = (target T - E) / (T - t).
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.demand.course import Course
from edge_agent.demand.window import MS_PER_MINUTE, Window

LEAST_LEFT_MS = 1_000
MEASURED_WITHIN_MS = 2 * MS_PER_MINUTE
"""So much of a window may rest on power alone: a counter that is read each minute is always a
little behind."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One look at a window, powers in W, means over the window where they are demands.

    ``to_shed_w`` is negative when there is room. ``whole`` is False when the window's beginning was
    not seen; ``measured`` too, and when no counter has counted part of its energy.
    """

    window: Window
    at_ms: int
    energy_wh: float
    recent_w: float
    present_w: float
    forecast_w: float
    to_shed_w: float
    allowed_w: float
    whole: bool
    measured: bool

    @property
    def minutes_left(self) -> float:
        """Until the window's end."""
        return (self.window.end_ms - self.at_ms) / MS_PER_MINUTE


def forecast(course: Course, window: Window, target_w: float, recent_ms: int) -> Forecast | None:
    """The forecast at the newest sample; None when the window has no two samples to go by.

    What was not seen of the window, because the agent began within it, is filled with the mean of
    what was seen.
    """
    at_ms, oldest_ms = course.newest_ms, course.oldest_ms
    if at_ms is None or oldest_ms is None or not window.start_ms <= at_ms < window.end_ms:
        return None
    recent_w = course.mean_power_w(at_ms - recent_ms, at_ms)
    if recent_w is None:
        return None
    seen_ms = max(window.start_ms, oldest_ms)
    energy = course.between(seen_ms, at_ms)
    unseen_ms = seen_ms - window.start_ms
    wh = energy.wh + _filled(energy.wh, at_ms - seen_ms, unseen_ms, recent_w)
    left_hours = max(window.end_ms - at_ms, LEAST_LEFT_MS) / MS_PER_MINUTE / 60
    expected_w = (wh + recent_w * left_hours) / window.hours
    return Forecast(
        window=window,
        at_ms=at_ms,
        energy_wh=wh,
        recent_w=recent_w,
        present_w=wh / window.hours,
        forecast_w=expected_w,
        to_shed_w=(expected_w - target_w) * window.hours / left_hours,
        allowed_w=(target_w * window.hours - wh) / left_hours,
        whole=unseen_ms <= MEASURED_WITHIN_MS,
        measured=energy.estimated_ms + unseen_ms <= MEASURED_WITHIN_MS,
    )


def _filled(seen_wh: float, seen_ms: int, unseen_ms: int, recent_w: float) -> float:
    mean_w = seen_wh / (seen_ms / MS_PER_MINUTE / 60) if seen_ms else recent_w
    return mean_w * unseen_ms / MS_PER_MINUTE / 60
