"""A plant in memory with the summarise station between its readings and its totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from collector.factors.lookup import FactorLibrary
from collector.rollup.totals import PERIODS, Period, Total
from collector.site_config import ContractSettings, MeterSettings, SiteSettings
from collector.storage.port import ReadingStore
from collector.summarise import NOBODY, StaleList, SummariseReport, run_once
from collector.summarise.evidence import Evidence
from collector.summarise.library import Library
from collector.summarise.series import IMPORT as ENERGY
from collector.tariffs.library import TariffLibrary
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryCards, MemoryDirty, MemoryStore, StoppedClock

MINUTE = 60_000
POLL = 5 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LIBRARY = Library(FactorLibrary.shipped(), TariffLibrary.shipped())
CONTRACT = ContractSettings(region="JP", supplier="A0269", menu="M", from_date=date(2020, 4, 1))
METERS = (
    MeterSettings(id="main", rated_power_kw=300),
    MeterSettings(id="press", parent="main", rated_power_kw=100),
    MeterSettings(id="oven", parent="main"),
)
SITE = SiteSettings(id="s", time_zone="Asia/Tokyo", contracts=(CONTRACT,), meters=METERS)
FOREVER = 2**50


def at(text: str) -> int:
    """UTC ms of an ISO instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


APRIL_MS = at("2025-04-01T00:00+09:00")


class Plant:
    """A store with its dirty list, and the station between them."""

    def __init__(self, *sites: SiteSettings, store: ReadingStore | None = None) -> None:
        self.sites = sites or (SITE,)
        self.memory = MemoryStore()
        self.store = store or self.memory
        self.dirty = MemoryDirty()
        self.cards = MemoryCards()
        self.stale: StaleList = NOBODY

    def land(self, meter: str, samples: Sequence[tuple[int, float]], site: str = "s") -> None:
        """Store counter samples and mark what they touch."""
        self.store.write_readings([Reading(site, meter, at, {ENERGY: wh}) for at, wh in samples])
        self.dirty.mark(site, meter, samples[0][0], samples[-1][0] + 1)

    def run(self) -> SummariseReport:
        """One run of the station."""
        evidence = Evidence(self.cards)
        clock = StoppedClock()
        return run_once(self.store, self.dirty, evidence, self.sites, LIBRARY, clock, self.stale)

    def totals(self, meter: str, period: Period, site: str = "s") -> list[Total]:
        """Every total of a meter."""
        return list(self.store.read_totals(site, meter, period, 0, FOREVER))

    def known(self, meters: Sequence[str]) -> list[Total]:
        """Every total that says something."""
        return [
            total
            for meter in meters
            for period in PERIODS
            for total in self.totals(meter, period)
            if total.coverage or total.kwh
        ]


def steady(from_ms: int, to_ms: int, kw: float, start_wh: float = 0.0) -> list[tuple[int, float]]:
    """Samples of a constant load, every five minutes from start to end, both included."""
    return [
        (now_ms, start_wh + kw * (now_ms - from_ms) / 3_600)
        for now_ms in range(from_ms, to_ms + 1, POLL)
    ]
