"""The collector as a service, with its watchdog and its page, until it is asked to end."""

from __future__ import annotations

import ctypes
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from collector import config
from collector.app import Collector
from collector.commands.outlet_service import outlet_running
from collector.errors import CollectorError, RetryLaterError
from collector.outlet import Outlet
from collector.reporting.service import DUE_EVERY_S, REPORTS, STEP_WITHIN_S, ReportService
from collector.reporting.vitals import report_figures
from collector.schedule import Schedule
from collector.vitals.figures import figures
from collector.vitals.health import health
from edge_agent.process.health_page import HealthPage
from edge_agent.process.logs import log_to_stderr
from edge_agent.process.progress import Progress
from edge_agent.process.secret_file import exposed, secret_files
from edge_agent.process.systemd import notify
from edge_agent.process.watchdog import Watchdog

log = logging.getLogger("collector")

STATUS_EVERY_S = 10.0
LOOK_EVERY_S = 0.5
_M_ARENA_MAX = -8


def serve(path: Path, as_json: bool) -> None:
    """Collect by the settings at ``path`` until SIGTERM or SIGINT; lines go to stderr.

    Raises ``CollectorError`` when nothing can go on.
    """
    settings = config.load(path)
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    _share_memory()
    log_to_stderr(as_json)
    for secret in exposed(secret_files(settings)):
        log.warning("%s can be read by others on this machine: chmod 600 %s", secret, secret)
    collector = Collector(settings)
    try:
        collector.start()
        reports = ReportService(settings, path, collector.state.report_runs, collector.progress)
        with (
            outlet_running(collector) as outlet,
            _watched(collector, reports, outlet),
            _running(reports, collector.progress),
        ):
            _until(asked_to_stop, collector)
        notify("STOPPING=1\nSTATUS=storing what has come")
        collector.stop()
        status = collector.status()
    finally:
        collector.close()
    log.info(
        "ended as asked: %d messages, %d readings stored, %d refused",
        *(status.messages_received, status.readings_stored, status.readings_rejected),
    )


def _share_memory() -> None:
    """Let all threads take memory from one place: each would keep a reserve of its own."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


@contextmanager
def _running(reports: ReportService, progress: Progress) -> Iterator[None]:
    """Let reports be made when they are due, as long as the block lasts."""
    with suppress(RetryLaterError):  # a state that is locked now is no reason to end
        reports.begin()
    if not reports.any:
        yield
        return
    schedule = Schedule(progress, reports.look_failed)
    schedule.add(REPORTS, reports.run_once, DUE_EVERY_S, lambda: STEP_WITHIN_S)
    schedule.start()
    try:
        yield
    finally:
        reports.stop()
        schedule.stop()


@contextmanager
def _watched(collector: Collector, reports: ReportService, outlet: Outlet) -> Iterator[None]:
    """Let the watchdog look and the health page answer, as long as the block lasts."""
    page = HealthPage(
        collector.settings.health.listen,
        lambda: {
            **health(collector.status(), collector.progress),
            "reports": asdict(reports.counts),
            "outlet": outlet.standing(),
        },
        lambda: (
            *figures(collector.status(), collector.progress),
            *report_figures(reports.counts),
            *outlet.metrics(),
        ),
    )
    watchdog = Watchdog(collector.progress)
    page.start()
    watchdog.start()
    notify("READY=1")
    try:
        yield
    finally:
        watchdog.stop()
        page.stop()


def _until(asked_to_stop: threading.Event, collector: Collector) -> None:
    looks = 0
    while not asked_to_stop.wait(LOOK_EVERY_S):
        if collector.failure:
            raise CollectorError(f"the collector has stopped: {collector.failure}")
        if looks % round(STATUS_EVERY_S / LOOK_EVERY_S) == 0:
            with suppress(RetryLaterError):  # a state that is locked now is no reason to end
                notify(f"STATUS={_one_line(collector)}")
        looks += 1


def _one_line(collector: Collector) -> str:
    status = collector.status()
    broker = "broker there" if status.connected else "no broker"
    store = "store ok" if status.store_ok else "no store"
    return (
        f"{broker}, {store}, {status.readings_stored:,} readings stored,"
        f" {status.readings_per_s:.1f}/s, {status.agents_online} of {status.agents} agents there"
    )
