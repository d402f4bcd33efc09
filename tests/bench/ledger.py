"""Times the ledger: a meter-year to totals, and CO2 booked anew for a hundred meters.

CPU time of this process, which two busy neighbours change less than the clock on the wall.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.clock import SystemClock
from collector.factors.lookup import FactorLibrary
from collector.rollup.periods import Calendar, Window
from collector.rollup.sums import pieces_known, sum_of
from collector.rollup.totals import SITE_METER, Period, Total
from collector.site_config import ContractSettings, MeterSettings, SiteSettings, TariffSettings
from collector.storage.port import ReadingStore, Refused, Sample
from collector.storage.schema import TOTAL_FIELDS, TOTAL_MEASUREMENTS
from collector.storage.sqlite import SqliteStore
from collector.summarise import run_once
from collector.summarise.evidence import Evidence
from collector.summarise.library import Library
from collector.summarise.rebook import rebook
from collector.summarise.series import IMPORT
from collector.tariffs.library import TariffLibrary
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryCards, MemoryDirty, MemoryStore

MINUTE_MS, HALF_HOUR_MS, DAY_MS = 60_000, 1_800_000, 86_400_000
YEAR_MINUTES = 525_600
METERS, YEARS = 100, 5
ZONE = ZoneInfo("Asia/Tokyo")
START = datetime(2020, 4, 1, tzinfo=ZONE)
START_MS = int(START.timestamp() * 1000)
LIBRARY = Library(FactorLibrary.shipped(), TariffLibrary.shipped())
SITE = SiteSettings(
    id="bench",
    time_zone="Asia/Tokyo",
    contracts=(
        ContractSettings(region="JP", supplier="A0269", menu="M", from_date=date(2016, 4, 1)),
    ),
    tariffs=(TariffSettings(tariff="jp-kyushu-industrial-tou-a-6kv", from_date=date(2016, 4, 1)),),
    meters=(MeterSettings(id="main", rated_power_kw=300.0),),
)


@dataclass(frozen=True)
class Timing:
    """One measured piece of work, with the bound it is to keep."""

    what: str
    cpu_s: float
    wall_s: float
    target_s: float
    made: int

    def markdown(self) -> str:
        """The timing as a table row."""
        kept = "yes" if self.wall_s <= self.target_s else "no"
        times = f"{self.cpu_s:.2f} | {self.wall_s:.2f} | {self.target_s:g}"
        return f"| {self.what} | {times} | {kept} | {self.made:,} |"


def timings() -> Iterator[Timing]:
    """Every measurement, one after the other."""
    yield _meter_year("meter-year of minutes, from memory", _Columns(), 1.5)
    with tempfile.TemporaryDirectory() as folder:
        with closing(SqliteStore(Path(folder) / "year.sqlite")) as store:
            store.check()
            yield _meter_year("meter-year of minutes, through SQLite", store, 6.0)
        with closing(SqliteStore(Path(folder) / "many.sqlite")) as store:
            store.check()
            yield _rebooked(Path(folder) / "many.sqlite", store)


def _timed(what: str, target_s: float, work: Callable[[], int]) -> Timing:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    made = work()
    spent = time.process_time() - cpu_s, time.perf_counter() - wall_s
    return Timing(what, *spent, target_s, made)


def _meter_year(what: str, store: ReadingStore, target_s: float) -> Timing:
    step_wh = [1_000 + 37 * (n % 60) for n in range(1440)]
    total_wh, batch = 0, list[Reading]()
    for minute in range(YEAR_MINUTES + 1):
        batch.append(
            Reading("bench", "main", START_MS + minute * MINUTE_MS, {IMPORT: float(total_wh)})
        )
        total_wh += step_wh[minute % 1440]
        if len(batch) == 50_000:
            store.write_readings(batch)
            batch = []
    store.write_readings(batch)
    dirty = MemoryDirty()
    dirty.mark("bench", "main", START_MS, START_MS + YEAR_MINUTES * MINUTE_MS + 1)
    evidence = Evidence(MemoryCards(interval_s=60.0, step_wh=1.0))

    def work() -> int:
        report = run_once(store, dirty, evidence, (SITE,), LIBRARY, SystemClock())
        return report.totals_written

    return _timed(what, target_s, work)


def _rebooked(path: Path, store: SqliteStore) -> Timing:
    """CO2 of 100 meters and five years of half hours, after their factors have changed."""
    names = [f"m{number:03}" for number in range(METERS)]
    meters = (MeterSettings(id="main"), *(MeterSettings(id=name, parent="main") for name in names))
    site = SITE.model_copy(update={"meters": meters})
    _fill(path, store, (*names, SITE_METER))
    evidence = Evidence(MemoryCards())
    span = Window(START_MS, START_MS + YEARS * 366 * DAY_MS)

    def work() -> int:
        return rebook(store, evidence, site, LIBRARY, span).totals_changed

    return _timed(f"CO2 anew, {METERS} meters x {YEARS} years", 20.0, work)


def _fill(path: Path, store: SqliteStore, names: Sequence[str]) -> None:
    # One meter through the store, the others copied from it row by row: 8.8 million slots.
    calendar = Calendar(ZONE)
    end = datetime(START.year + YEARS, START.month, START.day, tzinfo=ZONE)
    whole = Window(START_MS, int(end.timestamp() * 1000))
    slots = {
        at: Total("bench", names[0], "30m", at, 6.0 + at % 7, 0.0, 1.0, 12.0)
        for at in range(whole.start_ms, whole.end_ms, HALF_HOUR_MS)
    }
    known: dict[Period, dict[int, Total]] = {"30m": slots}
    for period, piece in calendar.levels():
        known[period] = {
            one.start_ms: sum_of(held, period, one)
            for one in calendar.windows(period, whole)
            if (held := pieces_known(known[piece], calendar.pieces(piece, one)))
        }
    for totals in known.values():
        store.write_totals(list(totals.values()))
    with closing(sqlite3.connect(path)) as file, file:
        for name in names[1:]:
            key = file.execute(
                "INSERT INTO series (site, meter) VALUES ('bench', ?)", (name,)
            ).lastrowid
            for table in TOTAL_MEASUREMENTS.values():
                columns = ", ".join(("start_ms", *TOTAL_FIELDS))
                file.execute(
                    f"INSERT INTO {table} (series_id, {columns}) SELECT ?, {columns} FROM {table}"
                    " WHERE series_id = (SELECT id FROM series WHERE meter = ?)",
                    (key, names[0]),
                )


class _Columns(MemoryStore):
    """A store that hands over lists: what the arithmetic itself costs."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: dict[str, list[Sample]] = defaultdict(list)

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Keep the values by quantity."""
        for reading in readings:
            for name, value in reading.values.items():
                self._columns[name].append((reading.at_ms, value))
        return ()

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[Sample]:
        """The part of the list that lies in the range."""
        held = self._columns[quantity]
        return held[bisect_left(held, (from_ms,)) : bisect_left(held, (to_ms,))]
