"""A second master: polls units on a serial line as a PLC or a vendor's box does, round and round.

Before: an end of a ``SerialLine`` (or any port) and a list of requests. After: what was asked and
what came, each with its instant, so that one who reads along can be compared with it.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Literal

import serial

from edge_agent.listen.frames import question, whole
from edge_agent.profile import Profile
from simulators.running import Running

CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of the list."""

    unit: int
    function: int
    address: int
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """One turn: the request, its answer's words (None: no sound one), and when it was over."""

    ask: Ask
    words: tuple[int, ...] | None
    at_s: float


def asks_of(profile: Profile, unit: int) -> tuple[Ask, ...]:
    """The requests that bring every value of a profile."""
    return tuple(Ask(unit, block.function, block.address, block.count) for block in profile.blocks)


class Master(Running):
    """Asks ``asks`` in turn at ``device``, one round each ``every_s``, until it is stopped.

    Every turn ends with a sound answer or after ``timeout_s``; ``gap_s`` of silence follows. What
    came is in ``told``, oldest first, stamped with the monotonic clock.
    """

    def __init__(
        self,
        device: str,
        asks: Iterable[Ask],
        every_s: float = 1.0,
        *,
        baud: int = 9600,
        parity: Literal["N", "E", "O"] = "N",
        timeout_s: float = 0.5,
        gap_s: float = 0.02,
    ) -> None:
        self.told: list[Told] = []
        self._device, self._asks, self._every_s = device, tuple(asks), every_s
        self._baud, self._parity = baud, parity
        self._timeout_s, self._gap_s = timeout_s, gap_s
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Ask from now on. Raises ``OSError`` when the port cannot be had."""
        port = serial.Serial(self._device, self._baud, parity=self._parity, timeout=0)
        self._stop.clear()
        self._thread = Thread(target=self._run, args=(port,), name="second-master", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no more. Does nothing when it does not run."""
        thread, self._thread = self._thread, None
        self._stop.set()
        if thread is not None:
            thread.join()

    def answers(self, unit: int) -> list[Told]:
        """The turns of one unit that brought words."""
        return [one for one in self.told if one.ask.unit == unit and one.words is not None]

    def _run(self, port: serial.Serial) -> None:
        with port, suppress(OSError):
            while not self._stop.is_set():
                next_s = time.monotonic() + self._every_s
                for ask in self._asks:
                    self._turn(port, ask)
                    if self._stop.wait(self._gap_s):
                        return
                self._stop.wait(max(0.0, next_s - time.monotonic()))

    def _turn(self, port: serial.Serial, ask: Ask) -> None:
        port.reset_input_buffer()
        port.write(question(ask.unit, ask.function, ask.address, ask.count))
        heard, until_s = b"", time.monotonic() + self._timeout_s
        while (left_s := until_s - time.monotonic()) > 0 and not self._stop.is_set():
            if select.select([port.fileno()], [], [], min(left_s, 0.1))[0]:
                heard += os.read(port.fileno(), CHUNK)
                if len(heard) >= 5 and whole(heard):
                    break
        self.told.append(Told(ask, _words(ask, heard), time.monotonic()))


def _words(ask: Ask, heard: Sequence[int]) -> tuple[int, ...] | None:
    """The registers in an answer; None when it is not the one that was asked for."""
    data = bytes(heard)
    fits = data[:3] == bytes((ask.unit, ask.function, 2 * ask.count))
    if not fits or len(data) != 5 + 2 * ask.count or not whole(data):
        return None
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(3, len(data) - 2, 2))
