"""A bound on memory that the kernel holds, and a neighbour that takes all of it."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.missing import missing_service

_CONTROLLER = Path("/sys/fs/cgroup/memory")
SPARE_MB = 16
"""What the neighbour leaves: room for itself, too little for an agent."""
_NEIGHBOUR = """\
import sys, time
held = []
for _ in range(int(sys.argv[1])):
    held.append(bytearray(b"x" * 1024 * 1024))
time.sleep(60)
"""


class MemoryBound:
    """A memory cgroup (version 1).

    What is started with ``before`` in front belongs to it, and is what the kernel kills first.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._megabytes = megabytes
        self._join = f"echo $$ > {folder}/cgroup.procs"
        chosen = "echo 1000 > /proc/self/oom_score_adj"
        self.before = ["sh", "-c", f'{self._join} && {chosen} && exec "$@"', "sh"]

    def kills(self) -> int:
        """How many of its processes the kernel has killed for want of memory."""
        lines = (self._folder / "memory.oom_control").read_text("ascii").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    def peak_kib(self) -> int:
        """The most memory all its processes together have held, cached files included."""
        return int((self._folder / "memory.max_usage_in_bytes").read_text("ascii")) // 1024

    @contextmanager
    def exhausted(self) -> Iterator[None]:
        """While it lasts a neighbour takes all there is."""
        program = [sys.executable, "-c", _NEIGHBOUR, str(self._megabytes - SPARE_MB)]
        neighbour = subprocess.Popen(["sh", "-c", f'{self._join} && exec "$@"', "sh", *program])
        try:
            yield
        finally:
            neighbour.kill()
            neighbour.wait(10)


@contextmanager
def memory_bound(megabytes: int) -> Iterator[MemoryBound]:
    """A bound of so many megabytes; every process in it must have ended with the ``with``."""
    folder = _own_group() / f"mieruka-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir()
    except OSError:
        missing_service("a memory cgroup (version 1)", "run as root where cgroup v1 is mounted")
    try:
        bytes_text = str(megabytes * 1024 * 1024)
        (folder / "memory.limit_in_bytes").write_text(bytes_text, "ascii")
        yield MemoryBound(folder, megabytes)
    finally:
        folder.rmdir()


def _own_group() -> Path:
    for line in Path("/proc/self/cgroup").read_text("ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "memory" and os.path.isdir(f"{_CONTROLLER}{path}"):
            return Path(f"{_CONTROLLER}{path}")
    return _CONTROLLER
