"""`collector run` as a service: watched, with a page that tells how it is."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from edge_agent.contract import wire
from edge_agent.contract.wire import Birth, MeterCard
from edge_agent.process.plain_run import plain_run
from tests.collector.agent_side import Agent, eventually
from tests.collector.test_cli import message, write
from tests.services.mosquitto import MosquittoServer, free_port

services = pytest.mark.services
PLAIN = "from collector.start import main; main()"
STUCK = (
    """
import threading
from collector import app
from collector.storage.sqlite import SqliteStore
app.INGEST_WITHIN_S = 2.0
SqliteStore.check = lambda self: threading.Event().wait()
"""
    + PLAIN
)


FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


class Manager:
    """A service manager: starts the collector, and hears what it tells."""

    def __init__(self, folder: Path, file: Path) -> None:
        self._file = file
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._socket.setblocking(False)
        self._words: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(
        self, code: str, *options: str, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start `collector run` by this code."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "run", "-c", str(self._file), *options],
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "NOTIFY_SOCKET": str(self._socket.getsockname()),
                "WATCHDOG_USEC": "2000000",
                **(env or {}),
            },
        )
        return self.process

    def summarise_every_s(self, seconds: float) -> None:
        """Set how often totals are brought up to date."""
        text = self._file.read_text()
        rest = text.replace("[health]", f"[summarise]\nevery_s = {seconds}\n[health]")
        self._file.write_text(rest)

    def heard(self, word: str) -> bool:
        """Answer whether it has told this."""
        while True:
            try:
                self._words.append(self._socket.recv(4096).decode("utf-8"))
            except BlockingIOError:
                return any(word in told for told in self._words)

    def close(self) -> None:
        """End what runs."""
        self._socket.close()
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
            self.process.communicate(timeout=30)


@pytest.fixture
def port() -> int:
    """Find a port for the page."""
    return free_port()


@pytest.fixture
def manager(tmp_path: Path, own_mosquitto: MosquittoServer, port: int) -> Iterator[Manager]:
    """Make a service manager for a collector with a page."""
    file = write(tmp_path, own_mosquitto.port)
    text = file.read_text().replace('listen = ""', f'listen = "127.0.0.1:{port}"')
    file.write_text(text)
    made = Manager(tmp_path, file)
    yield made
    made.close()


def page(port: int, path: str) -> tuple[int, str]:
    """Ask the page; answers status and text, 0 when it is not there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8")
    except OSError:
        return 0, ""


def health(port: int) -> dict[str, Any]:
    """Ask for the health, empty when the page is not there."""
    found: dict[str, Any] = json.loads(page(port, "/health")[1] or "{}")
    return found


@services
def test_a_healthy_collector_tells_how_it_is(
    manager: Manager, port: int, own_mosquitto: MosquittoServer
) -> None:
    """To systemd, to a person and to Prometheus; at the end it says that it stops."""
    process = manager.start(PLAIN)
    assert eventually(lambda: bool(health(port).get("ok")), 60)
    assert eventually(lambda: manager.heard("READY=1") and manager.heard("WATCHDOG=1"))
    agent = Agent(own_mosquitto.port)
    card = MeterCard("sendai", "main", "受電", "p", 60.0, 10.0)
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", 1, (card,))), "birth", retain=True)
    agent.say(message(), "back")
    assert eventually(lambda: len(agent.settled()) == 121)
    agent.close()
    told = health(port)
    assert told["readings"]["stored"] == 121
    assert told["agents"] == {"known": 1, "online": 1}
    parts = {"ingest", "network", "summarise", "watch", "demand", "figures", "care"}
    assert set(told["parts"]) == parts
    assert told["parts"]["network"]["silent_s"] < 10
    lines = {
        "mieruka_collector_readings_stored_total 121.0",
        "mieruka_collector_connected 1.0",
        "mieruka_collector_agents_online 1.0",
        'mieruka_collector_credit_readings_per_second{agent="pi-1"} 20000.0',
        'mieruka_collector_part_limit_seconds{part="ingest"} 50.0',
    }
    assert eventually(lambda: lines <= set(page(port, "/metrics")[1].splitlines()))
    assert page(port, "/")[0] == 404
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert manager.heard("STOPPING=1")


