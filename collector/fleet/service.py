"""The fleet server as a process: it answers agents, and keeps this machine's certificates fresh."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.errors import CollectorError, RetryLaterError, StopError
from collector.fleet.office import Office
from collector.fleet.reception import Reception
from collector.fleet.routes import ROUTES, Route
from collector.fleet.server import Contexts, FleetServer
from collector.state import CollectorState, open_state
from edge_agent.process.progress import Progress
from edge_agent.process.systemd import notify
from edge_agent.process.watchdog import Watchdog

log = logging.getLogger(__name__)
CARE_EVERY_S = 3600.0
LOOK_EVERY_S = 1.0
SERVER, WITHIN_S = "fleet server", 60.0


class FleetService:
    """The server and its hourly care. ``port`` is where it listens once made.

    Raises ``StopError`` when [fleet] listen is empty, there is no authority, or no address.
    """

    def __init__(
        self,
        settings: CollectorSettings,
        clock: Clock | None = None,
        routes: tuple[Route, ...] = ROUTES,
    ) -> None:
        if not settings.fleet.listen:
            hint = 'write [fleet] listen = "0.0.0.0:8884"'
            raise StopError("there is no fleet server in the settings", hint)
        self._clock = clock or SystemClock()
        self.state: CollectorState = open_state(settings.collector.state_dir)
        try:
            self.office = Office(settings, self.state, self._clock)
            posts = self.office.posts()
            contexts = Contexts(posts.certificates["server"], posts.ca_file)
            contexts()
            self.reception = Reception(
                self.office.posts, self.state.fleet, settings.fleet, self._clock
            )
            self._server = FleetServer(
                settings.fleet.listen, contexts, self.reception, self.office.folder, routes
            )
        except CollectorError:
            self.state.database.close()
            raise
        self.port = self._server.port

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        return self._server.alive

    def care_once(self) -> list[str]:
        """Renew what is past its half life or of an older version; one line for each step."""
        posts, now_ms = self.office.posts(), self._clock.now_ms()
        lines = [f"{path} is renewed" for path in posts.renew(now_ms)]
        if posts.renew_access():
            lines.append("the broker's access list is renewed")
        if lines and (fault := posts.reload_broker()):
            lines.append(f"the broker goes by its old files still: {fault}")
        return lines

    def stop(self) -> None:
        """End, after what is being answered. Idempotent."""
        self._server.stop()
        self.state.database.close()


def serve(settings: CollectorSettings, asked_to_stop: threading.Event) -> None:
    """Answer agents until the event is set. Raises ``StopError`` when that cannot go on."""
    service = FleetService(settings)
    progress = Progress()
    progress.expect(SERVER, WITHIN_S)
    watchdog = Watchdog(progress)
    service.start()
    watchdog.start()
    log.info("the fleet server answers at port %d", service.port)
    notify("READY=1")
    try:
        _until(asked_to_stop, service, lambda: progress.made(SERVER))
    finally:
        notify("STOPPING=1")
        watchdog.stop()
        service.stop()


def _until(
    asked_to_stop: threading.Event, service: FleetService, moved: Callable[[], object]
) -> None:
    looks = 0
    while not asked_to_stop.wait(LOOK_EVERY_S):
        if not service.alive:
            raise StopError("the fleet server has ended by itself", "please report this line")
        moved()
        if looks % round(CARE_EVERY_S / LOOK_EVERY_S) == 0:
            with suppress(RetryLaterError):  # a state that is locked now is no reason to end
                for line in service.care_once():
                    log.info(line)
        looks += 1
