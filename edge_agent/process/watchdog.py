"""Ends a process of which a part is stuck, so that the service manager starts it anew.

A stuck thread can be neither joined nor ended, and whatever else went on would hide it: readings
that nobody polls look like a quiet plant. As long as every part moves, systemd is told so; it
kills the process when even this thread stands still.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from edge_agent.process import systemd
from edge_agent.process.progress import Progress, Stuck
from edge_agent.words import joined, said

log = logging.getLogger(__name__)

STUCK_EXIT = 70
"""The exit code: EX_SOFTWARE of sysexits.h."""
LOOK_EVERY_S = 5.0
TELL_WITHIN_S = 5.0
STACK_DEPTH = 12
HELD_UP_LOOKS = 4
"""A look that comes so many intervals late: the machine was paused, or had no time for us."""


class Watchdog:
    """Looks at ``progress`` every few seconds on its own thread; ``end`` gets the exit code."""

    def __init__(
        self,
        progress: Progress,
        *,
        look_every_s: float = LOOK_EVERY_S,
        end: Callable[[int], object] = os._exit,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress, self._end, self._monotonic_s = progress, end, monotonic_s
        self._looked_s: float | None = None
        # Four looks within what systemd allows: one or two may come late on a busy board.
        self._look_every_s = min(look_every_s, (systemd.watchdog_s() or 4 * look_every_s) / 4)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        if self._thread is None:
            self._stopping.clear()
            self._looked_s = None
            self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join()

    def look(self) -> bool:
        """One look: tell systemd that all is well, or end the process. Returns whether it is."""
        self._see_pause()
        stuck = self._progress.stuck()
        if not stuck:
            systemd.notify("WATCHDOG=1")
            return True
        # The stuck thread may hold the lock of the log itself: that must not keep us here.
        teller = threading.Thread(target=_tell, args=[stuck], name="last words", daemon=True)
        teller.start()
        teller.join(TELL_WITHIN_S)
        self._end(STUCK_EXIT)
        return False

    def _see_pause(self) -> None:
        """Blame no part for a time in which not even the watchdog came to look."""
        before_s, self._looked_s = self._looked_s, self._monotonic_s()
        late_s = 0.0 if before_s is None else self._looked_s - before_s
        if late_s > HELD_UP_LOOKS * self._look_every_s:
            text = said(
                "the whole process was held up for {s:.0f} s; its parts get new time", s=late_s
            )
            log.warning(text)
            self._progress.renew()

    def _watch(self) -> None:
        while self.look():
            if self._stopping.wait(self._look_every_s):
                return


def stacks() -> dict[str, str]:
    """Where every thread is now, innermost call first: ``poll.py:231 run_once < ...``."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames()
    return {
        f"{names.get(ident, 'unnamed')} ({ident})": " < ".join(_calls(frame))
        for ident, frame in frames.items()
        if ident != threading.get_ident()
    }


def _calls(frame: FrameType | None) -> Iterator[str]:
    depth = 0
    while frame is not None and depth < STACK_DEPTH:
        code = frame.f_code
        yield f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name}"
        frame, depth = frame.f_back, depth + 1


def _tell(stuck: tuple[Stuck, ...]) -> None:
    parts = joined("; ", [_silence(one) for one in stuck])
    threads = " | ".join(f"{name}: {calls}" for name, calls in stacks().items())
    systemd.notify(f"STATUS=stuck: {parts}")
    text = said(
        "stuck: {parts}; the process ends with code {code} to be started anew. Threads: {threads}",
        parts=parts,
        code=STUCK_EXIT,
        threads=threads,
    )
    log.critical(text)


def _silence(one: Stuck) -> str:
    return said(
        "{part} has not moved for {s:.0f} s (at most {most:.0f} s)",
        part=one.part,
        s=one.silent_s,
        most=one.within_s,
    )
