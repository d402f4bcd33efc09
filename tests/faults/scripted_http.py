"""An HTTP server in front of a real InfluxDB that does to writes what its script says.

Acts, one for each write, then all pass: ``pass``; ``429`` and ``503`` answer so (429 with
Retry-After 1 s); ``slow`` waits 2 s first; ``cut`` closes without passing on; ``lost`` passes on
and closes without an answer; ``500`` passes on and answers 500 all the same.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

PASSED_ON = ("pass", "slow", "lost", "500")
SLOW_S = 2.0
WRITE = "/api/v2/write"
_OWN = {"connection", "transfer-encoding", "content-length", "server", "date", "keep-alive"}


class ScriptedHttp:
    """Serves on loopback inside a ``with``; ``url`` stands for the server's own."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target).netloc
        self.done = Counter[str]()
        self._script: deque[str] = deque()
        self._lock = threading.Lock()
        outer = self

        class Handler(_Handler):
            front = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def play(self, acts: Iterable[str]) -> None:
        """Do these to the next writes, one after the other."""
        with self._lock:
            self._script.extend(acts)

    @property
    def left(self) -> int:
        """How many acts have not been done yet."""
        return len(self._script)

    def next_act(self, path: str) -> str:
        """What to do with a request."""
        if not path.startswith(WRITE):
            return "pass"
        with self._lock:
            act = self._script.popleft() if self._script else "pass"
            self.done[act] += 1
            return act


class _Handler(BaseHTTPRequestHandler):
    front: ScriptedHttp
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_DELETE = do_PATCH = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        act = self.front.next_act(self.path)
        if act == "slow":
            time.sleep(SLOW_S)
        answer = self._pass_on(body) if act in PASSED_ON else None
        if act in ("lost", "cut"):
            self.close_connection = True
        elif act in ("429", "503", "500"):
            self._answer(int(act), {"Retry-After": "1"} if act == "429" else {}, b"{}")
        elif answer is None:
            self._answer(502, {}, b"{}")
        else:
            self._answer(*answer)

    def _pass_on(self, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        connection = http.client.HTTPConnection(self.front.target, timeout=30)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            kept = {k: v for k, v in answer.getheaders() if k.lower() not in _OWN}
            return answer.status, kept, answer.read()
        return None

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)
