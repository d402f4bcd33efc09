"""A line that lies: it stands between an agent and its meters and spoils some of the answers.

It speaks Modbus TCP and RTU over TCP. What it does to an answer is drawn with a seed, from the
faults that gateways, wiring and meters show in the field.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pymodbus.framer import FramerRTU

from simulators.plant import Address
from simulators.running import Running

Framing = Literal["tcp", "rtu-over-tcp"]
COMMON = ("cut", "wrong-unit", "wrong-function", "short", "swallow", "late", "twice", "pieces")
KINDS: Mapping[Framing, tuple[str, ...]] = {
    "tcp": (*COMMON, "wrong-number", "storm"),
    "rtu-over-tcp": (*COMMON, "flipped-bit", "noise-behind", "storm"),
}
"""What can befall an answer; ``late-into-next`` is asked for by name, since it defeats a pause."""
STORM = 4
"""So many answers in a row are exceptions."""
PIECE_BYTES, PIECE_PAUSE_S = 7, 0.004
BEHIND_S = 0.02
"""An answer that comes right behind a late one comes so much later."""
_HOST = "127.0.0.1"


class Lie(NamedTuple):
    """One spoilt answer: when (UTC ms), of which unit, and how."""

    at_ms: int
    unit: int
    kind: str


@dataclass(slots=True)
class _Talk:
    """One connection of the agent: both ends, and answers that are kept back.

    Frames are spoilt, but never mixed: a late one does not break into another.
    """

    agent: socket.socket
    meters: socket.socket
    kept: bytes = b""
    exceptions_left: int = 0
    whole: threading.Lock = field(default_factory=threading.Lock)

    def send(self, data: bytes, piece: int = 0) -> None:
        """Send a frame, at once or in pieces of so many bytes; nothing when nobody listens."""
        with self.whole, suppress(OSError):
            for at in range(0, len(data), piece or max(1, len(data))):
                self.agent.sendall(data[at : at + (piece or len(data))])
                time.sleep(PIECE_PAUSE_S if piece else 0.0)


class LyingLine(Running):
    """Serves at ``address`` what the meters at ``meters`` say, ``share`` of it spoilt.

    ``late_s`` is how late a late answer comes. ``lies`` is what was done so far. Any thread may
    change ``share`` and ``kinds`` while it runs.
    """

    def __init__(
        self,
        meters: Address,
        framing: Framing,
        seed: int,
        share: float = 0.2,
        kinds: tuple[str, ...] = (),
        late_s: float = 0.5,
    ) -> None:
        self.address = Address(_HOST, 0)
        self.lies: list[Lie] = []
        self.share, self.kinds = share, kinds or KINDS[framing]
        self._meters, self._numbered, self._late_s = meters, framing == "tcp", late_s
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._listener = socket.socket()
        self._open: list[socket.socket] = []

    def start(self) -> None:
        """Take connections from now on."""
        self._listener.bind((_HOST, 0))
        self._listener.listen()
        self.address = Address(*self._listener.getsockname())
        threading.Thread(target=self._accept, name="lying line", daemon=True).start()

    def stop(self) -> None:
        """Drop every connection."""
        for end in (self._listener, *self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                agent, _ = self._listener.accept()
                meters = socket.create_connection((self._meters.host, self._meters.port), 5)
                for end in (agent, meters):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += (agent, meters)
                talk = _Talk(agent, meters)
                threading.Thread(target=self._serve, args=[talk], daemon=True).start()

    def _serve(self, talk: _Talk) -> None:
        with talk.agent, talk.meters, suppress(OSError):
            while request := self._frame(talk.agent, asking=True):
                talk.meters.sendall(request)
                answer = self._frame(talk.meters, asking=False)
                late, talk.kept = talk.kept, b""
                self._answer(talk, request, answer, late)

    def _answer(self, talk: _Talk, request: bytes, answer: bytes, late: bytes) -> None:
        head = 6 if self._numbered else 0
        kind = self._draw(talk, answer[head])
        if late:
            talk.send(late)
            time.sleep(BEHIND_S)
        if kind == "late":
            threading.Timer(self._late_s, talk.send, [answer]).start()
        elif kind == "late-into-next":
            talk.kept = answer
        else:
            spoilt = self._spoilt(kind, request, answer)
            talk.send(spoilt, PIECE_BYTES if kind == "pieces" else 0)

    def _draw(self, talk: _Talk, unit: int) -> str:
        with self._lock:
            kind = ""
            if talk.exceptions_left:
                talk.exceptions_left -= 1
                kind = "storm"
            elif self._random.random() < self.share:
                kind = self._random.choice(self.kinds)
                talk.exceptions_left = STORM - 1 if kind == "storm" else 0
            if kind:
                self.lies.append(Lie(time.time_ns() // 1_000_000, unit, kind))
            return kind

    def _spoilt(self, kind: str, request: bytes, answer: bytes) -> bytes:
        head = 6 if self._numbered else 0
        body = answer[head:] if self._numbered else answer[:-2]
        if kind == "cut":
            return answer[: self._random.randrange(1, len(answer))]
        if kind == "swallow":
            return b""
        if kind == "twice":
            return answer + answer
        if kind == "noise-behind":
            return answer + self._random.randbytes(3)
        if kind == "wrong-number":
            return bytes([answer[0] ^ 0x55]) + answer[1:]
        if kind == "flipped-bit":
            at = self._random.randrange(len(answer))
            return (
                answer[:at]
                + bytes([answer[at] ^ 1 << self._random.randrange(8)])
                + answer[at + 1 :]
            )
        change = _CHANGES.get(kind)
        return self._framed(request, change(body)) if change else answer

    def _framed(self, request: bytes, body: bytes) -> bytes:
        if self._numbered:
            return request[:4] + len(body).to_bytes(2, "big") + body
        return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")

    def _frame(self, end: socket.socket, *, asking: bool) -> bytes:
        """One whole frame; raises ``OSError`` when the other side is gone."""
        if self._numbered:
            head = _exactly(end, 6)
            return head + _exactly(end, int.from_bytes(head[4:], "big"))
        if asking:
            return _exactly(end, 8)
        head = _exactly(end, 3)
        return head + _exactly(end, 2 if head[1] & 0x80 else head[2] + 2)


def _short(body: bytes) -> bytes:
    """One register fewer, and a byte count that says so."""
    if body[1] & 0x80 or body[2] < 4:
        return body[:1] + bytes([body[1] | 0x80, 4])
    return body[:2] + bytes([body[2] - 2]) + body[3:-2]


_CHANGES: Mapping[str, Callable[[bytes], bytes]] = {
    "wrong-unit": lambda body: bytes([body[0] + 1]) + body[1:],
    "wrong-function": lambda body: body[:1] + bytes([body[1] ^ 0x07]) + body[2:],
    "short": _short,
    "storm": lambda body: bytes([body[0], body[1] | 0x80, 6]),
}


def _exactly(end: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = end.recv(count - len(data))
        if not more:
            raise ConnectionResetError("closed")
        data += more
    return data
