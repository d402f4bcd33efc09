"""What a load draws: power and energy as functions of time, whatever order they are asked in.

Before: a load shape with its rated power, or the intervals of a CSV file. After: exact energy.
Power is in whole milliwatts and energy in whole microjoules (1 mW for 1 ms), so that sums are
exact however they are grouped: a parent meter is its children and its remainder to the last bit.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from threading import Lock
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from simulators.shapes.day import MINUTES_A_DAY, Calendar, Day, Hours, Shape
from simulators.shapes.noise import noise

UJ_PER_WH = 3_600_000_000
UJ_PER_KWH = 1000 * UJ_PER_WH
MINUTE_MS = 60_000
DAYS_KEPT = 4
SWELL_MINUTES = 10


class Load(Protocol):
    """Something that draws power from its start on; before it, asking is a ``ValueError``."""

    def power_mw(self, at_ms: int) -> int:
        """The power at this instant, mW."""
        ...

    def energy_uj(self, at_ms: int) -> int:
        """The energy drawn from the start to this instant, µJ. Never falls."""
        ...


class Interval(NamedTuple):
    """Energy drawn evenly between two instants (UTC ms)."""

    start_ms: int
    end_ms: int
    kwh: float


@dataclass(frozen=True, slots=True)
class ShapedLoad:
    """What makes one machine's load: ``base_kw`` always, up to ``peak_kw`` after its shape.

    ``noise`` is the share by which the moving part wavers from minute to minute.
    """

    shape: Shape
    peak_kw: float
    base_kw: float = 0.0
    noise: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _DayTable:
    start_ms: int
    end_ms: int
    before_uj: int
    power_mw: Sequence[int]
    energy_uj: Sequence[int]


class MinuteLoad:
    """A shaped load in a plant's calendar, constant within each minute.

    Asking forward in time costs one day's table (about 1 ms) a day and is O(1) otherwise;
    ``start_ms`` is where its energy counts from.
    """

    def __init__(
        self, load: ShapedLoad, calendar: Calendar, hours: Hours, zone: ZoneInfo, start_ms: int
    ) -> None:
        self._load = load
        self._calendar = calendar
        self._hours = hours
        self._zone = zone
        self._start_ms = start_ms
        self._lock = Lock()
        self._first = datetime.fromtimestamp(start_ms / 1000, zone).date()
        self._before_uj = [0]
        self._tables: dict[int, _DayTable] = {}
        self._current = self._table(0)
        self._at_start_uj = _energy_in(self._current, start_ms)

    def power_mw(self, at_ms: int) -> int:
        """The power at this instant, mW."""
        table = self._at(at_ms)
        return table.power_mw[(at_ms - table.start_ms) // MINUTE_MS]

    def energy_uj(self, at_ms: int) -> int:
        """The energy from the start to this instant, µJ."""
        return _energy_in(self._at(at_ms), at_ms) - self._at_start_uj

    def _at(self, at_ms: int) -> _DayTable:
        table = self._current
        if table.start_ms <= at_ms < table.end_ms and at_ms >= self._start_ms:
            return table
        if at_ms < self._start_ms:
            raise ValueError(f"{at_ms} is before the load's start, {self._start_ms}")
        day = datetime.fromtimestamp(at_ms / 1000, self._zone).date()
        with self._lock:
            self._current = self._table((day - self._first).days)
            return self._current

    def _table(self, index: int) -> _DayTable:
        """The table of the day ``index`` days after the first; sums up the days before it."""
        while len(self._before_uj) <= index:
            last = self._built(len(self._before_uj) - 1)
            self._before_uj.append(last.before_uj + last.energy_uj[-1])
        return self._built(index)

    def _built(self, index: int) -> _DayTable:
        if index not in self._tables:
            while len(self._tables) >= DAYS_KEPT:
                del self._tables[next(iter(self._tables))]
            self._tables[index] = self._build(self._first + timedelta(days=index), index)
        return self._tables[index]

    def _build(self, day: date, index: int) -> _DayTable:
        start_ms, end_ms = _midnight(day, self._zone), _midnight(day + timedelta(1), self._zone)
        powers = array("q", self._powers_mw(day, start_ms, end_ms))
        steps = (power * MINUTE_MS for power in powers)
        energies = array("q", accumulate(steps, initial=0))
        return _DayTable(start_ms, end_ms, self._before_uj[index], powers, energies)

    def _powers_mw(self, day: date, start_ms: int, end_ms: int) -> list[int]:
        load, first = self._load, start_ms // MINUTE_MS
        shares = load.shape(Day(day, self._calendar.kind(day), load.seed), self._hours)
        span, swell = (load.peak_kw - load.base_kw) * 1e6, load.noise / 2
        base, powers = load.base_kw * 1e6, []
        for offset, minute in enumerate(_local_minutes(start_ms, end_ms, self._zone)):
            slot = first + offset
            waver = swell * (noise(load.seed, slot) + noise(load.seed + 1, slot // SWELL_MINUTES))
            powers.append(round(base + max(0.0, span * shares[minute] * (1 + waver))))
        return powers


class IntervalLoad:
    """A load made of measured intervals: even within each, nothing between and around them.

    ``intervals`` are in order of time and do not overlap. Energy counts from ``start_ms``.
    """

    def __init__(self, intervals: Sequence[Interval], start_ms: int) -> None:
        self._starts = array("q", (interval.start_ms for interval in intervals))
        self._ends = array("q", (interval.end_ms for interval in intervals))
        energies = (round(interval.kwh * UJ_PER_KWH) for interval in intervals)
        self._sums = list(accumulate(energies, initial=0))
        self._start_ms = start_ms
        self._at_start_uj = self._sum(start_ms)

    def power_mw(self, at_ms: int) -> int:
        """The mean power of the interval that holds this instant, mW."""
        index = bisect_right(self._starts, self._since_start(at_ms)) - 1
        if index < 0 or at_ms >= self._ends[index]:
            return 0
        energy_uj = self._sums[index + 1] - self._sums[index]
        return energy_uj // (self._ends[index] - self._starts[index])

    def energy_uj(self, at_ms: int) -> int:
        """The energy from the start to this instant, µJ."""
        return self._sum(self._since_start(at_ms)) - self._at_start_uj

    def _since_start(self, at_ms: int) -> int:
        if at_ms < self._start_ms:
            raise ValueError(f"{at_ms} is before the load's start, {self._start_ms}")
        return at_ms

    def _sum(self, at_ms: int) -> int:
        index = bisect_right(self._starts, at_ms) - 1
        if index < 0:
            return 0
        length = self._ends[index] - self._starts[index]
        passed = min(at_ms - self._starts[index], length)
        energy_uj = self._sums[index + 1] - self._sums[index]
        return self._sums[index] + energy_uj * passed // length


def _energy_in(table: _DayTable, at_ms: int) -> int:
    minute, rest_ms = divmod(at_ms - table.start_ms, MINUTE_MS)
    return table.before_uj + table.energy_uj[minute] + table.power_mw[minute] * rest_ms


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp()) * 1000


def _local_minutes(start_ms: int, end_ms: int, zone: ZoneInfo) -> Sequence[int]:
    """The local minute of the day for each minute of it; days of a clock change are not 1,440."""
    count = (end_ms - start_ms) // MINUTE_MS
    if count == MINUTES_A_DAY:
        return range(MINUTES_A_DAY)
    first = datetime.fromtimestamp(start_ms / 1000, UTC)
    local = ((first + timedelta(minutes=i)).astimezone(zone) for i in range(count))
    return [moment.hour * 60 + moment.minute for moment in local]
