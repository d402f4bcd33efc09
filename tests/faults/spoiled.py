"""Runs a program of ours with its threads named for the kernel, and callbacks that fail.

`python -m tests.faults.spoiled edge_agent run -c ...`. With ``TRIAL_RAISE_EVERY=n`` every n-th
packet that paho hands to a callback raises, as a mistake in that callback would: paho's own
thread ends by it, without a word, unless somebody sees to it. The kernel's names are what
`frozen_thread` finds a thread by.
"""

from __future__ import annotations

import ctypes
import importlib
import itertools
import os
import sys
import threading
from typing import Any

RAISE_EVERY = "TRIAL_RAISE_EVERY"
_PR_SET_NAME = 15


def _name_threads() -> None:
    libc = ctypes.CDLL(None)
    run = threading.Thread.run

    def named_run(self: threading.Thread) -> None:
        libc.prctl(_PR_SET_NAME, self.name.encode()[:15])
        run(self)

    threading.Thread.run = named_run  # type: ignore[method-assign]


def _spoil_callbacks(every: int) -> None:
    import paho.mqtt.client as mqtt

    count = itertools.count(1)
    handle: Any = mqtt.Client._packet_handle

    def spoiled(self: mqtt.Client) -> Any:
        if next(count) % every == 0:
            raise RuntimeError("a mistake in a callback, made by the trial")
        return handle(self)

    mqtt.Client._packet_handle = spoiled  # type: ignore[method-assign]


def main() -> None:
    """Spoil what the environment says, then run the program named by the first argument."""
    _name_threads()
    if every := int(os.environ.get(RAISE_EVERY) or 0):
        _spoil_callbacks(every)
    program = sys.argv.pop(1)
    importlib.import_module(f"{program}.start").main()


if __name__ == "__main__":
    main()
