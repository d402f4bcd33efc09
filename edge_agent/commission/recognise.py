"""What the units that a scan found probably are: each asked over its own line, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge_agent.commission.identify import Candidate, identify
from edge_agent.commission.reader import Read
from edge_agent.commission.scan.found import Found
from edge_agent.commission.scan.plan import NETWORK_TIMEOUT_MS, exchange_s
from edge_agent.config import LinkSettings
from edge_agent.errors import AgentError
from edge_agent.meter_link import MAX_REGISTERS, MeterLink
from edge_agent.profile import Profile, Wiring
from edge_agent.words import said

Opener = Callable[[LinkSettings, Mapping[int, int]], MeterLink]
PATIENCE_MS = 500
"""What the slower of the known meters want, beside the time on the wire."""
GAP_MS, NETWORK_GAP_MS = 60, 10
"""Silence before a request: what the more sensitive of the known meters want on a serial line."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A unit and what it may be, the best first; ``fault`` where it could not be asked.

    ``asked`` is False where nobody tried.
    """

    found: Found
    candidates: tuple[Candidate, ...] = ()
    fault: str = ""
    asked: bool = False

    @property
    def best(self) -> Candidate | None:
        """The profile that fits best, if any does."""
        return self.candidates[0] if self.candidates else None


def recognise(
    found: Found, profiles: Sequence[Profile], opener: Opener, wiring: Wiring | None = None
) -> Recognised:
    """Ask the unit what it is. Faults of unit and line are told, not raised."""
    link = opener(found.link, gaps_of(found))
    try:
        candidates = identify(read_of(link, found), profiles, wiring=wiring)
    except AgentError as error:
        return Recognised(found, fault=_told(error), asked=True)
    finally:
        link.close()
    return Recognised(found, candidates, asked=True)


def _told(error: AgentError) -> str:
    return said("{what}: {todo}", what=error.message, todo=error.hint)


def gaps_of(found: Found) -> Mapping[int, int]:
    """The pauses to open the unit's line with, ms by unit id."""
    return {found.unit_id: NETWORK_GAP_MS if found.link.kind == "tcp" else GAP_MS}


def read_of(link: MeterLink, found: Found) -> Read:
    """Reads of one unit over ``link``, with the patience that its line asks for."""
    settings = found.link
    wire_ms = round(exchange_s(settings, MAX_REGISTERS) * 1000) if settings.kind == "rtu" else 0
    patience_ms = PATIENCE_MS if settings.kind == "rtu" else NETWORK_TIMEOUT_MS
    timeout_ms = max(patience_ms, round(3 * found.latency_ms)) + wire_ms
    if settings.timeout_ms is not None:
        timeout_ms = settings.timeout_ms

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        return link.read(found.unit_id, function, address, count, timeout_ms)

    return read
