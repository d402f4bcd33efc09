"""`edge-agent run` as a service: what it tells systemd, its page, and its end when it is stuck."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.process.watchdog import STUCK_EXIT
from tests.edge_agent.delivery import wait_until
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving
from tests.services.mosquitto import free_port

ROOT = Path(__file__).resolve().parent.parent.parent

SETTINGS = """
[agent]
id = "a-1"
site = "plant"
[mqtt]
url = "mqtt://127.0.0.1:1"
[poll]
every_s = 0.5
[outbox]
commit_every_s = 0.5
[health]
listen = "127.0.0.1:{page}"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = {port}
gap_ms = 0
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""

STUCK = """
import threading
from edge_agent import built, meter_link, poll
from edge_agent.__main__ import main

built.WITHIN_S = 1.0
poll.Bus.longest_request_s = lambda bus: 1.0
lock = threading.Lock()
lock.acquire()
def read_for_ever(*arguments):
    with lock:
        return ()
meter_link.ModbusLink.read = read_for_ever
main()
"""


class Service:
    """One `edge-agent run` and the service manager's end of its socket."""

    def __init__(self, folder: Path, server: ModbusServer) -> None:
        self.page = free_port()
        self.settings = folder / "agent.toml"
        self.settings.write_text(SETTINGS.format(port=server.port, page=self.page), "utf-8")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        self.manager.settimeout(60)
        self.process: subprocess.Popen[str] | None = None

    def run(self, *more: str, code: str = "", **environment: str) -> subprocess.Popen[str]:
        """Start it; ``code`` instead of the command itself."""
        program = ["-c", code] if code else ["-m", "edge_agent"]
        words = [sys.executable, *program, "run", "-c", str(self.settings), *more]
        notify = {"NOTIFY_SOCKET": self.manager.getsockname(), "WATCHDOG_USEC": "1000000"}
        env = {key: value for key, value in os.environ.items() if key != "WATCHDOG_PID"}
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=env | notify | environment, stderr=subprocess.PIPE, text=True
        )
        return self.process

    def told(self, wanted: str) -> str:
        """The next datagram that begins with ``wanted``."""
        while True:
            text = self.manager.recv(4096).decode()
            if text.startswith(wanted):
                return text

    def moves_on(self) -> None:
        """Wait for six polls and three commits from now on."""
        polls, commits = self._done()
        wait_until(lambda: self._done() >= (polls + 6, 0))
        wait_until(lambda: self._done()[1] >= commits + 3)

    def _done(self) -> tuple[int, int]:
        page = self.get("/metrics")
        (commits,) = re.findall(r"(?m)^mieruka_agent_outbox_commits_total (.*)$", page)
        (polls,) = re.findall(r"(?m)^mieruka_agent_polls_total{.*ok.*} (.*)$", page)
        return round(float(polls)), round(float(commits))

    def get(self, path: str) -> str:
        """A page, whatever its status."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.page}{path}")
        opener = urllib.request.build_opener(_AnyStatus())
        with opener.open(request, timeout=10) as answer:
            return str(answer.read().decode())

    def close(self) -> None:
        """End what still runs."""
        self.manager.close()
        if self.process is not None:
            self.process.kill()
            self.process.communicate()


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: object, response: object) -> object:
        return response


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    """A meter that answers with zeros."""
    with serving("tcp", {1: Unit(words=dict.fromkeys(range(65_536), 0))}) as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, server: ModbusServer) -> Iterator[Service]:
    """A service that is not started yet."""
    made = Service(tmp_path, server)
    yield made
    made.close()


def test_a_service_tells_when_it_is_ready_and_that_it_lives(service: Service) -> None:
    """READY, a status line, WATCHDOG again and again, STOPPING; and the pages meanwhile."""
    process = service.run()
    service.told("READY=1")
    assert "1 meters read" in service.told("STATUS=")
    for _ in range(3):
        service.told("WATCHDOG=1")
    wait_until(lambda: json.loads(service.get("/health"))["meters"]["main"]["polls_ok"] > 2)
    health = json.loads(service.get("/health"))
    assert health["agent"] == "a-1"
    assert set(health["parts"]) == {"link lan", "commit", "forward", "uplink"}
    assert health["broker"]["connected"] is False
    metrics = service.get("/metrics")
    assert re.search(
        r'^mieruka_agent_reading_age_seconds\{link="lan",meter="main"\} ', metrics, re.M
    )
    assert re.search(r"^mieruka_agent_outbox_readings [1-9]", metrics, re.M)
    process.send_signal(signal.SIGTERM)
    service.told("STOPPING=1")
    _, lines = process.communicate(timeout=60)
    assert process.returncode == 0, lines


def test_a_service_speaks_the_language_of_its_settings(service: Service) -> None:
    """Lines, the status and the reasons of the page are Japanese when the settings say so."""
    text = service.settings.read_text("utf-8")
    service.settings.write_text(text.replace("[agent]", '[agent]\nlanguage = "ja"'), "utf-8")
    process = service.run("--log", "json", LANG="C.UTF-8", LC_ALL="")
    service.told("READY=1")
    assert "計測器 1 台中" in service.told("STATUS=")
    away = "ブローカー 127.0.0.1:1 に接続できません: "
    wait_until(lambda: json.loads(service.get("/health"))["broker"]["fault"].startswith(away))
    assert "計測値は本機に蓄積されます" in json.loads(service.get("/health"))["broker"]["fault"]
    process.send_signal(signal.SIGTERM)
    service.told("STATUS=残りを送っています")
    _, log = process.communicate(timeout=60)
    lines = [json.loads(line)["message"] for line in log.splitlines()]
    assert process.returncode == 0
    assert [line for line in lines if line.isascii()] == []
    assert lines[-1].startswith("要求どおり終了しました: ")
    assert sum(line.startswith(away) for line in lines) == 1


def test_a_stuck_poll_worker_ends_the_process(service: Service) -> None:
    """A deadlock in a link: no more WATCHDOG=1, code 70, one critical line that names the part."""
    process = service.run(code=STUCK)
    service.told("READY=1")
    status = service.told("STATUS=stuck")
    assert "link lan has not moved for" in status
    _, lines = process.communicate(timeout=60)
    assert process.returncode == STUCK_EXIT
    (line,) = [line for line in lines.splitlines() if "level=critical" in line]
    assert 'message="stuck: link lan has not moved for' in line
    assert "read_for_ever" in line
    assert "Traceback" not in lines


def test_lines_can_be_json(service: Service) -> None:
    """With `--log json` every line of a whole life is one object, and an outage is one line."""
    process = service.run("--log", "json")
    service.told("READY=1")
    wait_until(lambda: json.loads(service.get("/health"))["broker"]["fault"] != "")
    wait_until(lambda: json.loads(service.get("/health"))["outbox"]["readings"] >= 5)
    process.send_signal(signal.SIGINT)
    _, text = process.communicate(timeout=60)
    lines = [json.loads(line) for line in text.splitlines()]
    assert process.returncode == 0
    assert {"time", "level", "from", "message"} <= set(lines[0])
    assert sum("is away" in line["message"] for line in lines) == 1
    assert len(lines) < 12


def test_no_step_of_the_clock_stops_a_service(service: Service, tmp_path: Path) -> None:
    """An hour back, a year forward, and back: polls and commits of the real process go on."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("libfaketime is not installed (Debian package faketime)")
    steps = tmp_path / "faketime"
    steps.write_text("+0", "ascii")
    process = service.run(
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(steps),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        DONT_FAKE_MONOTONIC="1",
    )
    service.told("READY=1")
    for step in ("+0", "-3600", "+31536000", "-7.4"):
        steps.with_suffix(".new").write_text(step, "ascii")
        steps.with_suffix(".new").rename(steps)
        service.moves_on()
    process.send_signal(signal.SIGTERM)
    _, lines = process.communicate(timeout=60)
    assert process.returncode == 0, lines
    assert lines.count("the clock stepped by") == 3
