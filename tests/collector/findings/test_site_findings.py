"""What findings are made from, out of settings and store: bills, tariffs, the grid's signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from collector import config
from collector.errors import CollectorError
from collector.gather.site_findings import (
    GRID_METER,
    GivenPrice,
    billing_of,
    findings_of,
    grid_signal,
    other_tariffs,
    prices_of,
    window_of,
)
from collector.intensity.point import IntensityPoint
from collector.intensity.series import fields_of
from collector.reporting.sources import Sources
from collector.site_config import SiteSettings, TariffSettings
from collector.storage.port import Row
from collector.storage.schema import GRID_INTENSITY
from tests.collector.plant_year import plant_year

FIRST, END = date(2025, 6, 1), date(2025, 9, 1)
HALF_HOUR_MS = 1_800_000


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """A plant with a summer in its store."""
    path = plant_year(tmp_path_factory.mktemp("sources"), first=FIRST, end=END, circuits=2)
    with Sources.open(config.load(path)) as opened:
        yield opened


@pytest.fixture
def site(sources: Sources) -> SiteSettings:
    """The plant's site."""
    return sources.site("sendai")


def test_whole_months_are_billed_and_a_broken_one_is_left(
    sources: Sources, site: SiteSettings
) -> None:
    """From 15 June to 20 August only July is a whole bill; of the whole window all three are."""
    tariffs = sources.library.tariffs
    billing = billing_of(sources.store, site, tariffs, date(2025, 6, 15), date(2025, 8, 20))
    assert billing.from_month.month == date(2025, 7, 1)
    assert billing.months[-1].month == date(2025, 7, 1)
    whole = billing_of(sources.store, site, tariffs, FIRST, END)
    assert whole.from_month.month == FIRST
    assert whole.months[-1].month == date(2025, 8, 1)


def test_the_tariff_of_the_last_day_counts(sources: Sources, site: SiteSettings) -> None:
    """A plant that changed in August is reckoned with the tariff it has now."""
    flat = TariffSettings(tariff="example-flat", from_date=date(2025, 8, 1))
    changed = site.model_copy(update={"tariffs": (*site.tariffs, flat)})
    billing = billing_of(sources.store, changed, sources.library.tariffs, FIRST, END)
    assert billing.tariff.id == "example-flat"


def test_prices_follow_the_hours_of_the_tariff(sources: Sources, site: SiteSettings) -> None:
    """On a summer's working day 13-16 h is dearest; levy and adjustment are in it."""
    load = sources.frames.site_load("sendai", FIRST, END)
    prices = prices_of(sources, site, load)
    at = {stamp: price for stamp, price in zip(load.slots.index, prices.per_kwh, strict=True)}
    day = [price for stamp, price in at.items() if str(stamp.date()) == "2025-07-01"]
    assert day[26] - day[20] == pytest.approx(19.74 - 17.27)
    assert day[26] == pytest.approx(19.74 + 3.98 - 1.25)


def test_other_tariffs_are_of_the_same_area_voltage_and_currency(sources: Sources) -> None:
    """Neither examples nor tariffs of another area are compared with a real one."""
    library = sources.library.tariffs
    now = library.nearest("jp-kyushu-industrial-tou-a-6kv", END)
    assert other_tariffs(library, now, END) == ()
    example = library.nearest("example-jp-agreed-market", END)
    assert [other.id for other in other_tariffs(library, example, END)] == [now.id]
    elsewhere = replace(now, area="JP-Okinawa", id="x")
    assert now.id not in [other.id for other in other_tariffs(library, elsewhere, END)]


def test_the_grids_signal_lies_along_the_slots(sources: Sources, site: SiteSettings) -> None:
    """Hourly points are on both half hours in kg; what is not stored is NaN; no area is None."""
    load = sources.frames.site_load("sendai", FIRST, END)
    start = int(load.slots.index[0].timestamp() * 1000)
    points = [
        IntensityPoint("jp-07", start, start + 2 * HALF_HOUR_MS, 450.0, "actual", "direct", "x")
    ]
    rows = [Row(GRID_INTENSITY, "jp-07", GRID_METER, p.start_ms, fields_of(p)) for p in points]
    sources.store.write_rows(rows)
    placed = site.model_copy(update={"grid_area": "jp-07"})
    signal = grid_signal(sources.store, placed, load)
    assert signal is not None
    assert signal[:2].tolist() == [0.45, 0.45]
    assert np.isnan(signal[2:]).all()
    assert grid_signal(sources.store, site, load) is None
    empty = site.model_copy(update={"grid_area": "jp-01"})
    assert grid_signal(sources.store, empty, load) is None


def test_findings_come_out_of_the_store(sources: Sources, site: SiteSettings) -> None:
    """The same call twice gives the same; a price given needs no tariff."""
    found = findings_of(sources, site, FIRST, END)
    assert found.found
    assert found == findings_of(sources, site, FIRST, END)
    bare = site.model_copy(update={"tariffs": ()})
    with pytest.raises(CollectorError, match="no tariff"):
        findings_of(sources, bare, FIRST, END)
    assert findings_of(sources, bare, FIRST, END, GivenPrice(20.0)).silences


def test_the_window_is_a_year_back_unless_said() -> None:
    """Left out, the year up to yesterday; given, as given; a leap day's year begins on 28 Feb."""
    today = date(2026, 11, 28)
    assert window_of(None, None, today) == (date(2025, 11, 28), today)
    assert window_of(FIRST, END, today) == (FIRST, END)
    assert window_of(None, date(2024, 2, 29), today)[0] == date(2023, 2, 28)


def test_settings_of_a_plant_reach_its_prices(tmp_path: Path) -> None:
    """Nothing of a site's billing day or slots is lost on the way: a 20th begins its bills."""
    path = plant_year(tmp_path, first=FIRST, end=date(2025, 8, 1), circuits=1)
    text = path.read_text(encoding="utf-8").replace("billing_day = 1", "billing_day = 20")
    path.write_text(text, encoding="utf-8")
    with Sources.open(config.load(path)) as opened:
        site = opened.site("sendai")
        billing = billing_of(opened.store, site, opened.library.tariffs, FIRST, date(2025, 8, 1))
    assert billing.from_month.first == date(2025, 6, 20)
    assert billing.months[-1].end == date(2025, 7, 20)
