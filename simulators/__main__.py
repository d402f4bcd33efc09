"""``plant-sim``: plays a plant, alone or through the whole of Mieruka."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from collector.errors import CollectorError
from collector.errors import ConfigError as CollectorConfigError
from edge_agent.errors import AgentError, ConfigError
from edge_agent.process.verb_group import verb_group
from simulators import plant_file
from simulators.demo.options import CsvOptions, DemoOptions
from simulators.demo.outcome import Outcome
from simulators.demo.run import run
from simulators.fleet.command import fleet
from simulators.switchboard import Switchboard

app = verb_group(
    help="Simulated meters and plants, and the demo of the whole walk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
TRACE = "MIERUKA_TRACE"
PAGE_LISTEN = "127.0.0.1:9873"
"""Where the page of an agent that has no meters yet listens when nobody says otherwise."""
errors = Console(stderr=True, highlight=False)
app.command()(fleet)


class Label(StrEnum):
    """Which end of its interval a time in a file names."""

    start = "start"
    end = "end"


@app.command()
def demo(
    days: Annotated[int, typer.Option(min=1, max=400, help="Past days to play.")] = 7,
    live: Annotated[float, typer.Option(min=0, help="Seconds of live running after them.")] = 60,
    out: Annotated[Path, typer.Option(help="Folder for report and state.")] = Path("demo"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one last line of JSON.")] = False,
    every: Annotated[
        int | None,
        typer.Option(min=1, help="Poll interval of the past, s: 300, or a file's own step."),
    ] = None,
    plant: Annotated[str, typer.Option(help="A shipped plant, or a .toml file.")] = "sendai",
    csv: Annotated[Path | None, typer.Option(help="Replay this load-profile file.")] = None,
    time_column: Annotated[str, typer.Option(help="The file's column of times.")] = "",
    energy_column: Annotated[str, typer.Option(help="Its column of kWh an interval.")] = "",
    power_column: Annotated[str, typer.Option(help="Or its column of mean kW.")] = "",
    label: Annotated[Label, typer.Option(help="What a time in it names.")] = Label.start,
    time_zone: Annotated[str, typer.Option(help="Its time zone.")] = "Asia/Tokyo",
    region: Annotated[str, typer.Option(help="Emission factor's region; else the zone's.")] = "",
    supplier: Annotated[str, typer.Option(help="Electricity supplier, such as A0269.")] = "",
    menu: Annotated[str, typer.Option(help="The supplier's menu, such as M.")] = "",
    broker: Annotated[
        str | None,
        typer.Option(help="mqtt://host:1883 instead of our own, one without real agents."),
    ] = None,
    influx: Annotated[str | None, typer.Option(help="http://host:8086 instead of SQLite.")] = None,
    influx_org: Annotated[str, typer.Option(help="Its organisation.")] = "mieruka",
    grafana: Annotated[str | None, typer.Option(help="http://host:3000 to provision.")] = None,
) -> None:
    """Play a plant's past and present through agent, broker, collector and store, and judge it.

    Tokens come from MIERUKA_INFLUX_TOKEN and MIERUKA_GRAFANA_TOKEN. Exit code 1 when a reading
    was lost or doubled, or energy is off by more than its counter can tell.
    """
    replayed = None
    if csv is not None:
        replayed = CsvOptions(
            csv, time_column, energy_column or None, power_column or None,
            label.value, time_zone, region, supplier, menu,
        )  # fmt: skip
    options = DemoOptions(
        days, live, out, every, plant, replayed, broker, influx, influx_org,
        os.environ.get("MIERUKA_INFLUX_TOKEN", ""), grafana,
        os.environ.get("MIERUKA_GRAFANA_TOKEN", ""),
    )  # fmt: skip
    found = run(options, errors)
    _tell(found)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    raise typer.Exit(found.exit_code)


@app.command()
def serve(
    plant: Annotated[str, typer.Argument(help="A shipped plant, or a .toml file.")] = "sendai",
    broker: Annotated[str, typer.Option(help="Broker for the printed settings.")] = (
        "mqtt://127.0.0.1:1883"
    ),
    bare: Annotated[
        bool, typer.Option(help="Print settings without meters: find them as a fitter does.")
    ] = False,
    page: Annotated[str, typer.Option(help="Where the agent's page is to listen.")] = "",
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M"],
            help="The plant's local time at the start, such as a working morning; else now.",
        ),
    ] = None,
) -> None:
    """Serve a plant's meters on this machine until Ctrl-C; prints a fitting agent.toml."""
    start_ms = _now_ms()
    if at is not None:
        zone = plant_file.load(plant, start_ms).site.zone
        start_ms = round(at.replace(tzinfo=zone).timestamp() * 1000)
    ahead_ms = start_ms - _now_ms()
    listen = page or (PAGE_LISTEN if bare else "")
    with Switchboard(plant_file.load(plant, start_ms), lambda: _now_ms() + ahead_ms) as board:
        typer.echo(
            board.plant.agent_toml(
                board.addresses,
                mqtt_url=broker,
                state_dir="state/edge",
                with_meters=not bare,
                page_listen=listen,
            )
        )
        # A shell that starts it in the background leaves Ctrl-C ignored.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            errors.print(f"serving {len(board.plant.meters)} meters; Ctrl-C ends it")
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            errors.print(f"{len(board.ledger):,} readings were served")


@app.command()
def faults(
    plant: Annotated[str, typer.Argument(help="A shipped plant, or a .toml file.")],
) -> None:
    """Tell what is wrong in a plant: the answer sheet of an exercise."""
    told = list(plant_file.load(plant, _now_ms()).told_faults())
    for line in told or ["nothing is wrong in this plant"]:
        typer.echo(line)


@app.command()
def plants() -> None:
    """List the shipped plants."""
    for name in plant_file.available():
        typer.echo(name)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _tell(found: Outcome) -> None:
    co2 = "no factor" if found.co2_kg is None else f"{found.co2_kg:,.1f} kg CO2"
    errors.print(
        f"{found.readings_served:,} readings served, {found.readings_stored:,} stored, "
        f"{found.lost:,} lost, {found.duplicated:,} duplicated; "
        f"{found.kwh_simulated:,.3f} kWh simulated, {found.kwh_stored:,.3f} kWh stored; {co2}",
        soft_wrap=True,
    )
    for fault in found.faults:
        errors.print(f"[red]fault:[/] {escape(fault)}", soft_wrap=True)
    errors.print(f"report: {found.report}", soft_wrap=True, markup=False)


def main() -> None:
    """Run ``plant-sim``: an error is one line with a hint, exit code 2 for settings, else 1."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except (ConfigError, CollectorConfigError) as error:
        errors.print(str(error), markup=False, soft_wrap=True)
        sys.exit(2)
    except (AgentError, CollectorError, OSError) as error:
        errors.print(f"plant-sim: {error}", markup=False, soft_wrap=True)
        sys.exit(1)
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        hint = f"a fault in this program; {TRACE}=1 shows where, please report it"
        line = f"plant-sim: {type(error).__name__}: {error} ({hint})"
        errors.print(line, markup=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
