"""A serial line whose units hear only who speaks with their own speed and parity.

A pseudo-terminal carries no speed, but remembers which one its user has set: units that are set
to another one stay mute, or answer garbage, as real ones would.
"""

from __future__ import annotations

import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pymodbus.framer import FramerRTU

Answer = Callable[[int, int, int], Sequence[int] | int]
"""(function, address, count) -> the words, or an exception code."""
SPEEDS = {baud: getattr(termios, f"B{baud}") for baud in (1200, 2400, 9600, 19200, 38400)}


@dataclass
class WireUnit:
    """One unit: its answers, and how it misbehaves."""

    answer: Answer
    delay_s: float = 0.0
    twin: bool = False
    spoiled_of: int = 0
    asked: int = 0


@dataclass
class Wire:
    """The line: ``device`` is the master's end; all units speak at ``baud`` and ``parity``."""

    units: Mapping[int, WireUnit]
    baud: int = 9600
    parity: str = "N"
    garbles: bool = False
    device: str = ""
    requests: list[tuple[int, int, int, int]] = field(default_factory=list)
    chatter: bytes = b""

    def fits(self, slave: int) -> bool:
        """Whether the master has set the line as the units are set."""
        flags = termios.tcgetattr(slave)
        control, speed = flags[2], flags[5]
        # A pseudo-terminal refuses even parity, and forgets all of odd parity but this flag.
        parity = "O" if control & termios.PARODD else "N"
        return bool(speed == SPEEDS[self.baud] and parity == self.parity)


def frame(body: bytes) -> bytes:
    """``body`` with its CRC."""
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


@contextmanager
def working(wire: Wire) -> Iterator[Wire]:
    """``wire``, whose units answer until the end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    wire.device = os.ttyname(slave)
    stop_read, stop_write = os.pipe()
    thread = threading.Thread(target=_serve, args=(wire, master, slave, stop_read), daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        os.write(stop_write, b"x")
        thread.join(5)
        for handle in (master, slave, stop_read, stop_write):
            os.close(handle)


def _serve(wire: Wire, master: int, slave: int, stop: int) -> None:
    while True:
        pause_s = 0.05 if wire.chatter else None
        ready, _, _ = select.select([master, stop], [], [], pause_s)
        if stop in ready:
            return
        if wire.chatter:
            os.write(master, wire.chatter)
        if master in ready:
            request = os.read(master, 512)
            if not wire.fits(slave):
                if wire.garbles:
                    os.write(master, b"\xf3\x00\x7e")
                continue
            _reply(wire, master, request)


def _reply(wire: Wire, master: int, request: bytes) -> None:
    if len(request) != 8 or frame(request[:-2]) != request:
        return
    unit_id, function = request[0], request[1]
    address, count = (int.from_bytes(request[at : at + 2], "big") for at in (2, 4))
    wire.requests.append((unit_id, function, address, count))
    unit = wire.units.get(unit_id)
    if unit is None:
        return
    unit.asked += 1
    words = unit.answer(function, address, count)
    if isinstance(words, int):
        whole = frame(bytes([unit_id, function | 0x80, words]))
    else:
        data = b"".join(word.to_bytes(2, "big") for word in words)
        whole = frame(bytes([unit_id, function, len(data)]) + data)
    time.sleep(unit.delay_s)
    if unit.twin or (unit.spoiled_of and unit.asked % unit.spoiled_of == 0):
        whole = bytes(byte & 0xA7 for byte in whole)  # two that drive the pair at once
    os.write(master, whole)
