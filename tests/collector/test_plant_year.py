"""The plant that tests lean on: figures agree with each other, every call gives the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from collector import config
from collector.analysis.site_load import SiteLoad
from collector.frames import Store
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period
from collector.storage import open_store
from tests.collector.plant_year import PIECES, plant_year

FIRST, END = date(2025, 5, 1), date(2025, 8, 1)
DAYS = 92


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of a plant of three months with eight circuits."""
    folder = tmp_path_factory.mktemp("plant")
    return plant_year(folder, circuits=8, first=FIRST, end=END)


@pytest.fixture(scope="module")
def load(path: Path) -> SiteLoad:
    """All of it as frames."""
    with Store.open(path) as store:
        return store.site_load("sendai", FIRST, END)


def test_the_site_is_its_intake_and_circuits_with_the_rest_make_it_up(load: SiteLoad) -> None:
    """What the parents count is what the children count and what nobody measures."""
    assert load.unmeasured is not None
    below = sum(circuit.slots["kwh"] for circuit in load.leaves) + load.unmeasured["kwh"]
    assert len(load.leaves) == 8
    np.testing.assert_allclose(load.slots["kwh"], below, atol=1e-9)
    np.testing.assert_array_equal(load.slots["kwh"], load.circuit("main").slots["kwh"])


def test_days_carry_the_energy_of_their_slots_with_co2_and_cost(load: SiteLoad) -> None:
    """Booked by the product's own code: by every method, and by the tariff."""
    assert load.days["kwh"].sum() == pytest.approx(load.slots["kwh"].sum(), abs=1e-6)
    assert load.days.notna().all().all()
    assert (load.days["energy_cost"] / load.days["kwh"]).between(15, 22).all()


def test_what_is_unknown_and_what_was_bridged_is_there_to_be_found(load: SiteLoad) -> None:
    """Five hours of the site are missing, a day of one circuit is estimated."""
    assert load.slots["kwh"].isna().sum() == 10
    assert load.circuit("press").slots["estimated_kwh"].gt(0).sum() == 52


def test_weather_and_production_are_series_of_the_plant(load: SiteLoad) -> None:
    """A figure an hour, an amount a day."""
    assert load.temperature_c is not None
    assert load.production is not None
    assert load.temperature_c.notna().sum() == DAYS * 24
    whole = load.production[PIECES].round()
    np.testing.assert_allclose(load.production[PIECES], whole, atol=1e-6)
    assert load.production_units == {PIECES: "個"}


@pytest.mark.parametrize("meter", ["main", "press", SITE_METER, UNMEASURED_METER])
def test_every_longer_period_is_there(path: Path, meter: str) -> None:
    """Months, billing months, years: three months, three bills, one year of each kind."""
    store = open_store(config.load(path).store)
    try:
        found: dict[Period, int] = {
            period: len(store.read_totals("sendai", meter, period, 0, 2**50))
            for period in ("1d", "1mo", "1bm", "1fy", "1y")
        }
    finally:
        store.close()
    assert found == {"1d": DAYS, "1mo": 3, "1bm": 3, "1fy": 1, "1y": 1}


def test_the_same_call_gives_the_same_year_and_another_seed_another(tmp_path: Path) -> None:
    """Tests may state figures of it."""
    sums = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        short = date(2025, 5, 1), date(2025, 5, 8)
        path = plant_year(tmp_path / name, first=short[0], end=short[1], seed=seed)
        with Store.open(path) as store:
            sums.append(store.slots("sendai", "main", *short)["kwh"].sum())
    assert sums[0] == sums[1] != sums[2]


def test_quarter_hours_are_to_be_had(tmp_path: Path) -> None:
    """A plant of which demand is by the quarter hour has 96 slots a day."""
    days = date(2025, 5, 1), date(2025, 5, 3)
    path = plant_year(tmp_path, first=days[0], end=days[1], slot_minutes=15)
    with Store.open(path) as store:
        assert store.slots("sendai", "main", *days)["kwh"].notna().sum() == 2 * 96
