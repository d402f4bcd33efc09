"""What the machine says of itself: which it is, which boot this is, can its clock be trusted."""

from __future__ import annotations

import ctypes
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from edge_agent.contract.wire import ClockState

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMEX_BYTES = 512
_TIME_ERROR = 5
_BOARD_FILES = ("firmware/devicetree/base/serial-number", "class/dmi/id/product_uuid")
_PERMANENT = "0"
"""In ``addr_assign_type``: the address is the one that the interface was made with."""


def boot_id() -> str:
    """The name of this boot of the machine, or of this run where the kernel tells none."""
    try:
        return str(uuid.UUID(_BOOT_ID.read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        return str(uuid.uuid4())


def clock_state() -> ClockState:
    """Whether the kernel's clock is kept by NTP or the like: adjtimex(2), which only reads here."""
    adjtimex = _adjtimex()
    if adjtimex is None:
        return "unknown"
    # struct timex begins with its modes; all zero asks without setting anything.
    answer = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if answer < 0:
        return "unknown"
    return "unsynchronised" if answer == _TIME_ERROR else "synchronised"


@cache
def _adjtimex() -> Callable[[object], int] | None:
    return getattr(ctypes.CDLL(None), "adjtimex", None)


def marks(sys: Path = Path("/sys")) -> str:
    """What tells this machine from its clones: ``board:HASH mac:HASH ...``, as far as it can tell.

    ``HASH`` is the first half of a SHA-256 in hex: of the board's serial number, which often only
    root can read, and of the permanent address of each physical network interface.
    """
    return " ".join(sorted({*_boards(sys), *_macs(sys)}))


def is_another(noted: str, here: str) -> bool:
    """Whether two ``marks`` are of two machines: they share no board or, if unknown, no address."""
    for kind in ("board:", "mac:"):
        one, other = (
            {mark for mark in text.split() if mark.startswith(kind)} for text in (noted, here)
        )
        if one and other:
            return one.isdisjoint(other)
    return False


def _boards(sys: Path) -> Iterator[str]:
    for name in _BOARD_FILES:
        yield from _mark("board", _read(sys / name))


def _macs(sys: Path) -> Iterator[str]:
    for card in (sys / "class/net").glob("*/device"):
        # A random address, as of a card without one of its own, changes with each start.
        if _read(card.with_name("addr_assign_type")) == _PERMANENT:
            yield from _mark("mac", _read(card.with_name("address")))


def _mark(kind: str, text: str) -> Iterator[str]:
    # All zeros, or all fs: nobody has given it a number.
    if len(set(text) - set("-:")) > 1:
        yield f"{kind}:{sha256(text.encode()).hexdigest()[:32]}"


def _read(path: Path) -> str:
    """The text of a file in lower case, empty when it cannot be read."""
    try:
        return path.read_bytes().decode("ascii", "replace").strip("\0 \n").lower()
    except OSError:
        return ""
