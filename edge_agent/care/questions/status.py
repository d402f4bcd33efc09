"""`status`: how the agent is, as its health page tells it."""

from __future__ import annotations

from edge_agent.care.plant import Plant
from edge_agent.care.told import Told
from edge_agent.contract.care import Ask


def answer(plant: Plant, _ask: Ask) -> Told:
    """What ``/health`` tells, and what this plant allows from afar."""
    settings = plant.settings()
    allowed = list(settings.care.allow)
    return Told(
        body={"health": dict(plant.health()), "site": settings.agent.site, "allow": allowed}
    )
