"""The `collector` command. Only here do errors become one line and an exit code.

Exit codes: 0 well, 1 something is away or refused, 2 the settings have faults, 70 a part of `run`
was stuck.
"""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from collector.commands.told import told
from collector.commands.verbs import VERBS
from edge_agent.process.lazy import lazy_app

app = lazy_app(
    VERBS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Stores what the edge agents send, and turns it into kWh and CO2.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"collector {version('mieruka')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print it, end.")
    ] = False,
) -> None:
    # Without a handler, logging would print warnings beside the lines of a verb.
    logging.getLogger("collector").addHandler(logging.NullHandler())


def main() -> None:
    """Run the command; whatever goes wrong is one line, and a traceback only when asked for."""
    told(app)


if __name__ == "__main__":
    main()
