"""One box on loopback: the scripts that its containers run, on the real programs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.services.install import HINT, find_influxd
from tests.services.missing import missing_service
from tests.services.mosquitto import free_port, mosquitto_binary

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SCRIPTS = DEPLOY / "compose/box"
WITHIN_S = 60.0


class Box:
    """A folder with secrets, settings and state, and whatever of the box runs on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.secrets, self.tokens = folder / "secrets", folder / "tokens"
        self.state, self.settings = folder / "state", folder / "settings/collector.toml"
        self.broker_port, self.influx_port, self.health_port = (free_port() for _ in range(3))
        self.grafana_url = ""
        self.influx_url = f"http://127.0.0.1:{self.influx_port}"
        self._running: list[subprocess.Popen[bytes]] = []
        self.tokens.mkdir()

    def make_secrets(self, **more: str) -> str:
        """What `make secrets` does; then the ports are those of this test."""
        wanted = {"KIND": "machine", "NAME": "localhost", "SECRETS": str(self.secrets)}
        places = {"SETTINGS": str(self.settings.parent), "STATE": str(self.state)}
        tokens = {"TOKENS": str(self.tokens)}
        was_there = self.settings.exists()
        said = self._sh(DEPLOY / "secrets.sh", {**wanted, **places, **tokens, **more})
        if self.settings.exists() and not was_there:
            self._put_ports()
        return said

    def _put_ports(self) -> None:
        text = self.settings.read_text(encoding="utf-8")
        text = text.replace(":8883", f":{self.broker_port}").replace(
            ":8086", f":{self.influx_port}"
        )
        text = text.replace("http://127.0.0.1:3000", self.grafana_url or "http://127.0.0.1:3000")
        more = f'[health]\nlisten = "127.0.0.1:{self.health_port}"\n[summarise]\nevery_s = 1.0\n'
        self.settings.write_text(text + more, encoding="utf-8")

    def first_start(self, **more: str) -> str:
        """What stands before everything else at every start."""
        return self._sh(SCRIPTS / "first_start.sh", {**self.names(), **more})

    def names(self) -> dict[str, str]:
        """What the scripts are told of where things are."""
        places = {"SETTINGS": self.settings, "SECRETS": self.secrets, "TOKENS": self.tokens}
        return {**{key: str(path) for key, path in places.items()}, "INFLUX_URL": self.influx_url}

    def start_influxd(self) -> None:
        """A database that nobody has set up yet."""
        influxd = find_influxd()
        if influxd is None:
            missing_service("InfluxDB 2.x (influxd)", HINT)
        data = self.folder / "influxdb"
        words = [f"--bolt-path={data}/b", f"--sqlite-path={data}/s", f"--engine-path={data}/e"]
        words += [f"--http-bind-address=127.0.0.1:{self.influx_port}", "--reporting-disabled"]
        self._start([str(influxd), *words, "--log-level=error"], self.influx_port)

    def start_broker(self) -> None:
        """The broker, by the script that its container runs."""
        data = self.folder / "broker"
        data.mkdir()
        more = {"DATA": str(data), "RUN": str(data)}
        more |= {"CERTIFICATES": str(self.state / "fleet/broker"), "PORT": str(self.broker_port)}
        more |= {"BIND": "127.0.0.1", "MOSQUITTO": mosquitto_binary(), "LOOK_EVERY_S": "0.2"}
        if os.geteuid() == 0:  # else it becomes a user who may not look into this folder
            more["AS_USER"] = "root"
        self._start(["sh", str(SCRIPTS / "broker.sh")], self.broker_port, more)

    def start_collector(self) -> None:
        """The collector, as its container runs it."""
        self._start([*_COLLECTOR, "run", "-c", str(self.settings)], self.health_port)

    def collector(self, *words: object) -> str:
        """What a verb says; it must end well."""
        done = subprocess.run(
            [*_COLLECTOR, *map(str, words), "-c", str(self.settings)],
            capture_output=True, text=True, timeout=WITHIN_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def end(self) -> None:
        """End all that was started, the last first."""
        for process in reversed(self._running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def _start(self, words: list[str], port: int, more: Mapping[str, str] | None = None) -> None:
        log = (self.folder / f"{Path(words[0]).name}-{port}.log").open("wb")
        process = subprocess.Popen(
            words, env=_environment(more or {}), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        log.close()
        self._running.append(process)
        until(lambda: _answers(port) or process.poll() is not None)
        assert process.poll() is None, Path(log.name).read_text(encoding="utf-8")

    def _sh(self, script: Path, names: Mapping[str, str]) -> str:
        done = subprocess.run(
            ["sh", str(script)], env=_environment(names),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


_COLLECTOR = [sys.executable, "-m", "collector"]


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """With `collector` and `python3` of this environment, as in the container."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **more}


def until(happened: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait for it; fail when it does not happen in time."""
    give_up_at = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def handshake(port: int, ca: Path, certificate: Path | None = None) -> str:
    """What comes of a TLS connection to the broker: "" when it stands, else why not."""
    context = ssl.create_default_context(cafile=str(ca))
    if certificate is not None:
        context.load_cert_chain(certificate)
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            # TLS 1.3 tells a missing certificate with the first answer.
            secure.sendall(bytes.fromhex("101000044d5154540402003c000474657374"))
            secure.settimeout(5)
            return "" if secure.recv(4)[:1] == b"\x20" else "closed"
    except OSError as error:
        return str(error)


def copied(source: Path, to: Path) -> Path:
    """A copy of a file."""
    to.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(source, to))
