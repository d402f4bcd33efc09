"""`collector run`: the service, by the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from collector.commands.one_line import DEFAULT_CONFIG, ConfigOption, one_line
from collector.commands.service import serve
from collector.errors import CollectorError

LogOption = Annotated[
    str, typer.Option("--log", metavar="text|json", help="How the lines on stderr are written.")
]


def run(path: ConfigOption = DEFAULT_CONFIG, log: LogOption = "text") -> None:
    """Collect until SIGTERM or Ctrl-C.

    Exit code 70 when a part was stuck: the service manager starts the collector again.
    """
    with one_line():
        if log not in ("text", "json"):
            raise CollectorError(f"--log {log} is not known", "write text or json")
        serve(path, log == "json")
