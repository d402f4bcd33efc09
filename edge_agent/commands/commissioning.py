"""`edge-agent commission`: the agent with its commissioning page on, for this start."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption
from edge_agent.errors import StopError
from edge_agent.process.address import is_address
from edge_agent.words import said

ListenOption = Annotated[
    str, typer.Option("--listen", help="Where the page listens: host:port, 0.0.0.0 for all.")
]
ForOption = Annotated[
    str, typer.Option("--for", help="How long the page is on, as 90m or 2h; 0: until the end.")
]
JsonLogOption = Annotated[bool, typer.Option("--json-log", help="Log lines as JSON.")]
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0}


def commission(
    path: ConfigOption = DEFAULT_CONFIG,
    listen: ListenOption = "0.0.0.0:9873",
    how_long: ForOption = "2h",
    as_json: JsonLogOption = False,
) -> None:
    """Run as `run` does, with the commissioning page on: a phone sets up meters.

    Prints the page's addresses and its PIN. After the time of --for the page goes off, and the
    agent runs on.
    """
    if not is_address(listen):
        what = said("--listen {listen} is no address", listen=listen)
        raise StopError(what, said("write host:port, for example 0.0.0.0:9873"))
    for_s = seconds(how_long)
    # Brings the network libraries.
    from edge_agent.commands.page_on import PageWish
    from edge_agent.commands.service import serve

    serve(path, as_json, PageWish(listen, for_s or None))


def seconds(text: str) -> float:
    """A length of time as people write it (``90m``, ``2h``, ``0``). Raises ``StopError``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if found is None or (found[2] == "" and float(found[1]) != 0):
        what = said("--for {text} is no length of time", text=text)
        raise StopError(what, said("write for example 90m or 2h, or 0 for as long as it runs"))
    return float(found[1]) * _SECONDS.get(found[2], 0.0)
