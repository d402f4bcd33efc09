"""`edge-agent run`, as the command line knows it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption


class LogForm(StrEnum):
    """How a line of the log is written."""

    text = "text"
    json = "json"


LogOption = Annotated[LogForm, typer.Option("--log", help="Lines as key=value, or as JSON.")]


def run(path: ConfigOption = DEFAULT_CONFIG, form: LogOption = LogForm.text) -> None:
    """Read meters and send their readings until SIGTERM or Ctrl-C."""
    # Brings the network libraries, which no other verb needs.
    from edge_agent.commands.service import serve

    serve(path, form is LogForm.json)
