"""The figures of one site, each against plain arithmetic on its slots and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from collector.analysis.frame import frame_from_kwh, slot_index
from collector.analysis.site_load import SiteLoad
from collector.frames import Store
from collector.portfolio.figures import figures, night_share
from collector.portfolio.site_work import light_load
from tests.collector.portfolio.some_sites import END, FIRST

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="module")
def load(source: Path) -> SiteLoad:
    """Two months of a site."""
    with Store.open(source) as store:
        return light_load(store, "site-001", FIRST, END)


def test_energy_co2_and_cost_are_those_of_the_days(load: SiteLoad) -> None:
    """Added up day by day, by the site's own method and by every other."""
    found = figures(load, currency="JPY")
    days = load.days
    assert found.kwh == pytest.approx(sum(days["kwh"]))
    assert found.co2_kg == pytest.approx(sum(days["co2_kg"]))
    assert found.energy_cost == pytest.approx(sum(days["energy_cost"]))
    assert found.co2_by_method_kg["location"] == pytest.approx(sum(days["co2_location_kg"]))
    assert set(found.co2_by_method_kg) == {
        "location", "market_residual", "jp_shk_basic", "jp_shk_adjusted",
    }  # fmt: skip


def test_the_shape_is_that_of_the_half_hours(load: SiteLoad) -> None:
    """Peak, load factors, base load, nights and days off, counted in plain Python."""
    found = figures(load)
    kw = [(at, 2 * kwh) for at, kwh in load.slots["kwh"].items() if kwh == kwh]
    values = [power for _, power in kw]
    mean, peak = sum(values) / len(values), max(values)
    assert found.peak_kw == pytest.approx(peak)
    assert found.peak_at == dict(zip(values, (at for at, _ in kw), strict=True))[peak]
    assert found.lf_peak == pytest.approx(mean / peak)
    assert found.contract_kw is not None
    assert found.lf_contract == pytest.approx(mean / found.contract_kw)
    by_day: dict[date, list[float]] = {}
    for at, power in kw:
        by_day.setdefault(pd.Timestamp(str(at)).date(), []).append(power)
    assert found.base_kw == pytest.approx(median(map(min, by_day.values())))
    night = [power for at, power in kw if not 8 <= pd.Timestamp(str(at)).hour < 22]
    assert found.night_share == pytest.approx(sum(night) / sum(values))
    off = {
        pd.Timestamp(str(day)).date()
        for day, kind in load.day_kinds.items()
        if kind in ("sunday", "holiday")
    }
    idle = sum(sum(powers) for day, powers in by_day.items() if day in off)
    assert found.off_day_share == pytest.approx(idle / sum(values))


def test_how_well_it_is_known(load: SiteLoad) -> None:
    """What is unknown is told, and lowers no other figure to zero."""
    holed = replace(load, slots=load.slots.copy())
    holed.slots.iloc[100:200, 0] = np.nan
    holed.slots.iloc[100:200, 2] = 0.0
    found = figures(holed)
    assert found.missing == pytest.approx(100 / len(load.slots))
    assert found.coverage == pytest.approx(1 - 100 / len(load.slots))
    assert found.lf_peak is not None


def before(load: SiteLoad, share: float) -> pd.Series[float]:
    """The same days a year earlier, with so much of the energy."""
    dates = pd.DatetimeIndex(load.days.index) - pd.DateOffset(years=1)
    return pd.Series(load.days["kwh"].to_numpy() * share, index=dates)


def test_against_the_year_before(load: SiteLoad) -> None:
    """Of the days that both years have; too few of them and there is no comparison."""
    found = figures(load, before(load, 0.8))
    assert found.change == pytest.approx(0.25)
    assert found.kwh is not None
    assert found.kwh_before == pytest.approx(0.8 * found.kwh)
    partly = before(load, 0.8)
    partly.iloc[:4] = np.nan
    assert figures(load, partly).change == pytest.approx(0.25)
    assert figures(load, partly).kwh_before == pytest.approx(float(partly.sum()))
    scarce = before(load, 0.8)
    scarce.iloc[:20] = np.nan
    told = figures(load, scarce)
    assert (told.change, told.kwh_before) == (None, None)
    assert "the year before has too few days to compare with" in told.remarks


def test_a_day_without_a_factor_leaves_the_sum_without_one(load: SiteLoad) -> None:
    """A part must not look like the whole."""
    days = load.days.copy()
    days.loc[days.index[3], ["co2_location_kg", "energy_cost"]] = np.nan
    found = figures(replace(load, days=days))
    assert "location" not in found.co2_by_method_kg
    assert found.energy_cost is None
    assert found.co2_kg is not None


def test_29_february_is_compared_with_nothing() -> None:
    """A leap day has no day a year before: 28 February is not counted twice."""
    first, end = date(2024, 2, 28), date(2024, 3, 2)
    index = slot_index(TOKYO, first, end, 30)
    dates = pd.date_range(first, periods=3)
    days = pd.DataFrame({"kwh": [10.0, 20.0, 30.0]}, index=dates).reindex(
        columns=["kwh", "co2_kg", "co2_location_kg", "co2_market_kg", "co2_basic_kg",
                 "co2_adjusted_kg", "energy_cost"]
    )  # fmt: skip
    load = SiteLoad(
        *("s", "", TOKYO, first, end),
        slots=frame_from_kwh(pd.Series(1.0, index=index)),
        day_kinds=pd.Series("working", index=dates),
        days=days,
    )
    year = pd.Series(5.0, index=pd.date_range("2023-02-01", "2023-03-31"))
    # Two of three days only: not enough to compare.
    assert figures(load, year).kwh_before is None


def test_nothing_known_gives_remarks_and_no_figures(load: SiteLoad) -> None:
    """Every figure is None, each with its reason, never zero."""
    empty = replace(
        load,
        slots=load.slots.assign(kwh=np.nan, estimated_kwh=np.nan, coverage=0.0),
        days=load.days.assign(**dict.fromkeys(load.days.columns, np.nan)),
    )
    found = figures(empty)
    assert (found.kwh, found.peak_kw, found.lf_peak, found.base_kw, found.night_share) == (
        None,
    ) * 5
    assert (found.coverage, found.missing) == (0.0, 1.0)
    assert len(found.remarks) >= 2


def test_the_night_of_no_energy_has_no_share() -> None:
    """Nothing divided by nothing is nothing known."""
    index = slot_index(TOKYO, date(2025, 4, 1), date(2025, 4, 2), 30)
    assert night_share(frame_from_kwh(pd.Series(0.0, index=index))) is None
    assert night_share(frame_from_kwh(pd.Series(1.0, index=index))) == pytest.approx(20 / 48)
