"""The server as a process: real sockets, a real signal, a collector that writes meanwhile."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from collector import config
from collector.api.server import is_loopback, opened
from collector.errors import CollectorError
from collector.state import open_state
from collector.state.api_tokens import Reach
from tests.collector.api.served import FOREVER_MS, plant_files

WRITER = """
import sys, time
from pathlib import Path
from collector.storage.sqlite import SqliteStore
from edge_agent.contract.reading import Reading
store = SqliteStore(Path(sys.argv[1]))
end = time.monotonic() + 20
n = 0
while time.monotonic() < end:
    store.write_readings(
        [Reading("sendai", "press", n * 1000 + k, {"active_power_w": 1.0}) for k in range(500)])
    n += 1
    print(n, flush=True)
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def settings_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant's settings; a proxy serves the API below a path and passes the rest of it on."""
    folder = tmp_path_factory.mktemp("server")
    return plant_files(folder, 'root_path = "/mieruka"\ntrusted_proxies = ["127.0.0.1"]')


@contextmanager
def serving(path: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server as a process, and its address; ended at the latest here."""
    log = path.parent / "api.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "collector", "api", "serve", "-c", str(path),
             "--listen", "127.0.0.1:0", *words],
            stderr=stream, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            yield process, _address(log, process)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(20)


def _address(log: Path, process: subprocess.Popen[str]) -> str:
    for _ in range(600):
        text = log.read_text(encoding="utf-8")
        if "answering at http://" in text:
            return "http://" + text.split("answering at http://", 1)[1].split(",", 1)[0]
        assert process.poll() is None, text
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _token(path: Path) -> dict[str, str]:
    state = open_state(config.load(path).collector.state_dir)
    try:
        _, text = state.api_tokens.create("t", "admin", Reach(("*",)), 0, FOREVER_MS)
    finally:
        state.database.close()
    return {"Authorization": f"Bearer {text}"}


def test_it_answers_while_another_process_writes_and_ends_as_asked(settings_path: Path) -> None:
    """Every answer is 200 and the same; SIGTERM is exit code 0 and one line."""
    headers = _token(settings_path)
    store = settings_path.parent / "store.sqlite"
    with serving(settings_path) as (process, url), _writing(store) as writer:
        with httpx.Client(base_url=url, headers=headers) as client:
            assert writer.stdout is not None
            assert writer.stdout.readline(), "the writer has begun"
            whole = "/v1/sites/sendai/meters/main/totals?period=1d&limit=10000"
            tags = {client.get(whole).headers["ETag"] for _ in range(20)}
            assert len(tags) == 1
            fresh = "/v1/sites/sendai/meters/press/readings?quantity=active_power_w&limit=10"
            first = client.get(fresh)
            assert len(first.json()["rows"]) == 10
            behind = first.url.join(first.links["next"]["url"])
            assert len(client.get(behind).json()["rows"]) == 10
            assert client.get("/openapi.json").json()["servers"] == [{"url": "/mieruka"}]
            head = client.head(whole)
            assert (head.status_code, head.content) == (200, b"")
            assert writer.poll() is None, "it wrote all the time"
            assert "server" not in head.headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    lines = (settings_path.parent / "api.log").read_text(encoding="utf-8").splitlines()
    assert "ended as asked" in lines[-1]
    assert not any("mieruka_" in line for line in lines)


@contextmanager
def _writing(store: Path) -> Iterator[subprocess.Popen[str]]:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store)], stdout=subprocess.PIPE, text=True
    )
    try:
        yield writer
    finally:
        writer.kill()
        writer.communicate(timeout=20)


def test_a_request_that_is_no_http_does_not_end_it(settings_path: Path) -> None:
    """Nor does one that never ends its headers."""
    with serving(settings_path) as (_, url):
        host, port = url.removeprefix("http://").split(":")
        for words in (b"\x16\x03\x01 nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000):
            with socket.create_connection((host, int(port)), timeout=10) as sock:
                sock.sendall(words)
                assert sock.recv(200).startswith(b"HTTP/1.1 400")
        assert httpx.get(f"{url}/v1/health").json() == {"ok": True}


def test_an_address_in_use_is_one_line() -> None:
    """With what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        place = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(CollectorError, match=f"{place} is in use") as caught:
            opened(place)
        assert "[api] listen" in caught.value.hint


@pytest.mark.parametrize("place", ["nowhere", "127.0.0.1", "127.0.0.1:99999", "203.0.113.9:80"])
def test_an_address_that_cannot_be_had_is_one_line(place: str) -> None:
    """Not an address, or not one of this machine."""
    with pytest.raises(CollectorError) as caught:
        opened(place)
    assert caught.value.hint


def test_the_socket_is_this_machine_s_alone_where_it_is_asked_for() -> None:
    """Both families."""
    for place in ("127.0.0.1:0", "[::1]:0"):
        sock = opened(place)
        assert is_loopback(sock.getsockname()[0])
        sock.close()
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("plant.example")