@services
def test_a_collector_without_broker_is_not_well(
    manager: Manager, port: int, own_mosquitto: MosquittoServer
) -> None:
    """503 and the reason; it is well again when the broker is back."""
    manager.start(PLAIN)
    assert eventually(lambda: bool(health(port).get("ok")), 60)
    own_mosquitto.kill()
    assert eventually(lambda: page(port, "/health")[0] == 503)
    told = health(port)
    assert told["faults"] == ["no broker: nothing comes in, the agents keep their readings"]
    assert "broker" in told["last_fault"]
    own_mosquitto.start()
    assert eventually(lambda: page(port, "/health")[0] == 200)


@services
def test_a_stuck_ingest_ends_the_process_for_a_restart(manager: Manager) -> None:
    """Exit code 70, and a line with the part, its silence and where its thread hangs."""
    process = manager.start(STUCK, "--log", "json")
    _, lines = process.communicate(timeout=60)
    assert process.returncode == 70
    (last,) = [line for line in map(json.loads, lines.splitlines()) if line["level"] == "critical"]
    assert "ingest has not moved" in last["message"]
    assert "ingest (" in last["message"]
    assert "wait" in last["message"]
    assert manager.heard("STATUS=stuck: ingest")


@services
@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
def test_a_wall_clock_that_is_stepped_delays_no_job(
    manager: Manager, port: int, tmp_path: Path
) -> None:
    """An hour back, a year forward, days back: totals are brought up to date every second."""
    step = tmp_path / "step"
    step.write_text("+0")
    fake = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(step),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    manager.summarise_every_s(1.0)
    manager.start(PLAIN, env=fake)
    assert eventually(lambda: health(port).get("totals", {}).get("summaries", 0) > 0, 60)
    for wall in ("-1h", "+366d", "-10d"):
        step.write_text(wall)
        done = health(port)["totals"]["summaries"]
        assert eventually(lambda done=done: health(port)["totals"]["summaries"] >= done + 3)  # type: ignore[misc]


def test_an_unknown_way_of_logging_is_refused(tmp_path: Path) -> None:
    """With what may be written instead."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, "run", "-c", str(write(tmp_path, 1)), "--log", "xml"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == "collector: --log xml is not known (write text or json)\n"


def test_a_plain_run_tells_faults_as_the_command_line_does(tmp_path: Path) -> None:
    """The same lines and exit code by either way, and neither typer nor rich is loaded."""
    ending = "print([name for name in ('typer', 'rich') if name in sys.modules])"
    ran = []
    for module in ("collector.start", "collector.__main__"):
        code = f"import sys; from {module} import main\ntry: main()\nfinally: {ending}"
        words = [sys.executable, "-c", code, "run", "-c", str(tmp_path / "none.toml")]
        ran.append(subprocess.run(words, capture_output=True, text=True, timeout=60))
    plain, full = ran
    assert plain.stdout == "[]\n"
    assert (plain.returncode, plain.stderr) == (full.returncode, full.stderr)
    assert plain.returncode == 2
    assert "cannot be read" in plain.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run"], (Path("collector.toml"), False)),
        (["run", "--config=a.toml", "--log", "json"], (Path("a.toml"), True)),
        (["run", "--log", "yaml"], None),
        (["run", "--help"], None),
        (["run", "stray"], None),
        (["check", "-c", "a.toml"], None),
        ([], None),
    ],
)
def test_a_plain_run_is_known(words: list[str], expected: tuple[Path, bool] | None) -> None:
    """What a service writes begins at once; everything else is the command line's affair."""
    assert plain_run(words, "collector.toml") == expected
