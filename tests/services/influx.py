"""A real InfluxDB 2.x as a fixture: started on a loopback port, set up, ended after the tests."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.install import HINT, find_influxd, running_server
from tests.services.missing import missing_service

ORG = "mieruka"
START_WITHIN_S = 60.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class InfluxServer:
    """One InfluxDB: where it is, and how to take it away from whoever uses it.

    ``token`` may do everything in ``org``. The four verbs of process control work only on a
    server this fixture started; on one named by the environment they skip the test.
    """

    def __init__(self, url: str, org: str, token: str, command: list[str] | None = None) -> None:
        self.url = url
        self.org = org
        self.token = token
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process on its port and folders, and wait until it takes requests."""
        command = self._own_command()
        if self._process is None:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """End the process in good order; its data stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once, as a power cut would; its data stays."""
        self._end(signal.SIGKILL)

    def suspend(self) -> None:
        """Freeze the process: it accepts connections and never answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process go on."""
        self._signal(signal.SIGCONT)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the HTTP API, outside of the code under test; the answer's JSON."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Token {self.token}", "Content-Type": "application/json"},
        )
        with _DIRECT.open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def write(self, bucket: str, lines: str) -> None:
        """Line protocol (ms) as a foreign program would write it; raises HTTPError."""
        query = urllib.parse.urlencode({"org": self.org, "bucket": bucket, "precision": "ms"})
        request = urllib.request.Request(
            f"{self.url}/api/v2/write?{query}",
            method="POST",
            data=lines.encode(),
            headers={"Authorization": f"Token {self.token}"},
        )
        _DIRECT.open(request, timeout=30).close()

    def query(self, bucket: str, influxql: str) -> list[dict[str, Any]]:
        """The series an InfluxQL statement answers, times in ms, as Grafana would ask."""
        parts = urllib.parse.urlencode({"db": bucket, "q": influxql, "epoch": "ms"})
        result = self.call("GET", f"/query?{parts}")["results"][0]
        assert "error" not in result, f"{influxql}: {result['error']}"
        series: list[dict[str, Any]] = result.get("series", [])
        return series

    def drop_bucket(self, name: str) -> None:
        """Remove a bucket with all it holds; a bucket that is not there is fine."""
        query = urllib.parse.urlencode({"org": self.org, "name": name})
        try:
            buckets = self.call("GET", f"/api/v2/buckets?{query}")["buckets"]
        except urllib.error.HTTPError:
            return
        for bucket in buckets:
            self.call("DELETE", f"/api/v2/buckets/{bucket['id']}")

    def _own_command(self) -> list[str]:
        if self._command is None:
            pytest.skip("the InfluxDB named by the environment cannot be stopped by a test")
        return self._command

    def _signal(self, number: signal.Signals) -> None:
        self._own_command()
        assert self._process is not None, "the server is not running"
        self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        self._own_command()
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_WITHIN_S
        while process.poll() is None and time.monotonic() < until:
            try:
                if self.call("GET", "/health")["status"] == "pass":
                    return
            except (OSError, ValueError):
                time.sleep(0.05)
        ended = process.poll()
        self.kill()
        pytest.fail(f"influxd did not answer at {self.url} (exit code {ended})", pytrace=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _command(influxd: Path, folder: Path, port: int) -> list[str]:
    return [
        str(influxd),
        f"--bolt-path={folder / 'influxd.bolt'}",
        f"--sqlite-path={folder / 'influxd.sqlite'}",
        f"--engine-path={folder / 'engine'}",
        f"--http-bind-address=127.0.0.1:{port}",
        "--reporting-disabled",
        "--log-level=error",
    ]


def start_influx(folder: Path) -> InfluxServer:
    """A fresh server of our own in ``folder``; skips loudly when no influxd is to be had."""
    influxd = find_influxd()
    if influxd is None:
        missing_service("InfluxDB 2.x (influxd)", HINT)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    server = InfluxServer(url, ORG, secrets.token_urlsafe(32), _command(influxd, folder, port))
    server.start()
    setup = {"username": "tests", "password": secrets.token_urlsafe(16), "bucket": "setup"}
    server.call("POST", "/api/v2/setup", {**setup, "org": server.org, "token": server.token})
    return server


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    """The session's InfluxDB. Give each test buckets of its own; leave it running."""
    named = running_server()
    if named is not None:
        yield InfluxServer(named.url.rstrip("/"), named.org, named.token)
        return
    server = start_influx(tmp_path_factory.mktemp("influx"))
    yield server
    server.kill()


@pytest.fixture
def own_influx(tmp_path: Path) -> Iterator[InfluxServer]:
    """An InfluxDB for one test alone, to stop, kill or freeze."""
    server = start_influx(tmp_path)
    yield server
    server.kill()
