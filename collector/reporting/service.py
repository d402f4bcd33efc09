"""The running collector's reports: made when they are due, each in a process of its own.

So ingest is never held up, and nothing of what reports need stays in the collector's memory. One
report is made at a time. One that was due while the collector was down is made once, for the
newest due instant; a report that appears in the settings begins with its next one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.reporting.due import dues_between
from collector.reporting.jobs import ReportJob, jobs_of, schedule_faults
from collector.reporting.running import run_command
from collector.state.report_runs import ReportRuns
from edge_agent.process.progress import Progress

REPORTS = "reports"
DUE_EVERY_S = 20.0
STEP_WITHIN_S = 120.0
PAUSES_S = (60.0, 300.0, 900.0, 3600.0)
"""After each fault in a row; the last one again and again, until the report is due anew."""
Run = Callable[[tuple[str, ...], threading.Event, Callable[[], None]], str]
"""Runs a command until it ends or the event is set; calls back as it goes on; answers its fault."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Reports made and attempts that failed since the start; jobs that wait to be tried again."""

    made: int = 0
    failed: int = 0
    waiting: int = 0
    last_fault: str = ""


@dataclass(slots=True)
class _Trouble:
    """A job that failed: for which due instant, how often, and when to try again."""

    due_ms: int
    times: int
    again_s: float


class ReportService:
    """Makes the reports of the settings at ``config`` until ``stop``.

    ``run_once`` makes what is due now; whoever has a schedule lets it be called every
    ``DUE_EVERY_S``.
    """

    def __init__(
        self,
        settings: CollectorSettings,
        config: Path,
        runs: ReportRuns,
        progress: Progress,
        clock: Clock | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
        run: Run = run_command,
    ) -> None:
        self._settings, self._config, self._runs = settings, config, runs
        self._jobs = jobs_of(settings)
        self._progress, self._monotonic_s, self._run = progress, monotonic_s, run
        self._clock = clock or SystemClock()
        self._troubles: dict[tuple[str, str], _Trouble] = {}
        self._stopping = threading.Event()
        self._made = self._failed = 0
        self._last_fault = ""

    @property
    def counts(self) -> ReportCounts:
        """What has become of the reports so far."""
        return ReportCounts(self._made, self._failed, len(self._troubles), self._last_fault)

    @property
    def any(self) -> bool:
        """Whether there is any report to make."""
        return bool(self._jobs)

    def begin(self) -> None:
        """Log what cannot be made as it is written; reports that are new count from now on.

        Raises what the state raises; the next ``run_once`` notes what is new, too.
        """
        for fault in schedule_faults(self._settings):
            log.warning("%s", fault)
        for job in self._jobs:
            self._note_new(job, self._clock.now_ms())

    def stop(self) -> None:
        """Give up the report that is being made: it is made after the next start."""
        self._stopping.set()

    def run_once(self) -> int:
        """Make what is due; answers how many reports were made."""
        before = self._made
        for job in self._jobs:
            if self._stopping.is_set():
                break
            self._look_at(job)
            self._moved()
        return self._made - before

    def _look_at(self, job: ReportJob) -> None:
        now_ms = self._clock.now_ms()
        made_ms, due_ms = self._note_new(job, now_ms), job.last_due_ms(now_ms)
        if made_ms < due_ms and self._may_try(job, due_ms):
            self._tell_of_missed(job, made_ms, due_ms)
            self._try(job, due_ms)

    def _note_new(self, job: ReportJob, now_ms: int) -> int:
        """Up to which due instant it is made: of a new one nothing before now is wanted."""
        due_ms = job.last_due_ms(now_ms)
        made_ms = self._runs.made_up_to(job.key, job.site_name)
        if made_ms is not None and made_ms <= due_ms:
            return made_ms
        # New in the settings; or noted under a clock that has been set back since.
        self._runs.note(job.key, job.site_name, due_ms, now_ms)
        return due_ms

    def _may_try(self, job: ReportJob, due_ms: int) -> bool:
        trouble = self._troubles.get((job.key, job.site_name))
        if trouble is None or trouble.due_ms != due_ms:
            return True
        return self._monotonic_s() >= trouble.again_s

    def _tell_of_missed(self, job: ReportJob, made_ms: int, due_ms: int) -> None:
        missed = dues_between(job.entry.due, job.site.zone, made_ms, due_ms) - 1
        if missed and (job.key, job.site_name) not in self._troubles:
            name, site = job.entry.name, job.site_name or "all sites"
            text = "report %s of %s was due %d more times, which are not made"
            log.warning(f"{text}: collector report makes them", name, site, missed)

    def _try(self, job: ReportJob, due_ms: int) -> None:
        key = (job.key, job.site_name)
        try:
            fault = self._run(job.command(due_ms, self._config), self._stopping, self._moved)
        except CollectorError as error:
            fault = str(error)
        if self._stopping.is_set() and fault:
            return
        if not fault:
            self._runs.note(*key, due_ms, self._clock.now_ms())
            self._troubles.pop(key, None)
            self._made += 1
            name, site = job.entry.name, job.site_name or "all sites"
            log.info("report %s of %s made for %s", name, site, job.span(due_ms))
            return
        self._note_trouble(job, due_ms, fault)

    def _note_trouble(self, job: ReportJob, due_ms: int, fault: str) -> None:
        key = (job.key, job.site_name)
        known = self._troubles.get(key)
        times = known.times + 1 if known is not None and known.due_ms == due_ms else 1
        pause_s = PAUSES_S[min(times, len(PAUSES_S)) - 1]
        self._troubles[key] = _Trouble(due_ms, times, self._monotonic_s() + pause_s)
        self._failed += 1
        self._last_fault = f"report {job.entry.name} of {job.site_name or 'all sites'}: {fault}"
        again = "tried again in %.0f min" % (pause_s / 60)
        log.warning("not made, %s: %s", again, self._last_fault)

    def _moved(self) -> None:
        self._progress.made(REPORTS)

    def look_failed(self, _: str, error: Exception) -> None:
        """Tell that ``run_once`` itself has failed: it is called again in its time."""
        self._last_fault = f"reports: {error}"
        log.error("reports not looked after, tried again later: %s", error)
