"""The page's server: waitress on a thread of its own. That it cannot listen ends nothing."""

from __future__ import annotations

import logging
import socket
import threading
from ipaddress import ip_address
from typing import Any

from waitress.server import create_server

from edge_agent.page.gate import App
from edge_agent.page.guard import is_private
from edge_agent.process.address import host_and_port
from edge_agent.words import said

log = logging.getLogger(__name__)

THREADS = 4
LARGEST_BODY = 9_000_000
"""A photo of a phone and the form around it, in bytes."""
LARGEST_HEADER = 16_384


class PageServer:
    """Serves ``app`` at ``listen`` (``host:port``, port 0: any free one)."""

    def __init__(self, listen: str, app: App) -> None:
        self._listen, self._app = listen, app
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    @property
    def port(self) -> int:
        """The port it listens on, 0 when it does not."""
        return 0 if self._socket is None else int(self._socket.getsockname()[1])

    def start(self) -> str:
        """Listen; returns "" or, said, why it cannot."""
        logging.getLogger("waitress").setLevel(logging.CRITICAL)
        try:
            self._socket = _listening(self._listen)
        except OSError as error:
            self._socket = None
            reason = error.strerror or str(error)
            return said("no page at {listen}: {reason}", listen=self._listen, reason=reason)
        self._server = create_server(
            self._app,
            sockets=[self._socket],
            threads=THREADS,
            ident="",
            max_request_body_size=LARGEST_BODY,
            max_request_header_size=LARGEST_HEADER,
            channel_timeout=60,
            connection_limit=50,
            clear_untrusted_proxy_headers=True,
        )
        self._thread = threading.Thread(target=self._serve, name="page", daemon=True)
        self._thread.start()
        return ""

    def stop(self) -> None:
        """Listen no more; requests under way are finished."""
        server, self._server = self._server, None
        if server is None or self._thread is None:
            return
        server.task_dispatcher.shutdown(True, 5)
        # Under the trigger's lock, or the loop might close the trigger before it is pulled.
        with server.trigger.lock:
            server.trigger.thunks.append(lambda: _close_all(server))
            server.trigger.pull_trigger()
        self._thread.join(10)
        self._socket = None

    def urls(self) -> tuple[str, ...]:
        """The addresses under which a phone in the same network finds it."""
        host = host_and_port(self._listen)[0]
        hosts = [host]
        if host in ("0.0.0.0", "::"):
            hosts = [each for each in private_addresses() if host == "::" or ":" not in each]
        return tuple(f"http://{_in_url(each)}:{self.port}/" for each in hosts)

    def _serve(self) -> None:
        try:
            self._server.run()
        except OSError:
            log.debug("the page's server ended", exc_info=True)


def private_addresses() -> list[str]:
    """The machine's private addresses, those that others can reach first.

    Found by asking which own address a packet to each private network would carry; nothing is sent.
    """
    found: list[str] = []
    for family, far in (
        (socket.AF_INET, "192.168.255.254"),
        (socket.AF_INET, "10.255.255.254"),
        (socket.AF_INET, "172.31.255.254"),
        (socket.AF_INET, "192.0.2.1"),
        (socket.AF_INET6, "fd00::1"),
    ):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))
                own = str(probe.getsockname()[0])
            except OSError:
                continue
        if own not in found and is_private(own):
            found.append(own)
    outside = [each for each in found if not ip_address(each).is_loopback]
    return [*outside, "127.0.0.1"]


def _listening(listen: str) -> socket.socket:
    host, port = host_and_port(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


def _close_all(server: Any) -> None:
    for channel in [*server._map.values()]:
        channel.close()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
