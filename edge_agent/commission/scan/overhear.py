"""Hears whether another master is at work on a serial line. Nothing is sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from edge_agent.config import LinkSettings
from edge_agent.serial_port import open_port

Overhear = Callable[[LinkSettings, float, Callable[[], bool]], int]
_LOOK_S = 0.1


class _Port(Protocol):
    def read(self, size: int) -> bytes: ...


def overhear(settings: LinkSettings, for_s: float, stop: Callable[[], bool]) -> int:
    """How many bytes came on the line of ``settings`` within ``for_s``; at another speed too.

    A port that cannot be opened is heard as silent: opening it to ask says why.
    """
    try:
        port = open_port(settings, timeout_s=_LOOK_S)
    except OSError:
        return 0
    with port:
        return _count(port, time.monotonic() + for_s, stop)


def _count(port: _Port, until_s: float, stop: Callable[[], bool]) -> int:
    count = 0
    try:
        while time.monotonic() < until_s and not stop():
            count += len(port.read(256))
    except OSError:
        return 0
    return count
