"""How the certificates of this machine stand: the collector's own, and its servers'."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from collector.config import CollectorSettings
from collector.errors import StopError
from collector.fleet import files, signing
from collector.fleet.office import fleet_folder
from edge_agent.probes.finding import Finding, fault, ok

SOON_DAYS = 30
_DAY_MS = 86_400_000
_MEANINGS = {
    "collector": "Then the broker refuses the collector; agents keep their readings.",
    "broker": "Then no agent trusts the broker; they keep their readings.",
    "server": "Then no agent can enrol or renew.",
}
_REMEDY = "Let collector fleet serve run: it renews them; or: collector fleet server-cert."


def certificate_files(settings: CollectorSettings) -> dict[str, Path]:
    """The certificates by whose they are; none where the collector has a password."""
    folder = fleet_folder(settings)
    found = {"broker": folder / "broker" / "broker.pem", "server": folder / "server.pem"}
    there = {whose: path for whose, path in found.items() if path.exists()}
    own = settings.mqtt.cert_file
    return there if own is None else {"collector": own, **there}


def certificate_findings(settings: CollectorSettings, now_ms: int) -> Iterator[Finding]:
    """How long each holds at the instant (UTC ms)."""
    for whose, path in certificate_files(settings).items():
        yield _finding(f"certificate: {whose}", _MEANINGS[whose], path, now_ms)


def _finding(subject: str, meaning: str, path: Path, now_ms: int) -> Finding:
    try:
        facts = signing.facts_of(files.read(path))
    except (StopError, signing.SigningError) as error:
        measured = error.message if isinstance(error, StopError) else f"{path}: {error}"
        return fault(subject, measured, meaning, "Make one with: collector fleet init.")
    days = (facts.not_after_ms - now_ms) / _DAY_MS
    if days < SOON_DAYS:
        measured = f"{days:.0f} days are left" if days > 0 else f"it ended {-days:.0f} days ago"
        return fault(subject, measured, meaning, _REMEDY)
    return ok(subject, f"{days:.0f} days are left")
