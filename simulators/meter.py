"""A Modbus server for meters of any profile, on a TCP port or a serial line.

Before: faces, which know what each register shows now. After: answers on the line, and an entry
in the ledger for each reading given. One thread serves a link, one request after the other, as
one pair of wires can carry but one; a gateway's connections share that pair.
"""

from __future__ import annotations

import os
import selectors
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from edge_agent.errors import StopError
from simulators.face import Face
from simulators.faults import Faults
from simulators.frames import Framing, NoModbusError, Numbered, Request, Serial
from simulators.gateway import Gateway
from simulators.ledger import Ledger
from simulators.plant import Address, Link
from simulators.port import SerialPort
from simulators.responder import Responder
from simulators.running import Running

STALE_S = 0.25
"""Half a request that stays alone for so long is noise."""


class Line(Protocol):
    """What a request can come in on, and its answer goes out."""

    def fileno(self) -> int:
        """What to wait on."""
        ...

    def hear(self) -> bytes:
        """What has come; empty when the other side is gone. Raises ``OSError`` as well."""
        ...

    def say(self, frame: bytes) -> None:
        """Send a frame. Raises ``OSError`` when the other side is gone."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class MeterServer(Running):
    """Serves the meters of one link until it is stopped.

    ``now_ms`` is the plant's clock. A meter answers functions 3 and 4 for the addresses that its
    profile reads, exception 2 beyond them and exception 1 to any write; units that are not there
    stay silent. It serves at ``wanted``, where a TCP port of 0 takes a free one; ``address`` says
    where that is once it runs. ``other_end`` is the device at the agent's end of a serial line
    when the settings there must be the link's.
    """

    def __init__(
        self,
        faces: Sequence[Face],
        link: Link,
        now_ms: Callable[[], int],
        ledger: Ledger,
        faults: Faults,
        wanted: Address,
        other_end: str = "",
        time_factor: float = 1.0,
    ) -> None:
        self.address = wanted
        self._link, self._faults, self._other_end = link, faults, other_end
        self._framing: Framing = Numbered() if link.kind == "tcp" else Serial()
        self._ending = threading.Event()
        self._responder = Responder(
            faces, link, self._framing, now_ms, ledger, faults, self._ending.wait, time_factor
        )
        self._thread: threading.Thread | None = None
        self._serial: SerialPort | None = None
        self._gateway: Gateway | None = None
        self._heard: dict[Line, bytearray] = {}
        self._heard_at_s: dict[Line, float] = {}

    def start(self) -> None:
        """Serve from now on. Raises ``StopError`` when the port or device cannot be had."""
        try:
            self._open()
        except OSError as error:
            at = self.address.device or f"{self.address.host}:{self.address.port}"
            hint = "is the port or device there, and not in use?"
            raise StopError(f"meters cannot be served at {at}: {error}", hint) from error
        self._wake, self._woken = os.pipe()[::-1]
        self._ending.clear()
        name = f"meters-{self._link.id}"
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close every connection. Does nothing when it is not serving."""
        if self._thread is None:
            return
        self._ending.set()
        os.write(self._wake, b"x")
        self._thread.join()
        self._thread = None
        os.close(self._wake)
        os.close(self._woken)

    def _open(self) -> None:
        if self._link.kind == "rtu":
            self._serial = SerialPort(self._link, self.address.device, self._other_end)
            return
        self._gateway = Gateway(self._link, self._faults, self.address)
        self.address = self._gateway.address

    def _serve(self) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._woken, selectors.EVENT_READ)
            if self._serial:
                self._take_on(self._serial, waiting)
            while not self._ending.is_set():
                if self._gateway:
                    self._gateway.listen(waiting, len(self._heard))
                for key, _ in waiting.select():
                    self._turn(key.fileobj, waiting)
            for line in tuple(self._heard):
                self._drop(line, waiting)
            if self._gateway:
                self._gateway.close(waiting)

    def _turn(self, ready: object, waiting: selectors.BaseSelector) -> None:
        """Deal with one thing that something has come on."""
        if self._gateway and ready is self._gateway.listener:
            line = self._gateway.taken(len(self._heard))
            if line:
                self._take_on(line, waiting)
        elif ready in self._heard:
            self._attend(ready, waiting)

    def _take_on(self, line: Line, waiting: selectors.BaseSelector) -> None:
        waiting.register(line, selectors.EVENT_READ)
        self._heard[line] = bytearray()

    def _drop(self, line: Line, waiting: selectors.BaseSelector) -> None:
        waiting.unregister(line)
        del self._heard[line]
        line.close()

    def _attend(self, line: Line, waiting: selectors.BaseSelector) -> None:
        heard = self._heard[line]
        try:
            data = line.hear()
            if not data:
                raise ConnectionResetError
            if heard and time.monotonic() - self._heard_at_s[line] > STALE_S:
                heard.clear()
            self._heard_at_s[line] = time.monotonic()
            heard += data
            while request := self._framing.take(heard):
                self._answer(line, request)
        except (OSError, NoModbusError):
            self._drop(line, waiting)

    def _answer(self, line: Line, request: Request) -> None:
        how = self._serial.matching() if self._serial else "well"
        if how == "nothing":
            return
        for frame in self._responder.replies(request):
            line.say(frame if how == "well" else self._faults.garbled(frame))
