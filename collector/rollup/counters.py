"""From raw counter values to a curve of cumulative energy.

Stands first in the roll-up: the store's samples come in, ``energy`` cuts the curve into slots.
A counter only ever says how much has gone through the meter since its beginning, so energy is
what lies between two values. Five things break that, and each is told from the others by what
the values before and after it say, never by one rule for all:

glitch      one or a few values off the course, which then goes on as before: left out
rollover    the register ran full and began again at zero: the step is booked across it
reset       the counter began anew lower down: nothing is booked over the step
impossible  a rise beyond what the rated power allows, which stays: nothing is booked over it
gap         no value for longer than the limit: booked, but as estimated

What is not booked is not invented: energy goes on counting from the first value after the step.
A fall or rise at the newest end of the samples is not judged before enough values have followed
it; the curve ends before it. All energy is whole milli-watt-hours, so sums add up exactly.
Everything here looks at most ``FALSE_RUN_LIMIT`` samples around a step, so a stretch of samples
gives the same curve as the whole series does, from the first few ordinary samples on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Literal

EventKind = Literal["glitch", "reset", "rollover", "impossible"]
Quality = Literal["estimated", "missing"]

GAP_LIMIT_MS = 15 * 60_000
"""Values further apart than this are bridged by estimation, unless the caller says otherwise."""
FALSE_RUN_SAMPLES = 3
FALSE_RUN_MS = 10 * 60_000
FALSE_RUN_LIMIT = 64
"""False values come as 3 samples at most, or for 10 minutes, and never as more than 64."""
REACH_SAMPLES, REACH_MS = 2 * FALSE_RUN_SAMPLES + 2, 2 * FALSE_RUN_MS
"""A sample that is new changes how others are judged as far as this, whichever is further."""
RATED_MARGIN = 2.0
"""Machines start, and run for a while, above their rated power."""
REFRESH_MS = 60_000
"""A meter may renew its register this late, so that one step holds the energy of several polls."""
ROLLOVER_FROM, ROLLOVER_TO = 0.9, 0.1
"""Shares of the register's width between which a fall is taken for a rollover."""


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """What is known of a meter's energy counter.

    ``step_wh`` is the smallest difference it shows (0: unknown), ``modulus_wh`` the value at
    which it begins again at zero (None: unknown or never), ``rated_power_w`` the power of what
    it measures (None: unknown; no rise is then too steep).
    """

    step_wh: float = 0.0
    modulus_wh: float | None = None
    rated_power_w: float | None = None


@dataclass(frozen=True, slots=True)
class CounterEvent:
    """Something other than plain counting: when, what, the energy booked for it, and why.

    ``settled_ms`` is the instant of the sample from which on it could be told.
    """

    at_ms: int
    kind: EventKind
    booked_milli_wh: int
    reason: str
    settled_ms: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """A stretch between two samples that was not measured.

    ``estimated``: its energy is known and spread evenly. ``missing``: nothing is booked for it.
    """

    from_ms: int
    to_ms: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class EnergyCurve:
    """Cumulative energy (milli-Wh, from 0) at the instants of the accepted samples (UTC ms).

    Between two samples it runs straight. Outside ``bridges`` it was measured. ``events`` and
    ``bridges`` are in order of time.
    """

    at_ms: Sequence[int]
    milli_wh: Sequence[int]
    bridges: tuple[Bridge, ...] = ()
    events: tuple[CounterEvent, ...] = ()

    def energy_at(self, instant_ms: int) -> int:
        """Energy (milli-Wh) up to the instant; before and after the curve, that of its ends.

        Raises ``IndexError`` for a curve without samples.
        """
        after = bisect_right(self.at_ms, instant_ms)
        if after == 0:
            return self.milli_wh[0]
        if after == len(self.at_ms):
            return self.milli_wh[-1]
        start_ms, end_ms = self.at_ms[after - 1], self.at_ms[after]
        start, end = self.milli_wh[after - 1], self.milli_wh[after]
        return start + (end - start) * (instant_ms - start_ms) // (end_ms - start_ms)


