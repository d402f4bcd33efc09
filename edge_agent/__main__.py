"""The `edge-agent` command: its verbs put together. Errors become one line and an exit code.

Exit codes: 0 well, 1 something is away or refused, 2 the settings have faults, 70 a part of the
running agent was stuck.
"""

from __future__ import annotations

import importlib.metadata
from typing import Annotated

import typer

from edge_agent.commands.checking import check
from edge_agent.commands.models import profiles
from edge_agent.commands.reading import read
from edge_agent.commands.running import run
from edge_agent.commands.told import told
from edge_agent.doctor.command import doctor

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reads power meters over Modbus and sends their readings.",
)
for verb in (check, read, run, profiles, doctor):
    app.command()(verb)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"edge-agent {importlib.metadata.version('mieruka')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print it, end.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; whatever goes wrong is one line, and a traceback only when asked for."""
    told(app)


if __name__ == "__main__":
    main()
