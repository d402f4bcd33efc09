"""The `edge-agent` command: its verbs put together. Errors become one line and an exit code.

Exit codes: 0 well, 1 something is away or refused, 2 the settings have faults, 70 a part of the
running agent was stuck.
"""

from __future__ import annotations

from typing import Annotated

import typer

from edge_agent.commands.told import told
from edge_agent.commands.verbs import VERBS
from edge_agent.process.lazy import lazy_app

app = lazy_app(
    VERBS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Reads power meters over Modbus and sends their readings.",
)


def _version(wanted: bool) -> None:
    if wanted:
        import importlib.metadata

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
