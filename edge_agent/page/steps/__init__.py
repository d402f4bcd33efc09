"""The steps of the way, one file each, and their addresses put together."""

from __future__ import annotations

from edge_agent.page.route import Route
from edge_agent.page.steps import (
    find,
    front,
    identify,
    live,
    meter,
    naming,
    recording,
    sending,
    settings,
    solving,
    typed,
    wiring,
    writing,
)

_ROOMS = (
    front,
    find,
    typed,
    identify,
    live,
    solving,
    wiring,
    naming,
    writing,
    sending,
    recording,
    meter,
    settings,
)


def routes() -> tuple[Route, ...]:
    """Every address of the page that only a known visitor may see."""
    return tuple(route for room in _ROOMS for route in room.ROUTES)
