"""The agent as a service, with its watchdog and its page, until it is asked to end."""

from __future__ import annotations

import ctypes
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_agent import config, profile
from edge_agent.app import Agent
from edge_agent.commands.told import doubts, praise
from edge_agent.process import systemd
from edge_agent.process.health_page import HealthPage
from edge_agent.process.logs import log_to_stderr
from edge_agent.process.watchdog import Watchdog
from edge_agent.vitals import one_line

log = logging.getLogger("edge_agent")

ASKED_EVERY_S = 0.5
STATUS_EVERY_S = 10.0
_M_ARENA_MAX = -8


def serve(path: Path, as_json: bool) -> None:
    """Poll and send by the settings at ``path`` until SIGTERM or SIGINT.

    Raises ``ConfigError``, or ``StopError`` when nothing can go on.
    """
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    _share_memory()
    log_to_stderr(as_json)
    settings = config.load(path, profile_faults=profile.faults)
    for line in doubts(settings):
        log.warning("%s", line)
    agent = Agent(settings)
    try:
        with _watched(agent):
            agent.start()
            log.info("%s: %s", settings.agent.id, praise(settings))
            _stay(agent, asked_to_stop)
            _end(agent)
    finally:
        agent.close()


def _share_memory() -> None:
    """Let all threads take memory from one place: each would keep a reserve of its own."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


@contextmanager
def _watched(agent: Agent) -> Iterator[None]:
    """The watchdog looks, and the page answers, from the start to after the stop."""
    watchdog = Watchdog(agent.progress)
    page = HealthPage(agent.settings.health.listen, agent.health, agent.metrics)
    page.start()
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()
        page.stop()


def _stay(agent: Agent, asked_to_stop: threading.Event) -> None:
    systemd.notify("READY=1")
    looks, told = 0, ""
    while not asked_to_stop.wait(ASKED_EVERY_S):
        agent.wait(0.0)
        if looks % round(STATUS_EVERY_S / ASKED_EVERY_S) == 0:
            status = one_line(agent.status())
            if status != told:
                systemd.notify(f"STATUS={status}")
                told = status
        looks += 1


def _end(agent: Agent) -> None:
    systemd.notify("STOPPING=1\nSTATUS=handing over what is left")
    log.info("asked to stop: handing over what is left, a few seconds at most")
    agent.stop()
    status = agent.status()
    ended = "ended as asked: %d readings taken, %d wait for the collector's receipt"
    log.info(ended, status.readings_taken, status.outbox_depth)
