"""The commissioning page as a whole: its application, its server, its PIN."""

from __future__ import annotations

import socket
from pathlib import Path

from edge_agent.errors import StopError
from edge_agent.page.bench import Bench
from edge_agent.page.desk import Desk
from edge_agent.page.guard import new_pin
from edge_agent.page.server import PageServer
from edge_agent.page.site import application
from edge_agent.process.secret_file import secret_in
from edge_agent.words import said

LEAST_PIN = 4


class CommissioningPage:
    """The page of ``bench`` at ``listen``; reads meters only, writes the settings file only.

    Raises ``StopError`` for a PIN file that cannot be used.
    """

    def __init__(self, bench: Bench, listen: str, pin_file: Path | None) -> None:
        self.pin = new_pin() if pin_file is None else _read_pin(pin_file)
        self.is_new_pin = pin_file is None
        self.desk = Desk(bench)
        app = application(self.desk, self.pin, socket.gethostname())
        self._server = PageServer(listen, app)

    def start(self) -> str:
        """Open the page; returns "" or why it cannot be."""
        return self._server.start()

    def stop(self) -> None:
        """Close it, and end what it is doing."""
        self.desk.jobs.stop()
        self.desk.jobs.wait(10.0)
        self._server.stop()

    def urls(self) -> tuple[str, ...]:
        """Where it is."""
        return self._server.urls()


def _read_pin(path: Path) -> str:
    try:
        pin = secret_in(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        what = said("the PIN file {path} cannot be read: {reason}", path=path, reason=reason)
        raise StopError(
            what, said("let the agent's user read it, or remove [page] pin_file")
        ) from None
    if len(pin) < LEAST_PIN:
        what = said("the PIN in {path} is too short", path=path)
        raise StopError(what, said("write at least {least} characters", least=LEAST_PIN))
    return pin
