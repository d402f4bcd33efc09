"""What an agent is made of, by its settings: its lines, its outbox, its pace."""

from __future__ import annotations

import random
from ipaddress import ip_address
from pathlib import Path

from edge_agent import poll
from edge_agent.bus import Bus, LinkReport, Station
from edge_agent.clock import Clock
from edge_agent.config import AgentSettings
from edge_agent.intake import Intake, ToldOutbox
from edge_agent.lines import Lines
from edge_agent.pace import Pace
from edge_agent.schedule import Schedule

WITHIN_S = 45.0
"""Who has not moved for so long is stuck; with the watchdog's looks that is within a minute."""
NAMES_WITHIN_S = 150.0
"""The same where a host's name must be looked up: dead name servers keep a thread waiting."""
RENEWAL = "certificate"


def lines(settings: AgentSettings, opener: poll.Opener, counts_every_s: float | None) -> Lines:
    """Every line, polled or listened to; a reading of each meter tells how its unit answers.

    Raises ``StopError`` when no meter can be read at all.
    """
    stations: tuple[Station, ...] = (*poll.gather(settings, opener), *_listening(settings))
    for station in stations:
        station.counts_every_s = counts_every_s
    return Lines(stations)


def _listening(settings: AgentSettings) -> tuple[Station, ...]:
    # Few agents listen, and what is loaded stays in memory for years.
    if not any(link.kind == "rtu-listen" for link in settings.links):
        return ()
    from edge_agent.listen.bus import gather

    return gather(settings)


def run(station: Station, sink: Intake, clock: Clock) -> LinkReport:
    """One round of a station, polled or listened to."""
    if isinstance(station, Bus):
        return poll.run_once(station, sink, clock)
    from edge_agent.listen.bus import ListenBus
    from edge_agent.listen.station import run_once

    assert isinstance(station, ListenBus)
    return run_once(station, sink, clock)


def outbox_path(settings: AgentSettings) -> Path:
    """Where the outbox is."""
    return settings.agent.state_dir / "outbox.sqlite"


def outbox(settings: AgentSettings, clock: Clock) -> ToldOutbox:
    """The outbox with its bounds. Raises ``StopError`` when it cannot be opened."""
    bounds = settings.outbox
    return ToldOutbox(
        outbox_path(settings),
        max_mb=bounds.max_mb,
        max_days=bounds.max_days,
        clock=clock,
        wait_s=settings.clock.wait_s,
    )


def pace(settings: AgentSettings) -> Pace:
    """How fast a backlog goes when the collector says nothing."""
    delivery = settings.delivery
    return Pace(delivery.backlog_readings_per_s, delivery.backlog_jitter_s, random.Random())


def certificate_days(settings: AgentSettings, now_ms: int) -> float | None:
    """How long the agent's own certificate is still good; None without one."""
    path = settings.mqtt.cert_file
    if path is None:
        return None
    # Loaded where there is one: what is loaded stays in memory for years.
    from edge_agent.enrolment.certificate import certificate_not_after_ms

    end_ms = certificate_not_after_ms(path)
    return None if end_ms is None else (end_ms - now_ms) / 86_400_000


def add_renewal(schedule: Schedule, settings: AgentSettings, clock: Clock) -> None:
    """Let the certificate be renewed, where a fleet server does that: at a minute of its own."""
    if not settings.fleet.url:
        return
    # Brings a cryptographic library that an agent without a certificate need not load.
    from edge_agent.enrolment.renewal import EVERY_S, WITHIN_S, Renewal

    identity = settings.agent
    renewal = Renewal(settings.fleet.url, identity.id, identity.state_dir, clock)
    first_s = (clock.now_ms() / 1000 + renewal.first_wait_s()) % EVERY_S
    schedule.add(RENEWAL, renewal.tend, EVERY_S, first_s, within_s=WITHIN_S)


def within_s(host: str) -> float:
    """How long opening a line to ``host`` may take at most, "" being none to look up."""
    try:
        ip_address(host or "127.0.0.1")
    except ValueError:
        return NAMES_WITHIN_S
    return WITHIN_S
