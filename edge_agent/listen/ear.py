"""A serial port that can only be read: the one place of this room that touches a device.

pyserial sets speed and parity; then the port is opened a second time for reading alone and the
first is let go. From then on the kernel itself refuses every write (``EBADF``). RTS stays low, as
some adapters switch their transmitter on by it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import termios
from collections.abc import Callable
from typing import Protocol

from edge_agent.config import LinkSettings
from edge_agent.serial_port import open_port

CHUNK = 4096


class Ear(Protocol):
    """What hears a line."""

    def open(self) -> None:
        """Begin to hear. Raises ``OSError``."""
        ...

    def hear(self, wait_s: float) -> bytes:
        """The bytes that are there, waiting for the first; empty after ``wait_s``.

        Raises ``OSError`` when the port has gone.
        """
        ...

    def close(self) -> None:
        """Let go of the port. Does nothing when it is closed."""
        ...


EarMaker = Callable[[LinkSettings], Ear]


class SerialEar:
    """An ``Ear`` at a serial port, for one thread."""

    def __init__(self, settings: LinkSettings) -> None:
        self._settings = settings
        self._fd: int | None = None

    def open(self) -> None:
        """Take the port for reading, alone. Raises ``OSError``."""
        # What was heard before it was opened is thrown away.
        port = open_port(self._settings, rts=False)
        try:
            fd = os.open(self._settings.device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        finally:
            port.close()
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.ioctl(fd, termios.TIOCEXCL)
        except OSError:
            os.close(fd)
            raise
        self._fd = fd

    def hear(self, wait_s: float) -> bytes:
        """The bytes that are there, by the promise of ``Ear``."""
        if self._fd is None:
            raise OSError(errno.EBADF, "the port is closed")
        if not select.select([self._fd], [], [], wait_s)[0]:
            return b""
        data = os.read(self._fd, CHUNK)
        if not data:
            raise OSError(errno.EIO, "the port went away")
        return data

    def fileno(self) -> int:
        """The descriptor, -1 when closed."""
        return -1 if self._fd is None else self._fd

    def close(self) -> None:
        """Let go of the port."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
