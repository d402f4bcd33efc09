"""Many sites in one store, for the portfolio: each a plant of `plant_year` in another size.

Only what a portfolio reads is there: slots and days of the whole site, and the days of the year
before. A few plants are made by the product's own code and copied within the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np

from collector.rollup.totals import SITE_METER
from collector.storage.schema import ENERGY_1D, ENERGY_30M, TOTAL_FIELDS
from tests.collector.plant_year import plant_year

SHAPES = 4
DAY_MS = 86_400_000
_SIZED = {
    "kwh", "estimated_kwh", "peak_kw", "co2_kg", "export_kwh", "reactive_kvarh",
    "reactive_export_kvarh", "co2_location_kg", "co2_market_kg", "co2_basic_kg",
    "co2_adjusted_kg", "energy_cost",
}  # fmt: skip
_SITE = """
[[sites]]
id = "{id}"
name = "第{number}工場"
name_en = "Works {number}"
time_zone = "Asia/Tokyo"
contract_power_kw = {contract_kw}
[sites.calendar]
holidays = "JP"
[[sites.contracts]]
region = "JP"
supplier = "A0269"
menu = "M"
from = 2020-04-01
"""


def portfolio_sites(
    folder: Path,
    sites: int = 300,
    *,
    first: date = date(2025, 4, 1),
    end: date = date(2026, 4, 1),
    seed: int = 1,
) -> Path:
    """Write settings and store of so many sites, ``site-001`` on; answer the settings' path."""
    random = np.random.default_rng(seed)
    sizes = [round(float(size), 3) for size in random.uniform(0.3, 3.0, sites)]
    shapes = min(SHAPES, sites)
    plants = [
        plant_year(folder / f"shape-{n}", circuits=1, first=first, end=end, seed=n)
        for n in range(1, shapes + 1)
    ]
    path = folder / "collector.toml"
    head = plants[0].read_text(encoding="utf-8").split("[[sites]]")[0].replace("[tariffs]", "")
    head = head.replace('folder = "tariffs"', "")
    named = [_SITE.format(id=_id(n), number=n + 1, contract_kw=round((80 + 7 * (n % 6)) * size))
             for n, size in enumerate(sizes)]  # fmt: skip
    path.write_text(head + "\n".join(named), encoding="utf-8")
    store = folder / "store.sqlite"
    store.write_bytes((folder / "shape-1" / "store.sqlite").read_bytes())
    _copy(store, [folder / f"shape-{n}" / "store.sqlite" for n in range(1, shapes + 1)], sizes)
    return path


def _id(number: int) -> str:
    return f"site-{number + 1:03}"


def _copy(store: Path, plants: Iterable[Path], sizes: list[float]) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for table in (ENERGY_30M, ENERGY_1D):
            db.execute(f"DELETE FROM {table}")
        db.execute("DELETE FROM series")
        held = list(plants)
        for number, plant in enumerate(held):
            db.execute("ATTACH ? AS plant", (str(plant),))
            db.execute("BEGIN")
            for site in range(number, len(sizes), len(held)):
                _add(db, _id(site), sizes[site])
            db.execute("COMMIT")
            db.execute("DETACH plant")


def _add(db: sqlite3.Connection, site: str, size: float) -> None:
    insert = "INSERT INTO series (site, meter) VALUES (?, ?)"
    series = db.execute(insert, (site, SITE_METER)).lastrowid
    # The year before used a little more or less, by the site's size.
    before = 1 + (size - 1.5) / 10
    for table, shift_ms, share in (
        (ENERGY_30M, 0, 1.0),
        (ENERGY_1D, 0, 1.0),
        (ENERGY_1D, 365 * DAY_MS, before),
    ):
        figures = ", ".join(
            f"{name} * {size * share!r}" if name in _SIZED else name for name in TOTAL_FIELDS
        )
        db.execute(
            f"INSERT INTO {table} (series_id, start_ms, {', '.join(TOTAL_FIELDS)}) "
            f"SELECT {series}, start_ms - {shift_ms}, {figures} FROM plant.{table} "
            "WHERE series_id = (SELECT id FROM plant.series WHERE meter = ?) ORDER BY start_ms",
            (SITE_METER,),
        )


def without_store(path: Path, site: str) -> None:
    """Take all totals of a site out of the store: nothing is known of it any more."""
    with closing(sqlite3.connect(path.parent / "store.sqlite")) as db, db:
        for table in (ENERGY_30M, ENERGY_1D):
            db.execute(
                f"DELETE FROM {table} WHERE series_id IN (SELECT id FROM series WHERE site = ?)",
                (site,),
            )
