"""The roll of the fleet: one row for each agent, with all that is known of its identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from collector.state import CollectorState
from collector.state.agents import AgentEntry
from collector.state.fleet import FleetAgent, FleetEvent, Issuance

Standing = Literal["good", "renewal late", "expired", "revoked", "seen twice"]
_DAY_MS = 86_400_000
TWICE_DAYS = 7
"""So long a sign of a copied card stands in the list."""
TWICE = ("two stores", "two holders")


@dataclass(frozen=True, slots=True)
class RollRow:
    """One agent. Instants are UTC ms; ``note`` says what is odd, "" for nothing.

    ``seen_ms`` is when it was last at the fleet server, ``online`` what the broker knows of it
    (None: never heard, or shut out of it: it could not say that it has gone).
    """

    agent: str
    site: str
    standing: Standing
    serial: str
    valid_until_ms: int
    renewed_ms: int
    seen_ms: int | None
    online: bool | None
    root: str
    note: str


def roll(state: CollectorState, now_ms: int) -> list[RollRow]:
    """Every agent that was ever enrolled, by name."""
    newest, heard = state.fleet.newest("agent"), {one.agent: one for one in state.agents.all()}
    events = state.fleet.events(since_ms=now_ms - TWICE_DAYS * _DAY_MS)
    return [
        _row(one, newest[one.agent], heard.get(one.agent), events, now_ms)
        for one in state.fleet.agents()
        if one.agent in newest
    ]


def _row(
    agent: FleetAgent,
    held: Issuance,
    heard: AgentEntry | None,
    events: Iterable[FleetEvent],
    now_ms: int,
) -> RollRow:
    twice = _twice(agent, events)
    note = twice.told if twice is not None else ""
    if not note and agent.renew_asked_ms is not None:
        note = "asked to renew"
    online = None if heard is None else heard.online
    if held.revoked_at_ms is not None:
        note, online = held.reason, None
    return RollRow(
        agent=agent.agent,
        site=agent.site,
        standing=_standing(held, twice is not None, now_ms),
        serial=held.serial,
        valid_until_ms=held.not_after_ms,
        renewed_ms=held.issued_at_ms,
        seen_ms=agent.seen_ms,
        online=online,
        root=held.root,
        note=note,
    )


def _twice(agent: FleetAgent, events: Iterable[FleetEvent]) -> FleetEvent | None:
    """The newest sign of a second card since the agent was enrolled."""
    found: FleetEvent | None = None
    for event in events:
        own = event.agent == agent.agent and event.at_ms >= agent.enrolled_at_ms
        if own and event.kind in TWICE:
            found = event
    return found


def _standing(held: Issuance, twice: bool, now_ms: int) -> Standing:
    if held.revoked_at_ms is not None:
        return "revoked"
    if twice:
        return "seen twice"
    if now_ms >= held.not_after_ms:
        return "expired"
    # A quarter of its life after the half it should have been renewed at.
    late_ms = held.issued_at_ms + (held.not_after_ms - held.issued_at_ms) * 3 // 4
    return "renewal late" if now_ms > late_ms else "good"
