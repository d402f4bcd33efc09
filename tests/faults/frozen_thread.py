"""Stops one thread of a running process, as a deadlock or a call that never returns would.

Linux only, as root or as the parent of the process: the kernel's ptrace stops a thread alone. A
thread is found by the name that `spoiled` gave it, and is stopped while it waits, so that it
does not hold the interpreter's lock: its neighbours go on.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000
FOUND_WITHIN_S = 10.0
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def frozen_thread(pid: int, name: str) -> Iterator[int]:
    """The thread of that name stands still inside the ``with``; answers its id."""
    tid = _find(pid, name)
    _trace(SEIZE, tid)
    try:
        _stop_while_it_waits(pid, tid)
        # The process cannot end before its tracer has taken note of the thread's end.
        threading.Thread(target=_take_note, args=[tid], daemon=True).start()
        yield tid
    finally:
        _libc.ptrace(DETACH, tid, None, None)


def _stop_while_it_waits(pid: int, tid: int) -> None:
    give_up_at_s = time.monotonic() + FOUND_WITHIN_S
    while time.monotonic() < give_up_at_s:
        # State S: it sleeps in the kernel, where it never holds the interpreter's lock.
        if _state(pid, tid) == "S":
            _trace(INTERRUPT, tid)
            os.waitpid(tid, WALL)
            return
        time.sleep(0.001)
    pytest.fail(f"thread {tid} never waits", pytrace=False)


def _take_note(tid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(tid, WALL)


def _find(pid: int, name: str) -> int:
    give_up_at_s = time.monotonic() + FOUND_WITHIN_S
    while time.monotonic() < give_up_at_s:
        for task in Path(f"/proc/{pid}/task").iterdir():
            if (task / "comm").read_text().strip() == name[:15]:
                return int(task.name)
        time.sleep(0.05)
    names = sorted((t / "comm").read_text().strip() for t in Path(f"/proc/{pid}/task").iterdir())
    pytest.fail(f"no thread {name!r} among {names}", pytrace=False)


def _state(pid: int, tid: int) -> str:
    return Path(f"/proc/{pid}/task/{tid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def _trace(request: int, tid: int) -> None:
    if _libc.ptrace(request, tid, None, None) == -1:
        number = ctypes.get_errno()
        pytest.skip(f"this machine lets nobody stop a thread: {os.strerror(number)}")
