"""What the services that are one Go program have in common: a process that serves a port."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Sequence
from signal import SIGKILL, SIGTERM, Signals

import pytest

START_WITHIN_S = 20.0


class Served:
    """A program that serves ``port`` of loopback; ``start`` again takes the same port."""

    start_within_s = START_WITHIN_S

    def __init__(self, command: Sequence[str], port: int) -> None:
        self.port = port
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the program runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the program and wait until it accepts connections."""
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(self._command, stdin=quiet, stdout=quiet, stderr=quiet)
        self._process = process
        give_up_at = time.monotonic() + self.start_within_s
        while not self._accepts():
            if process.poll() is not None or time.monotonic() > give_up_at:
                self.kill()
                pytest.fail(f"it did not start: {' '.join(self._command)}", pytrace=False)
            time.sleep(0.02)

    def stop(self) -> None:
        """End the program in good order."""
        self._end(SIGTERM)

    def kill(self) -> None:
        """End the program as a crash does."""
        self._end(SIGKILL)

    def signal(self, number: Signals) -> None:
        """Send a signal, for instance to freeze the program and to let it go on."""
        assert self._process is not None, "it is not running"
        self._process.send_signal(number)

    def _end(self, number: Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _accepts(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
