"""``plant-sim fleet``: thousands of agents from one process, judged by their receipts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console

from edge_agent.errors import ConfigError
from simulators.fleet.options import FleetOptions, duration_s, sites_toml
from simulators.fleet.packets import Version
from simulators.fleet.play import play
from simulators.fleet.screen import screen, told

PASSWORD = "MIERUKA_FLEET_PASSWORD"
_HINT = "see plant-sim fleet --help"
errors = Console(stderr=True, highlight=False)


def fleet(
    broker: Annotated[str, typer.Option(help="The broker's url; mqtts:// for TLS.")] = (
        "mqtt://127.0.0.1:1883"
    ),
    agents: Annotated[int, typer.Option(help="How many agents, a connection each.")] = 100,
    meters: Annotated[int, typer.Option(help="Meters of each agent.")] = 5,
    every: Annotated[str, typer.Option(help="Between two polls: 1s, 60s, 15m.")] = "60s",
    play_for: Annotated[str, typer.Option("--for", help="How long they poll.")] = "60s",
    commit: Annotated[str, typer.Option(help="Between two times that an agent sends.")] = "10s",
    backlog: Annotated[str, typer.Option(help="What each brings along from before: 1d.")] = "0s",
    cut_at: Annotated[
        str, typer.Option(help="When all connections break at once; empty: never.")
    ] = "",
    away: Annotated[str, typer.Option(help="How long they stay away then.")] = "10s",
    settle: Annotated[str, typer.Option(help="Longest wait for the last receipts.")] = "90s",
    connects_per_s: Annotated[float, typer.Option(help="New connections a second.")] = 500.0,
    backlog_per_s: Annotated[
        float, typer.Option(help="Backlog readings/s of an agent without a credit.")
    ] = 500.0,
    jitter: Annotated[str, typer.Option(help="Longest wait before a backlog goes.")] = "300s",
    keepalive: Annotated[int, typer.Option(help="Seconds between two pings.")] = 20,
    version: Annotated[str, typer.Option(help="MQTT version: 5 or 3.1.1.")] = "5",
    tls: Annotated[bool, typer.Option("--tls", help="TLS though the url says mqtt://.")] = False,
    ca_file: Annotated[Path | None, typer.Option(help="PEM file of the broker's CA.")] = None,
    allow_host: Annotated[
        str, typer.Option(help="Name the broker's host again when it is not this machine.")
    ] = "",
    prefix: Annotated[str, typer.Option(help="Agents are called PREFIX-00000 and on.")] = "plant",
    keep_retained: Annotated[
        bool, typer.Option("--keep-retained", help="Leave births and states at the broker.")
    ] = False,
    print_sites: Annotated[
        bool, typer.Option("--print-sites", help="Only print the sites for a collector's settings.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The verdict as one JSON line.")] = False,
) -> None:
    """Play thousands of agents against a broker and its collectors, and judge by receipts.

    Each agent logs in under its own name when MIERUKA_FLEET_PASSWORD is set. Exit code 1 when a
    reading got no receipt, or an agent could not connect.
    """
    options = FleetOptions(
        broker=_with_tls(broker, tls), agents=agents, meters=meters,
        every_s=_time("--every", every), for_s=_time("--for", play_for),
        commit_s=_time("--commit", commit), backlog_s=_time("--backlog", backlog),
        away_s=_time("--away", away),
        cut_at_s=_time("--cut-at", cut_at) if cut_at else None,
        settle_s=_time("--settle", settle), jitter_s=_time("--jitter", jitter),
        connects_per_s=connects_per_s, backlog_per_s=backlog_per_s, keepalive_s=keepalive,
        version=_version(version), ca_file=ca_file, password=os.environ.get(PASSWORD, ""),
        allow_host=allow_host, prefix=prefix, tidy=not keep_retained,
    )  # fmt: skip
    if print_sites:
        typer.echo(sites_toml(options), nl=False)
        return
    with screen(errors, options) as watch:
        found = play(options, watch)
    for line in told(found):
        errors.print(line, markup=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    raise typer.Exit(0 if found.clean else 1)


def _time(option: str, text: str) -> float:
    try:
        return duration_s(text)
    except ValueError as error:
        raise ConfigError([f"{option}: {error}"], _HINT) from error


def _version(text: str) -> Version:
    if text not in ("5", "3.1.1"):
        raise ConfigError([f"--version {text}: not 5 or 3.1.1"], _HINT)
    return cast(Version, text)


def _with_tls(broker: str, tls: bool) -> str:
    return broker.replace("mqtt://", "mqtts://", 1) if tls else broker
