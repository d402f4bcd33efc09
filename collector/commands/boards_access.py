"""`collector boards access`: who may look at a site for a time."""

from __future__ import annotations

import getpass
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from collector import config
from collector.boards import guests
from collector.boards.report import BoardsReport
from collector.commands.roles_asked import RoleOption, role_asked
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    day_named,
    one_line,
    out,
    print_json,
    print_table,
    site_named,
)
from collector.state.grafana_access import Grant
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="People who may look at a site for a time.")
NameArgument = Annotated[str, typer.Argument(help="Login or mail address of a user of Grafana.")]
SiteOption = Annotated[str, typer.Option(help="The site they may see.")]


@app.command()
def add(
    name: NameArgument,
    site: SiteOption,
    until: Annotated[str, typer.Option(metavar="DATE", help="Last day, at the site: 2026-12-31")],
    role: RoleOption = "consultant",
    by: Annotated[str, typer.Option(help="Who gives it; left out: your login here.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Let a user of Grafana see a site to the end of a day."""
    with one_line():
        settings = config.load(path)
        place, last = site_named(settings, site), day_named(until)
        giver = by or getpass.getuser()
        report = guests.give(settings, place, name, last, giver, role=role_asked(role))
        _tell(report, as_json)


@app.command()
def end(
    name: NameArgument,
    site: SiteOption,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """End a user's access now."""
    with one_line():
        settings = config.load(path)
        _tell(guests.take_back(settings, site_named(settings, site), name), as_json)


@app.command()
def expire(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Take away every access whose time is over; `apply` does so too."""
    with one_line():
        _tell(guests.expire(config.load(path)), as_json)


@app.command("list")
def list_(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List every access ever given: whose, where, until when, by whom."""
    with one_line():
        now_ms = time.time_ns() // 1_000_000
        views = [_view(grant, now_ms) for grant in guests.given(config.load(path))]
        if as_json:
            print_json(views)
        elif not views:
            out.print("nobody was given access: collector boards access add NAME --site ID")
        else:
            table = Table(*views[0])
            for view in views:
                table.add_row(*map(str, view.values()))
            print_table(table)


def _view(grant: Grant, now_ms: int) -> dict[str, Any]:
    state = "alive" if grant.alive(now_ms) else "over" if grant.ended_at_ms is None else "ended"
    return {
        "name": grant.login,
        "site": grant.site,
        "role": grant.role,
        "until": _instant(grant.end_ms),
        "by": grant.by_name,
        "given": _instant(grant.made_at_ms),
        "state": state,
    }


def _instant(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _tell(report: BoardsReport, as_json: bool) -> None:
    if as_json:
        print_json(report.document())
        return
    for line in report.lines:
        out.print(line, markup=False)
