"""What a store must do. Every backend passes ``tests/collector/storage/test_conformance.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from collector.rollup.totals import Period, Total
from edge_agent.contract.reading import Reading

Sample = tuple[int, float]
"""One value of a series: (UTC ms, value)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A reading the store will never take, and why."""

    reading: Reading
    reason: str


Write = Callable[[], Sequence[Refused]]
"""A write made ready: the call does it, durably on return, and answers what was refused."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Readings of one meter with the same quantities, as columns.

    ``at_ms`` are the instants; ``values`` has for each quantity as many values, none absent.
    """

    site: str
    meter: str
    at_ms: Sequence[int]
    values: Mapping[str, Sequence[float]]

    def readings(self) -> Iterator[Reading]:
        """The same, one by one."""
        for at_ms, row in zip(self.at_ms, zip(*self.values.values(), strict=True), strict=True):
            yield Reading(self.site, self.meter, at_ms, dict(zip(self.values, row, strict=True)))


@dataclass(frozen=True, slots=True)
class TotalColumns:
    """Some fields of a meter's totals, as columns in order of time.

    ``values`` has for each field that was asked for as many values as there are starts (UTC ms),
    None where a total is without it.
    """

    start_ms: Sequence[int]
    values: Mapping[str, Sequence[float | str | None]]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of another kind than a reading or a total: a row of a measurement of the schema.

    ``fields`` holds every field that ``schema.ROW_FIELDS`` names for the measurement; those of
    ``schema.OPTIONAL_ROW_FIELDS`` may be left out.
    """

    measurement: str
    site: str
    meter: str
    at_ms: int
    fields: Mapping[str, float | str]


@dataclass(frozen=True, order=True, slots=True)
class Series:
    """All points of one measurement of the schema that have one site and meter."""

    measurement: str
    site: str
    meter: str


Point = Reading | Total | Row
"""A point of any measurement."""


class ReadingStore(Protocol):
    """Raw readings, totals and other rows, durable and idempotent.

    A point is identified by site, meter and instant: writing it again replaces the named values
    and leaves the others. Times are UTC ms; ranges include their start and exclude their end.
    Every verb raises ``RetryLaterError`` when the store is away and ``StopError`` when a person
    must act (credentials, missing bucket); nothing is half told: a return means durable.
    """

    def check(self) -> None:
        """Raise when the store cannot be used; makes what it needs (files, buckets)."""
        ...

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Store the readings durably; answers those it will never take."""
        ...

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make a write ready: all work that needs no store is done when this returns.

        What it answers stores the readings as ``write_readings`` would, in whichever thread
        calls it. Of a point that comes twice the later one wins.
        """
        ...

    def meters(self) -> Sequence[tuple[str, str]]:
        """Every (site, meter) that has a reading, sorted."""
        ...

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[Sample]:
        """The quantity's samples in the range, in order of time."""
        ...

    def last_before(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The newest sample strictly before the instant."""
        ...

    def first_from(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The oldest sample at or after the instant."""
        ...

    def count_readings(self, site: str, meter: str, from_ms: int, to_ms: int) -> int:
        """How many readings (points) the range holds."""
        ...

    def write_totals(self, totals: Sequence[Total]) -> None:
        """Store the totals durably, each with its complete field set."""
        ...

    def read_totals(
        self, site: str, meter: str, period: Period, from_ms: int, to_ms: int
    ) -> Sequence[Total]:
        """The totals whose start lies in the range, in order of time."""
        ...

    def read_total_columns(
        self, site: str, meter: str, period: Period, fields: Sequence[str], from_ms: int, to_ms: int
    ) -> TotalColumns:
        """Some fields (of ``schema.TOTAL_FIELDS``) of the totals in the range: years at a time."""
        ...

    def write_rows(self, rows: Sequence[Row]) -> None:
        """Store the rows durably; one of the same measurement, site, meter and instant goes whole.

        A field that the new row comes without is gone, too.
        """
        ...

    def read_rows(
        self, measurement: str, site: str, meter: str, from_ms: int, to_ms: int
    ) -> Sequence[Row]:
        """The rows whose instant lies in the range, in order of time."""
        ...

    def series(self) -> Sequence[Series]:
        """Every series of every measurement, sorted; one may have lost its points since."""
        ...

    def page(self, series: Series, from_ms: int, limit: int) -> Sequence[Point]:
        """The oldest points at or after the instant, ``limit`` at most, in order of time.

        All that a series holds: go on 1 ms after the last one until no more come.
        """
        ...

    def close(self) -> None:
        """Give back files and connections. Idempotent."""
        ...
