"""`collector bridge`: from the MQTT broker to Kafka."""

from __future__ import annotations

from typing import Annotated

import typer

from collector.commands.one_line import DEFAULT_CONFIG, ConfigOption, one_line
from collector.errors import CollectorError
from collector.inlet.opened import no_client
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="From the MQTT broker to Kafka.")


@app.callback()
def _root() -> None:
    """From the MQTT broker to Kafka."""


@app.command()
def run(
    path: ConfigOption = DEFAULT_CONFIG,
    log: Annotated[str, typer.Option("--log", metavar="text|json")] = "text",
) -> None:
    """Carry every message of an agent from MQTT to Kafka until SIGTERM or Ctrl-C.

    Reads the collector's settings: its id, and the sections mqtt, kafka and bridge.
    """
    with one_line():
        if log not in ("text", "json"):
            raise CollectorError(f"--log {log} is not known", "write text or json")
        try:
            from collector.bridge.service import serve  # it loads Kafka's client
        except ModuleNotFoundError as error:
            raise no_client(error) from error
        serve(path, log == "json")
