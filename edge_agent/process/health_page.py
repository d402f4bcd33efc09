"""A small page on which a running process tells how it is: ``/health`` and ``/metrics``.

On its own thread and, unless the settings say otherwise, for this machine alone. It only reads;
that it cannot be opened is told once and is no reason to stop measuring.
"""

from __future__ import annotations

import errno
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from edge_agent.process.address import host_and_port
from edge_agent.process.metrics import Metric, in_wanted_format
from edge_agent.words import Language, in_language, said

log = logging.getLogger(__name__)

Health = Callable[[], Mapping[str, Any]]
Metrics = Callable[[], Iterable[Metric]]

PATHS = ("/health", "/metrics")
CLIENT_TIMEOUT_S = 5.0
"""A client that sends nothing holds up the others for no longer."""
_Answer = tuple[int, str, bytes]


class HealthPage:
    """The page at ``listen`` (``host:port``, port 0: any free one; "" for none).

    ``health`` gives the JSON of ``/health``, whose ``ok`` decides between 200 and 503; ``metrics``
    the figures of ``/metrics``. Both are called on the page's thread, once a request. What the
    page itself has to say is said in ``language``.
    """

    def __init__(
        self, listen: str, health: Health, metrics: Metrics, language: Language = "en"
    ) -> None:
        self._listen, self._health, self._metrics = listen, health, metrics
        self._language: Language = language
        self._server: HTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the page is, empty when there is none."""
        if self._server is None:
            return ""
        host, port = self._server.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def start(self) -> bool:
        """Open the page; False, and one warning, when its address cannot be had."""
        if not self._listen or self._server is not None:
            return self._server is not None
        try:
            self._server = _server(self._listen, self.answer)
        except (OSError, ValueError) as error:
            why = _why(error)
            log.warning(said("no health page at {where}: {why}", where=self._listen, why=why))
            return False
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="health page", daemon=True
        )
        self._thread.start()
        return True

    def stop(self) -> None:
        """Close the page."""
        server, self._server = self._server, None
        if server is not None and self._thread is not None:
            server.shutdown()
            self._thread.join()
            server.server_close()

    def answer(self, path: str, accept: str = "") -> _Answer:
        """Status, content type and body for a GET of ``path``; never raises.

        ``accept`` is what the reader takes: ``/metrics`` is also written as OpenMetrics.
        """
        where = path.partition("?")[0]
        try:
            if where == "/health":
                facts = self._health()
                return _json(200 if facts.get("ok") else 503, facts)
            if where == "/metrics":
                return 200, *in_wanted_format(self._metrics(), accept)
        except Exception as error:
            text = said("fault in the health page's {path}: {error}", path=where, error=str(error))
            log.warning(text, exc_info=True)
            what = f"{type(error).__name__}: {error}"
            hint = in_language(said("please report this line"), self._language)
            return _json(500, {"ok": False, "error": what, "hint": hint})
        return self._not_found(where)

    def _not_found(self, where: str) -> _Answer:
        one, other = PATHS
        what = said("nothing at {path}", path=where)
        hint = said("there are {one} and {other}", one=one, other=other)
        texts = {"error": what, "hint": hint}
        return _json(404, {key: in_language(text, self._language) for key, text in texts.items()})


class _Handler(BaseHTTPRequestHandler):
    """Answers one request; what it is asked for is the server's affair."""

    server: _Server
    timeout = CLIENT_TIMEOUT_S
    server_version, sys_version = "mieruka", ""

    def do_GET(self) -> None:
        self._send(body=True)

    def do_HEAD(self) -> None:
        self._send(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a line a scrape is noise."""

    def _send(self, body: bool) -> None:
        accept = self.headers.get("Accept", "")
        status, content_type, content = self.server.answer(self.path, accept)
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Vary", "Accept")
            self.end_headers()
            if body:
                self.wfile.write(content)
        except OSError:
            self.close_connection = True  # the client has gone, which is its own affair


class _Server(HTTPServer):
    def __init__(self, address: tuple[str, int], answer: Callable[[str, str], _Answer]) -> None:
        self.answer = answer
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind, without asking the name service for this machine's name, which may take minutes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that breaks off is no fault of ours."""


def _server(listen: str, answer: Callable[[str, str], _Answer]) -> _Server:
    return _Server(host_and_port(listen), answer)


def _json(status: int, facts: Mapping[str, Any]) -> _Answer:
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    return status, "application/json; charset=utf-8", text.encode("utf-8") + b"\n"


def _why(error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    if getattr(error, "errno", 0) == errno.EADDRINUSE:
        return said(
            "{reason} (does another agent or collector run here? give [health] listen a port)",
            reason=reason,
        )
    return said(
        '{reason} (give [health] listen an address of this machine, such as "127.0.0.1:9871")',
        reason=reason,
    )
