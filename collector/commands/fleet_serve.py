"""`collector fleet serve`: the server that agents enrol and renew at."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from collector import config
from collector.commands.one_line import DEFAULT_CONFIG, ConfigOption, one_line
from collector.errors import CollectorError


def serve(
    path: ConfigOption = DEFAULT_CONFIG,
    log: Annotated[str, typer.Option("--log", metavar="text|json")] = "text",
) -> None:
    """Answer agents that enrol and renew, until SIGTERM or Ctrl-C: a process of its own."""
    from collector.fleet import service
    from edge_agent.process.logs import log_to_stderr

    with one_line():
        if log not in ("text", "json"):
            raise CollectorError(f"--log {log} is not known", "write text or json")
        asked_to_stop = threading.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: asked_to_stop.set())
        settings = config.load(path)
        log_to_stderr(log == "json")
        service.serve(settings, asked_to_stop)
