"""The verb `collector doctor`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from collector import config
from collector.doctor.checks import probes
from collector.errors import ConfigError
from edge_agent.probes.finding import document
from edge_agent.probes.report import show
from edge_agent.probes.round import examine

CONFIG_FAULTS = 2
out = Console(highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def doctor(
    path: Annotated[
        Path, typer.Option("--config", "-c", help="The settings.", readable=False)
    ] = Path("collector.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Measure disk, clock, broker and database; say what they promise and what to do.

    Takes less than half a minute and never disturbs a running collector. Exit code 1 when
    something is at fault.
    """
    with _one_line():
        settings = config.load(path)
    found = examine(probes(settings))
    if as_json:
        report = document(found)
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
        well = report["ok"]
    else:
        well = show(out, found)
    if not well:
        raise typer.Exit(1)


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            err.print(fault, markup=False)
        count = len(error.faults)
        faults = "1 fault" if count == 1 else f"{count} faults"
        err.print(f"collector: {faults} in the settings ({error.hint})", markup=False)
        raise typer.Exit(CONFIG_FAULTS) from error
