"""One piece of work at a time that takes longer than a request: a scan, a few samples."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from edge_agent.errors import AgentError, RetryLaterError
from edge_agent.words import said

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``share`` 0 to 1 (None: nobody knows), and how long it may still take."""

    share: float | None = None
    left_s: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as others see it: ``pauses`` names the line whose readings wait meanwhile."""

    kind: str
    title: str
    pauses: str = ""
    progress: Progress = Progress()
    done: bool = False
    stopped: bool = False
    error: str = ""
    hint: str = ""
    took_s: float = 0.0


Work = Callable[[Callable[[Progress], None], Callable[[], bool]], None]
"""Does a job: tells its progress, and asks now and then whether it shall stop."""


class Jobs:
    """At most one job; its state stays until the next one. Any thread may call it."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._state: JobState | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, kind: str, title: str, work: Work, pauses: str = "") -> None:
        """Begin. Raises ``RetryLaterError`` while another job is at it."""
        with self._lock:
            self._refuse_while_busy()
            self._state = JobState(kind, title, pauses)
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(work, self._stop), name=f"page {kind}", daemon=True
            )
            self._thread.start()

    def ensure_idle(self) -> None:
        """Raise ``RetryLaterError`` while a job is at it."""
        with self._lock:
            self._refuse_while_busy()

    def state(self, kind: str = "") -> JobState | None:
        """The newest job, when it is of that kind."""
        with self._lock:
            found = self._state
        return found if found is not None and kind in ("", found.kind) else None

    def stop(self) -> None:
        """Ask the job to end soon; what it found stays."""
        self._stop.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; whether it has ended."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def _refuse_while_busy(self) -> None:
        if self._state is not None and not self._state.done:
            now = self._state.title
            what = said("another piece of work is still running: {title}", title=now)
            raise RetryLaterError(what, said("wait for its end, or stop it"))

    def _run(self, work: Work, stop: threading.Event) -> None:
        began_s = self._monotonic_s()
        error = hint = ""
        try:
            work(self._told, stop.is_set)
        except AgentError as fault:
            error, hint = fault.message, fault.hint
        except Exception as fault:
            log.warning("fault in the page's work: %s", fault, exc_info=True)
            error = f"{type(fault).__name__}: {fault}"
            hint = said("a fault in the program: please report this line")
        self._change(
            done=True,
            error=error,
            hint=hint,
            stopped=stop.is_set(),
            took_s=self._monotonic_s() - began_s,
        )

    def _told(self, progress: Progress) -> None:
        self._change(progress=progress)

    def _change(self, **fields: object) -> None:
        with self._lock:
            if self._state is not None:
                self._state = replace(self._state, **fields)  # type: ignore[arg-type]
