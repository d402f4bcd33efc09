"""A fleet on loopback: the authority, its server, and agents with cards of their own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector import config
from collector.config import CollectorSettings
from collector.fleet.office import Office
from collector.fleet.service import FleetService
from collector.state import open_state
from edge_agent.enrolment.certificate import Certificate, read_certificate
from edge_agent.enrolment.enrol import Enrolled, enrol
from edge_agent.enrolment.identity import Identity
from edge_agent.enrolment.renewal import Renewal

DAY_MS = 86_400_000
SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtts://127.0.0.1:{broker_port}"
ca_file = "state/fleet/ca.pem"
cert_file = "state/fleet/collector.pem"
[store]
kind = "sqlite"
path = "store.sqlite"
[health]
listen = ""
[fleet]
listen = "127.0.0.1:0"
url = "https://127.0.0.1:8884"
broker_url = "mqtts://127.0.0.1:{broker_port}"
{more}
[[sites]]
id = "sendai"
time_zone = "UTC"
[[sites.meters]]
id = "main"
"""


class HandClock:
    """A clock that a test turns. Certificates are checked by the real one: it starts in the past.

    ``monotonic_s`` is the machine's.
    """

    def __init__(self, days_ago: float = 0.0) -> None:
        self._now_ms = time.time_ns() // 1_000_000 - round(days_ago * DAY_MS)

    def now_ms(self) -> int:
        """The instant it shows."""
        return self._now_ms

    def monotonic_s(self) -> float:
        """Seconds that never step."""
        return time.monotonic()

    def pass_days(self, days: float) -> None:
        """Let so many days go by."""
        self._now_ms += round(days * DAY_MS)


def settings_in(folder: Path, more: str = "", broker_port: int = 8883) -> CollectorSettings:
    """Settings of a collector with a fleet, as a file in ``folder``."""
    file = folder / "collector.toml"
    file.write_text(SETTINGS.format(more=more, broker_port=broker_port), encoding="utf-8")
    return config.load(file)


def found(settings: CollectorSettings, clock: HandClock) -> None:
    """Make the authority of these settings."""
    state = open_state(settings.collector.state_dir)
    try:
        Office(settings, state, clock).found()
    finally:
        state.database.close()


class Fleet:
    """A fleet server that answers, and its agents' cards below ``folder``."""

    def __init__(self, folder: Path, clock: HandClock, settings: CollectorSettings) -> None:
        self.folder, self.clock, self.settings = folder, clock, settings
        self.service = FleetService(settings, clock)
        self.office, self.register = self.service.office, self.service.state.fleet
        self.url = f"https://127.0.0.1:{self.service.port}"

    def card(self, name: str) -> Path:
        """The state folder of a card."""
        return self.folder / "cards" / name

    def enrol(self, agent: str, card: str = "", token: str = "") -> Enrolled:
        """Enrol an agent with a fresh token, or with the one given."""
        text = token or self.office.invite(agent, "sendai").token
        return enrol(self.url, text, agent, Identity.of(self.card(card or agent)))

    def renewal(self, agent: str, card: str = "") -> Renewal:
        """What renews the certificate on a card."""
        return Renewal(self.url, agent, self.card(card or agent), self.clock)

    def held(self, card: str) -> Certificate:
        """The certificate on a card."""
        return read_certificate(Identity.of(self.card(card)).agent_file)

    def copy(self, card: str, other: str) -> None:
        """Copy a card, as its whole memory is copied."""
        shutil.copytree(self.card(card), self.card(other))


@contextmanager
def fleet_in(folder: Path, days_ago: float = 0.0, more: str = "") -> Iterator[Fleet]:
    """A fleet whose clock was ``days_ago`` when its authority was made."""
    clock, settings = HandClock(days_ago), settings_in(folder, more)
    found(settings, clock)
    fleet = Fleet(folder, clock, settings)
    fleet.service.start()
    try:
        yield fleet
    finally:
        fleet.service.stop()
