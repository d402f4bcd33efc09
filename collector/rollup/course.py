"""The walk along a counter's samples: which are kept, and which steps are not plain counting.

Stands between ``series`` (the samples) and ``verdicts`` (what is booked for each break). A walk
looks at most ``FALSE_RUN_LIMIT`` samples around a step, and back over values that stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from collector.rollup.counter_facts import MeterChange, Ruling
from collector.rollup.pace import Pace
from collector.rollup.power import PowerRecord
from collector.rollup.series import CounterSeries, Joint

FALSE_RUN_SAMPLES = 3
FALSE_RUN_MS = 10 * 60_000
FALSE_RUN_LIMIT = 64
"""False values come as 3 samples at most, or for 10 minutes, and never as more than 64."""
FROZEN_SAMPLES = 3
"""So many equal values in a row may be a counter that stands still."""
BEGIN_SAMPLES = FALSE_RUN_SAMPLES + 2
"""Equal values that begin within so many samples may have begun before the first, which may be
false."""
ROLLOVER_FROM, ROLLOVER_TO = 0.9, 0.1
"""Shares of the register's width between which a fall is taken for a rollover."""

Cause = Literal["fall", "rise", "rollover", "wraps", "frozen", "change", "ruling"]


@dataclass(frozen=True, slots=True)
class Break:
    """A step that is not plain counting: ends at the sample ``index``, told at ``settled``."""

    index: int
    cause: Cause
    settled: int
    change: MeterChange | None = None
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """False values, from sample ``first`` to before ``until``; told at ``settled``.

    ``doubt`` is the energy (milli-Wh) that went through beside what is booked if the values were
    not false but the counter began anew there: above 0 only where they allow both.
    """

    first: int
    until: int
    settled: int
    doubt: int = 0


