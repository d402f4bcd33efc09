"""The outlet beside the running collector: a thread of its own, which nothing waits for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from collector.app import Collector
from collector.clock import SystemClock
from collector.errors import CollectorError
from collector.outlet import Outlet
from collector.outlet.outlet import STEP_EVERY_S
from collector.schedule import Schedule
from collector.vitals.watched import watched
from collector.voice import Voice

OUTLET = "outlet"
LOOK_WITHIN_S = 300.0
"""A look at the figures comes from one call of the store to the next within this time."""
log = logging.getLogger(__name__)


def outlet_of(collector: Collector) -> Outlet:
    """The outlet of a collector, not started."""
    store = watched(collector.store, lambda: collector.progress.made(OUTLET))
    return Outlet(collector.settings, store, collector.state, SystemClock())


@contextmanager
def outlet_running(collector: Collector) -> Iterator[Outlet]:
    """Let the figures out as long as the block lasts. Raises ``StopError`` for bad certificates."""
    outlet = outlet_of(collector)
    if not outlet.on:
        yield outlet
        return
    voice = Voice()

    def failed(_: str, error: Exception) -> None:
        if isinstance(error, CollectorError):
            voice.say(f"open data not brought up to date, tried again: {error}")
        else:
            log.error("open data not brought up to date (please report this)", exc_info=error)

    outlet.start()
    schedule = Schedule(collector.progress, failed)
    schedule.add(OUTLET, outlet.run_once, STEP_EVERY_S, lambda: LOOK_WITHIN_S)
    schedule.start()
    try:
        yield outlet
    finally:
        schedule.stop()
        outlet.stop()
