"""`collector boards`: the boards into Grafana."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from collector import boards as grafana_boards
from collector import config
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    out,
    print_json,
)


def boards(
    path: ConfigOption = DEFAULT_CONFIG,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over boards that were changed by hand.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put folder, data source and boards into Grafana; repeat at will.

    Exit code 1 when Grafana cannot read one of its data sources.
    """
    with one_line():
        report = grafana_boards.apply(config.load(path), replace=replace)
        if as_json:
            print_json(dataclasses.asdict(report))
        else:
            for line in report.lines:
                out.print(line, markup=False)
    if report.unhealthy:
        raise typer.Exit(1)
