"""A site in memory with half hours of any energies, for tests of series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from collector.rollup.periods import Window, midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import Total
from collector.series.tally import Tally
from collector.series.wanted import Wanted, wanted
from collector.site_config import MeterSettings, SiteSettings
from tests.collector.memory_store import MemoryStore

SLOT_MS = 1_800_000
EVIL = '=HYPERLINK("http://evil.example","x")\r\n,受電'


def site(zone: str = "Asia/Tokyo", slot_minutes: int = 30) -> SiteSettings:
    """A site with a meter of a hostile name, a press, gas, and a virtual meter."""
    return SiteSettings(
        id="sendai",
        time_zone=zone,
        slot_minutes=30 if slot_minutes == 30 else 15,
        meters=(
            MeterSettings(id="main", name=EVIL),
            MeterSettings(id="press", name="プレス", parent="main"),
            MeterSettings(id="rest", plus=("main",), minus=("press",)),
            MeterSettings(id="gas", medium="gas", unit="m3"),
        ),
    )


def slot_starts(of: SiteSettings, first: date, days: int) -> list[int]:
    """The starts of all half hours of the local days (UTC ms)."""
    end = first + timedelta(days=days)
    span = Window(midnight_ms(of.zone, first), midnight_ms(of.zone, end))
    return [w.start_ms for w in calendar_of(of).windows("30m", span)]


def store_with(
    starts: Sequence[int], milli_wh: Sequence[int | None], meter: str = "main"
) -> MemoryStore:
    """Half hours measured; None is one that is not stored."""
    store = MemoryStore()
    store.write_totals(
        [
            Total("sendai", meter, "30m", at, milli / 1e6, 0.0, 1.0, milli / 5e5)
            for at, milli in zip(starts, milli_wh, strict=True)
            if milli is not None
        ]
    )
    return store


def asked(
    store: MemoryStore, of: SiteSettings, what: str, first: date, days: int, *meters: str,
    period: str = "", quantities: Sequence[str] = (),
) -> Wanted:  # fmt: skip
    """What is wanted of the local days."""
    end = first + timedelta(days=days)
    return wanted(store, of, what, (first, end), meters, period, quantities)


def tally() -> Tally:
    """A new count."""
    return Tally()
