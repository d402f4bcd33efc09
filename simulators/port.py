"""The serial side of a link: the meters' end of the line, and whether both ends are set alike.

A pseudo-terminal carries bytes whatever its speed; what the program at the other end has set can
be seen all the same, and a real line would carry nothing useful when it differs. Even and no
parity cannot be told apart there (the kernel takes the flag off a pseudo-terminal), odd can.
"""

from __future__ import annotations

import os
import select
import termios
from typing import Literal

import serial

from simulators.plant import Link

CHUNK = 4096
PATIENCE_S = 5.0
Matching = Literal["well", "garbled", "nothing"]


class SerialPort:
    """The meters' end of a serial line. Raises ``OSError`` when the device cannot be had.

    With ``other_end``, the agent's device, the settings there are compared with the link's.
    """

    def __init__(self, link: Link, device: str, other_end: str = "") -> None:
        self._link = link
        self._port = serial.Serial(
            device,
            baudrate=link.baud,
            parity=link.parity,
            stopbits=link.stop_bits,
            timeout=0,
            write_timeout=PATIENCE_S,
            exclusive=True,
        )
        self._other = -1
        if other_end:
            self._other = os.open(other_end, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def fileno(self) -> int:
        """What to wait on."""
        return int(self._port.fileno())

    def hear(self) -> bytes:
        """What has come."""
        return os.read(self._port.fileno(), CHUNK)

    def say(self, frame: bytes) -> None:
        """Send a frame; what nobody takes is lost, as on copper."""
        fd = self._port.fileno()
        while frame and select.select([], [fd], [], PATIENCE_S)[1]:
            frame = frame[os.write(fd, frame) :]

    def close(self) -> None:
        """Let go of the device."""
        self._port.close()
        if self._other >= 0:
            os.close(self._other)
            self._other = -1

    def matching(self) -> Matching:
        """What the other end's settings let through.

        At another speed the meters understand nothing and stay silent. With another parity or
        stop bits the request gets through often enough, and what comes back is garbled.
        """
        if self._other < 0:
            return "well"
        control, speed = termios.tcgetattr(self._other)[2:5:2]
        if speed != getattr(termios, f"B{self._link.baud}"):
            return "nothing"
        odd, two = bool(control & termios.PARODD), bool(control & termios.CSTOPB)
        alike = (odd, two) == (self._link.parity == "O", self._link.stop_bits == 2)
        return "well" if alike else "garbled"