class Course:
    """Walks once along the samples. Read ``kept``, ``breaks``, ``left_out`` and the rest after it.

    ``closed``: nothing will ever follow the last sample, so its end is judged with what there is.
    """

    def __init__(
        self,
        series: CounterSeries,
        pace: Pace,
        gap_limit_ms: int,
        power: PowerRecord | None = None,
        closed: bool = False,
    ) -> None:
        self.series, self.pace = series, pace
        self.kept: list[int] = []
        """Indices of the accepted samples, in order."""
        self.breaks: list[Break] = []
        self.left_out: list[LeftOut] = []
        self.undecided: int | None = None
        """Index of the sample from which on nothing is judged yet."""
        self.begins_frozen = False
        self._times, self._values = series.times, series.values
        self._longest_ms = pace.wraps_after_ms(gap_limit_ms)
        self._power = power
        self._closed = closed
        self._floor = 0  # position in ``kept`` below which nothing is taken back
        self._stop = 0
        self._open = False

    def walk(self) -> None:
        """Go through all samples, joint by joint."""
        if not self._times:
            return
        starts = [0, *sorted(self.series.joints)]
        for start, stop in zip(starts, [*starts[1:], len(self._times)], strict=True):
            self._stop = stop
            self._open = stop == len(self._times) and not self._closed
            self._walk_between(start)

    def _walk_between(self, start: int) -> None:
        joint = self.series.joints.get(start)
        if joint is not None:
            self.breaks.append(_break_at(start, joint))
            if joint.ruling is not None and joint.ruling.kind == "frozen":
                del self.kept[self._equal_from() + 1 :]
        self._floor = len(self.kept)
        self.kept.append(start)
        index = start + 1
        while index < self._stop:
            index = self._follow(index)
            if index < self._stop:
                index = self._judge(index)

    def _follow(self, index: int) -> int:
        # The year of a meter passes through this loop: nothing but locals in it.
        times, values, longest_ms = self._times, self._values, self._longest_ms
        pace, slack = self.pace.per_ms, self.pace.slack
        last, last_ms = values[self.kept[-1]], times[self.kept[-1]]
        position = index
        for position in range(index, self._stop):
            value, at_ms = values[position], times[position]
            waited_ms = at_ms - last_ms
            rise = value - last
            if rise < 0 or waited_ms > longest_ms or rise > pace * waited_ms + slack:
                break
            last, last_ms = value, at_ms
        else:
            position = self._stop
        self.kept.extend(range(index, position))
        return position

    def _judge(self, index: int) -> int:
        last = self.kept[-1]
        if self._is_long(last, index):
            if index + 1 >= self._stop or self._follows(index, index + 1):
                return self._keep(index)
        elif self._fits(last, index):
            return self._keep(index)
        back = self._return_to_course(index)
        if back is not None and not self._began_anew(index, back):
            self.left_out.append(LeftOut(index, back, back, self._doubt(index, back)))
            return self._keep(back)
        if self._is_long(last, index):
            return self._keep(index)
        if self._values[index] > self._values[last]:
            return self._judge_rise(index)
        return self._judge_fall(index)

    def _judge_rise(self, index: int) -> int:
        start = self._frozen_from(index)
        if self._too_new(index):
            return self._end_at(index)
        if start is None:
            return self._keep_break(index, "rise")
        del self.kept[start + 1 :]
        return self._keep_break(index, "frozen")

    def _judge_fall(self, index: int) -> int:
        across = self._across_rollover(index)
        position = self._kept_on_course_of(index)
        if position is not None and not (across and self._counted_up(self.kept[position:])):
            self._take_back(position, index)
            return self._keep(index)
        if across:
            return self._keep_break(index, "rollover", settled=index)
        if self._too_new(index):
            return self._end_at(index)
        return self._keep_break(index, "fall")

    def _fits(self, earlier: int, later: int) -> bool:
        # A fall of one step is the last digit flickering, not a fall.
        rise = self._values[later] - self._values[earlier]
        allowed = self.pace.allowed(self._times[later] - self._times[earlier])
        return -self.pace.step <= rise <= allowed

    def _keep(self, index: int) -> int:
        if self._is_long(self.kept[-1], index):
            return self._keep_break(index, "wraps", settled=index)
        # After a flicker the counter counts on from the higher value: nothing is counted twice.
        self._values[index] = max(self._values[index], self._values[self.kept[-1]])
        self.kept.append(index)
        return index + 1

    def _keep_break(self, index: int, cause: Cause, settled: int | None = None) -> int:
        told = min(self._settles(index), len(self._times) - 1) if settled is None else settled
        self.breaks.append(Break(index, cause, told))
        self.kept.append(index)
        return index + 1

    def _settles(self, index: int) -> int:
        # Index of the sample that settles whether the value at ``index`` was false: the first
        # after which it is too late for the course to return.
        timely = bisect_right(self._times, self._times[index] + FALSE_RUN_MS, lo=index)
        return min(max(index + FALSE_RUN_SAMPLES, timely), index + FALSE_RUN_LIMIT)

    def _too_new(self, index: int) -> bool:
        # Whether too little follows to tell. At a closed end values that count on tell enough.
        if self._settles(index) < self._stop:
            return False
        return self._open or not self._counts_on(index)

    def _counts_on(self, index: int) -> bool:
        last = self._stop - 1
        rises = self._values[last] > self._values[index]
        return rises and all(self._fits(at, at + 1) for at in range(index, last))

    def _end_at(self, index: int) -> int:
        if self._open:
            self.undecided = index
        else:
            self.left_out.append(LeftOut(index, self._stop, self._stop - 1))
        return self._stop

    def _return_to_course(self, index: int) -> int | None:
        last, false = self.kept[-1], self._values[index]
        fell = false < self._values[last]
        for later in range(index + 1, min(self._settles(index) + 1, self._stop)):
            returned = (self._values[later] > false) == fell
            if returned and self._fits(last, later):
                return later
        return None

    def _began_anew(self, index: int, back: int) -> bool:
        # A counter that begins anew at a low value soon passes it again, but without a lone leap.
        # Across the edge it may be a false value that the last step leads to.
        end = back if self._across_rollover(index) else back + 1
        return self._goes_on(index, end - 1) and self._counted_up(range(index, end))

    def _counted_up(self, indices: Sequence[int]) -> bool:
        # Whether the values rose over some samples, and not by a lone leap.
        rises = sorted(self._values[on] - self._values[at] for at, on in pairwise(indices))
        enough = len(rises) >= FALSE_RUN_SAMPLES
        return enough and 0 < rises[-1] <= 2 * (rises[-2] + self.pace.step)

    def _goes_on(self, index: int, back: int) -> bool:
        # Whether a fall may be to about zero, or across the edge, and plain counting from there.
        last = self.kept[-1]
        ceiling = self.pace.ceiling(self._times[index] - self._times[last])
        fell = self._values[index] < self._values[last]
        begun = ceiling is None or self._values[index] <= ceiling or self._across_rollover(index)
        return fell and begun and all(self._follows(at, at + 1) for at in range(index, back))

    def _doubt(self, index: int, back: int) -> int:
        last = self.kept[-1]
        ceiling = self.pace.ceiling(self._times[index] - self._times[last])
        if ceiling is None or not self._goes_on(index, back):
            return 0
        return ceiling + self._values[last] - self._values[index]

    def _kept_on_course_of(self, index: int) -> int | None:
        # Position in ``kept`` of the newest sample from which the fallen value goes on: what was
        # kept after it stood too high.
        newest = len(self.kept) - 1
        for back in range(1, FALSE_RUN_LIMIT + 1):
            position = newest - back
            if position < self._floor or not self._recent(back, position, index):
                return None
            if self._fits(self.kept[position], index):
                return position
        return None

    def _recent(self, back: int, position: int, index: int) -> bool:
        first_false = self.kept[position + 1]
        return back <= FALSE_RUN_SAMPLES or (
            self._times[index] - self._times[first_false] <= FALSE_RUN_MS
        )

    def _take_back(self, position: int, index: int) -> None:
        first_false, doubt = self.kept[position + 1], self._doubt(index, index)
        del self.kept[position + 1 :]
        self.breaks = [known for known in self.breaks if known.index < first_false]
        self.left_out = [known for known in self.left_out if known.first < first_false]
        self.left_out.append(LeftOut(first_false, index, index, doubt))

    def _across_rollover(self, index: int) -> bool:
        last, modulus = self.kept[-1], self.pace.modulus
        if modulus is None:
            return False
        full = self._values[last] > ROLLOVER_FROM * modulus
        begun = self._values[index] < ROLLOVER_TO * modulus
        return full and begun and self._may_roll_over(last, index)

    def _may_roll_over(self, earlier: int, later: int) -> bool:
        if self.pace.modulus is None:
            return False
        across = self.pace.modulus + self._values[later] - self._values[earlier]
        return 0 <= across <= self.pace.allowed(self._times[later] - self._times[earlier])

    def _follows(self, earlier: int, later: int) -> bool:
        return self._fits(earlier, later) or self._may_roll_over(earlier, later)

    def _is_long(self, earlier: int, later: int) -> bool:
        # After so long the register may have begun again unseen.
        return self._times[later] - self._times[earlier] > self._longest_ms

    def _frozen_from(self, index: int) -> int | None:
        # Position in ``kept`` of the first of the equal values before a leap that fits them all.
        position = self._equal_from()
        self.begins_frozen = self.begins_frozen or position < BEGIN_SAMPLES
        if len(self.kept) - position < FROZEN_SAMPLES:
            return None
        first = self.kept[position]
        stood_idle = self._stood_idle(first, index)
        return position if self._fits(first, index) and not stood_idle else None

    def _equal_from(self) -> int:
        # Position in ``kept`` of the first of the equal values that end it.
        position = len(self.kept) - 1
        value = self._values[self.kept[position]]
        while position > self._floor and self._values[self.kept[position - 1]] == value:
            position -= 1
        return position

    def _stood_idle(self, first: int, index: int) -> bool:
        # Power that was measured says whether the leap can have gone through meanwhile.
        if self._power is None:
            return False
        flowed = self._power.energy(self._times[first], self._times[index])
        rise = self._values[index] - self._values[first]
        return flowed is not None and 2 * flowed + self.pace.step < rise


def _break_at(index: int, joint: Joint) -> Break:
    cause: Cause = "change" if joint.ruling is None else "ruling"
    return Break(index, cause, index, joint.change, joint.ruling)
