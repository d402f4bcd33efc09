"""The verb `edge-agent doctor`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from edge_agent import config, profile
from edge_agent.config import AgentSettings


def doctor(
    path: Annotated[
        Path, typer.Option("--config", "-c", help="The settings.", readable=False)
    ] = Path("agent.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Measure disk, clock, broker and links; say what they promise and what to do.

    Takes less than half a minute and never disturbs a running agent. Exit code 1 when something
    is at fault.
    """
    if not _told(config.load(path, profile_faults=profile.faults), as_json):
        raise typer.Exit(1)


def _told(settings: AgentSettings, as_json: bool) -> bool:
    # What measures and draws is loaded by this verb alone: `run` needs nothing of it.
    from rich.console import Console

    from edge_agent.doctor.checks import probes
    from edge_agent.probes.finding import document
    from edge_agent.probes.report import show
    from edge_agent.probes.round import examine

    found = examine(probes(settings))
    if not as_json:
        return show(Console(highlight=False), found)
    report = document(found)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return bool(report["ok"])
