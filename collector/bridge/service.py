"""The bridge as a service, with its watchdog and its page, until it is asked to end."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector import config
from collector.bridge.bridge import Bridge, BridgeStatus
from collector.bridge.figures import figures, health
from edge_agent.process.health_page import HealthPage
from edge_agent.process.logs import log_to_stderr
from edge_agent.process.progress import Progress
from edge_agent.process.systemd import notify
from edge_agent.process.watchdog import Watchdog

BRIDGE, NETWORK = "bridge", "network"
BRIDGE_WITHIN_S = 60.0
"""A round waits for the cluster's answer for some seconds at most."""
NETWORK_WITHIN_S = 150.0
"""The longest pause between two attempts to connect to MQTT, and what an attempt may take."""


def serve(path: Path, as_json: bool) -> None:
    """Carry messages by the settings at ``path`` until SIGTERM or SIGINT; lines go to stderr.

    Raises ``CollectorError`` when nothing can go on.
    """
    settings = config.load(path)
    bridge, progress = Bridge(settings), Progress()
    asked_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    log_to_stderr(as_json)
    try:
        with _watched(settings.bridge.listen, bridge, progress):
            _carry(bridge, progress, asked_to_stop)
        notify("STOPPING=1")
    finally:
        bridge.stop()
    logging.getLogger("collector").info("ended as asked: %d messages", bridge.status().forwarded)


def _carry(bridge: Bridge, progress: Progress, asked_to_stop: threading.Event) -> None:
    turned_s = 0.0
    while not asked_to_stop.is_set():
        bridge.run_once()
        progress.made(BRIDGE)
        # With messages waiting it may rightly stand still: it waits for room in the queue.
        if bridge.turned_s != turned_s or bridge.status().waiting:
            turned_s = bridge.turned_s
            progress.made(NETWORK)


@contextmanager
def _watched(listen: str, bridge: Bridge, progress: Progress) -> Iterator[None]:
    """Let the watchdog look and the page answer, as long as the block lasts."""

    def told() -> BridgeStatus:
        return bridge.status()

    page = HealthPage(
        *(listen, lambda: health(told(), progress), lambda: figures(told(), progress))
    )
    progress.expect(BRIDGE, BRIDGE_WITHIN_S)
    progress.expect(NETWORK, NETWORK_WITHIN_S)
    watchdog = Watchdog(progress)
    page.start()
    watchdog.start()
    notify("READY=1")
    try:
        yield
    finally:
        watchdog.stop()
        page.stop()
