"""The service's round of lives in a thread, over a file that tests change."""

from __future__ import annotations

import json
import shutil
import threading
import urllib.request
from pathlib import Path

from edge_agent import config
from edge_agent.app import Agent
from edge_agent.commands import service
from edge_agent.commands.workbench import Workbench
from edge_agent.errors import StopError
from tests.edge_agent.delivery import wait_until
from tests.edge_agent.modbus_server import ModbusServer
from tests.services.mosquitto import free_port

SETTINGS = """
[agent]
id = "a-1"
site = "plant"
[mqtt]
url = "mqtt://127.0.0.1:1"
[poll]
every_s = 0.5
[health]
listen = "127.0.0.1:{health}"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = {port}
gap_ms = 0
[[meters]]
id = "{meter}"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""


class Life:
    """The service's round of lives in a thread, over a file that tests change."""

    def __init__(self, folder: Path, server: ModbusServer) -> None:
        self.path, self._server = folder / "agent.toml", server
        self.health_port = free_port()
        self.write("before")
        self.way_back = folder / "agent.toml.20261128T000000Z"
        shutil.copy(self.path, self.way_back)
        settings = config.load(self.path)
        self.bench = Workbench(self.path, settings)
        self.stop = threading.Event()
        self.error: Exception | None = None
        self.agent: Agent | None = Agent(settings)
        self.thread = threading.Thread(target=self._live, daemon=True)
        self.thread.start()
        wait_until(lambda: not self.bench.starting())

    def write(self, meter: str) -> None:
        """Settings with a meter of that id."""
        text = SETTINGS.format(health=self.health_port, port=self._server.port, meter=meter)
        self.path.write_text(text, "utf-8")

    def start_anew(self, way_back: Path | None) -> None:
        """Ask, and wait until it is over."""
        self.bench.start_anew(way_back)
        wait_until(lambda: not self.bench.starting() or not self.thread.is_alive(), 30)

    def meters(self) -> list[str]:
        """What the health page of the agent that runs tells of."""
        url = f"http://127.0.0.1:{self.health_port}/health"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return [*json.load(answer)["meters"]]
        except urllib.error.HTTPError as error:
            return [*json.load(error)["meters"]]

    def end(self) -> None:
        """End it in order."""
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()

    def _live(self) -> None:
        try:
            while self.agent is not None:
                self.agent = service._lived(self.agent, self.bench, self.stop)
        except StopError as error:
            self.error = error
