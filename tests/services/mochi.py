"""A second broker, mochi-mqtt v2, on loopback: whatever it holds is in its memory alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.services.install import find_built
from tests.services.missing import missing_service
from tests.services.mosquitto import MosquittoServer, free_port, mosquitto_binary
from tests.services.served import Served

HINT = "install Go 1.25.10 or newer and run `make services`, or set MIERUKA_MOCHI to its path"


class Broker(Protocol):
    """What both brokers can do; ``kill`` erases all they held, ``start`` keeps their port."""

    port: int
    url: str

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        ...

    def kill(self) -> None:
        """End it as a crash does."""
        ...


class MochiServer(Served):
    """One broker for MQTT 3.1.1 and 5, without access list. ``kill`` erases all it held.

    Its program ends at once when a listener's port is taken, so all three are free ones.
    """

    def __init__(self) -> None:
        program = find_built("mochi")
        if program is None:
            missing_service("mochi-mqtt", HINT)
        port, *others = free_port(), free_port(), free_port()
        listeners = zip(("-tcp", "-ws", "-info"), (port, *others), strict=True)
        flags = [part for flag, at in listeners for part in (flag, f"127.0.0.1:{at}")]
        super().__init__([str(program), *flags], port)
        self.url = f"mqtt://127.0.0.1:{port}"


@pytest.fixture
def own_mochi() -> Iterator[MochiServer]:
    """A running mochi-mqtt of this test's own, to kill and restart at will."""
    server = MochiServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["mosquitto", "mochi"])
def either_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Each broker in turn, running, this test's own; it holds nothing on disk."""
    server: Broker
    if request.param == "mochi":
        server = MochiServer()
    else:
        server = MosquittoServer(mosquitto_binary(), tmp_path)
    server.start()
    yield server
    server.kill()
