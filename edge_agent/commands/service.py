"""The agent as a service, with its watchdog and its pages, until it is asked to end.

The commissioning page or remote care may ask for a start with new settings: the agent of before
ends in order, the next one takes its place in the same process. When it cannot, the settings of
before come back.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from edge_agent import config
from edge_agent.app import Agent
from edge_agent.care import Care
from edge_agent.care.resume import resume
from edge_agent.commands.page_on import PageWish, page_on
from edge_agent.commands.told import doubts, praise
from edge_agent.commands.workbench import Workbench
from edge_agent.config import AgentSettings
from edge_agent.errors import AgentError, ConfigError, StopError
from edge_agent.process import systemd
from edge_agent.process.health_page import HealthPage
from edge_agent.process.logs import log_to_stderr, speak
from edge_agent.process.progress import Progress
from edge_agent.process.watchdog import Watchdog
from edge_agent.vitals import one_line
from edge_agent.words import Language, in_language, joined, language_of, said

log = logging.getLogger("edge_agent")

ASKED_EVERY_S = 0.5
STATUS_EVERY_S = 10.0
CHANGE_WITHIN_S = 150.0
"""A start with new settings is stuck when it takes longer; a large outbox is looked through."""
ON_TRIAL_S = 30.0
"""Settings with which the agent ends within so long were not good."""
_CHANGE = "start anew"
_M_ARENA_MAX = -8


def serve(path: Path, as_json: bool, wish: PageWish | None = None) -> None:
    """Poll and send by the settings at ``path`` until SIGTERM or SIGINT.

    ``wish`` turns the commissioning page on for this start. Raises ``ConfigError``, or
    ``StopError`` when nothing can go on.
    """
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    os.umask(0o077)  # what is kept here is for the agent's own user
    _share_memory()
    log_to_stderr(as_json, language=language_of())
    resume(path)
    settings = _loaded(path, wish is not None)
    bench = Workbench(path, settings, page_on=wish is not None)
    bench.care = Care(bench)
    agent: Agent | None = Agent(settings, care=bench.care)
    with ExitStack() as stack:
        stack.callback(bench.care.close)
        stack.enter_context(page_on(bench, settings, wish))
        while agent is not None:
            agent = _lived(agent, bench, asked_to_stop)


def _loaded(path: Path, page_on: bool) -> AgentSettings:
    """The settings, in whose language the log is from now on.

    A profile with faults costs its meters alone, which the agent tells.
    """
    settings = config.load(path, page_on=page_on)
    speak(language_of(settings.agent.language))
    for line in doubts(settings):
        log.warning("%s", line)
    return settings


def _share_memory() -> None:
    """Let all threads take memory from one place: each would keep a reserve of its own."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def _lived(agent: Agent, bench: Workbench, asked_to_stop: threading.Event) -> Agent | None:
    """The whole life of one agent; returns the next one, when a new start was asked for."""
    try:
        _live(agent, bench, asked_to_stop)
    except StopError as error:
        if bench.way_back() is None:
            raise
        with _change_watched(agent.language):
            return _gone_back(bench, error)
    if asked_to_stop.is_set() or not bench.wanted():
        return None
    with _change_watched(agent.language):
        return _next(bench)


def _live(agent: Agent, bench: Workbench, asked_to_stop: threading.Event) -> None:
    try:
        with _watched(agent):
            agent.start()
            bench.runs(agent)
            log.info("%s: %s", agent.settings.agent.id, praise(agent.settings))
            _stay(agent, bench, asked_to_stop)
            bench.rests()
            _end(agent, asked_to_stop.is_set())
    finally:
        bench.rests()
        agent.close()


def _next(bench: Workbench) -> Agent:
    """The agent with the settings as they are in the file now, else with those of before."""
    try:
        return Agent(_loaded(bench.path, bench.page_on), care=bench.care)
    except AgentError as error:
        return _gone_back(bench, error)
    except Exception as error:
        log.debug("traceback of the fault in the new settings", exc_info=True)
        hint = said("a fault in the program: please report this line")
        return _gone_back(bench, StopError(f"{type(error).__name__}: {error}", hint))


def _gone_back(bench: Workbench, error: AgentError) -> Agent:
    """The agent with the settings of before. Raises ``error`` when there are none."""
    way_back = bench.way_back()
    if way_back is None:
        raise error
    # Brings a library that no agent needs but at such a moment.
    from edge_agent import settings_file

    settings_file.restore(bench.path, way_back)
    settings = _loaded(bench.path, bench.page_on)
    told = joined("; ", error.faults) if isinstance(error, ConfigError) else error.message
    text = said("the agent did not start with the new settings: {fault}", fault=told)
    log.error(text)
    agent = Agent(settings, care=bench.care)
    bench.failed(text, error.hint)
    return agent


@contextmanager
def _change_watched(language: Language) -> Iterator[None]:
    """Between two agents the watchdog looks at the change itself."""
    progress = Progress()
    progress.expect(_CHANGE, CHANGE_WITHIN_S)
    watchdog = Watchdog(progress)
    watchdog.start()
    _notify_status(said("starting anew with new settings"), language)
    try:
        yield
    finally:
        watchdog.stop()


@contextmanager
def _watched(agent: Agent) -> Iterator[None]:
    """The watchdog looks, and the page answers, from the start to after the stop."""
    watchdog = Watchdog(agent.progress)
    listen = agent.settings.health.listen
    page = HealthPage(listen, agent.health, agent.metrics, agent.language)
    page.start()
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()
        page.stop()


def _stay(agent: Agent, bench: Workbench, asked_to_stop: threading.Event) -> None:
    systemd.notify("READY=1")
    began_s = time.monotonic()
    looks, told = 0, ""
    while not asked_to_stop.wait(ASKED_EVERY_S) and not bench.wanted():
        agent.wait(0.0)
        if time.monotonic() - began_s > ON_TRIAL_S:
            bench.stands()
        if bench.care is not None:
            bench.care.look()
        if looks % round(STATUS_EVERY_S / ASKED_EVERY_S) == 0:
            status = one_line(agent.status())
            if status != told:
                _notify_status(status, agent.language)
                told = status
        looks += 1


def _end(agent: Agent, for_good: bool) -> None:
    if for_good:
        systemd.notify("STOPPING=1")
        _notify_status(said("handing over what is left"), agent.language)
        log.info(said("asked to stop: handing over what is left, a few seconds at most"))
    agent.stop()
    status = agent.status()
    ended = said(
        "ended as asked: {taken} readings taken, {waiting} wait for the collector's receipt",
        taken=status.readings_taken,
        waiting=status.outbox_depth,
    )
    log.info(ended)


def _notify_status(text: str, language: Language) -> None:
    systemd.notify(f"STATUS={in_language(text, language)}")
