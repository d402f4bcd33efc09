"""A measured load profile from a CSV file: intervals of energy, and what was odd about the file.

Before: ``series_text``, the rows as written. After: intervals in UTC that a plant's meter draws
evenly. Exports disagree on what a label means and how midnight is written; what is found and
mended is said in ``notices``, one plain sentence each, so that a person can object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge_agent.errors import StopError
from simulators import series_text
from simulators.load import UJ_PER_KWH, Interval, IntervalLoad
from simulators.series_text import Row

Label = Literal["start", "end"]
DAY = timedelta(days=1)
HOUR_MS = 3_600_000
LATE_STEPS = 4
"""How many steps before midnight the row above a misdated midnight may lie."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns to read, and what their labels mean.

    Give one of ``energy`` (kWh in each interval) and ``power`` (mean kW of each interval).
    ``label`` says which end of its interval a time names.
    """

    time: str
    energy: str | None = None
    power: str | None = None
    label: Label = "start"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Series:
    """Intervals in order of time, without overlap, and the notices about the file."""

    intervals: tuple[Interval, ...]
    notices: tuple[str, ...]
    step_s: int

    @property
    def total_kwh(self) -> float:
        """All energy, summed exactly."""
        return sum(round(row.kwh * UJ_PER_KWH) for row in self.intervals) / UJ_PER_KWH

    @property
    def end_ms(self) -> int:
        """Where the last interval ends, UTC ms."""
        return self.intervals[-1].end_ms

    def largest_power_kw(self) -> float:
        """The largest mean power of an interval, kW."""
        return max(row.kwh / (row.end_ms - row.start_ms) * HOUR_MS for row in self.intervals)

    def largest_demand_kw(self, slot_ms: int = HOUR_MS // 2) -> float:
        """The largest mean power of a slot aligned to the clock (30 minutes), kW."""
        start_ms = self.intervals[0].start_ms
        load = IntervalLoad(self.intervals, start_ms)
        edges = range(start_ms // slot_ms * slot_ms, self.end_ms + slot_ms, slot_ms)
        sums = [load.energy_uj(max(edge, start_ms)) for edge in edges]
        largest_uj = max(later - earlier for earlier, later in pairwise(sums))
        return largest_uj / UJ_PER_KWH * HOUR_MS / slot_ms


class _Label(NamedTuple):
    """One row that holds a value: its instant, its line in the file, the value."""

    at_ms: int
    line: int
    value: float


def read(path: Path, columns: Columns) -> Series:
    """The load profile in a CSV file.

    Raises ``StopError`` with row and hint for what cannot be read; everything else that was odd
    is in the series' notices.
    """
    zone = _zone(columns.time_zone)
    text = series_text.read(path, columns.time, _value_column(columns))
    step = _step(path, text.rows)
    rows, moved = _midnights_mended(text.rows, step, columns.label)
    held = (row for row in rows if row.value is not None)
    labels, ordered = _in_order(_instants(held, zone))
    single, doubles = _without_doubles(labels)
    step_ms = int(step.total_seconds() * 1000)
    intervals = _intervals(single, step_ms, columns)
    odd = (*_odd_steps(single, step_ms), *_gaps(intervals, zone))
    notices = (*text.notices, *moved, *ordered, *doubles, *odd)
    return Series(intervals, notices, step_ms // 1000)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        hint = "write a name like Asia/Tokyo"
        raise StopError(f"{name} is not a time zone", hint) from None


def _value_column(columns: Columns) -> str:
    given = [name for name in (columns.energy, columns.power) if name]
    if len(given) != 1:
        hint = "kWh per interval, or mean kW of each interval"
        raise StopError("give either an energy column or a power column", hint)
    return given[0]


def _step(path: Path, rows: Sequence[Row]) -> timedelta:
    """The interval of the file: the step that occurs most often."""
    steps = Counter(abs(later.at - earlier.at) for earlier, later in pairwise(rows))
    del steps[timedelta()]
    if not steps:
        hint = "give a file with at least two different times"
        raise StopError(f"{path}: no interval can be told from its times", hint)
    return steps.most_common(1)[0][0]


def _midnights_mended(
    rows: Sequence[Row], step: timedelta, label: Label
) -> tuple[list[Row], list[str]]:
    """Move midnights that bear the date of the day they end to the next day.

    Such a row reads 00:00, follows late rows of its own date, and comes before the next day's.
    """
    mended, moved = list(rows), []
    for index in range(1, len(rows)):
        earlier, row = rows[index - 1], rows[index]
        late = timedelta() < row.at + DAY - earlier.at <= LATE_STEPS * step < DAY
        in_order = index + 1 == len(rows) or rows[index + 1].at >= row.at + DAY
        if row.at.time() == time() and late and in_order:
            mended[index] = row._replace(at=row.at + DAY)
            moved.append(row)
    return mended, _midnights_said(moved, label)


def _midnights_said(moved: Sequence[Row], label: Label) -> list[str]:
    if not moved:
        return []
    count = _count(len(moved), "row reads", "rows read")
    said = (
        f"{count} 00:00 of the day that ends instead of the next day (first: line {moved[0].line}, "
        f"{moved[0].at:%Y-%m-%d}), as labels at the END of an interval do; moved to the next day"
    )
    objection = "but the labels were said to mark the START of the intervals: check that"
    return [said, objection] if label == "start" else [said]


def _instants(rows: Iterable[Row], zone: ZoneInfo) -> Iterator[_Label]:
    """Each row with its instant; the hour that a clock change repeats is told by its order."""
    last_ms = 0
    for row in rows:
        local = row.at if row.at.tzinfo else row.at.replace(tzinfo=zone)
        at_ms = _ms(local)
        second_ms = _ms(local.replace(fold=1))
        if at_ms <= last_ms < second_ms and second_ms - at_ms <= HOUR_MS:
            at_ms = second_ms
        last_ms = at_ms
        yield _Label(at_ms, row.line, row.value or 0.0)


def _in_order(labels: Iterator[_Label]) -> tuple[list[_Label], list[str]]:
    found = list(labels)
    back = [later for earlier, later in pairwise(found) if later.at_ms < earlier.at_ms]
    if not back:
        return found, []
    said = f"the rows are not in order of time (first: line {back[0].line}); sorted"
    return sorted(found, key=lambda label: label.at_ms), [said]


def _without_doubles(labels: Sequence[_Label]) -> tuple[list[_Label], list[str]]:
    """One row for each time: the first in the file."""
    single: dict[int, _Label] = {}
    doubles = [label for label in labels if single.setdefault(label.at_ms, label) is not label]
    if not doubles:
        return list(labels), []
    differing = sum(single[twin.at_ms].value != twin.value for twin in doubles)
    said = (
        f"{_count(len(doubles), 'row repeats', 'rows repeat')} the time of another "
        f"(first: line {doubles[0].line}), {differing} with another value; "
        "the first of each is kept"
    )
    return list(single.values()), [said]


def _intervals(labels: Sequence[_Label], step_ms: int, columns: Columns) -> tuple[Interval, ...]:
    """The interval of each label: one step long, or shorter where the neighbour is nearer."""
    times = [label.at_ms for label in labels]
    if columns.label == "end":
        before = [times[0] - step_ms, *times[:-1]]
        starts = [max(at - step_ms, last) for at, last in zip(times, before, strict=True)]
        spans = zip(starts, times, strict=True)
    else:
        after = [*times[1:], times[-1] + step_ms]
        ends = [min(at + step_ms, following) for at, following in zip(times, after, strict=True)]
        spans = zip(times, ends, strict=True)
    return tuple(
        Interval(start, end, _kwh(label.value, end - start, columns))
        for (start, end), label in zip(spans, labels, strict=True)
    )


def _kwh(value: float, length_ms: int, columns: Columns) -> float:
    return value if columns.energy else value * length_ms / HOUR_MS


def _odd_steps(labels: Sequence[_Label], step_ms: int) -> Iterator[str]:
    odd = [b for a, b in pairwise(labels) if (b.at_ms - a.at_ms) % step_ms]
    if odd:
        count = _count(len(odd), "row is", "rows are")
        yield (
            f"{count} off the step of {step_ms / 60_000:g} minutes (first: line {odd[0].line}); "
            "each interval reaches at most to its neighbour"
        )


def _gaps(intervals: Sequence[Interval], zone: ZoneInfo) -> Iterator[str]:
    gaps = [(a.end_ms, b.start_ms) for a, b in pairwise(intervals) if b.start_ms > a.end_ms]
    if gaps:
        hours = sum(end - start for start, end in gaps) / HOUR_MS
        first = " to ".join(
            f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M}" for at_ms in gaps[0]
        )
        yield (
            f"{_count(len(gaps), 'gap', 'gaps')} of {hours:g} hours together (first: {first}); "
            "no energy is assumed there"
        )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
