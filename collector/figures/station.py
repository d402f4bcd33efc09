"""The station: stale days in, rows of figures out. Idempotent, and safe to break off anywhere.

A day's own figures, and those of its month and fiscal year, are made at once; what needs whole
days (duration curves, typical days, ranks, bills, intensity) when the day is over. A mark goes
only after the store has returned from writing what stands on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from collector.clock import Clock
from collector.figures.bills import bill_rows
from collector.figures.days import TouchedDays, day_rows, load_rows, off_hours
from collector.figures.intensity import intensity_rows
from collector.figures.longer import LongerFigures
from collector.figures.plant import FigurePlant
from collector.figures.quality import newly_over, quality_rows, whole_days
from collector.figures.settled import rank_rows, settled_rows
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.state.stale_figures import StaleDay
from collector.storage.port import ReadingStore, Row
from collector.summarise.library import Library

BATCH = 10_000
"""Rows a write."""


class StaleList(Protocol):
    """The days to make figures of; ``collector.state.stale_figures.StaleFigures`` is durable."""

    def pending(self) -> Sequence[StaleDay]:
        """Every mark, by site, meter and day."""
        ...

    def settle(self, days: Sequence[StaleDay]) -> None:
        """Note that the days' own figures are made."""
        ...

    def clear(self, days: Sequence[StaleDay]) -> None:
        """Strike off days of which every figure is made."""
        ...


@dataclass(frozen=True, slots=True)
class FiguresReport:
    """What one run did: meters' days whose figures were made, and rows written."""

    days: int
    rows_written: int


def run_once(
    store: ReadingStore,
    stale: StaleList,
    sites: Sequence[SiteSettings],
    library: Library,
    clock: Clock,
) -> FiguresReport:
    """Make the figures of every stale day, site after site.

    Marks of sites that are no longer configured are struck off. Raises what the store raises; what
    was not marked as done is made again.
    """
    known = {site.id: site for site in sites}
    days = rows = 0
    for name, of_site in groupby(stale.pending(), key=lambda mark: mark.site):
        marks = list(of_site)
        if name not in known:
            stale.clear(marks)
            continue
        desk = _Desk(FigurePlant(store, known[name], library, clock.now_ms()), stale)
        days += desk.make(marks)
        rows += desk.rows_written
    return FiguresReport(days, rows)


class _Desk:
    """One site's run."""

    def __init__(self, plant: FigurePlant, stale: StaleList) -> None:
        self._plant, self._stale = plant, stale
        self._longer = LongerFigures(plant)
        self._waiting: list[Row] = []
        self.rows_written = 0

    def make(self, marks: Sequence[StaleDay]) -> int:
        fresh = [mark for mark in marks if mark.stage == "fresh"]
        self._days(_by_meter(fresh))
        self._flush()
        self._stale.settle(fresh)
        today_ms = self._plant.window(self._plant.today, self._plant.today).start_ms
        over = [mark for mark in marks if mark.day_ms < today_ms]
        self._settled(_by_meter(over))
        self._flush()
        self._stale.clear(over)
        return len(fresh)

    def _days(self, marks: dict[str, list[StaleDay]]) -> None:
        plant = self._plant
        touched = {
            meter: TouchedDays.of(self._dates(marks[meter]), plant.today)
            for meter in plant.electric
            if meter in marks
        }
        if not touched:
            return
        for meter, days in touched.items():
            self._write(load_rows(plant, meter, days))
        self._flush()
        held = touched.values()
        off = off_hours(plant, min(one.first for one in held), max(one.end for one in held))
        for meter, days in touched.items():
            self._write(day_rows(plant, meter, days, off))
        self._flush()
        for meter, days in touched.items():
            self._write(self._longer.rows(meter, days.first))
            if meter in plant.measured:
                self._write(quality_rows(plant, meter, newly_over(plant, marks[meter])))

    def _settled(self, marks: dict[str, list[StaleDay]]) -> None:
        plant = self._plant
        for meter in plant.electric:
            if meter in marks:
                self._write(settled_rows(plant, meter, self._dates(marks[meter])))
            if meter in marks and meter in plant.measured:
                self._write(quality_rows(plant, meter, whole_days(plant, marks[meter])))
        if SITE_METER in marks:
            dates = self._dates(marks[SITE_METER])
            self._write(rank_rows(plant, dates))
            self._write(bill_rows(plant, dates))
        for meter in plant.production:
            touched = [*marks.get(meter, ()), *marks.get(SITE_METER, ())]
            if touched:
                self._write(intensity_rows(plant, meter, min(self._dates(touched))))

    def _dates(self, marks: Iterable[StaleDay]) -> list[date]:
        return [self._plant.calendar.date_of(mark.day_ms) for mark in marks]

    def _write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._waiting.append(row)
            if len(self._waiting) >= BATCH:
                self._flush()

    def _flush(self) -> None:
        """Have the store write what waits: every write costs it a commit."""
        if self._waiting:
            self._plant.store.write_rows(self._waiting)
            self.rows_written += len(self._waiting)
            self._waiting = []


def _by_meter(marks: Iterable[StaleDay]) -> dict[str, list[StaleDay]]:
    key: Callable[[StaleDay], str] = lambda mark: mark.meter  # noqa: E731
    return {meter: list(held) for meter, held in groupby(marks, key=key)}
