"""How complete yesterday and today are, over all meters of a site: out of the store's rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from collector.clock import Clock
from collector.rollup.periods import midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings
from collector.state.arrivals import MeterSign
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import COMPLETENESS

DayName = Literal["yesterday", "today"]


@dataclass(frozen=True, slots=True)
class RecentDay:
    """Numbers of readings of a site's local day; ``share`` is what is stored of the expected."""

    site: str
    day: DayName
    meters: int
    expected: int
    on_time: int
    late: int
    estimated: int
    gap: int
    share: float


def recent_days(
    store: ReadingStore, signs: Sequence[MeterSign], sites: Sequence[SiteSettings], clock: Clock
) -> tuple[RecentDay, ...]:
    """Answer the days of each site for which there are figures. Raises what the store raises."""
    return tuple(day for site in sites for day in _of_site(store, signs, site, clock.now_ms()))


def _of_site(
    store: ReadingStore, signs: Sequence[MeterSign], site: SiteSettings, now_ms: int
) -> Iterator[RecentDay]:
    date = calendar_of(site).date_of(now_ms)
    today = midnight_ms(site.zone, date)
    yesterday = midnight_ms(site.zone, date - timedelta(days=1))
    meters = dict.fromkeys(sign.meter for sign in signs if sign.site == site.id)
    rows = [
        row
        for meter in meters
        for row in store.read_rows(COMPLETENESS, site.id, meter, yesterday, now_ms + 1)
    ]
    days: tuple[tuple[DayName, int], ...] = (("yesterday", yesterday), ("today", today))
    for name, start_ms in days:
        if of_day := [row for row in rows if row.at_ms == start_ms]:
            yield _summed(site.id, name, of_day)


def _summed(site: str, name: DayName, rows: Sequence[Row]) -> RecentDay:
    def total(field: str) -> int:
        return round(sum(float(row.fields[field]) for row in rows))

    expected, gap = total("expected"), total("gap")
    share = 1.0 - gap / expected if expected else 1.0
    parts = (total("on_time"), total("late"), total("estimated"))
    return RecentDay(site, name, len(rows), expected, *parts, gap, share)
