"""From a walked course to the curve: every break booked, every event told.

Stands between ``course`` and ``counters``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from operator import sub

from collector.rollup.booking import Booking, Bookkeeper
from collector.rollup.counter_facts import CounterFacts, MeterChange, Ruling
from collector.rollup.course import Break, Course, LeftOut
from collector.rollup.curve import NOT_SETTLED_MS, Bridge, CounterEvent, EnergyCurve
from collector.rollup.series import CHANGE_REACH_MS
from collector.rollup.stretch import Steps


def curve_of(course: Course, facts: CounterFacts, gap_limit_ms: int) -> EnergyCurve:
    """Book what the walk has found; see ``counters`` for the rules."""
    return _Verdicts(course, facts, gap_limit_ms).curve()


class _Verdicts:
    def __init__(self, course: Course, facts: CounterFacts, gap_limit_ms: int) -> None:
        self._course, self._facts = course, facts
        self._times, self._all_values = course.series.times, course.series.values
        whole = len(course.kept) == len(self._times)
        self._at_ms = self._times if whole else [self._times[i] for i in course.kept]
        values = self._all_values if whole else [self._all_values[i] for i in course.kept]
        self._breaks = {bisect_left(course.kept, each.index): each for each in course.breaks}
        self._steps = Steps(self._at_ms, values, self._breaks.keys(), gap_limit_ms)
        self._keeper = Bookkeeper(self._steps, course.pace, facts.unit)
        self._gap_limit_ms = gap_limit_ms

    def curve(self) -> EnergyCurve:
        bookings = self._bookings()
        events = [
            *(
                self._event(position, booking)
                for position, booking in bookings.items()
                if position in self._breaks or self._is_silent(position)
            ),
            *map(self._glitch, self._course.left_out),
            *(self._dismissed(*each) for each in self._course.series.dismissed),
            *self._undecided(),
        ]
        return EnergyCurve(
            self._at_ms,
            self._milli_wh(bookings),
            tuple(self._bridges(bookings)),
            tuple(sorted(events, key=lambda event: event.at_ms)),
            self._course.series.unused,
            self._course.begins_frozen,
        )

    def _bookings(self) -> dict[int, Booking]:
        claimed = self._claims()
        gaps = self._gaps()
        found: dict[int, Booking] = {}
        for position in sorted({*gaps, *self._breaks}):
            broken = self._breaks.get(position)
            if broken is None:
                found[position] = self._gap(position)
            elif not self._is_spent(position, broken, claimed):
                found[position] = self._booking(position, broken, claimed.get(position))
        return found

    def _booking(self, position: int, broken: Break, claim: MeterChange | None) -> Booking:
        keeper, change = self._keeper, broken.change or claim
        if broken.ruling is not None:
            return keeper.ruled(position, broken.ruling)
        if change is not None:
            return keeper.changed(position, change)
        if broken.cause == "rollover":
            return keeper.rollover(position)
        if broken.cause == "frozen":
            return keeper.frozen(position)
        if broken.cause == "rise":
            return keeper.rise(position)
        return keeper.wraps(position) if broken.cause == "wraps" else keeper.fall(position)

    def _claims(self) -> dict[int, MeterChange]:
        # Steps that nothing explains, each with the change that was noted near it: one at whose
        # own instant the counter simply goes on.
        free = [
            broken.change
            for position, broken in sorted(self._breaks.items())
            if broken.change is not None and self._keeper.goes_on(position)
        ]
        found: dict[int, MeterChange] = {}
        for position, broken in sorted(self._breaks.items()):
            at_ms = self._at_ms[position]
            near = [each for each in free if abs(each.at_ms - at_ms) <= CHANGE_REACH_MS]
            if broken.cause in ("fall", "rise") and near:
                found[position] = min(near, key=lambda each: abs(each.at_ms - at_ms))
                free.remove(found[position])
        return found

    def _is_spent(self, position: int, broken: Break, claimed: dict[int, MeterChange]) -> bool:
        # The change has been met nearby, and the counter goes on where it was noted.
        met = broken.cause == "change" and broken.change in claimed.values()
        return met and not self._steps.is_gap(position) and self._keeper.goes_on(position)

    def _gaps(self) -> list[int]:
        limit_ms = self._gap_limit_ms
        steps_ms = map(sub, islice(self._at_ms, 1, None), self._at_ms)
        return [position for position, step_ms in enumerate(steps_ms, 1) if step_ms > limit_ms]

    def _is_silent(self, position: int) -> bool:
        # A long step over values that were left out is told by their own event.
        times = self._times
        first, last = self._course.kept[position - 1], self._course.kept[position]
        limit_ms = self._gap_limit_ms
        return any(times[at + 1] - times[at] > limit_ms for at in range(first, last))

    def _gap(self, position: int) -> Booking:
        rise = self._steps.rise(position)
        why = "no value in between; the counter went on, its rise is spread evenly"
        return Booking("gap", rise, rise, rise, "estimated", why)

    def _milli_wh(self, bookings: dict[int, Booking]) -> list[int]:
        # Between two breaks the curve is the counter itself, shifted.
        values = self._steps.values
        shift = -values[0] if values else 0
        curve: list[int] = []
        for position, booking in bookings.items():
            curve += [value + shift for value in values[len(curve) : position]]
            shift += booking.booked - self._steps.rise(position)
        curve += [value + shift for value in values[len(curve) :]]
        return curve

    def _bridges(self, bookings: dict[int, Booking]) -> Iterator[Bridge]:
        for position, booking in bookings.items():
            quality = booking.quality
            if quality is None and self._steps.is_gap(position):
                quality = "estimated"
            if quality is not None:
                yield Bridge(self._at_ms[position - 1], self._at_ms[position], quality)

    def _event(self, position: int, booking: Booking) -> CounterEvent:
        values = self._steps.values
        before, after = (self._keeper.amount(values[at]) for at in (position - 1, position))
        span = _span(self._steps.duration_ms(position))
        booked = self._keeper.amount(booking.booked)
        broken = self._breaks.get(position)
        event = CounterEvent(
            self._at_ms[position],
            booking.kind,
            booking.booked,
            f"counter at {before}, then {after} after {span}: {booking.why}; {booked} booked",
            self._at_ms[position] if broken is None else self._times[broken.settled],
            booking.low,
            booking.high,
        )
        return event if broken is None or broken.ruling is None else _ruled(event, broken.ruling)

    def _glitch(self, left_out: LeftOut) -> CounterEvent:
        count = left_out.until - left_out.first
        values = "a value" if count == 1 else f"{count} values"
        first = self._keeper.amount(self._all_values[left_out.first])
        reason = f"{values} from {first} off the course; left out"
        if left_out.doubt:
            most = self._keeper.amount(left_out.doubt)
            reason += f" (if the counter began anew instead, up to {most} more went through)"
        at_ms, settled_ms = self._times[left_out.first], self._times[left_out.settled]
        return CounterEvent(at_ms, "glitch", 0, reason, settled_ms, 0, left_out.doubt)

    def _dismissed(self, at_ms: int, value: int, ruling: Ruling) -> CounterEvent:
        reason = f"the value {self._keeper.amount(value)} is left out"
        return _ruled(CounterEvent(at_ms, "glitch", 0, reason, at_ms, 0, 0), ruling)

    def _undecided(self) -> Iterator[CounterEvent]:
        index = self._course.undecided
        if index is None:
            return
        before = self._keeper.amount(self._all_values[self._course.kept[-1]])
        after = self._keeper.amount(self._all_values[index])
        high = self._course.pace.ceiling(self._times[-1] - self._at_ms[-1])
        reason = f"counter at {before}, then {after}: too few values follow to tell what happened"
        yield CounterEvent(self._times[index], "undecided", 0, reason, NOT_SETTLED_MS, 0, high)


def _ruled(event: CounterEvent, ruling: Ruling) -> CounterEvent:
    by = f" by {ruling.by}" if ruling.by else ""
    said = f": {ruling.reason}" if ruling.reason else ""
    return replace(event, reason=f"{event.reason}; ruled{by}{said}", ruled=True)


def _span(duration_ms: int) -> str:
    minutes = duration_ms / 60_000
    return f"{minutes:,.1f} min" if minutes < 120 else f"{minutes / 60:,.1f} h"
