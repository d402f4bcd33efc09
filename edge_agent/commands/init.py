"""`edge-agent init`: the first settings of an agent, asked and tried; or more meters for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_agent.commands.options import DEFAULT_CONFIG

PathOption = Annotated[
    Path, typer.Option("--config", "-c", help="The settings to write.", readable=False)
]
AgentOption = Annotated[str | None, typer.Option("--agent-id", help="The agent's name: sendai-1.")]
SiteOption = Annotated[str | None, typer.Option("--site", help="The site of its meters: sendai.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="en or ja.")]
BrokerOption = Annotated[
    str | None, typer.Option("--broker", help="Where readings go: host, or mqtts://host:8883.")
]
UserOption = Annotated[str | None, typer.Option("--user", help="User name at the broker.")]
PasswordOption = Annotated[
    Path | None, typer.Option("--password-file", help="A file that holds that user's password.")
]
CaOption = Annotated[
    Path | None, typer.Option("--ca-file", help="The certificate of the broker's own CA.")
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Do not try the broker.")]
LinkOption = Annotated[
    list[str] | None,
    typer.Option(
        "--link", help="A line with meters: /dev/ttyUSB0, 192.168.1.20 or rtu:///dev/x?baud=9600."
    ),
]
ScanOption = Annotated[
    bool | None, typer.Option("--scan/--no-scan", help="Look for the meters on these lines.")
]
UnitsOption = Annotated[str, typer.Option("--units", help="Look for these unit ids only: 1-32.")]
PageOption = Annotated[
    bool | None, typer.Option("--page/--no-page", help="Switch the commissioning page on.")
]
StateOption = Annotated[
    str | None, typer.Option("--state-dir", help="Where unsent readings are kept.")
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Ask nothing: what no option says takes its default.")
]


def init(
    path: PathOption = DEFAULT_CONFIG,
    agent_id: AgentOption = None,
    site: SiteOption = None,
    language: LanguageOption = None,
    broker: BrokerOption = None,
    user: UserOption = None,
    password_file: PasswordOption = None,
    ca_file: CaOption = None,
    offline: OfflineOption = False,
    link: LinkOption = None,
    scan: ScanOption = None,
    units: UnitsOption = "",
    page: PageOption = None,
    state_dir: StateOption = None,
    yes: YesOption = False,
) -> None:
    """Ask what a new agent must know, try it, and write its settings; or add meters to them.

    Each question has a default, and an option that answers it; with --yes nothing is asked. A
    file that is there is never overwritten: meters that are found are added. Ctrl-C writes nothing.
    """
    # Bring the rooms that measure and ask.
    from edge_agent.commands.init_broker import BrokerWishes
    from edge_agent.commands.init_dialogue import Wishes, first_settings

    mqtt = BrokerWishes(broker, user, password_file, ca_file, offline)
    wishes = Wishes(agent_id, site, language, state_dir, mqtt, link, scan, units, page)
    first_settings(path, wishes, unattended=yes)
