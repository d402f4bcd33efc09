"""`collector fleet init`, `rotate` and `server-cert`: the authority and what it signs."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from collector.commands.fleet_office import open_office
from collector.commands.one_line import DEFAULT_CONFIG, ConfigOption, one_line
from collector.commands.terminal import out
from collector.errors import CollectorError

NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Further names or IP addresses of this machine."),
]


def init(names: NamesArgument = None, path: ConfigOption = DEFAULT_CONFIG) -> None:
    """Make the authority of this fleet, and the certificates of broker, fleet server and collector.

    The names in [fleet] url and broker_url, and those given here, are what agents may call it.
    """
    with one_line(), open_office(path) as (office, _, _state):
        posts = office.found(names or [])
        folder = posts.authority.folder
    out.print(f"the authority is in {folder}: back this folder up, and show it to nobody")
    out.print(f"  the broker reads     {posts.broker_folder} (deploy/mosquitto/fleet.conf)")
    out.print(f"  the collector reads  {posts.certificates['collector']} and {posts.ca_file}:")
    out.print(f'    \\[mqtt] cert_file = "{posts.certificates["collector"]}"')
    out.print(f'    \\[mqtt] ca_file = "{posts.ca_file}"')
    out.print("  then: collector fleet serve, and for each agent: collector fleet enrol")


def rotate(
    agents: Annotated[
        list[str] | None, typer.Argument(metavar="AGENT", help="Agents by their names.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every agent.")] = False,
    root: Annotated[bool, typer.Option("--root", help="Let a new root take over.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="The new root has taken over: drop the old one.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="With --finish: lock out who has not renewed.")
    ] = False,
    path: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Ask agents to renew their certificates now; or let a new root take over.

    They do so within the hour. A new root takes over in three steps: --root, the agents renew
    (see collector fleet list), --finish.
    """
    with one_line(), open_office(path) as (office, _, state):
        if sum((bool(agents), everyone, root, finish)) != 1:
            raise CollectorError("not told what to do", "give AGENTs, --all, --root or --finish")
        if root:
            count = office.begin_new_root()
            out.print(f"a new root signs from now on; {agents_of(count)} asked to renew")
        elif finish:
            files = office.finish_new_root(force=force)
            out.print(f"the old root is gone; {len(files)} certificates are made anew")
        else:
            gone = state.fleet.shut_out()
            names = agents or [one.agent for one in state.fleet.agents() if one.agent not in gone]
            count = office.ask_to_renew(names)
            out.print(f"{agents_of(count)} asked to renew, within the hour")


def agents_of(count: int) -> str:
    """So many agents, and the verb."""
    return "1 agent is" if count == 1 else f"{count} agents are"


def server_cert(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names or IP addresses.")],
    post: Annotated[
        str, typer.Option("--for", metavar="broker|server", help="Whose certificate it is.")
    ] = "broker",
    path: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Make the certificate of the broker or of the fleet server anew, for these names."""
    with one_line(), open_office(path) as (office, _, _state):
        if post not in ("broker", "server"):
            raise CollectorError(f"--for {post} is not known", "write broker or server")
        posts = office.posts()
        whose: Literal["broker", "server"] = "broker" if post == "broker" else "server"
        file = posts.write_server(whose, names, office.now_ms())
        out.print(f"{file} is for {', '.join(names)}", markup=False)
        if whose == "broker" and (fault := posts.reload_broker()):
            hint = "let it read the new one: systemctl reload mosquitto"
            raise CollectorError(f"the broker shows the old certificate still: {fault}", hint)
