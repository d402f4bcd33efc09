"""Which probes the collector's settings call for, and what each is measured against."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from collector.clock import SystemClock
from collector.config import CollectorSettings, MqttSettings, StoreSettings
from collector.doctor.certificate import certificate_findings
from collector.doctor.influx import WAITS, influx_findings
from collector.errors import CollectorError
from collector.inlet import KEEP_ALIVE_S, SESSION_EXPIRY_S
from collector.state import FILE_NAME
from collector.storage import open_store
from edge_agent.contract.topics import NAME_PATTERN, ROOT
from edge_agent.probes import clock, disk
from edge_agent.probes.broker import Address, Wants, broker_findings
from edge_agent.probes.finding import Finding, fault, ok
from edge_agent.probes.page import page_findings
from edge_agent.probes.round import Probe
from edge_agent.probes.service import service_findings
from edge_agent.process.tls import client_context

UNIT, EXAMPLE = "collector.service", "deploy/systemd/collector.service"
SPARE_MB = 2_000
RECEIPT_BYTES, WINDOW = 16_384, 20
"""A large receipt, and how many of them are on the way."""
MEANWHILE = (
    "Readings keep the times of their agents; but how late they are, which meters are silent, and "
    "which day it is, the collector judges by this clock."
)


def probes(settings: CollectorSettings) -> Iterator[Probe]:
    """Every probe of a collector, in the order in which a person would look."""
    yield Probe("disk", lambda: _disk(settings), 7.0)
    yield Probe("state", lambda: _state(settings), 5.0)
    yield Probe("clock", lambda: clock.clock_findings(MEANWHILE), 3.0)
    if settings.mqtt.cert_file is not None or settings.fleet.listen:
        now_ms = SystemClock().now_ms()
        yield Probe("certificates", lambda: certificate_findings(settings, now_ms), 5.0)
    yield Probe("broker", lambda: _broker(settings), 20.0)
    yield Probe("database", lambda: _store(settings), 10.0)
    yield Probe("service", lambda: service_findings(UNIT, EXAMPLE), 5.0)
    page, own = settings.health.listen, settings.collector.id
    yield Probe("health page", lambda: page_findings(page, "the collector", own, None), 4.0)


def _disk(settings: CollectorSettings) -> Iterator[Finding]:
    return _folder(settings.collector.state_dir, "[collector] state_dir")


def _folder(folder: Path, setting: str) -> Iterator[Finding]:
    place = disk.place_of(folder)
    yield from disk.place_findings(place, setting)
    yield from disk.spare_findings(folder, SPARE_MB)
    yield from disk.sync_findings(folder, None, place.medium, setting)


def _state(settings: CollectorSettings) -> Iterator[Finding]:
    path = settings.collector.state_dir / FILE_NAME
    return disk.file_findings(path, "state", "the collector")


def _store(settings: CollectorSettings) -> Iterator[Finding]:
    store = settings.store
    if store.kind == "influx":
        yield from influx_findings(store)
        return
    path = store.path or settings.collector.state_dir
    for finding in disk.file_findings(path, "database", "the collector"):
        yield finding
        if path.exists() and finding.mark != "fault":
            yield _writable(store)
    if _same_disk(path.parent, settings.collector.state_dir):
        what = "What was measured of that disk is true of the database: success means synced."
        yield ok("database: disk", "the same as that of [collector] state_dir", what)
    else:
        for finding in _folder(path.parent, "[store] path"):
            yield replace(finding, subject=f"database: {finding.subject}")


def _writable(settings: StoreSettings) -> Finding:
    """Whether the file takes a transaction, asked of the store itself."""
    store = open_store(settings)
    start_s = time.perf_counter()
    try:
        store.check()
    except CollectorError as error:
        hint = error.hint[:1].upper() + error.hint[1:]
        return fault("database: write", error.message, WAITS, hint)
    finally:
        store.close()
    took_ms = (time.perf_counter() - start_s) * 1000
    return ok("database: write", f"opened for writing in {took_ms:.1f} ms")


def _same_disk(one: Path, other: Path) -> bool:
    return disk.nearest(one).stat().st_dev == disk.nearest(other).stat().st_dev


def _broker(settings: CollectorSettings) -> Iterator[Finding]:
    try:
        address = address_of(settings.mqtt)
    except OSError as error:
        place = error.filename or settings.mqtt.ca_file
        measured = f"{place} cannot be used: {error.strerror or error}"
        remedy = "Let [mqtt] ca_file name the broker's authority, cert_file our own certificate."
        if isinstance(error, FileNotFoundError):
            remedy = f"Make these files with: collector fleet init. With another CA: {remedy}"
        yield fault("broker", measured, "Nothing is received; agents keep their readings.", remedy)
        return
    yield from broker_findings(address, _wants(settings))


def _wants(settings: CollectorSettings) -> Wants:
    own, name = settings.collector.id, settings.mqtt.username
    level = name if re.fullmatch(NAME_PATTERN, name) else own
    return Wants(
        # Not the collector's own id: that would take the session of the one that runs.
        client_id=f"mieruka-collector-{own}-doctor",
        topic=f"{ROOT}/{level}/doctor/{secrets.token_hex(4)}",
        expiry_s=SESSION_EXPIRY_S,
        window=WINDOW,
        largest_bytes=RECEIPT_BYTES,
        keepalive_s=KEEP_ALIVE_S,
        shared=bool(settings.mqtt.share_group),
    )


def address_of(mqtt: MqttSettings) -> Address:
    """The broker of the settings. Raises ``OSError`` for a CA file that cannot be used."""
    return Address(
        host=mqtt.host,
        port=mqtt.port,
        version=mqtt.version,
        username=mqtt.username or None,
        password=mqtt.password or None,
        tls=client_context(mqtt.ca_file, mqtt.cert_file, mqtt.key_file) if mqtt.tls else None,
    )
