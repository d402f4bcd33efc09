"""Two network namespaces with one cable between them: a real link, cut and healed by the kernel.

``works`` is where meters and agent are, ``office`` where broker and collector are. A namespace is
entered by a thread, and whatever that thread starts (threads, processes) stays in it, so the same
harness runs inside as outside. Traffic never leaves the two namespaces.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

from tests.services.missing import missing_service

T = TypeVar("T")
WORKS_ADDRESS = "192.0.2.1"
OFFICE_ADDRESS = "192.0.2.2"
"""Of TEST-NET-1, which no real network uses."""
_NOBODY = "02:00:00:00:00:99"
_CLONE_NEWNET = 0x40000000
_FOLDER = Path("/run/netns")


class Namespaces:
    """Both namespaces, up inside a ``with``; removed after it, whatever happened."""

    def __init__(self) -> None:
        self.works, self.office = (f"mieruka-{os.getpid()}-{end}" for end in "wo")

    def __enter__(self) -> Namespaces:
        try:
            self._lay_cable()
        except subprocess.CalledProcessError as error:
            self.__exit__(None, None, None)
            missing_service(f"network namespaces ({error.stderr.strip()})", "run it as root")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in (self.works, self.office):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def cut(self) -> None:
        """Take the cable out: nothing passes, and no program is told."""
        _ip("-n", self.works, "link", "set", "cable", "down")

    def mend(self) -> None:
        """Put the cable in, and let every packet find its way again."""
        _ip("-n", self.works, "link", "set", "cable", "up")
        for name, there in ((self.works, OFFICE_ADDRESS), (self.office, WORKS_ADDRESS)):
            _ip("-n", name, "neigh", "flush", "to", there, "dev", "cable", "nud", "all")

    def black_hole(self) -> None:
        """Let every packet of both sides go to a machine that does not exist."""
        for name, there in ((self.works, OFFICE_ADDRESS), (self.office, WORKS_ADDRESS)):
            where = (there, "lladdr", _NOBODY, "nud", "permanent", "dev", "cable")
            _ip("-n", name, "neigh", "replace", *where)

    def narrow(self, kbit_s: int) -> None:
        """Let no more than ``kbit_s`` pass each way, with a queue of half a second."""
        shape = ("root", "tbf", "rate", f"{kbit_s}kbit", "burst", "4kb", "latency", "500ms")
        for name in (self.works, self.office):
            _run("tc", "-n", name, "qdisc", "replace", "dev", "cable", *shape)

    def _lay_cable(self) -> None:
        for name in (self.works, self.office):
            _ip("netns", "add", name)
        other_end = ("peer", "name", "cable", "netns", self.office)
        _ip("-n", self.works, "link", "add", "cable", "type", "veth", *other_end)
        for name, address in ((self.works, WORKS_ADDRESS), (self.office, OFFICE_ADDRESS)):
            _ip("-n", name, "addr", "add", f"{address}/30", "dev", "cable")
            for device in ("lo", "cable"):
                _ip("-n", name, "link", "set", device, "up")


def inside(name: str, action: Callable[[], T]) -> T:
    """Run ``action`` in the namespace, in a thread of its own; its result or exception."""

    def run() -> T:
        _enter(name)
        return action()

    with ThreadPoolExecutor(1, f"in {name}") as pool:
        return pool.submit(run).result()


def _enter(name: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with (_FOLDER / name).open("rb") as namespace:
        if libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            pytest.fail(f"cannot enter {name}: {os.strerror(code)}")


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True, text=True, timeout=10)
