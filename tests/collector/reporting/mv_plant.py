"""A plant whose energy is a known line of its output, and a press that saves from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from collector import config
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Period, Total
from collector.storage import open_store
from collector.storage.port import Row
from collector.storage.schema import AMOUNT_MEASUREMENTS, WEATHER, WEATHER_METER

FIRST, CHANGED, END = date(2025, 4, 1), date(2025, 8, 1), date(2025, 10, 1)
FIXED_KWH, KWH_A_PIECE, SAVED_A_DAY = 240.0, 0.5, 48.0
HOSTILE = "<script>alert(1)</script>=1+1"
_SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "oak"
name = "樫工場"
name_en = "Oak works"
time_zone = "Asia/Tokyo"
co2_method = "jp_shk_adjusted"
{contract}
[[sites.meters]]
id = "main"
name = "受電"
name_en = "Intake"
certified_until = 2025-09-15
[[sites.meters]]
id = "press"
name = "{name}"
parent = "main"
[[sites.meters]]
id = "pieces"
name = "生産数"
name_en = "Output"
medium = "production"
quantity = "production_count"
unit = "個"
"""
_CONTRACT = """[[sites.contracts]]
region = "JP"
supplier = "A0269"
menu = "M"
from = 2020-04-01
"""
Floats = np.ndarray


@dataclass(frozen=True)
class Planted:
    """The settings, and by day what the store was given: pieces, kWh of the site, temperature."""

    path: Path
    days: tuple[date, ...]
    pieces: Floats
    kwh: Floats
    celsius: Floats

    def within(self, first: date, end: date) -> slice:
        """The places of the days from ``first`` to ``end``, excluded."""
        return slice((first - self.days[0]).days, (end - self.days[0]).days)


def mv_plant(
    folder: Path,
    *,
    first: date = FIRST,
    end: date = END,
    missing: Mapping[date, int] | None = None,
    made: Mapping[date, float] | None = None,
    contract: bool = True,
    weather: bool = True,
) -> Planted:
    """Write settings and store; ``missing`` has for a day how many of its slots are unknown.

    ``made`` has for a day how many pieces were made on it, where that is not left to chance.
    """
    days = tuple(first + timedelta(days=n) for n in range((end - first).days))
    random = np.random.default_rng(7)
    pieces = np.round(400 + 200 * random.random(len(days)))
    for day, count in (made or {}).items():
        pieces[days.index(day)] = count
    noise = random.normal(0.0, 12.0, len(days))
    saved = np.array([SAVED_A_DAY if day >= CHANGED else 0.0 for day in days])
    # Whole Wh a slot, as a store keeps them.
    kwh = np.round((FIXED_KWH + KWH_A_PIECE * pieces + noise - saved) / 48, 3) * 48
    celsius = np.round(18 + 8 * np.sin(np.arange(len(days)) / 25), 1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "collector.toml"
    text = _SETTINGS.format(name=HOSTILE, contract=_CONTRACT if contract else "")
    path.write_text(text, encoding="utf-8")
    planted = Planted(path, days, pieces, kwh, celsius)
    _fill(planted, missing or {}, weather)
    return planted


def _fill(planted: Planted, missing: Mapping[date, int], weather: bool) -> None:
    settings = config.load(planted.path)
    store, zone = open_store(settings.store), settings.sites[0].zone
    try:
        store.check()
        totals, rows = [], []
        for n, day in enumerate(planted.days):
            at_ms, unknown = midnight_ms(zone, day), missing.get(day, 0)
            for meter in (SITE_METER, "press"):
                totals += _slots(meter, at_ms, float(planted.kwh[n]), unknown)
            share = (48 - unknown) / 48
            totals.append(_total(SITE_METER, "1d", at_ms, planted.kwh[n] * share, 1 - share))
            rows.append(_amount(at_ms, float(planted.pieces[n])))
            if weather:
                rows += [_weather(at_ms, hour, float(planted.celsius[n])) for hour in range(24)]
        store.write_totals(totals)
        store.write_rows(rows)
    finally:
        store.close()


def _slots(meter: str, at_ms: int, kwh: float, unknown: int) -> list[Total]:
    starts = range(at_ms, at_ms + (48 - unknown) * 1_800_000, 1_800_000)
    return [_total(meter, "30m", start, kwh / 48, 0.0) for start in starts]


def _total(meter: str, period: Period, at_ms: int, kwh: float, missing: float) -> Total:
    kw = kwh * 2
    return Total("oak", meter, period, at_ms, float(kwh), 0.0, 1 - missing, kw, missing=missing)


def _amount(at_ms: int, pieces: float) -> Row:
    fields: dict[str, float | str] = {
        "amount": pieces, "estimated_amount": 0.0, "coverage": 1.0, "missing": 0.0,
        "peak_per_h": pieces / 8, "unit": "個",
    }  # fmt: skip
    return Row(AMOUNT_MEASUREMENTS["1d"], "oak", "pieces", at_ms, fields)


def _weather(at_ms: int, hour: int, celsius: float) -> Row:
    fields: dict[str, float | str] = {
        "temperature_c": celsius,
        "duration_s": 3600.0,
        "source": "invented",
    }
    return Row(WEATHER, "oak", WEATHER_METER, at_ms + hour * 3_600_000, fields)
