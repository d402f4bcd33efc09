"""`collector check`: everything that is wrong with the settings, the store, the broker, factors."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import typer

from collector import config
from collector.check import findings
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    out,
    print_json,
)


def check(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Look for faults: all of the settings, then store, broker and CO2 factors."""
    with one_line():
        settings = config.load(path)
        found = []
        for finding in findings(settings, datetime.now(UTC).date()):
            found.append(finding)
            if not as_json:
                mark = "[green]ok   [/]" if finding.ok else "[red]fault[/]"
                out.print(mark, end=" ")
                out.print(f"{finding.subject}: {finding.text}", markup=False)
    if as_json:
        print_json(
            {"ok": all(f.ok for f in found), "findings": [dataclasses.asdict(f) for f in found]}
        )
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)
