"""`collector fleet enrol`, `list` and `revoke`: who belongs to the fleet."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from collector.commands.fleet_office import day, moment, open_office
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    print_json,
    print_table,
    site_named,
)
from collector.fleet.roll import RollRow, roll

AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's [agent] id.")]


def enrol(
    agent: AgentArgument,
    site: Annotated[str, typer.Option(help="The site it belongs to.")],
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Let an agent into the fleet: print a one-time token, and the line to type there.

    The token is good for ten minutes and one agent. Once it is enrolled, earlier certificates of
    the same agent are revoked.
    """
    with one_line(), open_office(path) as (office, settings, _):
        invitation = office.invite(agent, site_named(settings, site).id)
    if as_json:
        print_json(
            {
                "agent": agent,
                "site": invitation.site,
                "token": invitation.token,
                "line": invitation.line,
                "until": moment(invitation.until_ms),
            }
        )
        return
    out.print(invitation.line, markup=False)
    until = f"within ten minutes, until {moment(invitation.until_ms)} UTC"
    err.print(f"type this line on {agent} {until}", markup=False)
    err.print("where the agent is installed as a service, put sudo -u mieruka before it")


def list_(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List every agent with its certificate: until when, renewed when, seen when.

    An agent that is seen twice has a second card with the same identity: a copy, or an old card
    that was put back.
    """
    with one_line(), open_office(path) as (office, _, state):
        rows = roll(state, office.now_ms())
    if as_json:
        print_json([_facts(row) for row in rows])
    elif rows:
        _show(rows)
    else:
        out.print("no agent is enrolled yet: collector fleet enrol AGENT --site SITE")


def revoke(
    agent: AgentArgument,
    reason: Annotated[str, typer.Option(help="Why, for those who look later.")] = "by hand",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """End an agent's certificates, as when its card was stolen or copied.

    What it has read and not sent stays on its card. To let it in again: collector fleet enrol.
    """
    with one_line(), open_office(path) as (office, _, _state):
        done = office.revoke(agent, reason)
    if as_json:
        told = not done.reload_fault
        facts = {"agent": agent, "certificates": done.certificates, "broker_told": told}
        print_json({**facts, "fault": done.reload_fault})
    else:
        plural = "" if done.certificates == 1 else "s"
        out.print(f"{agent}: {done.certificates} certificate{plural} revoked", markup=False)
    if done.reload_fault and not as_json:
        hint = "restart the broker by hand: systemctl restart mosquitto"
        why = f"{done.reload_fault} ({hint})"
        err.print(f"collector: the broker does not know it yet: {why}", markup=False)
    if done.reload_fault:
        raise typer.Exit(1)


def _facts(row: RollRow) -> dict[str, Any]:
    return {
        "agent": row.agent,
        "site": row.site,
        "standing": row.standing,
        "serial": row.serial,
        "valid_until": day(row.valid_until_ms),
        "renewed": moment(row.renewed_ms),
        "revoked": row.standing == "revoked",
        "seen": moment(row.seen_ms),
        "online": row.online,
        "note": row.note,
    }


def _show(rows: list[RollRow]) -> None:
    table = Table(
        *("agent", "site", "standing", "valid until", "renewed", "seen", "broker", "serial", "note")
    )
    for row in rows:
        online = {None: "", True: "online", False: "offline"}[row.online]
        table.add_row(
            *(row.agent, row.site, row.standing, day(row.valid_until_ms)),
            *(moment(row.renewed_ms) or "", moment(row.seen_ms) or "", online),
            *(row.serial[:16], row.note),
        )
    print_table(table)
    out.print("times are UTC; seen: when the agent was last at the fleet server")
