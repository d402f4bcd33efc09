"""A real Mosquitto on loopback, on a free port, with its own configuration and no state."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.missing import missing_service

_CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 1000
log_dest none
"""


class MosquittoServer:
    """One broker. ``kill`` is a crash: everything it held is gone. ``start`` keeps the port."""

    def __init__(self, binary: str, folder: Path, config: str = _CONFIG) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._file = folder / "mosquitto.conf"
        self._file.write_text(config.format(port=self.port), encoding="utf-8")
        self._binary = binary
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the broker and wait until it accepts connections."""
        quiet = subprocess.DEVNULL
        command = [self._binary, "-c", str(self._file)]
        self._process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        give_up_at = time.monotonic() + 10
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                self.kill()
                pytest.fail(f"Mosquitto did not start with {self._file.read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the broker in order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def kill(self) -> None:
        """End the broker as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, for instance to freeze the broker and to let it go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def _accepts(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def free_port() -> int:
    """A TCP port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mosquitto_binary() -> str:
    """The path of the broker's program; ends the test when there is none."""
    # Debian keeps it where only root's PATH looks.
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        missing_service("Mosquitto", "apt install mosquitto")
    return found


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MosquittoServer]:
    """One running broker for the whole session; do not stop it."""
    server = MosquittoServer(mosquitto_binary(), tmp_path_factory.mktemp("mosquitto"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_mosquitto(tmp_path: Path) -> Iterator[MosquittoServer]:
    """A running broker of this test's own, to kill and restart at will."""
    server = MosquittoServer(mosquitto_binary(), tmp_path)
    server.start()
    yield server
    server.stop()
