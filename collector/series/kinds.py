"""The kinds of series there are: totals, amounts, completeness and raw readings of one meter.

Each reads what begins in a stretch of time (UTC ms, end excluded) out of the store as rows, without
holes filled and without a figure for what is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from collector.rollup.periods import SLOT_PERIODS_MS, Calendar, Window
from collector.rollup.totals import Period
from collector.series.column import (
    AMOUNT,
    BOOKED,
    COMPLETENESS,
    ENERGY,
    Column,
    Value,
    quantity_column,
)
from collector.storage import schema
from collector.storage.port import ReadingStore

NOTHING = 1e-9
"""A share of time below this is none."""


class SeriesRow(NamedTuple):
    """A period, or the instant of a reading (then its end is its start); values as the columns."""

    start_ms: int
    end_ms: int
    values: tuple[Value, ...]


class Series(Protocol):
    """One kind of series of a site."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the values of a row are."""
        ...

    def read(self, meter: str, span: Window) -> Sequence[SeriesRow]:
        """What is stored of the meter and begins in the span, in order of time."""
        ...

    def grid(self, span: Window) -> Iterator[Window] | None:
        """Every whole period of the span; None for readings, which keep no periods."""
        ...

    def hole(self) -> tuple[Value, ...]:
        """The values of a period of which nothing is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Totals:
    """Energy by period, from days up with CO2 and cost."""

    store: ReadingStore
    site: str
    calendar: Calendar
    period: Period

    @property
    def columns(self) -> tuple[Column, ...]:
        """Energy, and what is booked for days and longer."""
        return ENERGY if self.period in SLOT_PERIODS_MS else (*ENERGY, *BOOKED)

    def read(self, meter: str, span: Window) -> Sequence[SeriesRow]:
        """The totals stored."""
        names = [column.name for column in self.columns if column.name != "quality"]
        edges = _edges(span)
        found = self.store.read_total_columns(self.site, meter, self.period, names, *edges)
        columns = (found.values[name] for name in names)
        ends = _ends(self.calendar, self.period, found.start_ms)
        return [
            SeriesRow(start_ms, end_ms, self._values(*values))
            for start_ms, end_ms, *values in zip(found.start_ms, ends, *columns, strict=True)
        ]

    def grid(self, span: Window) -> Iterator[Window]:
        """Every whole period of the span."""
        return _whole(self.calendar, self.period, span)

    def hole(self) -> tuple[Value, ...]:
        """No figure, no coverage, quality missing."""
        return tuple(map(_UNKNOWN.get, (column.name for column in self.columns)))

    def _values(
        self, kwh: Any, estimated: Any, coverage: Any, missing: Any, *more: Value
    ) -> tuple[Value, ...]:
        if not (coverage or kwh or estimated):
            return self.hole()
        quality = quality_of(coverage, missing, estimated)
        # A text that was never written is absent too.
        rest = (None if value == "" else value for value in more)
        return (kwh, estimated, coverage, missing, quality, *rest)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a meter of another medium than electricity counted, by period."""

    store: ReadingStore
    site: str
    calendar: Calendar
    period: Period

    @property
    def columns(self) -> tuple[Column, ...]:
        """The amount, its quality and its unit."""
        return AMOUNT

    def read(self, meter: str, span: Window) -> Sequence[SeriesRow]:
        """The amounts stored."""
        measurement = schema.AMOUNT_MEASUREMENTS[self.period]
        found = self.store.read_rows(measurement, self.site, meter, *_edges(span))
        ends = _ends(self.calendar, self.period, [row.at_ms for row in found])
        return [
            SeriesRow(row.at_ms, end_ms, self._values(row.fields))
            for row, end_ms in zip(found, ends, strict=True)
        ]

    def grid(self, span: Window) -> Iterator[Window]:
        """Every whole period of the span."""
        return _whole(self.calendar, self.period, span)

    def hole(self) -> tuple[Value, ...]:
        """No figure, no coverage, quality missing."""
        return tuple(map(_UNKNOWN.get, (column.name for column in AMOUNT)))

    def _values(self, fields: Any) -> tuple[Value, ...]:
        coverage, missing, estimated = (
            float(fields[name]) for name in ("coverage", "missing", "estimated_amount")
        )
        if not (coverage or fields["amount"] or estimated):
            return (*self.hole()[:-1], fields["unit"])
        quality = quality_of(coverage, missing, estimated)
        told = {**fields, "quality": quality}
        return tuple(told[column.name] for column in AMOUNT)


@dataclass(frozen=True, slots=True)
class Days:
    """How many readings of each local day have come."""

    store: ReadingStore
    site: str
    calendar: Calendar

    @property
    def columns(self) -> tuple[Column, ...]:
        """Numbers of readings, the longest pause, the share."""
        return COMPLETENESS

    def read(self, meter: str, span: Window) -> Sequence[SeriesRow]:
        """The days stored."""
        found = self.store.read_rows(schema.COMPLETENESS, self.site, meter, *_edges(span))
        ends = _ends(self.calendar, "1d", [row.at_ms for row in found])
        return [
            SeriesRow(row.at_ms, end_ms, tuple(row.fields[c.name] for c in COMPLETENESS))
            for row, end_ms in zip(found, ends, strict=True)
        ]

    def grid(self, span: Window) -> Iterator[Window]:
        """Every whole local day of the span."""
        return _whole(self.calendar, "1d", span)

    def hole(self) -> tuple[Value, ...]:
        """Nothing is known."""
        return (None,) * len(COMPLETENESS)


@dataclass(frozen=True, slots=True)
class Readings:
    """Raw readings: a column for each quantity, null where a poll had none."""

    store: ReadingStore
    site: str
    quantities: tuple[str, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The quantities, each in its own unit."""
        return tuple(map(quantity_column, self.quantities))

    def read(self, meter: str, span: Window) -> Sequence[SeriesRow]:
        """The readings stored."""
        by_instant: dict[int, list[Value]] = {}
        for place, name in enumerate(self.quantities):
            for at_ms, value in self.store.read_series(self.site, meter, name, *_edges(span)):
                row = by_instant.setdefault(at_ms, [None] * len(self.quantities))
                row[place] = value
        return [SeriesRow(at, at, tuple(values)) for at, values in sorted(by_instant.items())]

    def grid(self, span: Window) -> None:
        """Readings keep no periods."""

    def hole(self) -> tuple[Value, ...]:
        """Nothing is known."""
        return (None,) * len(self.quantities)


def quality_of(coverage: float, missing: float, estimated: float) -> str:
    """How well a period is known of which anything is: measured, estimated or partial."""
    if missing > NOTHING:
        return "partial"
    return "estimated" if estimated > 0 or coverage < 1 - NOTHING else "measured"


_UNKNOWN: dict[str, Value] = {"coverage": 0.0, "missing": 1.0, "quality": "missing"}


def _edges(span: Window) -> tuple[int, int]:
    return span.start_ms, span.end_ms


def _ends(calendar: Calendar, period: Period, starts: Sequence[int]) -> list[int]:
    step_ms = SLOT_PERIODS_MS.get(period)
    if step_ms is not None:
        return [start_ms + step_ms for start_ms in starts]
    return [calendar.window(period, start_ms).end_ms for start_ms in starts]


def _whole(calendar: Calendar, period: Period, span: Window) -> Iterator[Window]:
    for window in calendar.pieces(period, span):
        if span.start_ms <= window.start_ms and window.end_ms <= span.end_ms:
            yield window
