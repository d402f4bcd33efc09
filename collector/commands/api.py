"""`collector api`: the read-only HTTP server, and the tokens that open it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from collector import config
from collector.commands.roles_asked import RoleOption, role_asked, sites_asked
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    print_json,
    print_table,
)
from collector.errors import CollectorError
from collector.roles import LONGEST_DAYS, RIGHTS, Role
from collector.state import open_state
from collector.state.api_tokens import ApiToken, Reach
from edge_agent.process.verb_group import verb_group

app = verb_group(
    no_args_is_help=True, help="Data out over HTTP: the read-only server and its tokens."
)
tokens = verb_group(no_args_is_help=True, help="Who may read which sites and days.")
app.add_typer(tokens, name="token")
A_YEAR = timedelta(days=365)
DayOption = datetime | None


@app.command()
def serve(
    path: ConfigOption = DEFAULT_CONFIG,
    listen: Annotated[str, typer.Option(help=r"host:port, instead of \[api] listen.")] = "",
    log: Annotated[str, typer.Option("--log", metavar="text|json")] = "text",
) -> None:
    """Answer until SIGTERM or Ctrl-C: a process of its own, beside the collector or without it."""
    from collector.api import server
    from edge_agent.process.logs import log_to_stderr

    with one_line():
        if log not in ("text", "json"):
            raise CollectorError(f"--log {log} is not known", "write text or json")
        settings = config.load(path)
        log_to_stderr(log == "json")
        server.serve(settings, listen)


@tokens.command()
def create(
    tenant: Annotated[str, typer.Option(help="Who gets it: a name you will know again.")],
    role: RoleOption = "viewer",
    site: Annotated[
        list[str] | None,
        typer.Option(help="Ids of sites it opens; left out: all of a customer in the settings."),
    ] = None,
    all_sites: Annotated[bool, typer.Option("--all-sites", help="Opens every site.")] = False,
    first: Annotated[
        DayOption, typer.Option("--from", formats=["%Y-%m-%d"], help="First day it may see.")
    ] = None,
    last: Annotated[
        DayOption, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day it may see, included.")
    ] = None,
    expires: Annotated[
        DayOption,
        typer.Option(formats=["%Y-%m-%d"], help="First day (UTC) it is dead; else in a year."),
    ] = None,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make a token and show it, this once: only its digest is kept."""
    with one_line():
        settings = config.load(path)
        if not tenant.strip():
            raise CollectorError("who gets the token is not said", "write --tenant NAME")
        as_role, now_ms = role_asked(role), _now_ms()
        named = sites_asked(settings, tenant.strip(), as_role, site or [], all_sites)
        reach = _reach(named, first, last)
        end_ms = _expiry_ms(expires, now_ms, as_role)
        state = open_state(settings.collector.state_dir)
        try:
            token, text = state.api_tokens.create(tenant.strip(), as_role, reach, now_ms, end_ms)
        finally:
            state.database.close()
        if as_json:
            print_json({**_view(token, now_ms), "token": text})
            return
        out.print(text, markup=False)
        err.print(f"token {token.id} of {token.tenant}, until {_day(end_ms)}; it is shown only now")


@tokens.command("list")
def list_(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List every token: whose it is, what it opens, when it was used last.

    `from` and `to` are the first and the last local day it may see, both included.
    """
    with one_line():
        state = open_state(config.load(path).collector.state_dir)
        try:
            held = state.api_tokens.list()
        finally:
            state.database.close()
        views = [_view(token, _now_ms()) for token in held]
        if as_json:
            print_json(views)
        elif views:
            _show(views)
        else:
            out.print("there is no token: collector api token create --tenant NAME --site ID")


@tokens.command()
def revoke(
    token_id: Annotated[int, typer.Argument(metavar="ID", help="From: api token list.")],
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """End a token: it is refused from the next request on."""
    with one_line():
        state = open_state(config.load(path).collector.state_dir)
        try:
            token = state.api_tokens.revoke(token_id, _now_ms())
        finally:
            state.database.close()
        if token is None:
            raise CollectorError(f"there is no token {token_id}", "see collector api token list")
        if as_json:
            print_json(_view(token, _now_ms()))
        else:
            out.print(f"token {token.id} of {token.tenant} opens nothing any more", markup=False)


def _reach(sites: tuple[str, ...], first: DayOption, last: DayOption) -> Reach:
    if first and last and last < first:
        raise CollectorError("--to is before --from", "exchange them")
    end = last.date() + timedelta(days=1) if last else None
    return Reach(sites, first.date() if first else None, end)


def _expiry_ms(expires: DayOption, now_ms: int, role: Role) -> int:
    if expires is None:
        if RIGHTS[role].time_box:
            raise CollectorError(f"a {role}'s token needs an end", "write --expires DATE")
        return now_ms + A_YEAR // timedelta(milliseconds=1)
    end_ms = round(expires.replace(tzinfo=UTC).timestamp() * 1000)
    if end_ms <= now_ms:
        raise CollectorError(f"--expires {expires.date()} is over", "choose a later day")
    if RIGHTS[role].time_box and end_ms > now_ms + LONGEST_DAYS * 86_400_000:
        what = f"--expires {expires.date()} is more than {LONGEST_DAYS} days ahead"
        raise CollectorError(what, "make a new one when it ends")
    return end_ms


def _view(token: ApiToken, now_ms: int) -> dict[str, Any]:
    reach = token.reach
    return {
        "id": token.id,
        "tenant": token.tenant,
        "role": token.role,
        "sites": list(reach.sites),
        "from": _text(reach.first),
        "to": _text(reach.last),
        "created": _day(token.created_at_ms),
        "expires": _day(token.expires_at_ms),
        "last_used": _day(token.last_used_ms),
        "state": _state(token, now_ms),
    }


def _state(token: ApiToken, now_ms: int) -> str:
    if token.revoked_at_ms is not None:
        return "revoked"
    return "alive" if token.alive(now_ms) else "expired"


def _show(views: list[dict[str, Any]]) -> None:
    table = Table(*(name.replace("_", " ") for name in views[0]))
    for view in views:
        cells = (", ".join(v) if isinstance(v, list) else v for v in view.values())
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    print_table(table)
    out.print("from and to are the first and last local day it may see, both included")


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
