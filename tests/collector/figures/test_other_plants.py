"""Plants with quarter hours, and where clocks change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector import config
from collector.figures.station import run_once
from collector.rollup.periods import SLOT_MS, midnight_ms
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.state import open_state
from collector.state.stale_figures import StaleDay
from collector.storage import open_store
from collector.storage.figure_schema import (
    DAY_FIGURES,
    LOAD_DAY,
    LOAD_DURATION_1MO,
    MONTH_FIGURES,
    PEAK_RANK_1MO,
    TYPICAL_SLOT,
)
from collector.storage.port import Row
from collector.summarise.library import library_of
from tests.collector.figures.season import DAY_MS, FOREVER, At
from tests.collector.memory_store import MemoryStore
from tests.collector.plant_year import plant_year
from tests.collector.summarise.plant import LIBRARY

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN, SPRING = date(2025, 10, 26), date(2026, 3, 29)


class Marks:
    """Days that are marked once."""

    def __init__(self, days: list[tuple[str, int]]) -> None:
        self.held = [
            StaleDay(n, "b", meter, day_ms, day_ms, day_ms + DAY_MS, "fresh")
            for n, (meter, day_ms) in enumerate(sorted(days))
        ]

    def pending(self) -> list[StaleDay]:
        """Every mark."""
        return self.held

    def settle(self, days: object) -> None:
        """Nothing settles: the days are over."""

    def clear(self, days: object) -> None:
        """All of them go together."""
        self.held = []


def berlin(changes: date) -> MemoryStore:
    """Ten weeks up to three days after clocks change, at 10 kW, 34 in the fifth half hour."""
    store = MemoryStore()
    site = SiteSettings(id="b", time_zone="Europe/Berlin", meters=(MeterSettings(id="m"),))
    first, end = changes - timedelta(weeks=10), changes + timedelta(days=3)
    days, marks = [], []
    day = first
    while day < end:
        start_ms, end_ms = (midnight_ms(BERLIN, one) for one in (day, day + timedelta(days=1)))
        kw = [34.0 if n == 4 else 10.0 for n in range((end_ms - start_ms) // SLOT_MS)]
        store.write_totals(
            [
                Total("b", SITE_METER, "30m", start_ms + n * SLOT_MS, one / 2, 0.0, 1.0, one)
                for n, one in enumerate(kw)
            ]
        )
        days.append(Total("b", SITE_METER, "1d", start_ms, sum(kw) / 2, 0.0, 1.0, 34.0))
        marks.append((SITE_METER, start_ms))
        day += timedelta(days=1)
    store.write_totals(days)
    run_once(store, Marks(marks), [site], LIBRARY, At(midnight_ms(BERLIN, end) + 1))
    return store


def rows(store: MemoryStore, measurement: str, day: date) -> list[Row]:
    """The rows of the site on a local day."""
    from_ms, to_ms = (midnight_ms(BERLIN, one) for one in (day, day + timedelta(days=1)))
    return list(store.read_rows(measurement, "b", SITE_METER, from_ms, to_ms))


def test_the_day_on_which_clocks_go_back() -> None:
    """50 half hours: 02:00 comes twice, at 34 and 10 kW; all are told as usual, none is missing."""
    store = berlin(AUTUMN)
    (load,) = rows(store, LOAD_DAY, AUTUMN)
    assert load.fields["known"] == 48.0
    assert (load.fields["h04"], load.fields["h06"]) == (22.0, 10.0)
    (day,) = rows(store, DAY_FIGURES, AUTUMN)
    assert day.fields["coverage"] == 1.0
    assert day.fields["mean_kw"] == pytest.approx((49 * 10 + 34) / 50)
    assert day.fields["night_kwh"] == pytest.approx((21 * 10 + 34) / 2)
    usual = rows(store, TYPICAL_SLOT, AUTUMN)
    assert len(usual) == 50
    expected = {
        datetime.fromtimestamp(row.at_ms / 1000, BERLIN): row.fields["expected_kw"] for row in usual
    }
    assert [at.hour for at, kw in expected.items() if kw == 34.0] == [2]
    assert sum(float(row.fields["expected_kw"]) == 34.0 for row in usual) == 2


def test_the_day_on_which_clocks_go_forward() -> None:
    """46 half hours are a whole day; 02:00 is not there, and nothing is expected of it."""
    store = berlin(SPRING)
    (load,) = rows(store, LOAD_DAY, SPRING)
    assert load.fields["known"] == 46.0
    assert not {"h04", "h05"} & load.fields.keys()
    assert load.fields["h06"] == 34.0
    (day,) = rows(store, DAY_FIGURES, SPRING)
    assert day.fields["coverage"] == 1.0
    assert day.fields["base_kw"] == 10.0
    assert len(rows(store, TYPICAL_SLOT, SPRING)) == 46
    curve = store.read_rows(LOAD_DURATION_1MO, "b", SITE_METER, 0, FOREVER)
    assert curve[-1].fields["hours"] == 31 * 24 - 1


def test_demand_of_quarter_hours_is_theirs(tmp_path: Path) -> None:
    """Peaks, their times and ranks are of quarter hours; the heat map is of half hours."""
    first, end = date(2025, 4, 1), date(2025, 4, 5)
    settings = config.load(plant_year(tmp_path, circuits=1, first=first, end=end, slot_minutes=15))
    (site,) = settings.sites
    store, state = open_store(settings.store), open_state(settings.collector.state_dir)
    starts = [midnight_ms(site.zone, first) + n * DAY_MS for n in range(4)]
    for meter in (SITE_METER, "press"):
        state.stale_figures.mark(site.id, [(meter, at, at, at + DAY_MS) for at in starts])
    library = library_of(settings)
    run_once(store, state.stale_figures, settings.sites, library, At(starts[-1] + DAY_MS + 1))
    slots = store.read_totals(site.id, SITE_METER, "15m", 0, FOREVER)
    peak = max(slots, key=lambda total: (total.kwh, -total.start_ms))
    (month,) = store.read_rows(MONTH_FIGURES, site.id, SITE_METER, 0, FOREVER)
    assert month.fields["peak_kw"] == pytest.approx(peak.kwh * 4)
    at = datetime.fromtimestamp(peak.start_ms / 1000, site.zone).strftime("%Y-%m-%dT%H:%M")
    assert month.fields["peak_at"] == at
    ranked = store.read_rows(PEAK_RANK_1MO, site.id, SITE_METER, 0, FOREVER)
    assert [row.fields["kw"] for row in ranked] == pytest.approx(
        sorted((total.kwh * 4 for total in slots), reverse=True)[:20]
    )
    assert ranked[0].fields["at"] == at
    halves = store.read_totals(site.id, SITE_METER, "30m", 0, FOREVER)
    (load, *_) = store.read_rows(LOAD_DAY, site.id, SITE_METER, 0, FOREVER)
    assert load.fields["h17"] == halves[17].kwh * 2
    store.close()
    state.database.close()