def energy_curve(
    samples: Sequence[tuple[int, float]], facts: CounterFacts, gap_limit_ms: int = GAP_LIMIT_MS
) -> EnergyCurve:
    """Turn counter samples (UTC ms, Wh) into the curve of the energy that went through.

    Takes time in proportion to the number of samples. Raises ``ValueError`` when the samples are
    not in strict order of time.
    """
    course = _Course(samples, facts)
    course.walk()
    at_ms = [course.times[index] for index in course.kept]
    missing = set(course.missing)
    bridges = tuple(
        Bridge(start_ms, end_ms, "missing" if position in missing else "estimated")
        for position, (start_ms, end_ms) in enumerate(pairwise(at_ms), start=1)
        if end_ms - start_ms > gap_limit_ms or position in missing
    )
    events = tuple(sorted(course.events, key=lambda event: event.at_ms))
    return EnergyCurve(at_ms, course.booked, bridges, events)


class _Course:
    """The walk along the samples: which are kept, and what is booked up to each of them."""

    def __init__(self, samples: Sequence[tuple[int, float]], facts: CounterFacts) -> None:
        self.times = [at_ms for at_ms, _ in samples]
        if any(later <= earlier for earlier, later in pairwise(self.times)):
            raise ValueError("samples are not in strict order of time")
        self.values = [round(wh * 1000) for _, wh in samples]
        self.step = round(facts.step_wh * 1000)
        self.modulus = None if facts.modulus_wh is None else round(facts.modulus_wh * 1000)
        rated_w = inf if facts.rated_power_w is None else facts.rated_power_w
        self.pace = rated_w * RATED_MARGIN / 3600  # 1 W is 1/3600 milli-Wh a millisecond
        self.slack = self.pace * REFRESH_MS + self.step
        self.kept: list[int] = [0] if samples else []
        self.booked: list[int] = [0] if samples else []
        self.missing: list[int] = []
        """Positions in ``kept`` whose step from the one before is not booked."""
        self.events: list[CounterEvent] = []

    def walk(self) -> None:
        """Go through all samples, ordinary ones fast."""
        index = 1
        while index < len(self.values):
            index = self._follow(index)
            if index < len(self.values):
                index = self._judge(index)

    def _follow(self, index: int) -> int:
        # The year of a meter passes through this loop: nothing but locals in it.
        times, values, pace, slack = self.times, self.values, self.pace, self.slack
        keep, book = self.kept.append, self.booked.append
        last, last_ms, total = values[self.kept[-1]], times[self.kept[-1]], self.booked[-1]
        for position in range(index, len(values)):
            value, at_ms = values[position], times[position]
            rise = value - last
            if rise < 0 or rise > pace * (at_ms - last_ms) + slack:
                return position
            total += rise
            keep(position)
            book(total)
            last, last_ms = value, at_ms
        return len(values)

    def _judge(self, index: int) -> int:
        last = self.kept[-1]
        if self._fits(last, index):
            self._keep(index, self._rise(last, index))
            return index + 1
        back = self._return_to_course(index)
        if back is not None:
            self._note_glitch(index, back)
            self._keep(back, self._rise(last, back))
            return back + 1
        if self.values[index] > self.values[last]:
            return self._judge_rise(index)
        return self._judge_fall(index)

    def _judge_rise(self, index: int) -> int:
        if self._undecided(index):
            return len(self.values)
        reason = "rose faster than the rated power allows and stayed; the step is not booked"
        self._start_anew(index, "impossible", reason)
        return index + 1

    def _judge_fall(self, index: int) -> int:
        kept = self._kept_on_course_of(index)
        if kept is not None:
            self._take_back(kept, index)
            self._keep(index, self._rise(self.kept[-1], index))
        elif (booked := self._across_rollover(index)) is not None:
            reason = f"ran full and began again at zero; {_kwh(booked)} booked across it"
            self._note("rollover", index, booked, reason, settled=index)
            self._keep(index, booked)
        elif self._undecided(index):
            return len(self.values)
        else:
            reason = "began anew; energy counts on from its first value, the step is not booked"
            self._start_anew(index, "reset", reason)
        return index + 1

    def _rise(self, earlier: int, later: int) -> int:
        return self.values[later] - self.values[earlier]

    def _allowed(self, earlier: int, later: int) -> float:
        return self.pace * (self.times[later] - self.times[earlier]) + self.slack

    def _fits(self, earlier: int, later: int) -> bool:
        # A fall of one step is the last digit flickering, not a fall.
        return -self.step <= self._rise(earlier, later) <= self._allowed(earlier, later)

    def _keep(self, index: int, booked: int) -> None:
        if booked < 0:
            self.values[index] -= booked
            booked = 0
        self.kept.append(index)
        self.booked.append(self.booked[-1] + booked)

    def _settles(self, index: int) -> int:
        # Index of the sample that settles whether the value at ``index`` was false: the first
        # after which it is too late for the course to return.
        timely = bisect_right(self.times, self.times[index] + FALSE_RUN_MS, lo=index)
        return min(max(index + FALSE_RUN_SAMPLES, timely), index + FALSE_RUN_LIMIT)

    def _undecided(self, index: int) -> bool:
        return self._settles(index) >= len(self.values)

    def _return_to_course(self, index: int) -> int | None:
        last, false = self.kept[-1], self.values[index]
        fell = false < self.values[last]
        for later in range(index + 1, min(self._settles(index) + 1, len(self.values))):
            returned = (self.values[later] > false) == fell
            if returned and self._fits(last, later):
                return later
        return None

    def _kept_on_course_of(self, index: int) -> int | None:
        # Position in ``kept`` of the newest sample from which the fallen value goes on: what was
        # kept after it stood too high.
        newest = len(self.kept) - 1
        for back in range(1, FALSE_RUN_LIMIT + 1):
            position = newest - back
            if position < 0 or not self._recent(back, position, index):
                return None
            if self._fits(self.kept[position], index):
                return position
        return None

    def _recent(self, back: int, position: int, index: int) -> bool:
        first_false = self.kept[position + 1]
        return back <= FALSE_RUN_SAMPLES or (
            self.times[index] - self.times[first_false] <= FALSE_RUN_MS
        )

    def _take_back(self, position: int, index: int) -> None:
        first_false = self.kept[position + 1]
        del self.kept[position + 1 :], self.booked[position + 1 :]
        self.missing = [known for known in self.missing if known <= position]
        kept_ms = self.times[self.kept[position]]
        self.events = [event for event in self.events if event.at_ms <= kept_ms]
        self._note_glitch(first_false, index)

    def _across_rollover(self, index: int) -> int | None:
        last = self.kept[-1]
        if self.modulus is None:
            return None
        full = self.values[last] > ROLLOVER_FROM * self.modulus
        begun = 0 <= self.values[index] < ROLLOVER_TO * self.modulus
        booked = self.modulus + self._rise(last, index)
        plausible = 0 <= booked <= self._allowed(last, index)
        return booked if full and begun and plausible else None

    def _note_glitch(self, first: int, back: int) -> None:
        count = back - first
        values = "a value" if count == 1 else f"{count} values"
        reason = f"{values} from {_kwh(self.values[first])} off the course; left out"
        self._note("glitch", first, 0, reason, settled=back)

    def _note(self, kind: EventKind, index: int, booked: int, reason: str, settled: int) -> None:
        event = CounterEvent(self.times[index], kind, booked, reason, self.times[settled])
        self.events.append(event)

    def _start_anew(self, index: int, kind: EventKind, reason: str) -> None:
        before, after = _kwh(self.values[self.kept[-1]]), _kwh(self.values[index])
        text = f"counter at {before}, then {after}: {reason}"
        self._note(kind, index, 0, text, settled=self._settles(index))
        self.missing.append(len(self.kept))
        self._keep(index, 0)


def _kwh(milli_wh: int) -> str:
    return f"{milli_wh / 1_000_000:,.3f} kWh"
