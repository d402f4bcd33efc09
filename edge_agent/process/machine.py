"""The machine under this process: its disk, memory and heat, as Linux tells; else None.

Sources: the kernel's ABI documents for ``/sys/dev/block/*/stat`` and ``/sys/class/thermal``,
proc(5) for ``/proc/meminfo``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC, SYS = Path("/proc"), Path("/sys")
SECTOR_BYTES = 512
"""What the kernel counts written sectors in, whatever the device's own are."""
_WRITTEN_SECTORS = 6


@dataclass(frozen=True, slots=True)
class Machine:
    """``disk_written_bytes`` since the machine started; free memory without swapping."""

    disk_free_bytes: int | None
    disk_written_bytes: int | None
    memory_free_bytes: int | None
    board_celsius: float | None


def machine(folder: Path, proc: Path = PROC, sys: Path = SYS) -> Machine:
    """The machine now, and the disk that ``folder`` is on. Never raises for what is away."""
    return Machine(
        disk_free_bytes=_disk_free_bytes(folder),
        disk_written_bytes=_disk_written_bytes(folder, sys),
        memory_free_bytes=_memory_free_bytes(proc),
        board_celsius=_board_celsius(sys),
    )


def _disk_free_bytes(folder: Path) -> int | None:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def _disk_written_bytes(folder: Path, sys: Path) -> int | None:
    try:
        device = os.stat(folder).st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        fields = (sys / "dev" / "block" / number / "stat").read_text(encoding="ascii").split()
        return int(fields[_WRITTEN_SECTORS]) * SECTOR_BYTES
    except (OSError, ValueError, IndexError):
        return None


def _memory_free_bytes(proc: Path) -> int | None:
    try:
        rows = (proc / "meminfo").read_text(encoding="ascii").splitlines()
        found = next(row.split() for row in rows if row.startswith("MemAvailable:"))
        return int(found[1]) * 1024
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def _board_celsius(sys: Path) -> float | None:
    """The hottest zone: on a Pi there is one, the processor's."""
    found = [_celsius(path) for path in (sys / "class" / "thermal").glob("thermal_zone*/temp")]
    return max((one for one in found if one is not None), default=None)


def _celsius(path: Path) -> float | None:
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None
