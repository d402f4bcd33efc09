"""The fleet server: agents come here for their certificates, from outside the plant inward never.

TLS with the authority's own certificate; a client's certificate is asked for, not demanded, because
an agent has none at first. Bounded in connections, time, size and requests of one address.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from collector.errors import StopError
from collector.fleet.conversation import Hall, converse
from collector.fleet.limits import AT_ONCE, PER_SECOND, WRONG_AT_ONCE, WRONG_PER_SECOND, Limit
from collector.fleet.reception import Reception
from collector.fleet.routes import ROUTES, Route
from edge_agent.process.address import host_and_port

log = logging.getLogger(__name__)
MOST_CONNECTIONS = 64
MOST_OF_ONE_ADDRESS = 16
HANDSHAKE_WITHIN_S = 10.0
GOODBYE_WITHIN_S, MOST_LEFT = 1.0, 16
LOOK_EVERY_S = 0.5


class FleetServer:
    """Listens at ``listen`` (host:port; port 0 takes a free one) from ``start`` to ``stop``.

    ``context`` gives the TLS context for the next connection. Raises ``StopError`` when it cannot
    listen there.
    """

    def __init__(
        self,
        listen: str,
        context: Callable[[], ssl.SSLContext],
        reception: Reception,
        folder: Path,
        routes: tuple[Route, ...] = ROUTES,
    ) -> None:
        self._context = context
        self._hall = Hall(reception, folder, routes, Limit(WRONG_PER_SECOND, WRONG_AT_ONCE))
        self._limit = Limit(PER_SECOND, AT_ONCE)
        self._there = Counter[str]()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._socket = _listening(listen)
        self.port = int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Answer from now on, in threads of its own."""
        self._thread = threading.Thread(target=self._accept, name="fleet server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections, and wait for those that are being answered. Idempotent."""
        self._stopping.set()
        with suppress(OSError):  # wakes the thread that waits for the next connection
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join()
        self._socket.close()
        with self._changed:
            self._changed.wait_for(lambda: not self._there.total(), HANDSHAKE_WITHIN_S)

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        return self._thread is not None and self._thread.is_alive()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, peer = self._socket.accept()
            except TimeoutError:
                continue
            except OSError as error:
                if not self._stopping.wait(1.0):
                    log.error("no connection can be taken now: %s", error)
                continue
            self._welcome(connection, str(peer[0]))

    def _welcome(self, connection: socket.socket, address: str) -> None:
        """Answer in a thread of its own; who comes too often, or finds no room, is hung up on."""
        if not (self._limit.take(address, time.monotonic()) and self._let_in(address)):
            connection.close()
            return
        talk = threading.Thread(
            target=self._talk, args=(connection, address), name="fleet talk", daemon=True
        )
        talk.start()

    def _let_in(self, address: str) -> bool:
        with self._changed:
            own, total = self._there[address], self._there.total()
            if own >= MOST_OF_ONE_ADDRESS or total >= MOST_CONNECTIONS:
                return False
            self._there[address] += 1
            return True

    def _let_out(self, address: str) -> None:
        with self._changed:
            self._there[address] -= 1
            if not self._there[address]:
                del self._there[address]
            self._changed.notify_all()

    def _talk(self, connection: socket.socket, address: str) -> None:
        try:
            with self._context().wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            ) as secured:
                self._talk_secured(secured, address)
        except (OSError, ValueError) as error:
            log.debug("a connection of %s ended: %s", address, error)
        except Exception:
            log.exception("a request of %s found a fault in the program (please report)", address)
        finally:
            connection.close()
            self._let_out(address)

    def _talk_secured(self, secured: ssl.SSLSocket, address: str) -> None:
        secured.settimeout(HANDSHAKE_WITHIN_S)  # for the handshake as a whole
        try:
            secured.do_handshake()
            converse(secured, address, self._hall)
            secured.settimeout(GOODBYE_WITHIN_S)
            secured.unwrap()
        except OSError:
            _hang_up(secured)
            raise


class Contexts:
    """TLS contexts by the files of the server; made anew when one of them has changed.

    Raises ``StopError`` when the files cannot be used.
    """

    def __init__(self, certificate: Path, ca_file: Path) -> None:
        self._files = (certificate, ca_file)
        self._lock = threading.Lock()
        self._made: tuple[tuple[int, ...], ssl.SSLContext] | None = None

    def __call__(self) -> ssl.SSLContext:
        """The context for a connection that comes now."""
        with self._lock:
            try:
                stamp = tuple(path.stat().st_mtime_ns for path in self._files)
                if self._made is None or self._made[0] != stamp:
                    self._made = (stamp, server_context(*self._files))
            except OSError as error:
                if self._made is None:
                    hint = "collector fleet init makes them"
                    what = f"{self._files[0]}: cannot be used: {error}"
                    raise StopError(what, hint) from error
            return self._made[1]


def server_context(certificate: Path, ca_file: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer, with our certificate; a client may show one of our authority's.

    Raises ``OSError`` when the files cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    context.load_verify_locations(ca_file)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _hang_up(secured: ssl.SSLSocket) -> None:
    """Take in what is on its way: closed at once, the peer would never read why we ended it."""
    with suppress(OSError, ValueError):
        secured.settimeout(GOODBYE_WITHIN_S)
        secured.shutdown(socket.SHUT_WR)
        for _ in range(MOST_LEFT):
            if not secured.recv(4096):
                return


def _listening(listen: str) -> socket.socket:
    host, port = host_and_port(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        hint = "give a free address of this machine: [fleet] listen"
        raise StopError(f"cannot listen at {listen}: {error.strerror}", hint) from error
    opened.settimeout(LOOK_EVERY_S)
    return opened
