"""What the machine says of itself: which boot this is, and whether its clock can be trusted."""

from __future__ import annotations

import ctypes
import uuid
from pathlib import Path

from edge_agent.contract.wire import ClockState

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMEX_BYTES = 512
_TIME_ERROR = 5


def boot_id() -> str:
    """The name of this boot of the machine, or of this run where the kernel tells none."""
    try:
        return str(uuid.UUID(_BOOT_ID.read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        return str(uuid.uuid4())


def clock_state() -> ClockState:
    """Whether the kernel's clock is kept by NTP or the like: adjtimex(2), which only reads here."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return "unknown"
    # struct timex begins with its modes; all zero asks without setting anything.
    answer = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if answer < 0:
        return "unknown"
    return "unsynchronised" if answer == _TIME_ERROR else "synchronised"
