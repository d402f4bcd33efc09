"""A plant on the disk, settings and store, for tests of the commands that read both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from collector import config
from collector.app import Collector
from collector.storage.port import Sample
from edge_agent.contract.reading import Reading

ENERGY = "active_energy_import_wh"
HOUR = 3_600_000
DAY = 24 * HOUR
APRIL_MS = 1_743_433_200_000
"""2025-04-01T00:00 in Tokyo."""
HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
"""
SITE = """
[[sites]]
id = "sendai"
name = "仙台工場"
time_zone = "Asia/Tokyo"
co2_method = "jp_shk_adjusted"
[[sites.contracts]]
region = "JP"
supplier = "A0269"
menu = "M"
from = 2020-04-01
[[sites.meters]]
id = "main"
name = "受電"
rated_power_kw = 300
[[sites.meters]]
id = "press"
parent = "main"
rated_power_kw = 100
"""


def settings_file(folder: Path, *more: str, site: str = SITE) -> Path:
    """Write the settings of one site, with more sections of it."""
    file = folder / "collector.toml"
    file.write_text("\n".join((HEAD, site, *more)), encoding="utf-8")
    return file


def steady(from_ms: int, to_ms: int, kw: float, start_wh: float = 0.0) -> list[Sample]:
    """A steady load read every five minutes, both ends included."""
    instants = range(from_ms, to_ms + 1, 5 * 60_000)
    return [(at_ms, start_wh + kw * (at_ms - from_ms) / 3600) for at_ms in instants]


def land(file: Path, counters: Mapping[str, Sequence[Sample]], sum_up: bool = True) -> None:
    """Store counters of the site's meters and bring its totals up to date."""
    collector = Collector(config.load(file))
    try:
        for meter, samples in counters.items():
            readings = [Reading("sendai", meter, at, {ENERGY: wh}) for at, wh in samples]
            collector.store.check()
            collector.store.write_readings(readings)
            collector.state.dirty.mark("sendai", meter, samples[0][0], samples[-1][0] + 1)
        if sum_up:
            collector.summarise_once()
    finally:
        collector.close()


def invoke(app: typer.Typer, *words: object) -> Result:
    """Call a command; a fault that is no exit fails the test."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
