"""What a service tells systemd, by the datagrams of sd_notify(3); without systemd, nothing."""

from __future__ import annotations

import os
import socket


def notify(text: str) -> bool:
    """Send ``text`` (``READY=1``, ``STATUS=...``, ``WATCHDOG=1``, ``STOPPING=1``).

    Returns whether there is a service manager that took it; never raises, never waits.
    """
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        return False
    # An @ stands for the zero byte of a name that lies in no folder.
    address = "\0" + name[1:] if name.startswith("@") else name
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagrams:
            datagrams.setblocking(False)
            datagrams.sendto(text.encode("utf-8"), address)
    except OSError:
        return False
    return True


def watchdog_s() -> float | None:
    """How often this process must say ``WATCHDOG=1``, in seconds; None when nobody asks for it."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    for_pid = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not microseconds.isdigit() or int(microseconds) == 0 or for_pid != str(os.getpid()):
        return None
    return int(microseconds) / 1_000_000
