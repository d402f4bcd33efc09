"""A whole plant for the page: meters that answer, a broker, a collector, the agent's service."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from simulators import plant_file
from simulators.plant import Plant
from simulators.switchboard import Switchboard
from tests.edge_agent.delivery import PlayedCollector, wait_until
from tests.services.mosquitto import free_port

ROOT = Path(__file__).resolve().parent.parent.parent.parent
PIN = "482915"
START_MS = 1_780_362_000_000
"""A Tuesday, 10:00 in Tokyo: the machines run."""

SETTINGS = """\
# The agent of the practice panel. Remarks of people stay where they are.
[agent]
id = "practice-1"
site = "practice"
state_dir = "state"
language = "{language}"

[mqtt]
url = "{mqtt}"          # the plant's own broker

[poll]
every_s = 1
[outbox]
commit_every_s = 1
[clock]
wait_s = 0

[health]
listen = "127.0.0.1:{health}"

[page]
listen = "127.0.0.1:{page}"
pin_file = "page.pin"
"""


class Visitor:
    """A browser without pictures: cookies, forms with their token, redirects."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        handler = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(handler, _AnyStatus())
        self.page = ""
        self.status = 0
        self.headers: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> str:
        """A page."""
        return self._ask(urllib.request.Request(self.url + path, headers=headers))

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> str:
        """Send a form with the token of the page that was seen last."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.page)
        form = {"csrf": token[1] if token else "", **(fields or {})}
        data = urllib.parse.urlencode(form).encode()
        return self._ask(urllib.request.Request(self.url + path, data, headers))

    def upload(self, path: str, fields: dict[str, str], name: str, content: bytes) -> str:
        """Send a form with a file."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.page)
        edge = "xXxEdgeOfAPartxXx"
        rows = {"csrf": token[1] if token else "", **fields}
        head = f"--{edge}\r\nContent-Disposition: form-data; name="
        body = b"".join(f'{head}"{k}"\r\n\r\n{v}\r\n'.encode() for k, v in rows.items())
        body += (
            f'{head}"{name}"; filename="../../x.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
        )
        body += content + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._ask(urllib.request.Request(self.url + path, body, headers))

    def enter(self, pin: str = PIN) -> str:
        """Come in by the PIN."""
        self.get("/enter")
        return self.post("/enter", {"pin": pin})

    def _ask(self, request: urllib.request.Request) -> str:
        with self._opener.open(request, timeout=30) as answer:
            self.status, self.headers = answer.status, dict(answer.headers)
            self.page = answer.read().decode("utf-8", "replace")
        return self.page


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: urllib.request.Request, response: object) -> object:
        if getattr(response, "status", 0) in (301, 302, 303, 307):
            return super().http_response(request, response)  # type: ignore[arg-type]
        return response


class Service:
    """`edge-agent commission` as a process."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.path = folder / "agent.toml"
        self.path.write_text(settings, encoding="utf-8")
        (folder / "page.pin").write_text(PIN + "\n", encoding="ascii")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "agent.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        """Start it, and wait until the page answers."""
        words = ["commission", "-c", str(self.path), "--listen", f"127.0.0.1:{self.port}", *more]
        command = [sys.executable, "-m", "edge_agent", *words]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stderr=log, env={**os.environ})
        wait_until(self.answers, 30)

    def answers(self) -> bool:
        """Whether the page answers."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text("utf-8")
        try:
            urllib.request.urlopen(f"{self.url}/enter", timeout=5).close()
        except OSError:
            return False
        return True

    def stop(self) -> int:
        """End it in order; returns its exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
            return -1


@contextmanager
def panel(plant: str = "commissioning", time_factor: float = 1.0) -> Iterator[Switchboard]:
    """The practice panel, served, at ten in the morning."""
    began_s = time.monotonic()

    def now_ms() -> int:
        return START_MS + round((time.monotonic() - began_s) * 1000)

    found: Plant = plant_file.load(plant, START_MS)
    with Switchboard(found, now_ms, time_factor=time_factor) as board:
        yield board


@contextmanager
def whole_plant(folder: Path, mqtt_url: str, language: str = "") -> Iterator[Service]:
    """The service over ``folder``, not started, with a collector that answers its readings."""
    port = int(mqtt_url.rpartition(":")[2])
    text = SETTINGS.format(language=language, mqtt=mqtt_url, health=free_port(), page=free_port())
    service = Service(folder, text)
    with ExitStack() as stack:
        stack.enter_context(PlayedCollector(port, "practice-1"))
        stack.callback(service.stop)
        yield service
