"""toxiproxy on loopback: a network between two programs that a test spoils and heals."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from tests.services.install import find_built
from tests.services.missing import missing_service
from tests.services.mosquitto import free_port
from tests.services.served import Served

HINT = "install Go 1.25.10 or newer and run `make services`, or set MIERUKA_TOXIPROXY to its path"
SEED = 1
"""What toxiproxy draws its lots from, so that a run can be repeated."""
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
Direction = Literal["upstream", "downstream"]
"""From the client to the server, or from the server to the client."""


class ToxicLink:
    """One way to a server. A program that is to suffer connects to ``port`` instead of it."""

    def __init__(self, proxy: Toxiproxy, name: str, server_port: int) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._proxy, self._path = proxy, f"/proxies/{name}"
        self._toxics: list[str] = []
        ends = {"listen": f"127.0.0.1:{self.port}", "upstream": f"127.0.0.1:{server_port}"}
        proxy.call("POST", "/proxies", {"name": name, "enabled": True, **ends})

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        self._proxy.call("POST", self._path, {"enabled": False})

    def mend(self) -> None:
        """Let everything pass again. Connections that were held up are closed."""
        while self._toxics:
            self._proxy.call("DELETE", f"{self._path}/toxics/{self._toxics.pop()}")
        self._proxy.call("POST", self._path, {"enabled": True})

    def black_hole(self) -> None:
        """Swallow every byte both ways; connections stay open, and new ones open too."""
        for direction in ("upstream", "downstream"):
            self.spoil("timeout", direction, timeout=0)

    def spoil(self, kind: str, direction: Direction, share: float = 1.0, **how: int) -> None:
        """Add a toxic to ``share`` of the connections; ``how`` are toxiproxy's own attributes."""
        name = f"{kind}-{direction}-{len(self._toxics)}"
        toxic = {"name": name, "type": kind, "stream": direction, "toxicity": share}
        self._proxy.call("POST", f"{self._path}/toxics", {**toxic, "attributes": how})
        self._toxics.append(name)

    def remove(self) -> None:
        """Take the link away."""
        self._proxy.call("DELETE", self._path)


class Toxiproxy(Served):
    """A running toxiproxy, of which each test takes links of its own."""

    def __init__(self) -> None:
        program = find_built("toxiproxy")
        if program is None:
            missing_service("toxiproxy", HINT)
        port = free_port()
        flags = ["-host", "127.0.0.1", "-port", str(port), "-seed", str(SEED)]
        super().__init__([str(program), *flags], port)
        self._links = 0

    def link(self, server_port: int) -> ToxicLink:
        """A new link, in good order, to a server on loopback."""
        self._links += 1
        return ToxicLink(self, f"link-{self._links}", server_port)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        """One call of its HTTP API; raises HTTPError when it refuses."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        _DIRECT.open(request, timeout=10).close()


@pytest.fixture(scope="session")
def toxiproxy() -> Iterator[Toxiproxy]:
    """The session's toxiproxy; take links from it and leave it running."""
    server = Toxiproxy()
    server.start()
    yield server
    server.stop()
