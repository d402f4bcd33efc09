"""A broker of a few lines that lets an agent in and refuses every message, as a full one does.

It speaks just enough of MQTT 5 for one uplink at a time: CONNACK, SUBACK, and a PUBACK with a
reason code (0x97 is "quota exceeded"). It counts what it was asked.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType

QUOTA_EXCEEDED = 0x97
CONNECT, PUBLISH, SUBSCRIBE, PINGREQ = 1, 3, 8, 12


class Refuser:
    """Listens on ``port`` of loopback inside a ``with``."""

    def __init__(self, code: int = QUOTA_EXCEEDED) -> None:
        self.code = code
        self.connections = self.publishes = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="refuser", daemon=True)

    def __enter__(self) -> Refuser:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._client is not None:
            with suppress(OSError):
                self._client.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._client = client
                self.connections += 1
                with client, suppress(OSError, EOFError):
                    self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        while True:
            (head,) = _exactly(client, 1)
            body = _exactly(client, _length(client))
            answer = self._answer(head >> 4, body)
            if answer:
                client.sendall(answer)

    def _answer(self, packet: int, body: bytes) -> bytes:
        if packet == CONNECT:
            return b"\x20\x03\x00\x00\x00"
        if packet == SUBSCRIBE:
            # Behind the packet number: its properties, then one filter after the other.
            wanted = _filters(body[3 + body[2] :])
            return bytes([0x90, 3 + wanted]) + body[:2] + b"\x00" + b"\x01" * wanted
        if packet == PUBLISH:
            self.publishes += 1
            number = 2 + int.from_bytes(body[:2], "big")
            return b"\x40\x03" + body[number : number + 2] + bytes([self.code])
        return b"\xd0\x00" if packet == PINGREQ else b""


def _filters(body: bytes) -> int:
    count = 0
    while body:
        body = body[2 + int.from_bytes(body[:2], "big") + 1 :]
        count += 1
    return count


def _length(client: socket.socket) -> int:
    """The remaining length of a packet: seven bits a byte, the lowest first."""
    length, shift = 0, 0
    while True:
        (byte,) = _exactly(client, 1)
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
