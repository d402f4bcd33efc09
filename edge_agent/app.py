"""The agent's wiring: settings in, stations and their threads out.

One worker a link polls on the wall clock's marks, one commits the outbox, one forwards. They meet
only in the outbox, so each may fail or wait alone. Everything also works step by step, without
``start``, in the caller's thread and under the caller's clock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from edge_agent import forward, poll
from edge_agent.clock import Clock, SystemClock
from edge_agent.config import AgentSettings
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth, ClockState, MeterCard
from edge_agent.decode import Ratios
from edge_agent.errors import AgentError, RetryLaterError, StopError
from edge_agent.forward import ForwardReport
from edge_agent.meter_link import open_link
from edge_agent.outbox import Outbox, clock_state
from edge_agent.poll import Bus, Fault, PolledMeter
from edge_agent.uplink import Uplink

log = logging.getLogger(__name__)

FORWARD_EVERY_S = 1.0
"""The forward thread looks at least so often; news (a commit, a receipt) wakes it at once."""
HAND_OVER_S = 5.0
JOIN_S = 10.0
STEP_MS = 2_000
"""The wall clock stepped when it moved so much against the monotonic one."""
_COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one round over all links brought."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """What the agent has done since it was made, and how it is now.

    ``outbox_depth`` counts readings without a receipt; ``last_fault`` is the newest fault in one
    line, empty when there was none.
    """

    outbox_depth: int
    messages_published: int
    readings_taken: int
    polls_failed: int
    connected: bool
    last_fault: str
    readings_settled: int = 0
    readings_rejected: int = 0
    readings_evicted: int = 0


class Agent:
    """One edge agent. ``clock`` stamps readings; the network is always on the machine's own time.

    Raises ``StopError`` when a profile is missing or the outbox cannot be opened.
    """

    def __init__(
        self,
        settings: AgentSettings,
        clock: Clock | None = None,
        *,
        opener: poll.Opener = open_link,
    ) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._network_clock = SystemClock()
        self._buses = poll.gather(settings, opener)
        self._clock_state = clock_state if clock is None else _unknown
        self._outbox = _outbox(settings, self._clock)
        self._news = threading.Event()
        self._uplink = Uplink(
            settings.mqtt,
            settings.agent.id,
            number=self._outbox.next_connection,
            birth=self._birth,
            news=self._news.set,
        )
        self._sink = _Sink(self._outbox, self._clock_state)
        self._counts = _Counts()
        self._forwarding = threading.Lock()
        self._stopping = threading.Event()
        self._scheduler: BackgroundScheduler | None = None
        self._thread: threading.Thread | None = None
        self._failure: StopError | None = None

    def poll_once(self) -> PollReport:
        """Read every link's due meters once, at the clock's now, in the caller's thread."""
        reports = [self._poll(bus) for bus in self._buses]
        return PollReport(
            tuple(reading for report in reports for reading in report.readings),
            tuple(fault for report in reports for fault in report.faults),
        )

    def commit(self) -> int:
        """Make what was read durable; returns how many readings were written."""
        self._outbox.note_clock(self._clock_state())
        count = self._outbox.commit()
        self._counts.note("outbox", self._outbox.last_fault)
        if count:
            self._news.set()
        return count

    def forward_once(self) -> ForwardReport:
        """One round of ``forward``; the first opens the connection, which takes a moment.

        Raises ``RetryLaterError`` when the disk refuses and ``StopError`` when the uplink can no
        longer be trusted.
        """
        with self._forwarding:
            report = forward.run_once(self._outbox, self._uplink, self._network_clock)
        self._counts.forwarded(report)
        self._counts.note("uplink", self._uplink.last_fault)
        return report

    def start(self) -> None:
        """Begin to poll, commit and forward by threads of our own. Returns at once."""
        if self._scheduler is not None:
            return
        # What APScheduler would tell is told by ``_on_job`` in the agent's own words.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._stopping.clear()
        self._scheduler = self._new_scheduler()
        self._scheduler.start()
        self._thread = threading.Thread(target=self._forward_loop, name="forward", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until ``stop``, or ``timeout_s``. Raises ``StopError`` when forwarding has ended."""
        self._stopping.wait(timeout_s)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End polling, commit, and hand over what is left for at most ``HAND_OVER_S``."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)
        self._stopping.set()
        self._news.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(JOIN_S)
        self.commit()
        if self._failure is None:
            self._hand_over()

    def status(self) -> AgentStatus:
        """How the agent is now; may be called from any thread."""
        counts = self._counts
        return AgentStatus(
            outbox_depth=self._outbox.depth(),
            messages_published=counts.messages,
            readings_taken=counts.readings,
            polls_failed=sum(meter.polls_failed for meter in self._meters()),
            connected=self._uplink.connected,
            last_fault=counts.last_fault,
            readings_settled=counts.settled,
            readings_rejected=counts.rejected,
            readings_evicted=self._outbox.evicted,
        )

    def close(self) -> None:
        """Stop when running, and let go of links, broker and outbox."""
        if self._scheduler is not None:
            self.stop()
        with self._forwarding:
            self._uplink.close()
        for bus in self._buses:
            bus.close()
        self._outbox.close()

    def _meters(self) -> list[PolledMeter]:
        return [meter for bus in self._buses for meter in bus.meters]

    def _poll(self, bus: Bus) -> poll.LinkReport:
        report = poll.run_once(bus, self._sink, self._clock)
        self._counts.polled(report)
        return report

    def _birth(self, connection: int) -> Birth:
        return Birth(
            agent=self.settings.agent.id,
            epoch=self._outbox.epoch,
            connection=connection,
            software=f"mieruka {version('mieruka')}",
            at_ms=self._clock.now_ms(),
            meters=tuple(_card(meter) for meter in self._meters()),
        )

    def _new_scheduler(self) -> BackgroundScheduler:
        names = [bus.settings.id for bus in self._buses]
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={f"link {name}": ThreadPoolExecutor(1) for name in names}
            | {"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_listener(self._on_job, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        self._add_jobs(scheduler)
        return scheduler

    def _add_jobs(self, scheduler: BackgroundScheduler) -> None:
        every = self.settings.poll
        for bus in self._buses:
            name = f"link {bus.settings.id}"
            scheduler.add_job(
                self._poll,
                _marks(every.every_s, every.align_s),
                args=[bus],
                id=name,
                executor=name,
                replace_existing=True,
            )
        trigger = _marks(self.settings.outbox.commit_every_s, 0.0)
        scheduler.add_job(self.commit, trigger, id=_COMMIT, replace_existing=True)

    def _on_job(self, event: JobExecutionEvent) -> None:
        if event.code == EVENT_JOB_MAX_INSTANCES:
            hint = "meters that do not answer take time; else raise [poll] every_s or add links"
            text = f"{event.job_id}: still busy at the next mark, which is left out ({hint})"
        else:
            error = event.exception
            text = f"{event.job_id}: fault in the program: {type(error).__name__}: {error}"
            text += " (it goes on; please report this line)"
        if self._counts.note(event.job_id, text):
            log.error("%s", text)

    def _forward_loop(self) -> None:
        wall_ms = self._wall_ahead_ms()
        while not self._stopping.is_set():
            self._news.wait(FORWARD_EVERY_S)
            self._news.clear()
            try:
                wall_ms = self._watch_clock(wall_ms)
                self.forward_once()
            except RetryLaterError:
                self._stopping.wait(FORWARD_EVERY_S)
            except StopError as error:
                self._fail(error)
            except Exception as error:
                hint = "a fault in the program: please report this line"
                self._fail(StopError(f"{type(error).__name__}: {error}", hint))
                log.debug("traceback of the fault above", exc_info=True)

    def _fail(self, error: StopError) -> None:
        self._failure = error
        self._counts.note("forward", str(error))
        log.critical("forwarding has ended: %s", error)
        self._stopping.set()

    def _wall_ahead_ms(self) -> float:
        return self._network_clock.now_ms() - self._network_clock.monotonic_s() * 1000

    def _watch_clock(self, wall_ms: float) -> float:
        """Align the polls anew when the wall clock has stepped; returns where it stands now."""
        ahead_ms, scheduler = self._wall_ahead_ms(), self._scheduler
        if abs(ahead_ms - wall_ms) > STEP_MS and scheduler is not None:
            # APScheduler waits for the wall clock: after a step back it would wait for all of it.
            step_s = (ahead_ms - wall_ms) / 1000
            log.warning("the clock stepped by %.1f s; polls are aligned anew", step_s)
            self._add_jobs(scheduler)
        return ahead_ms

    def _hand_over(self) -> None:
        give_up_at = time.monotonic() + HAND_OVER_S
        try:
            while self._outbox.depth() and time.monotonic() < give_up_at:
                if not self.forward_once().connected and not self._uplink.connection:
                    break
                self._news.wait(0.05)
                self._news.clear()
        except AgentError as error:
            log.warning("what is left stays in the outbox: %s", error)
        self._outbox.commit()


class _Sink:
    """The outbox as polling sees it: each reading with what the machine says of its clock."""

    def __init__(self, outbox: Outbox, state: Callable[[], ClockState]) -> None:
        self._outbox, self._state = outbox, state

    def put(self, reading: Reading, mono_s: float) -> None:
        """Take the reading in."""
        self._outbox.put(reading, self._state(), mono_s)


class _Counts:
    """What has happened so far; written by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.messages = self.readings = self.settled = self.rejected = 0
        self.last_fault = ""
        self._newest: dict[str, str] = {}

    def polled(self, report: poll.LinkReport) -> None:
        """Add a poll of one link."""
        with self._lock:
            self.readings += len(report.readings)
            for fault in report.faults[-1:]:
                self.last_fault = f"meter {fault.meter}: {fault.message} ({fault.hint})"

    def forwarded(self, report: ForwardReport) -> None:
        """Add a round of forwarding."""
        with self._lock:
            self.messages += report.messages
            self.settled += report.settled
            self.rejected += report.rejected

    def note(self, source: str, fault: str) -> bool:
        """Keep a fault as the newest when its source has not told it just before."""
        with self._lock:
            fresh = bool(fault) and self._newest.get(source) != fault
            if fresh:
                self._newest[source] = self.last_fault = fault
            return fresh


def _outbox(settings: AgentSettings, clock: Clock) -> Outbox:
    bounds = settings.outbox
    return Outbox(
        settings.agent.state_dir / "outbox.sqlite",
        max_mb=bounds.max_mb,
        max_days=bounds.max_days,
        clock=clock,
        wait_s=settings.clock.wait_s,
    )


def _unknown() -> ClockState:
    return "unknown"


def _marks(every_s: float, align_s: float) -> IntervalTrigger:
    """Every ``every_s`` from 1970 on, shifted: the same marks after every restart."""
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=align_s)
    return IntervalTrigger(seconds=every_s, start_date=start, timezone=UTC)


def _card(meter: PolledMeter) -> MeterCard:
    """The meter's card; the counter's step and end are of the primary side, as its readings."""
    settings, model = meter.settings, meter.profile
    energy_ratio = Ratios(settings.ct_ratio, settings.vt_ratio).of("Wh")
    modulus_wh = model.counter_modulus_wh
    return MeterCard(
        site=meter.site,
        meter=settings.id,
        name=settings.name or settings.id,
        profile=model.name,
        interval_s=settings.every_s or meter.poll.every_s,
        step_wh=model.counter_step_wh * energy_ratio,
        modulus_wh=None if modulus_wh is None else modulus_wh * energy_ratio,
        serial=settings.serial,
        ratio=energy_ratio,
    )
