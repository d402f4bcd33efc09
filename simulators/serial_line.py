"""A serial line without hardware: two pseudo-terminals, joined byte for byte.

The meters' server opens one end, the agent the other, as they would open two serial adapters on
one RS-485 pair. Speed and parity are not played: bytes pass as fast as they come.
"""

from __future__ import annotations

import os
import select
import tty
from contextlib import suppress
from threading import Thread

from simulators.running import Running

CHUNK = 4096


class SerialLine(Running):
    """A line with two ends, ``meter_end`` and ``agent_end``: paths of serial devices.

    It works between ``start`` and ``stop``, or inside a ``with``.
    """

    def __init__(self) -> None:
        self.meter_end = ""
        self.agent_end = ""
        self._masters: tuple[int, ...] = ()
        self._open: list[int] = []
        self._thread: Thread | None = None

    def start(self) -> None:
        """Make both ends and carry bytes between them."""
        pairs = [os.openpty() for _ in range(2)]
        for _, end in pairs:
            tty.setraw(end)
        self.meter_end, self.agent_end = (os.ttyname(end) for _, end in pairs)
        self._masters = tuple(master for master, _ in pairs)
        # The ends stay open here too: a master whose end nobody holds open gives EIO.
        wake_read, self._wake = os.pipe()
        self._open = [fd for pair in pairs for fd in pair] + [wake_read, self._wake]
        for master in self._masters:
            os.set_blocking(master, False)
        self._thread = Thread(
            target=self._carry, args=(wake_read,), name="serial-line", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the line; both devices vanish. Does nothing when it is not working."""
        if self._thread is None:
            return
        os.write(self._wake, b"x")
        self._thread.join()
        self._thread = None
        for fd in self._open:
            os.close(fd)

    def _carry(self, wake: int) -> None:
        one, other = self._masters
        opposite = {one: other, other: one}
        while True:
            ready, _, _ = select.select([one, other, wake], [], [])
            if wake in ready:
                return
            for master in ready:
                # A line loses what nobody reads; it must not stand still for it.
                with suppress(BlockingIOError):
                    os.write(opposite[master], os.read(master, CHUNK))
