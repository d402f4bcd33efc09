"""Jobs at steady intervals, whatever the clock on the wall does. The only APScheduler file.

APScheduler waits for an instant of the wall clock: set back by an hour, it would sleep for that
hour. So the intervals are counted by the monotonic clock, and a guard moves the scheduler's next
instant whenever the two have come apart.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from edge_agent.process.progress import Progress

LOOK_EVERY_S = 1.0
"""A step of the wall clock is noticed within this time."""
APART_S = 0.5
"""So far the scheduler's instant may be from the right one."""
BEGINS_WITHIN_S = 120.0
"""A run that has not begun so long after its time never will: the scheduler is dead."""
Seconds = Callable[[], float]


class Every(BaseTrigger):  # type: ignore[misc]
    """Fires every ``every_s`` seconds of ``monotonic_s``; a run that comes late moves no other."""

    def __init__(self, every_s: float, monotonic_s: Seconds) -> None:
        self._every_s, self._monotonic_s = every_s, monotonic_s
        self._due_s = monotonic_s() + every_s

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """The instant of the next run, by a wall clock that shows ``now``."""
        # The two clocks never agree to the millisecond: a little early is due as well.
        late_s = self._monotonic_s() - self._due_s + min(APART_S, self._every_s / 4)
        if late_s >= 0 and previous_fire_time is not None:
            # Runs that were missed, because the machine slept or was busy, are not made up for.
            self._due_s += self._every_s * (late_s // self._every_s + 1)
        return now + timedelta(seconds=self.wait_s)

    @property
    def wait_s(self) -> float:
        """Seconds until the next run."""
        return max(0.0, self._due_s - self._monotonic_s())


class Schedule:
    """Runs jobs in the background until ``stop``; never the same one twice at once.

    Each job is a part of ``progress``, from before its first run on. What a job raises goes to
    ``failed`` with the job's name; the next run comes in its time.
    """

    def __init__(
        self,
        progress: Progress,
        failed: Callable[[str, Exception], None],
        monotonic_s: Seconds = time.monotonic,
    ) -> None:
        self._progress, self._failed, self._monotonic_s = progress, failed, monotonic_s
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._stopping = threading.Event()
        self._guard = threading.Thread(target=self._watch, name="schedule guard", daemon=True)
        self._parts: list[str] = []

    def add(self, part: str, job: Callable[[], object], every_s: float, within_s: Seconds) -> None:
        """Let ``job`` run every so many seconds, the first time after as many.

        ``within_s`` answers, at the beginning of a run, how long it may go without a step.
        """
        self._parts.append(part)
        self._progress.expect(part, every_s + BEGINS_WITHIN_S)
        self._scheduler.add_job(
            *(self._run, Every(every_s, self._monotonic_s)),
            args=(part, job, every_s, within_s),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self._guard.start()

    def stop(self) -> None:
        """End after the jobs that run now, of which nothing is expected any more."""
        self._stopping.set()
        for part in self._parts:
            self._progress.forget(part)
        self._guard.join()
        self._scheduler.shutdown(wait=True)

    def realign(self) -> None:
        """Move each job's next instant to where it belongs by the wall clock of now."""
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            right = now + timedelta(seconds=job.trigger.wait_s)
            if abs((job.next_run_time - right).total_seconds()) > APART_S:
                job.modify(next_run_time=right)

    def _run(self, part: str, job: Callable[[], object], every_s: float, within_s: Seconds) -> None:
        try:
            self._expect(part, within_s())
            job()
        except Exception as error:  # noqa: BLE001 - told by `failed`, and no end of the schedule
            self._failed(part, error)
        self._expect(part, every_s + BEGINS_WITHIN_S)

    def _expect(self, part: str, within_s: float) -> None:
        if not self._stopping.is_set():
            self._progress.expect(part, within_s)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            self.realign()
