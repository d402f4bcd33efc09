"""When work is due: at marks of the wall clock, waited for by the steady clock. Only APScheduler.

APScheduler waits for the wall clock: set back by an hour it would stand still for an hour, set
forward by a year it would count every mark of that year. What it asks the time of is its time
zone; ours answers with the steady clock, so no step can reach it. Each trigger alone looks at the
wall clock, when it counts the next mark; after a step the marks are counted anew within a second,
and what was already due comes no later for it.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from queue import SimpleQueue

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.executors.debug import DebugExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger

from edge_agent.clock import Clock
from edge_agent.process.progress import Progress
from edge_agent.words import said

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""The clocks are compared so often."""
STEP_S = 2.0
"""The wall clock stepped when it moved so much against the steady one; that is told."""
SLIP_S = 0.05
"""So much of a slow difference, as NTP makes it, and the marks are counted anew without a word."""
PULSE_EVERY_S = 10.0
"""Each worker proves so often that it still takes work."""
KEPT_MARKS = 30
"""After so many marks in a row that were kept, a worker is no longer called busy."""
_EARLY = 0.1
"""A mark only so much of its interval ahead has been taken: the clock was set back a little."""
_PULSE = "pulse of "
_CLOCKS = "clocks"
_START = datetime(2000, 1, 1)  # noqa: DTZ001 - any instant does: the steady clock knows no date


class SteadyZone(tzinfo):
    """The zone in which it is always as late as the steady clock says."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def fromutc(self, dt: datetime) -> datetime:
        """Now, whatever ``dt`` says: what ``datetime.now(zone)`` returns."""
        return _at(self, self._clock.monotonic_s())

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Zero: all its instants are its own."""
        return timedelta(0)

    def dst(self, dt: datetime | None) -> timedelta:
        """Zero."""
        return timedelta(0)

    def tzname(self, dt: datetime | None) -> str:
        """Its name."""
        return "steady"


