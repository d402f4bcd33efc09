"""Parts of packages from the fleet server, asked for with this agent's own certificate."""

from __future__ import annotations

from edge_agent.config import AgentSettings
from edge_agent.enrolment.client import FleetClient
from edge_agent.enrolment.identity import Identity
from edge_agent.update.fetch import Part


def part_of(settings: AgentSettings) -> Part:
    """What answers the parts of packages, by the agent's settings and identity."""
    identity = Identity.of(settings.agent.state_dir)
    client = FleetClient(settings.fleet.url, identity.ca_file)

    def part(name: str, number: int) -> bytes:
        context = client.known(identity.agent_file)
        return client.fetch(f"/packages/{name}.part{number}", context)

    return part
