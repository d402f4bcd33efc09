"""A thread that reads along on one line, for as long as it is wanted.

Before: a port that may come and go. After: the newest exchange of every request heard, and the
figures of the line. A port that is away is tried again with growing pauses.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent import link_faults
from edge_agent.config import LinkSettings
from edge_agent.errors import LinkDownError
from edge_agent.listen.ear import Ear, SerialEar
from edge_agent.listen.pairing import Exchange
from edge_agent.listen.traffic import Traffic, UnitTraffic

log = logging.getLogger(__name__)

QUIET_S = 0.1
"""A line that is silent for so long has finished its frame; adapters bunch bytes for 16 ms."""
QUIET_BYTES = 5
"""On slow lines the same, in bytes."""
FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 10.0
"""Between attempts to open a port: the first pause, doubled each time up to the last."""
JOIN_S = 5.0

_Key = tuple[int, int, int, int]
"""Unit, function, address, count."""


@dataclass(frozen=True, slots=True)
class LinePicture:
    """The figures of a line at the steady time ``now_s``; arrivals are of the same clock.

    ``heard`` counts bytes, ``unread`` those that belong to no frame, ``frames`` whole frames.
    """

    now_s: float
    heard: int
    unread: int
    frames: int
    heard_at_s: float | None
    frame_at_s: float | None
    units: dict[int, UnitTraffic]


class Listener:
    """Hears one line between ``start`` and ``stop``; any thread may ask what was heard.

    ``monotonic_s`` stamps arrivals; the pauses of a wire cannot be replayed.
    """

    def __init__(
        self,
        settings: LinkSettings,
        make: Callable[[LinkSettings], Ear] = SerialEar,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._make, self._monotonic_s = settings, make, monotonic_s
        self._quiet_s = max(QUIET_S, QUIET_BYTES * 11 / settings.baud)
        self._lock = threading.Lock()
        self._traffic = Traffic()
        self._newest: dict[_Key, Exchange] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._down: LinkDownError | None = None
        self._fault: Exception | None = None
        self._pause_s = FIRST_PAUSE_S

    @property
    def running(self) -> bool:
        """Whether it hears, or tries to."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def down(self) -> LinkDownError | None:
        """Why the port cannot be heard now; None while it can."""
        return self._down

    def now_s(self) -> float:
        """The steady time that arrivals are stamped with."""
        return self._monotonic_s()

    def start(self) -> None:
        """Hear from now on. Does nothing when it runs."""
        if self.running:
            return
        self._stop.clear()
        name = f"listen {self._settings.id}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, with the port let go. Does nothing when it does not run."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(JOIN_S)

    def take(self) -> list[Exchange]:
        """The newest exchange of every request since the last call, in order of arrival.

        Raises whatever fault of the program has ended the thread since.
        """
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
        with self._lock:
            newest, self._newest = self._newest, {}
        return sorted(newest.values(), key=lambda one: one.answer.at_s)

    def picture(self) -> LinePicture:
        """The figures of the line as of now."""
        with self._lock:
            traffic = self._traffic
            return LinePicture(
                now_s=self._monotonic_s(),
                heard=traffic.heard,
                unread=traffic.unread,
                frames=traffic.frames,
                heard_at_s=traffic.heard_at_s,
                frame_at_s=traffic.frame_at_s,
                units=copy.deepcopy(traffic.units),
            )

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._once()
        except Exception as error:
            self._fault = error
            log.debug("listening on %s has ended", self._settings.id, exc_info=True)

    def _once(self) -> None:
        """Hear the port until it goes away, and pause."""
        ear = self._make(self._settings)
        try:
            ear.open()
            self._hear(ear)
        except OSError as error:
            self._down = LinkDownError(*link_faults.why_down(self._settings, error))
            self._stop.wait(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LAST_PAUSE_S)
        finally:
            ear.close()

    def _hear(self, ear: Ear) -> None:
        self._down = None
        with self._lock:
            # What broke off when the port went away has no other half.
            self._keep(self._traffic.quiet(self._monotonic_s()))
        while not self._stop.is_set():
            data = ear.hear(self._quiet_s)
            now_s = self._monotonic_s()
            with self._lock:
                if data:
                    self._pause_s = FIRST_PAUSE_S
                    self._keep(self._traffic.feed(data, now_s))
                else:
                    self._keep(self._traffic.quiet(now_s))

    def _keep(self, found: list[Exchange]) -> None:
        for one in found:
            asked = one.question
            self._newest[asked.unit, asked.function, asked.address, asked.count] = one
