"""Which probes the agent's settings call for, and what each finding is measured against."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from edge_agent import profile
from edge_agent.clock import SystemClock
from edge_agent.config import AgentSettings, MqttSettings
from edge_agent.contract.topics import NAME_PATTERN, ROOT
from edge_agent.doctor.links import links_findings
from edge_agent.forward import POLLS_A_MESSAGE
from edge_agent.probes import clock, disk
from edge_agent.probes.broker import Address, Wants, broker_findings
from edge_agent.probes.finding import Finding, fault
from edge_agent.probes.page import page_findings
from edge_agent.probes.round import Probe
from edge_agent.probes.service import service_findings
from edge_agent.process.secret_file import secret_in
from edge_agent.process.tls import client_context
from edge_agent.uplink.link import WINDOW
from edge_agent.uplink.uplink import KEEPALIVE_S, SESSION_EXPIRY_S

OUTBOX = "outbox.sqlite"
UNIT, EXAMPLE = "edge-agent.service", "deploy/pi/edge-agent.service"
_ROW_BYTES, _VALUE_BYTES = 100, 32
"""About what a reading takes in the outbox, and each of its values."""
_MESSAGE_BYTES, _POLL_BYTES, _POLL_VALUE_BYTES = 600, 24, 12
"""About what a message takes, each poll in it, and each value of a poll."""


def probes(settings: AgentSettings) -> Iterator[Probe]:
    """Every probe of an agent, in the order in which a person would look."""
    # Asked inside of the probes: on a disk that hangs even this would hang.
    running = cache(lambda: disk.held(settings.agent.state_dir / f"{OUTBOX}.lock"))
    yield Probe("disk", lambda: _disk(settings), 7.0)
    yield Probe("outbox", lambda: _outbox(settings), 6.0)
    yield Probe("clock", lambda: clock.clock_findings(_meanwhile(settings)), 3.0)
    if settings.mqtt.cert_file is not None:
        yield Probe("certificate", lambda: _certificate(settings), 5.0)
    yield Probe("broker", lambda: _broker(settings), 20.0)
    yield Probe("links", lambda: links_findings(settings.links, running()), 5.0)
    yield Probe("service", lambda: service_findings(UNIT, EXAMPLE), 5.0)
    page, own = settings.health.listen, settings.agent.id
    yield Probe("health page", lambda: page_findings(page, "the agent", own, running()), 4.0)


def _disk(settings: AgentSettings) -> Iterator[Finding]:
    folder, outbox = settings.agent.state_dir, settings.outbox
    place = disk.place_of(folder)
    yield from disk.place_findings(place, "[agent] state_dir")
    yield from disk.room_findings(folder, outbox.max_mb, f"{OUTBOX}*", "[outbox] max_mb")
    every_s = outbox.commit_every_s
    yield from disk.sync_findings(folder, every_s, place.medium, "[agent] state_dir")
    if settings.meters:
        yield from disk.wear_findings(_load(settings), place.medium)


def _outbox(settings: AgentSettings) -> Iterator[Finding]:
    path = settings.agent.state_dir / OUTBOX
    return disk.file_findings(path, "outbox", "the agent")


def _certificate(settings: AgentSettings) -> Iterator[Finding]:
    path = settings.mqtt.cert_file
    if path is not None:
        # Brings a cryptographic library, which only agents with a certificate need.
        from edge_agent.doctor.certificate import certificate_findings

        yield from certificate_findings(settings, path, SystemClock().now_ms())


def _load(settings: AgentSettings) -> disk.Load:
    rates = [1 / (meter.every_s or settings.poll.every_s) for meter in settings.meters]
    values = [len(profile.load(meter.profile).registers) for meter in settings.meters]
    per_s = sum(rates)
    mean = sum(rate * count for rate, count in zip(rates, values, strict=True)) / per_s
    row_bytes = _ROW_BYTES + _VALUE_BYTES * mean
    return disk.Load(per_s, settings.outbox.commit_every_s, row_bytes)


def _meanwhile(settings: AgentSettings) -> str:
    wait_s = settings.clock.wait_s
    if not wait_s:
        return "Readings are sent at once, their times marked as estimated ([clock] wait_s = 0)."
    return (
        f"Readings are kept, but held back until the clock is right, at most {wait_s:g} s "
        "([clock] wait_s); after that they go out with their times marked as estimated."
    )


def _broker(settings: AgentSettings) -> Iterator[Finding]:
    try:
        address = address_of(settings.mqtt)
    except OSError as error:
        yield _unreadable(error)
        return
    yield from broker_findings(address, _wants(settings))


def _wants(settings: AgentSettings) -> Wants:
    own, name = settings.agent.id, settings.mqtt.username or ""
    level = name if re.fullmatch(NAME_PATTERN, name) else own
    counts = (len(profile.load(meter.profile).registers) for meter in settings.meters)
    most = max(counts, default=0)
    return Wants(
        client_id=f"{own}-doctor",
        topic=f"{ROOT}/{level}/doctor/{secrets.token_hex(4)}",
        expiry_s=SESSION_EXPIRY_S,
        window=WINDOW,
        largest_bytes=_MESSAGE_BYTES + POLLS_A_MESSAGE * (_POLL_BYTES + _POLL_VALUE_BYTES * most),
        keepalive_s=KEEPALIVE_S,
    )


def address_of(mqtt: MqttSettings) -> Address:
    """The broker of the settings. Raises ``OSError`` for a secret or CA that cannot be read."""
    parts = urlsplit(mqtt.url)
    encrypted = parts.scheme == "mqtts"
    password = mqtt.password_file and secret_in(mqtt.password_file)
    return Address(
        host=parts.hostname or "",
        port=parts.port or (8883 if encrypted else 1883),
        version=mqtt.version,
        username=mqtt.username,
        password=password or None,
        tls=client_context(mqtt.ca_file, mqtt.cert_file, mqtt.key_file) if encrypted else None,
    )


def _unreadable(error: OSError) -> Finding:
    what = error.strerror or str(error)
    measured = f"{error.filename or 'ca_file'} cannot be used: {what}"
    remedy = "Check password_file and ca_file in [mqtt], and whether this user may read them."
    return fault("broker", measured, "Nothing can be sent; readings wait in the outbox.", remedy)
