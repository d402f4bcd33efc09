"""Four months of a small plant in its store, and the station that makes figures of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from collector import config
from collector.config import CollectorSettings
from collector.figures.station import FiguresReport, run_once
from collector.rollup.periods import Window, midnight_ms
from collector.rollup.totals import SITE_METER, Period, Total
from collector.site_config import SiteSettings
from collector.state import CollectorState, open_state
from collector.storage import open_store
from collector.storage.figure_schema import FIGURE_FIELDS
from collector.storage.port import ReadingStore
from collector.summarise.library import Library, library_of
from tests.collector.plant_year import PIECES, plant_year

FIRST, END = date(2025, 4, 1), date(2025, 8, 1)
FOREVER = 2**43
CIRCUITS = ("press", "furnace")
DAY_MS = 86_400_000
Rows = dict[tuple[str, str, int], Mapping[str, float | str]]
"""Rows by measurement, meter and instant."""


@dataclass(frozen=True)
class At:
    """A clock that stands."""

    instant_ms: int

    def now_ms(self) -> int:
        """Answer always the same instant."""
        return self.instant_ms


@dataclass
class Season:
    """The plant's store and state at ``now_ms``."""

    store: ReadingStore
    state: CollectorState
    settings: CollectorSettings
    library: Library
    now_ms: int

    @classmethod
    def open(cls, folder: Path, now: date = END) -> Season:
        """A plant whose days are all over: it is ten past midnight of the first day without."""
        path = plant_year(folder, circuits=len(CIRCUITS), first=FIRST, end=END)
        settings = config.load(path)
        store, state = open_store(settings.store), open_state(settings.collector.state_dir)
        store.check()
        now_ms = midnight_ms(settings.sites[0].zone, now) + 600_000
        return cls(store, state, settings, library_of(settings), now_ms)

    @classmethod
    def copied(cls, other: Season, folder: Path) -> Season:
        """The other season as it stands, in a store of its own."""
        made = cls.open(folder, END)
        made.store.close()
        from_path, to_path = other.settings.store.path, made.settings.store.path
        assert from_path is not None
        assert to_path is not None
        with closing(sqlite3.connect(from_path)) as held, closing(sqlite3.connect(to_path)) as new:
            held.backup(new)
        return made

    @property
    def site(self) -> SiteSettings:
        """Its settings."""
        return self.settings.sites[0]

    @property
    def meters(self) -> tuple[str, ...]:
        """The site and its meters."""
        return (SITE_METER, *(meter.id for meter in self.site.meters))

    def midnight(self, day: date) -> int:
        """The first instant of a local day."""
        return midnight_ms(self.site.zone, day)

    def window(self, first: date, end: date) -> Window:
        """A stretch of local days, the second excluded."""
        return Window(self.midnight(first), self.midnight(end))

    def totals(self, meter: str, period: Period, first: date, end: date) -> list[Total]:
        """The stored totals of local days, the second excluded."""
        span = self.window(first, end)
        read = self.store.read_totals
        return list(read(self.site.id, meter, period, span.start_ms, span.end_ms))

    def mark(self, days: Iterable[date], meters: Iterable[str] = ()) -> None:
        """Mark these days of these meters, of all of them when none is named."""
        starts = [self.midnight(day) for day in days]
        for meter in meters or self.meters:
            self.state.stale_figures.mark(
                self.site.id, [(meter, at_ms, at_ms, at_ms + DAY_MS) for at_ms in starts]
            )

    def mark_all(self) -> None:
        """Mark every stored day."""
        stored = self.totals(SITE_METER, "1d", FIRST, END)
        for meter in self.meters:
            self.state.stale_figures.mark(
                self.site.id,
                [(meter, t.start_ms, t.start_ms, t.start_ms + DAY_MS) for t in stored],
            )

    def run(self, store: ReadingStore | None = None) -> FiguresReport:
        """One run of the station."""
        return run_once(
            *(store or self.store, self.state.stale_figures, self.settings.sites),
            *(self.library, At(self.now_ms)),
        )

    def rows(self, *measurements: str) -> Rows:
        """Every stored row of figures, or of these measurements."""
        return {
            (name, meter, row.at_ms): row.fields
            for name in measurements or FIGURE_FIELDS
            for meter in self.meters
            for row in self.store.read_rows(name, self.site.id, meter, 0, FOREVER)
        }

    def change_slot(self, meter: str, at_ms: int, kwh: float) -> None:
        """Let a half hour and its day hold another energy, as a late reading would."""
        (slot,) = self.store.read_totals(self.site.id, meter, "30m", at_ms, at_ms + 1)
        day_ms = at_ms - (at_ms + 9 * 3_600_000) % DAY_MS
        (day,) = self.store.read_totals(self.site.id, meter, "1d", day_ms, day_ms + 1)
        whole = replace(day, kwh=day.kwh - slot.kwh + kwh, peak_kw=max(day.peak_kw, kwh * 2))
        self.store.write_totals([replace(slot, kwh=kwh, peak_kw=kwh * 2), whole])

    def close(self) -> None:
        """Give the files back."""
        self.store.close()
        self.state.database.close()


__all__ = ["CIRCUITS", "DAY_MS", "END", "FIRST", "PIECES", "Season"]
