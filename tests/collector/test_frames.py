"""Frames out of a collector's store: what they hold, in the site's own time."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from collector.analysis.evidence import evidence_of
from collector.errors import CollectorError
from collector.frames import Store
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import SiteSettings
from collector.storage.port import Row
from collector.storage.schema import AMOUNT_MEASUREMENTS, WEATHER, WEATHER_METER
from tests.collector.memory_store import MemoryStore
from tests.collector.plant_year import plant_year

BERLIN = ZoneInfo("Europe/Berlin")


def _site(**more: object) -> SiteSettings:
    meters = [
        {"id": "main", "name": "主幹", "name_en": "Intake"},
        {"id": "press", "parent": "main", "rated_power_kw": 90},
        {"id": "gas", "medium": "gas", "unit": "m3"},
        {"id": "pieces", "medium": "production", "unit": "pieces"},
    ]
    settings = {"id": "works", "time_zone": "Europe/Berlin", "meters": meters}
    return SiteSettings.model_validate(settings | more)


def _slot(start_ms: int, kwh: float, meter: str = SITE_METER, **more: float) -> Total:
    return Total("works", meter, "30m", start_ms, kwh, 0.0, 1.0, 2 * kwh, **more)  # type: ignore[arg-type]


def _row(measurement: str, meter: str, at_ms: int, **fields: float | str) -> Row:
    return Row(measurement, "works", meter, at_ms, fields)


def _amount(day: date, amount: float, missing: float = 0.0) -> Row:
    at_ms = midnight_ms(BERLIN, day)
    return _row(AMOUNT_MEASUREMENTS["1d"], "pieces", at_ms, amount=amount, missing=missing)


def _weather(day: date, half_hour: int) -> Row:
    at_ms = midnight_ms(BERLIN, day) + half_hour * 1_800_000
    measured = float(half_hour)
    return _row(WEATHER, WEATHER_METER, at_ms, temperature_c=measured, duration_s=1800.0)


@pytest.fixture
def held() -> MemoryStore:
    """A store that holds nothing."""
    return MemoryStore()


@pytest.mark.parametrize(
    ("first", "end", "slots"),
    [
        (date(2026, 3, 29), date(2026, 3, 30), 46),
        (date(2026, 10, 25), date(2026, 10, 26), 50),
        (date(2026, 3, 1), date(2026, 11, 1), 245 * 48),
    ],
)
def test_slots_stand_at_their_instants(
    held: MemoryStore, first: date, end: date, slots: int
) -> None:
    """Every slot of the period has a row, in absolute time, on days of any length."""
    start = midnight_ms(BERLIN, first)
    held.write_totals([_slot(start + n * 1_800_000, float(n)) for n in range(slots)])
    frame = Store(held, [_site()]).slots("works", SITE_METER, first, end)
    assert frame["kwh"].tolist() == [float(n) for n in range(slots)]
    assert frame.index[0] == datetime(first.year, first.month, first.day, tzinfo=BERLIN)
    assert evidence_of(frame).end == datetime(end.year, end.month, end.day, tzinfo=BERLIN)


def test_what_is_not_stored_is_unknown(held: MemoryStore) -> None:
    """A slot that is not there, or partly missing, has no energy; reactive energy may be absent."""
    first = date(2026, 6, 1)
    start = midnight_ms(BERLIN, first)
    held.write_totals([_slot(start, 5.0), _slot(start + 1_800_000, 4.0, missing=0.5)])
    frame = Store(held, [_site()]).slots("works", SITE_METER, first, date(2026, 6, 2))
    assert frame["kwh"].notna().sum() == 1
    assert frame["reactive_kvarh"].isna().all()
    assert frame["coverage"].sum() == 2.0


def test_quarter_hours_where_the_site_has_them(held: MemoryStore) -> None:
    """A site of 15 minutes gives them, a site of 30 its half hours."""
    first = date(2026, 6, 1)
    frame = Store(held, [_site(slot_minutes=15)]).slots("works", "main", first, date(2026, 6, 2))
    assert len(frame) == 96
    assert frame["kwh"].isna().all()


def test_days_kinds_weather_and_production(held: MemoryStore) -> None:
    """Days by date over a change of clocks; hours of weather; amounts, unknown where missing."""
    first, end = date(2026, 3, 28), date(2026, 3, 31)
    days = [date(2026, 3, day) for day in (28, 29, 30)]
    held.write_totals(
        [
            Total("works", SITE_METER, "1d", midnight_ms(BERLIN, day), 10, 0, 1, 2, co2_kg=4)
            for day in days[:2]
        ]
    )
    held.write_rows([_amount(days[0], 7.0), _amount(days[1], 9.0, missing=1.0)])
    held.write_rows([_weather(days[1], n) for n in range(8)])
    store = Store(held, [_site(calendar={"holidays": "DE", "closed": ["2026-03-30"]})])
    load = store.site_load("works", first, end)
    assert load.days["kwh"].tolist()[:2] == [10.0, 10.0]
    assert np.isnan(load.days["kwh"].iloc[2])
    assert load.days["co2_kg"].iloc[0] == 4.0
    assert load.day_kinds.tolist() == ["saturday", "sunday", "closed"]
    assert load.temperature_c is not None
    assert load.temperature_c.tolist() == [0.5, 2.5, 4.5, 6.5]
    assert load.production is not None
    assert load.production["pieces"].iloc[0] == 7.0
    assert load.production["pieces"].isna().sum() == 2
    assert load.production_units == {"pieces": "pieces"}


def test_a_site_without_weather_and_production(held: MemoryStore) -> None:
    """Neither is made up."""
    store = Store(held, [_site(meters=[{"id": "main"}])])
    load = store.site_load("works", date(2026, 6, 1), date(2026, 6, 2))
    assert load.temperature_c is None
    assert load.production is None


def test_circuits_are_the_electricity_meters(held: MemoryStore) -> None:
    """With names, nameplates and places; gas is none of them."""
    store = Store(held, [_site()])
    load = store.site_load("works", date(2026, 6, 1), date(2026, 6, 2))
    assert [(each.id, each.parent, each.rated_kw) for each in load.circuits] == [
        ("main", None, None),
        ("press", "main", 90),
    ]
    assert [each.id for each in load.leaves] == ["press"]
    assert (load.circuit("main").called("en"), load.circuit("main").called("ja")) == (
        "Intake",
        "主幹",
    )
    with pytest.raises(KeyError, match="gas"):
        load.circuit("gas")


def test_a_meter_that_moved_stands_where_it_was_on_the_last_day(held: MemoryStore) -> None:
    """A move counts from its day on; one after the period does not."""
    moves = [{"from": "2026-06-10", "parent": "hall"}, {"from": "2026-06-20", "parent": ""}]
    meters = [{"id": "main"}, {"id": "hall", "parent": "main"}]
    meters.append({"id": "press", "parent": "main", "moves": moves})  # type: ignore[dict-item]
    store = Store(held, [_site(meters=meters)])
    places = [
        store.site_load("works", date(2026, 6, 1), end).circuit("press").parent
        for end in (date(2026, 6, 10), date(2026, 6, 11), date(2026, 7, 1))
    ]
    assert places == ["main", "hall", None]


def test_the_contract_power_in_force_on_the_last_day(held: MemoryStore) -> None:
    """A dated contract power stands over the first one from its day on."""
    powers = [{"kw": 250, "from": "2026-06-10"}]
    store = Store(held, [_site(contract_power_kw=300, contract_powers=powers)])
    found = [
        store.site_load("works", date(2026, 6, 1), end).contract_power_kw
        for end in (date(2026, 6, 10), date(2026, 6, 11))
    ]
    assert found == [300, 250]


def test_wrong_site_and_empty_period(held: MemoryStore) -> None:
    """Each has one line and what to do."""
    store = Store(held, [_site()])
    with pytest.raises(CollectorError, match=r"no site wroks \(the settings have: works\)"):
        store.slots("wroks", "main", date(2026, 6, 1), date(2026, 6, 2))
    with pytest.raises(CollectorError, match="has no day"):
        store.site_load("works", date(2026, 6, 1), date(2026, 6, 1))


def test_a_store_opened_by_its_settings(tmp_path: Path) -> None:
    """The settings' own store, read and given back: what a notebook begins with."""
    path = plant_year(tmp_path, circuits=1, first=date(2025, 6, 1), end=date(2025, 6, 4))
    with Store.open(path) as store:
        assert [site.id for site in store.sites] == ["sendai"]
        load = store.site_load("sendai", date(2025, 6, 1), date(2025, 6, 4))
    assert load.slots["kwh"].notna().all()
    assert load.slots["kwh"].sum() == pytest.approx(load.days["kwh"].sum())
