"""A serial line without hardware: pseudo-terminals, joined byte for byte as an RS-485 pair is.

The meters' server opens one end, the agent another, as they would open serial adapters on one
pair; the third end, the tap, is for who reads along, or for a second master. What one end says,
the other two hear. Without ``baud`` bytes pass as fast as they come, and speed is not played.
"""

from __future__ import annotations

import os
import select
import termios
import time
import tty
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread

from simulators.running import Running

CHUNK = 4096
BITS_A_BYTE = 11
"""Start, eight bits, parity and stop, or a second stop bit."""
_SPEED = 5
"""Where ``tcgetattr`` has the speed at which an end sends."""


@dataclass(slots=True)
class _Utterance:
    """What one end says: on the line until ``over_s``, spoiled when another spoke meanwhile."""

    end: int
    data: bytes
    over_s: float
    spoiled: bool = False


class SerialLine(Running):
    """A line with three ends, ``meter_end``, ``agent_end``, ``tap_end``: paths of serial devices.

    It works between ``start`` and ``stop``, or inside a ``with``. With ``baud`` bytes take their
    time (11 bits each), what is said at one time by two ends is spoiled, and an end that is opened
    with another speed hears and says noise. Parity cannot be played: a pseudo-terminal has none.
    """

    def __init__(self, baud: int = 0) -> None:
        self.meter_end = ""
        self.agent_end = ""
        self.tap_end = ""
        self.said_by_tap = 0
        """How many bytes the tap's end has sent; 0 for one who only listens."""
        self._speed = getattr(termios, f"B{baud}") if baud else None
        self._byte_s = BITS_A_BYTE / baud if baud else 0.0
        self._masters: tuple[int, ...] = ()
        self._open: list[int] = []
        self._speaking: list[_Utterance] = []
        self._thread: Thread | None = None

    def start(self) -> None:
        """Make all ends and carry bytes between them."""
        pairs = [os.openpty() for _ in range(3)]
        for _, end in pairs:
            tty.setraw(end)
        self.meter_end, self.agent_end, self.tap_end = (os.ttyname(end) for _, end in pairs)
        self._masters = tuple(master for master, _ in pairs)
        self._speaking = []
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
        """End the line; all devices vanish. Does nothing when it is not working."""
        if self._thread is None:
            return
        os.write(self._wake, b"x")
        self._thread.join()
        self._thread = None
        for fd in self._open:
            os.close(fd)

    def _carry(self, wake: int) -> None:
        while True:
            ready, _, _ = select.select([*self._masters, wake], [], [], self._next_s())
            if wake in ready:
                return
            for end in ready:
                with suppress(BlockingIOError):
                    self._begin(end, os.read(end, CHUNK))
            self._finish()

    def _next_s(self) -> float | None:
        """How long until something that is being said has been said."""
        if not self._speaking:
            return None
        return max(0.0, min(one.over_s for one in self._speaking) - time.monotonic())

    def _begin(self, end: int, data: bytes) -> None:
        if end == self._masters[2]:
            self.said_by_tap += len(data)
        now_s = time.monotonic()
        own = [one.over_s for one in self._speaking if one.end == end]
        said = _Utterance(end, data, max([now_s, *own]) + len(data) * self._byte_s)
        others = [one for one in self._speaking if one.end != end and one.over_s > now_s]
        for one in [*others, said]:
            one.spoiled |= bool(others)
        self._speaking.append(said)

    def _finish(self) -> None:
        now_s = time.monotonic()
        over = [one for one in self._speaking if one.over_s <= now_s]
        self._speaking = [one for one in self._speaking if one.over_s > now_s]
        for one in over:
            bad = one.spoiled or self._out_of_tune(one.end)
            for end in self._masters:
                if end != one.end:
                    data = noise_of(one.data) if bad or self._out_of_tune(end) else one.data
                    # A line loses what nobody reads; it must not stand still for it.
                    with suppress(BlockingIOError):
                        os.write(end, data)

    def _out_of_tune(self, end: int) -> bool:
        """Whether who holds this end has set another speed than the line's."""
        return self._speed is not None and termios.tcgetattr(end)[_SPEED] != self._speed


def noise_of(data: bytes) -> bytes:
    """What is heard of ``data`` at the wrong speed: other bytes, another count of them."""
    return bytes((byte * 7 + at * 29 + 0x5B) & 0xFF for at, byte in enumerate(data)) + b"\xff"
