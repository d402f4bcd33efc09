"""Which meters a question is about."""

from __future__ import annotations

from edge_agent.config import AgentSettings, MeterSettings
from edge_agent.contract.care import Ask
from edge_agent.errors import StopError
from edge_agent.words import said


def chosen_meters(settings: AgentSettings, ask: Ask) -> tuple[MeterSettings, ...]:
    """The meter named in the question, or all. Raises ``StopError`` for one that is not there."""
    wanted = ask.arguments.get("meter", "")
    rows = tuple(row for row in settings.meters if wanted in ("", row.id))
    if rows or not wanted:
        return rows
    known = ", ".join(row.id for row in settings.meters) or "-"
    raise StopError(
        said("there is no meter {meter}", meter=str(wanted)[:80]),
        said("known: {names}", names=known),
    )
