"""A small metal works with a year in its store: settings, totals, weather, production.

Slots are made by ``plant_loads``; days and all longer periods, CO2 and cost are booked by the
product's own code. The same call gives the same store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from collector import config
from collector.analysis.frame import slot_index
from collector.calendars.plant_calendar import PlantCalendar
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Total
from collector.site_config import SiteSettings
from collector.storage import open_store
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import WEATHER, WEATHER_METER
from collector.summarise.desk import Desk
from collector.summarise.evidence import Evidence
from collector.summarise.levels import roll_up
from collector.summarise.library import library_of
from tests.collector.memory_store import MemoryCards
from tests.collector.plant_loads import (
    CIRCUITS,
    Floats,
    Slots,
    loads_kw,
    pieces,
    reactive_kvarh,
    temperature_c,
)

PIECES = "pieces"
NAMES = {
    "press": ("プレス線", "Press line"),
    "furnace": ("焼鈍炉", "Annealing furnace"),
    "compressor": ("コンプレッサー", "Compressor"),
    "air": ("空調", "Air conditioning"),
    "lighting": ("照明", "Lighting"),
    "office": ("事務所", "Office"),
}
RATED_KW = {
    "press": 90, "furnace": 70, "compressor": 45, "air": 50, "lighting": 15, "office": 10,
}  # fmt: skip
MISSING_H = 5
"""The whole site fell silent for so long, from 9:00 of the 75th day."""
ESTIMATED_H = 26
"""The first circuit's counter was bridged for so long, from 14:00 of the 40th day."""

_HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
[tariffs]
folder = "tariffs"
"""
_FUEL = """
[[series]]
id = "jp-kyushu-fuel-adjustment-hv"
title = "燃料費調整単価 (invented for tests)"
source = { title = "invented", url = "https://example.com/", published_on = "2025-04-01", confidence = "low" }
entries = [{ from = "2020-04", to = "2030-04", value = -1.25 }]
"""  # noqa: E501


def plant_year(
    folder: Path,
    *,
    circuits: int = 6,
    first: date = date(2025, 4, 1),
    end: date = date(2026, 4, 1),
    seed: int = 1,
    site: str = "sendai",
    slot_minutes: int = 30,
) -> Path:
    """Write the settings and the filled store of a plant; answer the settings' path.

    ``main`` at the intake has ``circuits`` children and an unmeasured rest; ``pieces`` counts
    production. ``end`` is excluded. A second call with the same figures copies the first store.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = settings_text(site, circuits, first, end, slot_minutes)
    path = _settings(folder, text)
    (folder / "store.sqlite").write_bytes(_filled(text, site, circuits, first, end, seed))
    return path


def settings_text(site: str, circuits: int, first: date, end: date, slot_minutes: int) -> str:
    """The settings of the plant."""
    closed, worked = _closed(first, end), _worked(first, end)
    return "\n".join((_HEAD, _site(site, closed, worked, slot_minutes), *_meters(circuits)))


def _settings(folder: Path, text: str) -> Path:
    (folder / "tariffs").mkdir(exist_ok=True)
    (folder / "tariffs" / "fuel.toml").write_text(_FUEL, encoding="utf-8")
    path = folder / "collector.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _site(site: str, closed: list[str], worked: list[str], slot_minutes: int) -> str:
    return f"""
[[sites]]
id = "{site}"
name = "{"仙台工場" if site == "sendai" else site}"
name_en = "{site.capitalize()} works"
time_zone = "Asia/Tokyo"
slot_minutes = {slot_minutes}
billing_day = 1
contract_power_kw = 260
co2_method = "jp_shk_adjusted"
[sites.calendar]
holidays = "JP"
closed = [{", ".join(closed)}]
working = [{", ".join(worked)}]
[[sites.contracts]]
region = "JP"
supplier = "A0269"
menu = "M"
from = 2020-04-01
[[sites.tariffs]]
tariff = "jp-kyushu-industrial-tou-a-6kv"
from = 2020-04-01
"""


def _meters(circuits: int) -> Iterator[str]:
    head = '[[sites.meters]]\nid = "{}"\nname = "{}"\nname_en = "{}"\n'
    yield head.format("main", "受電", "Intake") + "rated_power_kw = 400"
    for name in _circuits(circuits):
        number = name.removeprefix("machine-")
        called = NAMES.get(name, (f"加工機{number}", f"Machine {number}"))
        below = f'parent = "main"\nrated_power_kw = {RATED_KW.get(name, 15)}'
        yield head.format(name, *called) + below
    yield (
        head.format(PIECES, "生産数", "Production")
        + 'medium = "production"\nquantity = "production_count"\nunit = "個"'
    )


def _circuits(circuits: int) -> list[str]:
    return [*CIRCUITS[:circuits], *(f"machine-{n}" for n in range(7, circuits + 1))]


def _closed(first: date, end: date) -> list[str]:
    years = range(first.year - 1, end.year + 1)
    bon = (f'"{year}-08-12/{year}-08-16"' for year in years)
    return [*bon, *(f'"{year}-12-29/{year + 1}-01-04"' for year in years)]


