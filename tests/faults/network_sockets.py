"""What the kernel says of a process's connections: the plainest sign that a break was noticed."""

from __future__ import annotations

from pathlib import Path

_ESTABLISHED = "01"


def connections(pid: int, port: int) -> frozenset[int]:
    """The local ports of open connections to ``port``, in the network namespace of ``pid``."""
    lines = Path(f"/proc/{pid}/net/tcp").read_text("ascii").splitlines()[1:]
    found = (line.split()[1:4] for line in lines)
    return frozenset(
        _port(here)
        for here, there, state in found
        if state == _ESTABLISHED and _port(there) == port
    )


def _port(address: str) -> int:
    return int(address.split(":")[1], 16)
