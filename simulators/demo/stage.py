"""Everything a run needs, standing: plant served, broker, agent and collector from their settings.

The settings are written to files and read back by the real loaders, so that what runs here is
what a person would run, and can be looked at afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from collector import config as collector_config
from collector.app import Collector
from collector.site_config import SiteSettings
from edge_agent import config as agent_config
from edge_agent.app import Agent
from edge_agent.errors import StopError
from simulators import plant_file, series
from simulators.broker import EmbeddedBroker
from simulators.demo.clock import ReplayClock
from simulators.demo.options import CsvOptions, DemoOptions, Span, past_days
from simulators.ledger import Ledger
from simulators.plant import Contract, Plant, Site, one_meter
from simulators.switchboard import Switchboard

RETRY_MS = 400
"""Two answers of a meter nearer than this are one poll and its retry."""
PAST_EVERY_S = 300
LIVE_EVERY_S = 1
SLOT_S = 1800
"""A file is polled at the ends of its intervals, and at least at the ends of every slot."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One run's parts, all running; ``span`` is the past that is to be replayed."""

    options: DemoOptions
    plant: Plant
    span: Span
    clock: ReplayClock
    ledger: Ledger
    agent: Agent
    collector: Collector

    @property
    def site(self) -> SiteSettings:
        """The site's settings as the collector read them."""
        return self.collector.settings.sites[0]


def plan(options: DemoOptions, now_ms: int) -> tuple[Plant, Span]:
    """The plant to play, and which past of it. Raises ``StopError`` or ``ConfigError``."""
    _see_servers(options)
    if options.csv is None:
        zone = plant_file.load(options.plant, now_ms).site.zone
        every_s = options.every_s or PAST_EVERY_S
        span = past_days(options.days, zone, now_ms, every_s)
        return plant_file.load(options.plant, span.from_ms), span
    profile = series.read(options.csv.path, _columns(options.csv))
    plant = one_meter(profile, _csv_site(options.csv))
    every_s = options.every_s or min(profile.step_s, SLOT_S)
    return plant, Span(plant.start_ms, profile.end_ms, every_s)


def _see_servers(options: DemoOptions) -> None:
    if options.influx and not options.influx_token:
        raise StopError("--influx needs a token", "set MIERUKA_INFLUX_TOKEN")
    if options.grafana and not options.influx:
        raise StopError("the boards read InfluxDB", "give --influx beside --grafana")
    if options.grafana and not options.grafana_token:
        raise StopError("--grafana needs a token", "set MIERUKA_GRAFANA_TOKEN")


def _new_home(out: Path) -> Path:
    home = out / "state"
    shutil.rmtree(home, ignore_errors=True)
    try:
        home.mkdir(parents=True)
    except OSError as error:
        reason = f"{out} cannot be written: {error.strerror}"
        raise StopError(reason, "give --out a folder that you may write") from error
    return home


@contextmanager
def set_up(options: DemoOptions, plant: Plant, span: Span) -> Iterator[Stage]:
    """The stage, standing inside the ``with``. State of an earlier run in ``out`` is removed."""
    home = _new_home(options.out)
    clock = ReplayClock(span.from_ms)
    with ExitStack() as standing:
        board = Switchboard(plant, clock.now_ms, Ledger(RETRY_MS))
        standing.enter_context(board)
        broker = options.broker or standing.enter_context(EmbeddedBroker()).url
        run = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
        agent_path = _write_agent(options, span, board, broker, home, run)
        collector_path = _write_collector(options, plant, broker, home, run)
        collector = Collector(collector_config.load(collector_path), clock)
        standing.callback(collector.close)
        agent = Agent(agent_config.load(agent_path), clock)
        standing.callback(agent.close)
        yield Stage(options, plant, span, clock, board.ledger, agent, collector)


def _write_agent(
    options: DemoOptions, span: Span, board: Switchboard, broker: str, home: Path, run: str
) -> Path:
    path = home / "agent.toml"
    every_s = LIVE_EVERY_S if options.csv is None else span.every_s
    text = board.plant.agent_toml(
        board.addresses,
        agent_id=f"{board.plant.site.id}-{run}",
        mqtt_url=broker,
        mqtt_version=_mqtt_version(options),
        state_dir="edge",
        every_s=every_s,
        commit_every_s=LIVE_EVERY_S,
    )
    path.write_text(text, encoding="utf-8")
    return path


def _write_collector(options: DemoOptions, plant: Plant, broker: str, home: Path, run: str) -> Path:
    path = home / "collector.toml"
    text = plant.collector_toml(
        collector_id=f"demo-{run}",
        mqtt_url=broker,
        mqtt_version=_mqtt_version(options),
        state_dir="collector",
        store=_store(options, home, run),
        summarise_every_s=2,
        grafana=_grafana(options, home),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _mqtt_version(options: DemoOptions) -> str:
    return "5" if options.broker else "3.1.1"


def _store(options: DemoOptions, home: Path, run: str) -> Mapping[str, str | int]:
    if options.influx is None:
        return {"kind": "sqlite", "path": "collector/store.sqlite"}
    _secret(home / "influx.token", options.influx_token)
    return {
        "kind": "influx",
        "url": options.influx,
        "org": options.influx_org,
        "token_file": "influx.token",
        "bucket_raw": f"mieruka_demo_{run}_raw",
        "bucket_totals": f"mieruka_demo_{run}",
        "raw_retention_days": 0,
    }


def _grafana(options: DemoOptions, home: Path) -> Mapping[str, object] | None:
    if options.grafana is None:
        return None
    _secret(home / "grafana.token", options.grafana_token)
    return {"url": options.grafana, "token_file": "grafana.token"}


def _secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _columns(csv: CsvOptions) -> series.Columns:
    return series.Columns(
        csv.time_column, csv.energy_column, csv.power_column, csv.label, csv.time_zone
    )


def _csv_site(csv: CsvOptions) -> Site:
    region = csv.region or country_of(csv.time_zone)
    method = "jp_shk_adjusted" if csv.supplier else "location"
    contract = Contract(region, csv.supplier, csv.menu, date(1970, 1, 1))
    name = csv.path.stem.replace("_", " ")
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in csv.path.stem.lower())
    return Site(
        id=slug.strip("-")[:40] or "plant",
        name=name,
        name_en=name,
        time_zone=csv.time_zone,
        co2_method=method,
        contracts=(contract,) if region else (),
    )


def country_of(time_zone: str) -> str:
    """The ISO code of the country a zone of the time zone database belongs to; "" when none."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab")
    ZoneInfo(time_zone)
    for line in table.read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if not line.startswith("#") and parts[2] == time_zone:
            return parts[0]
    return ""