class Marks(BaseTrigger):  # type: ignore[misc]
    """Every ``every_s`` from 1970 on, shifted by ``align_s``: the same marks after a restart."""

    def __init__(self, clock: Clock, every_s: float, align_s: float = 0.0) -> None:
        self._clock, self._every_s, self._align_s = clock, every_s, align_s

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The next mark in the zone of ``now``: one only, however many a step has passed over."""
        # In this order, and not from ``now``, which is older: no mark may come too soon.
        shifted_s, steady_s = self._clock.now_ms() / 1000 - self._align_s, self._clock.monotonic_s()
        early_s = _EARLY * self._every_s if previous is not None else 0.0
        mark_s = (math.floor((shifted_s + early_s) / self._every_s) + 1) * self._every_s
        return _at(now.tzinfo, steady_s + mark_s - shifted_s)


class Worker(BaseExecutor):  # type: ignore[misc]
    """One thread that does one thing after the other, named after its part.

    So that a log line about a thread that is stuck says whose it is.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._waiting: SimpleQueue[tuple[Job, list[datetime]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self, scheduler: BaseScheduler, alias: str) -> None:
        """Begin, together with the scheduler."""
        super().start(scheduler, alias)
        self._thread.start()

    def shutdown(self, wait: bool = True) -> None:
        """End, after what is waiting."""
        self._waiting.put(None)
        if wait:
            self._thread.join()

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self._waiting.put((job, run_times))

    def _work(self) -> None:
        while (given := self._waiting.get()) is not None:
            job, run_times = given
            # What the work raises is among the events.
            events = run_job(job, job._jobstore_alias, run_times, self._logger.name)
            self._run_job_success(job.id, events)


class Schedule:
    """Work at marks, each kind on a worker of its own; what goes wrong in it ends nothing.

    ``fault`` hears each new fault as (name, line); ``progress`` hears from the workers. With
    another ``scheduler`` or ``worker`` the same works step by step.
    """

    def __init__(
        self,
        clock: Clock,
        progress: Progress,
        fault: Callable[[str, str], object],
        *,
        scheduler: BaseScheduler | None = None,
        worker: Callable[[str], BaseExecutor] | None = None,
    ) -> None:
        # What APScheduler would tell is told below in our own words.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._clock, self._progress, self._fault = clock, progress, fault
        self._scheduler = scheduler or BackgroundScheduler()
        self._worker = worker or Worker
        self._zone = SteadyZone(clock)
        self._ahead_s = self._wall_ahead_s()
        self._broken: dict[str, set[str]] = {}
        self._busy: dict[str, int] = {}
        self._own_pace: set[str] = set()
        self._scheduler.configure(
            timezone=self._zone,
            executors={_CLOCKS: DebugExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(self._left_out, EVENT_JOB_MAX_INSTANCES)
        self._add(_CLOCKS, _CLOCKS, self.look, LOOK_EVERY_S)

    def add(
        self,
        name: str,
        work: Callable[[], object],
        every_s: float,
        align_s: float = 0.0,
        *,
        within_s: float,
        paced: bool = True,
    ) -> None:
        """Do ``work`` at its marks; its worker must not stand still longer than ``within_s``.

        One that is not ``paced`` counts for itself what it was too late for.
        """
        if not paced:
            self._own_pace.add(name)
        self._scheduler.add_executor(self._worker(name), name)
        self._progress.expect(name, within_s)
        self._add(name, name, partial(self._do, name, work), every_s, align_s)
        self._add(_PULSE + name, name, partial(self._progress.made, name), PULSE_EVERY_S)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """End, after what is being done now."""
        self._scheduler.shutdown(wait=True)

    def look(self) -> None:
        """Compare the clocks, and count the marks anew when they differ from before.

        Called from the scheduler's own thread, so that no mark is taken twice.
        """
        ahead_s = self._wall_ahead_s()
        moved_s, now = ahead_s - self._ahead_s, datetime.now(self._zone)
        if abs(moved_s) < SLIP_S:
            return
        self._ahead_s = ahead_s
        if abs(moved_s) >= STEP_S:
            text = said("the clock stepped by {s} s; polls are aligned anew", s=f"{moved_s:.1f}")
            log.warning(text)
        for job in self._scheduler.get_jobs():
            due = job.trigger.get_next_fire_time(now, now)
            job.modify(next_run_time=min(job.next_run_time, due))

    def _add(
        self,
        job: str,
        worker: str,
        work: Callable[[], object],
        every_s: float,
        align_s: float = 0.0,
    ) -> None:
        trigger = Marks(self._clock, every_s, align_s)
        self._scheduler.add_job(work, trigger, id=job, name=job, executor=worker)

    def _do(self, name: str, work: Callable[[], object]) -> None:
        self._progress.made(name)
        try:
            work()
        except Exception as error:
            self._went_wrong(name, f"{type(error).__name__}: {error}")
            log.debug("traceback of the fault above", exc_info=True)
        else:
            self._went_well(name)
        self._progress.made(name)

    def _went_wrong(self, name: str, what: str) -> None:
        told = self._broken.setdefault(name, set())
        if what not in told:
            told.add(what)
            text = said(
                "{part}: fault in the program: {what} (it goes on; please report this line)",
                part=name,
                what=what,
            )
            self._fault(name, text)
            log.error(text)

    def _went_well(self, name: str) -> None:
        if self._broken.pop(name, None):
            text = said("{part}: works again", part=name)
            log.warning(text)
        if name in self._busy:
            self._busy[name] += 1
            if self._busy[name] > KEPT_MARKS:
                del self._busy[name]
                text = said("{part}: keeps its marks again", part=name)
                log.warning(text)

    def _left_out(self, event: JobSubmissionEvent) -> None:
        name = event.job_id
        if name.startswith(_PULSE) or name in self._own_pace:
            return
        if name not in self._busy:
            text = said(
                "{part}: still busy at the next mark, which is left out (is the disk slow, or the "
                "machine too busy? if it lasts, look at the log around it)",
                part=name,
            )
            self._fault(name, text)
            log.warning(text)
        self._busy[name] = 0

    def _wall_ahead_s(self) -> float:
        return self._clock.now_ms() / 1000 - self._clock.monotonic_s()


def _at(zone: tzinfo | None, steady_s: float) -> datetime:
    return _START.replace(tzinfo=zone) + timedelta(seconds=steady_s)
