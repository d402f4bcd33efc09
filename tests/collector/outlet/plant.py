"""A plant whose figures lie in a store, as the rest of the collector would have left them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from collector.config import (
    CollectorSettings,
    IdentitySettings,
    MqttSettings,
    StoreSettings,
)
from collector.outlet.figures import Look, MeterFigures, SiteFigures
from collector.outlet_config import OutletSettings
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.figure_schema import DEMAND_NOW
from collector.storage.port import Row
from collector.storage.schema import STALENESS
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryStore

DAY_MS = 1_775_001_600_000
"""2026-04-01 00:00 UTC, where the site's day, month and fiscal year begin."""
NOW_MS = DAY_MS + 10 * 3_600_000 + 10 * 60_000
HALF_HOUR_MS = 30 * 60_000
MINUTE_MS = 60_000
POWER = "active_power_w"
METERS = (
    MeterSettings(id="main", name="受電", name_en="Intake"),
    MeterSettings(id="press-1", name="プレス", parent="main"),
    MeterSettings(id="rest", name="その他", plus=("main",), minus=("press-1",)),
    MeterSettings(id="gas", name="ガス", medium="gas", unit="m3", quantity="pulse_count"),
)
SITE = SiteSettings(
    id="sendai", name="仙台工場", name_en="Sendai works", time_zone="UTC", meters=METERS
)


class Clock:
    """A clock that is moved by hand; both of its faces."""

    def __init__(self) -> None:
        self.at_ms = NOW_MS

    def now_ms(self) -> int:
        """Answer what it was moved to."""
        return self.at_ms

    def monotonic_s(self) -> float:
        """The same in seconds."""
        return self.at_ms / 1000


def settings(folder: Path, url: str = "mqtt://127.0.0.1:1", **outlet: object) -> CollectorSettings:
    """A collector of this one site, with these settings of [outlet]."""
    return CollectorSettings(
        collector=IdentitySettings(id="hq", state_dir=folder / "state"),
        mqtt=MqttSettings(url=url),
        store=StoreSettings(kind="sqlite", path=folder / "store.sqlite"),
        sites=(SITE,),
        outlet=OutletSettings.model_validate(outlet),
    )


def filled(store: MemoryStore) -> MemoryStore:
    """Put the plant's figures at ``NOW_MS`` in the store: 60 kW, 22 of them in the press."""
    for meter, kw in ((SITE_METER, 60.0), ("main", 60.0), ("press-1", 22.0), ("rest", 38.0)):
        _energy(store, meter, kw)
    for meter in ("main", "press-1", "gas"):
        silence(store, meter, "ok", 10.0)
    for meter, watts in (("main", 60_001.25), ("press-1", 22_000.0)):
        store.write_readings([Reading("sendai", meter, NOW_MS - 10_000, {POWER: watts})])
    for name, amount in (("amount_1d", 12.0), ("amount_1y", 512.5)):
        store.write_rows([Row(name, "sendai", "gas", DAY_MS, _amount(amount))])
    now = {"now_kw": 61.0, "forecast_kw": 59.5, "demand_kw": 20.0, "left_s": 60.0, "age_s": 9.0}
    fields = {"elapsed_kwh": 10.0, **now}
    store.write_rows([Row(DEMAND_NOW, "sendai", SITE_METER, NOW_MS, fields)])
    return store


def silence(store: MemoryStore, meter: str, state: str, age_s: float, at_ms: int = NOW_MS) -> None:
    """Note how a meter is, as the minute's round does."""
    fields: dict[str, float | str] = {"age_s": age_s, "lag_s": 1.0, "state": state}
    fields["interval_s"] = 10.0
    store.write_rows([Row(STALENESS, "sendai", meter, at_ms, fields)])


def slot(store: MemoryStore, meter: str, start_ms: int, kwh: float) -> None:
    """Note the energy of a half hour."""
    total = Total("sendai", meter, "30m", start_ms, kwh, 0.0, 1.0, 2 * kwh)
    store.write_totals([total])


def _energy(store: MemoryStore, meter: str, kw: float) -> None:
    for number in range(20):
        slot(store, meter, DAY_MS + number * HALF_HOUR_MS, kw / 2)
    day = Total(
        "sendai", meter, "1d", DAY_MS, 10 * kw, 0.0, 10 / 24, kw, co2_kg=4.5 * kw, factor_id="jp-x"
    )
    month = replace(day, period="1mo")
    years = [replace(day, period="1y", start_ms=at, kwh=1000 * kw) for at in (0, DAY_MS)]
    store.write_totals([day, month, *years])


def _amount(amount: float) -> dict[str, float | str]:
    numbers = {"amount": amount, "estimated_amount": 0.0, "coverage": 0.2, "missing": 0.0}
    return {**numbers, "peak_per_h": 1.0, "unit": "m3"}


def figures(
    store: MemoryStore | None = None, now_ms: int = NOW_MS, quantities: tuple[str, ...] = (POWER,)
) -> dict[str, MeterFigures]:
    """The plant's figures by meter."""
    held = filled(MemoryStore()) if store is None else store
    read = SiteFigures(held, SITE, Look(quantities), now_ms).read()
    return {one.meter: one for one in read}