def _worked(first: date, end: date) -> list[str]:
    # Overtime on the second Saturday of every second month.
    days = (first + timedelta(days=n) for n in range((end - first).days))
    saturdays = (day for day in days if day.weekday() == 5 and 8 <= day.day <= 14)
    return [f'"{day}"' for day in saturdays if day.month % 2 == 0 and day.month != 8]


@lru_cache(maxsize=4)
def _filled(text: str, site: str, circuits: int, first: date, end: date, seed: int) -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = config.load(_settings(folder, text))
        store = open_store(settings.store)
        try:
            store.check()
            (plant,) = settings.sites
            desk = Desk(store, Evidence(MemoryCards()), site, plant, library_of(settings))
            _fill(desk, store, plant, (first, end), circuits, seed)
        finally:
            store.close()
        return (folder / "store.sqlite").read_bytes()


def _fill(
    desk: Desk,
    store: ReadingStore,
    plant: SiteSettings,
    days: tuple[date, date],
    circuits: int,
    seed: int,
) -> None:
    slots = slots_of(plant, days, seed)
    outside_c, made = temperature_c(slots), pieces(slots)
    kw = loads_kw(slots, outside_c, made / slots.hours, circuits)
    starts = [int(at) for at in slots.starts.as_unit("ms").asi8]
    fresh = {
        meter: {total.start_ms: total for total in totals}
        for meter, totals in _totals(desk, slots, starts, kw).items()
    }
    fresh[PIECES] = {
        at: Total(plant.id, PIECES, desk.slot, at, n / 1000, 0.0, 1.0, n / 1000 / slots.hours)
        for at, n in zip(starts, made.tolist(), strict=True)
    }
    longer = roll_up(desk, fresh, {})
    desk.write([total for parts in fresh.values() for total in parts.values()])
    desk.write(longer)
    store.write_rows(_weather(plant.id, slots, starts, outside_c))


def slots_of(plant: SiteSettings, days: tuple[date, date], seed: int) -> Slots:
    """The slots of local days, the second excluded, by the plant's calendar."""
    starts = slot_index(plant.zone, *days, plant.slot_minutes)
    calendar = PlantCalendar.of(plant.calendar)
    dates = starts.tz_localize(None).normalize()
    works = {day: calendar.works(day.date()) for day in dates.unique()}
    return Slots(
        starts,
        plant.slot_minutes / 60,
        np.asarray([works[day] for day in dates], dtype=np.bool_),
        np.asarray(starts.day_of_week == 5, dtype=np.bool_),
        np.random.default_rng(seed),
    )


def _totals(
    desk: Desk, slots: Slots, starts: list[int], kw: Mapping[str, Floats]
) -> dict[str, list[Total]]:
    wh = {meter: np.rint(power * slots.hours * 1000) for meter, power in kw.items()}
    main = np.sum(list(wh.values()), axis=0)
    known = ~_missing(slots)
    bridged = _bridged(slots)
    sides = reactive_kvarh(main / 1000, slots.hours)
    found = {}
    for meter, energy in ({"main": main, SITE_METER: main} | wh).items():
        name = meter or UNMEASURED_METER
        gap = bridged if name == next(iter(wh)) else np.zeros_like(bridged)
        of_meter = sides if name in ("main", SITE_METER) else ()
        found[name] = _of_meter(desk, name, starts, energy / 1000, (known, gap), of_meter)
    return found


def _of_meter(
    desk: Desk,
    meter: str,
    starts: list[int],
    kwh: Floats,
    told: tuple[np.ndarray, np.ndarray],
    sides: tuple[Floats, ...],
) -> list[Total]:
    per_h = 60 / desk.calendar.slot_minutes
    known, gap = (mask.tolist() for mask in told)
    lagging, leading = (np.round(side, 3).tolist() for side in sides) if sides else ([], [])
    return [
        Total(
            *(desk.site, meter, desk.slot, at, energy),
            *(energy if gap[n] else 0.0, 0.0 if gap[n] else 1.0, energy * per_h),
            reactive_kvarh=lagging[n] if lagging else None,
            reactive_export_kvarh=leading[n] if leading else None,
        )
        for n, (at, energy) in enumerate(zip(starts, kwh.tolist(), strict=True))
        if known[n]
    ]


def _missing(slots: Slots) -> np.ndarray:
    return _stretch(slots, 75, 9, MISSING_H)


def _bridged(slots: Slots) -> np.ndarray:
    return _stretch(slots, 40, 14, ESTIMATED_H)


def _stretch(slots: Slots, day: int, hour: int, hours: int) -> np.ndarray:
    a_slot = np.arange(len(slots.starts))
    begun = round((day * 24 + hour) / slots.hours)
    return (begun <= a_slot) & (a_slot < begun + round(hours / slots.hours))


def _weather(site: str, slots: Slots, starts: list[int], outside_c: Floats) -> list[Row]:
    every = round(1 / slots.hours)
    return [
        Row(
            WEATHER, site, WEATHER_METER, at,
            {"temperature_c": round(degrees, 1), "duration_s": 3600.0, "source": "invented"},
        )
        for at, degrees in zip(starts[::every], outside_c[::every].tolist(), strict=True)
    ]  # fmt: skip
