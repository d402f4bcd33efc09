"""A TCP relay on loopback that can be cut: the cable between an agent and its broker."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from typing import Self

CHUNK = 65_536
LOOK_EVERY_S = 0.2


class Relay:
    """Passes bytes both ways inside a ``with``.

    Cut, it drops what is open and lets nobody in; black, it swallows all bytes and says nothing.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._peers: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._cut = self._black = self._ending = False
        self._thread = threading.Thread(target=self._serve, name="relay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        self._thread.join()
        self._drop_all()
        self._listener.close()
        self._selector.close()

    def cut(self) -> None:
        """End every connection, and every new one at once."""
        self._cut = True

    def swallow(self) -> None:
        """Keep the connections open and lose all that comes: half-open links."""
        self._black = True

    def heal(self) -> None:
        """Pass on again; what was swallowed is gone, and its connections are ended."""
        if self._black:
            self._cut = True
            threading.Event().wait(2 * LOOK_EVERY_S)
        self._cut = self._black = False

    def _serve(self) -> None:
        while not self._ending:
            ready = self._selector.select(LOOK_EVERY_S)
            if self._cut:
                self._drop_all()
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._let_in()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._peers:
                    self._pass_on(key.fileobj)

    def _let_in(self) -> None:
        near, _ = self._listener.accept()
        try:
            if self._cut:
                raise ConnectionError
            far = socket.create_connection(self._target, timeout=1)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.settimeout(5)
            self._peers[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, source: socket.socket) -> None:
        try:
            data = source.recv(CHUNK)
            if data and not self._black:
                self._peers[source].sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(source)

    def _drop(self, one: socket.socket) -> None:
        for end in (one, self._peers.pop(one, None)):
            if end is not None:
                self._peers.pop(end, None)
                with suppress(KeyError, ValueError):
                    self._selector.unregister(end)
                end.close()

    def _drop_all(self) -> None:
        while self._peers:
            self._drop(next(iter(self._peers)))
