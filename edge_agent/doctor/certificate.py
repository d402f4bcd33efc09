"""How the agent's own certificate stands: whose it is, for how long, and who renews it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from edge_agent.config import AgentSettings
from edge_agent.enrolment.certificate import Certificate, read_certificate
from edge_agent.errors import StopError
from edge_agent.probes.finding import Finding, fault, note, ok

SUBJECT = "certificate"
SOON_DAYS = 14
_DAY_MS = 86_400_000
_WAITS = "Nothing can be sent; readings wait in the outbox."


def certificate_findings(settings: AgentSettings, path: Path, now_ms: int) -> Iterator[Finding]:
    """What there is to say of the certificate at ``path``, at the instant (UTC ms)."""
    try:
        held = read_certificate(path)
    except StopError as error:
        yield fault(SUBJECT, error.message, _WAITS, "Enrol this agent: collector fleet enrol.")
        return
    if held.name != settings.agent.id:
        measured = f"it is for {held.name}, this agent is {settings.agent.id}"
        yield fault(SUBJECT, measured, "The broker takes nothing of it.", "Enrol this agent.")
        return
    yield _days(held, bool(settings.fleet.url), (held.not_after_ms - now_ms) / _DAY_MS)


def _days(held: Certificate, renewed: bool, days: float) -> Finding:
    if days <= 0:
        remedy = "Its log says why it was not renewed; a year long that can still be done."
        return fault(SUBJECT, f"it ended {-days:.0f} days ago", _WAITS, remedy)
    if days < SOON_DAYS:
        remedy = "Look for `certificate` in the agent's log; is [fleet] url right and reachable?"
        measured = f"{days:.0f} days are left"
        return fault(SUBJECT, measured, "It is past the time it should be renewed.", remedy)
    if not renewed:
        remedy = "Set [fleet] url, or put a new one in its place in time."
        return note(SUBJECT, f"{days:.0f} days are left", "Nobody renews it.", remedy)
    half = datetime.fromtimestamp(held.half_life_ms / 1000, UTC).date().isoformat()
    return ok(SUBJECT, f"{days:.0f} days are left; renewed by itself from {half} on")
