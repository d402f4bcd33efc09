"""`collector boards`: Grafana looked at, planned, provisioned, exported, given back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector import boards as grafana_boards
from collector import config
from collector.boards import files
from collector.boards.report import BoardsReport
from collector.commands import boards_access, boards_share
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    out,
    print_json,
)
from collector.errors import CollectorError
from edge_agent.process.verb_group import verb_group

app = verb_group(help="Grafana's boards, alerts and access: plan, apply, export, remove.")
app.add_typer(boards_access.app, name="access")

OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", help="Only these: uids of boards or rule groups.")
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Write over what was changed by hand.")
]
STANDS = {
    "keep": "as wanted",
    "create": "missing",
    "update": "behind",
    "leave": "left alone",
    "remove": "over",
}
"""What a step says of the thing as it stands now."""


@app.callback(invoke_without_command=True)
def look(
    context: typer.Context, path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Grafana's boards, alerts and access: plan, apply, export, remove.

    Alone it tells what stands in Grafana, and writes nothing.
    """
    if context.invoked_subcommand is not None:
        return
    with one_line():
        report = grafana_boards.plan(config.load(path))
        if as_json:
            print_json(report.document())
            return
        for line in _standing(report):
            out.print(line, markup=False)


@app.command()
def plan(
    path: ConfigOption = DEFAULT_CONFIG,
    replace: ReplaceOption = False,
    only: OnlyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every step that apply would do; nothing is written."""
    with one_line():
        settings = config.load(path)
        _tell(grafana_boards.plan(settings, replace=replace, uids=only or ()), as_json)


@app.command()
def apply(
    path: ConfigOption = DEFAULT_CONFIG,
    replace: ReplaceOption = False,
    only: OnlyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring Grafana to what the settings say; repeat at will.

    Exit code 1 when Grafana cannot read one of its data sources.
    """
    with one_line():
        settings = config.load(path)
        report = grafana_boards.apply(settings, replace=replace, uids=only or ())
        _tell(report, as_json)
    if report.unhealthy:
        raise typer.Exit(1)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="An empty folder, or one exported before.")],
    mounted: Annotated[
        str, typer.Option("--mounted", help="Where Grafana will see FOLDER/dashboards.")
    ] = files.MOUNTED,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Write the same content as files for Grafana's file provisioning."""
    with one_line():
        paths = files.export(config.load(path), folder, mounted)
        if as_json:
            print_json({"folder": str(folder), "files": paths})
            return
        for line in files.told(paths, folder, mounted):
            out.print(line, markup=False)


@app.command()
def remove(
    path: ConfigOption = DEFAULT_CONFIG,
    only: OnlyOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take away what the collector made and nobody changed; the rest is named and stays."""
    with one_line():
        settings = config.load(path)
        if not yes:
            planned = grafana_boards.remove(settings, uids=only or (), dry=True)
            _tell(planned, as_json=False)
            if not planned.removed:
                return
            if not typer.confirm("Take these away?"):
                raise CollectorError("nothing was taken away", "say y, or write --yes")
        _tell(grafana_boards.remove(settings, uids=only or ()), as_json)


def _tell(report: BoardsReport, as_json: bool) -> None:
    if as_json:
        print_json(report.document())
        return
    for line in report.lines:
        out.print(line, markup=False)


def _standing(report: BoardsReport) -> list[str]:
    heads = [line for line in report.lines if line.startswith(("Grafana ", "warning: "))]
    steps = [step.line(STANDS[step.verb]) for step in report.steps]
    todo = sum(bool(step.calls) for step in report.steps)
    word = "step" if todo == 1 else "steps"
    last = f"{todo} {word} to do: collector boards plan" if todo else "nothing to do"
    return [*heads, *steps, last]


boards_share.add_to(app)
