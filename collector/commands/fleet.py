"""`collector fleet`: to add a verb or a group is to add a row; it is loaded when it is called."""

from __future__ import annotations

from edge_agent.process.lazy import Verb, lazy_app

VERBS = (
    Verb(
        *("init", "collector.commands.fleet_authority.init"),
        help="Make the authority of this fleet, and the certificates of broker, fleet server and"
        " collector.",
    ),
    Verb(
        *("enrol", "collector.commands.fleet_members.enrol"),
        help="Let an agent into the fleet: print a one-time token, and the line to type there.",
    ),
    Verb(
        *("list", "collector.commands.fleet_members.list_"),
        help="List every agent with its certificate: until when, renewed when, seen when.",
    ),
    Verb(
        *("revoke", "collector.commands.fleet_members.revoke"),
        help="End an agent's certificates, as when its card was stolen or copied.",
    ),
    Verb(
        *("rotate", "collector.commands.fleet_authority.rotate"),
        help="Ask agents to renew their certificates now; or let a new root take over.",
    ),
    Verb(
        *("server-cert", "collector.commands.fleet_authority.server_cert"),
        help="Make the certificate of the broker or of the fleet server anew, for these names.",
    ),
    Verb(
        *("serve", "collector.commands.fleet_serve.serve"),
        help="Answer agents that enrol and renew, until SIGTERM or Ctrl-C: a process of its own.",
    ),
    Verb(
        *("ask", "collector.commands.fleet_care.ask"),
        help="Ask a running agent: how it is, a meter's values now, its wiring, its log, its"
        " doctor.",
    ),
    Verb(
        *("config", "collector.commands.fleet_settings.app"),
        help="Settings pushed to agents: push, show, list, diff, rollback, fetch.",
    ),
    Verb(
        *("update", "collector.commands.fleet_update.app"),
        help="Signed packages for agents: made, published, rolled out ring by ring.",
    ),
    Verb(
        *("audit", "collector.commands.fleet_care.audit"),
        help="List every request ever made to an agent: who, when, what, how it ended.",
    ),
)
app = lazy_app(
    VERBS,
    no_args_is_help=True,
    help="The agents at the plants: certificates, who belongs to the fleet, what they are asked.",
)
