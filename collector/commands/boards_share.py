"""`collector boards share`, `unshare`, `token`: what can be seen without a user of Grafana."""

from __future__ import annotations

from typing import Annotated

import typer

from collector import config
from collector.boards import guests, sharing
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    print_json,
)


def add_to(app: typer.Typer) -> None:
    """Give the group these verbs."""
    for verb in (share, unshare, token):
        app.command()(verb)


def share(
    uid: Annotated[str, typer.Argument(help="The board's uid: collector boards lists them.")],
    copy: Annotated[
        bool, typer.Option("--copy", help="Share a copy with the board's variables written in.")
    ] = False,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make a public link of one fixed board: whoever has the address may look."""
    with one_line():
        shared = sharing.share(config.load(path), uid, copy=copy)
        if as_json:
            print_json(shared)
            return
        out.print(shared.url, markup=False)
        err.print(f"anyone with this address sees it, until: collector boards unshare {shared.uid}")


def unshare(
    uid: Annotated[str, typer.Argument(help="The board's uid.")],
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take a board's public link away: its address opens nothing any more."""
    with one_line():
        shared = sharing.unshare(config.load(path), uid)
        if as_json:
            print_json(shared)
        else:
            out.print(f"{shared.uid} has no public link any more", markup=False)


def token(
    name: Annotated[str, typer.Argument(help="What Grafana calls the service account.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it opens something.")] = 90,
    tenant: Annotated[str, typer.Option(help="The customer; left out: your own.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make a service account that may only look, and show its token, this once."""
    with one_line():
        text = guests.viewer_token(config.load(path), name, days, tenant)
        if as_json:
            print_json({"name": name, "token": text, "days": days})
            return
        out.print(text, markup=False)
        err.print(f"a viewer's token of {name}, for {days} days; it is shown only now")
