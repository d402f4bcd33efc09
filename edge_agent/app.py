"""The agent's wiring: settings in, stations and their threads out.

One worker a link polls on the wall clock's marks, one commits the outbox, one forwards. They meet
only in the outbox, so each may fail or wait alone. Everything also works step by step, without
``start``, in the caller's thread and under the caller's clock.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from edge_agent import forward, poll, vitals
from edge_agent.clock import Clock, SystemClock
from edge_agent.config import AgentSettings
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth, ClockState, MeterCard
from edge_agent.counts import Counts
from edge_agent.decode import Ratios
from edge_agent.errors import AgentError, RetryLaterError, StopError
from edge_agent.forward import ForwardReport
from edge_agent.meter_link import open_link
from edge_agent.outbox import Outbox, clock_state
from edge_agent.outbox.facts import Facts, read_facts
from edge_agent.pace import Pace
from edge_agent.poll import Bus, Fault, PolledMeter
from edge_agent.process.metrics import Metric, build_metric, progress_metrics
from edge_agent.process.progress import Progress
from edge_agent.process.usage import usage_metrics
from edge_agent.schedule import Schedule
from edge_agent.uplink import Uplink
from edge_agent.vitals import AgentStatus

log = logging.getLogger(__name__)

FORWARD_EVERY_S = 1.0
"""The forward thread looks at least so often; news (a commit, a receipt) wakes it at once."""
HAND_OVER_S = 5.0
JOIN_S = 10.0
WITHIN_S = 45.0
"""Who has not moved for so long is stuck; with the watchdog's looks that is within a minute."""
NAMES_WITHIN_S = 150.0
"""The same where a host's name must be looked up: dead name servers keep a thread waiting."""
ANSWER_WITHIN_S = 90.0
"""So long may a message wait for any sign of the broker: a line that is cut without a word is
noticed by paho after two times the keep-alive, so who is silent for longer is paho's own thread."""
_COMMIT, _FORWARD, _UPLINK = "commit", "forward", "uplink"


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one round over all links brought."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]


class Agent:
    """One edge agent. ``clock`` stamps readings; the network is always on the machine's own time.

    ``progress`` tells which parts still move once it runs by itself.
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
        self.progress = Progress()
        self._clock = clock or SystemClock()
        self._network_clock = SystemClock()
        self._buses = poll.gather(settings, opener)
        self._clock_state = clock_state if clock is None else _unknown
        self._outbox = _outbox(settings, self._clock)
        self._pace = _pace(settings) if clock is None else None
        self._news = threading.Event()
        self._uplink = Uplink(
            settings.mqtt,
            settings.agent.id,
            number=self._outbox.next_connection,
            birth=self._birth,
            news=self._heard,
        )
        self._sink = _Sink(self._outbox, self._clock_state)
        self._counts = Counts()
        self._forwarding = threading.Lock()
        self._times_heard, self._heard_before_sent = 0, -1
        self._stopping = threading.Event()
        self._schedule: Schedule | None = None
        self._thread: threading.Thread | None = None
        self._failure: StopError | None = None
        for part, bus in self._parts().items():
            bus.watch(partial(self.progress.made, part))
        self._made_s = self._connected_s = self._network_clock.monotonic_s()

    def poll_once(self) -> PollReport:
        """Read every link's due meters once, at the clock's now, in the caller's thread."""
        reports = [self._poll(bus) for bus in self._buses]
        return PollReport(
            tuple(reading for report in reports for reading in report.readings),
            tuple(fault for report in reports for fault in report.faults),
        )

    def commit(self) -> int:
        """Make what was read durable; returns how many readings were written."""
        begun_s, faults = time.monotonic(), self._outbox.faults
        self._outbox.note_clock(self._clock_state())
        count = self._outbox.commit()
        refused = self._outbox.last_fault if self._outbox.faults != faults else ""
        self._counts.committed(time.monotonic() - begun_s, refused)
        self._counts.note("outbox", refused)
        if count:
            self._news.set()
        return count

    def forward_once(self) -> ForwardReport:
        """One round of ``forward``; the first opens the connection, which takes a moment.

        Raises ``RetryLaterError`` when the disk refuses and ``StopError`` when the uplink can no
        longer be trusted.
        """
        before = self._times_heard
        with self._forwarding:
            report = forward.run_once(self._outbox, self._uplink, self._network_clock, self._pace)
        if report.messages:
            self._heard_before_sent = before
        if not report.connected or self._heard_before_sent != self._times_heard:
            self.progress.made(_UPLINK)
        if report.connected:
            self._connected_s = self._network_clock.monotonic_s()
        self._counts.forwarded(report, self._uplink.connection if report.connected else 0)
        self._counts.note("uplink", self._uplink.last_fault)
        return report

    def start(self) -> None:
        """Begin to poll, commit and forward by threads of our own. Returns at once."""
        if self._schedule is not None:
            return
        self._stopping.clear()
        self._schedule = self._new_schedule()
        self._schedule.start()
        self.progress.expect(_FORWARD, NAMES_WITHIN_S)
        self.progress.expect(_UPLINK, ANSWER_WITHIN_S)
        self._thread = threading.Thread(target=self._forward_loop, name=_FORWARD, daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until ``stop``, or ``timeout_s``. Raises ``StopError`` when forwarding has ended."""
        self._stopping.wait(timeout_s)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End polling, commit, and hand over what is left for at most ``HAND_OVER_S``."""
        schedule, self._schedule = self._schedule, None
        if schedule is not None:
            schedule.stop()
        for part in (*self._parts(), _COMMIT):
            self.progress.forget(part)
        self._stopping.set()
        self._news.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(JOIN_S)
        for part in (_FORWARD, _UPLINK):
            self.progress.forget(part)
        self.commit()
        if self._failure is None:
            self._hand_over()

    def status(self) -> AgentStatus:
        """How the agent is now; may be called from any thread."""
        tally, now_s = self._counts.tally(), self._network_clock.monotonic_s()
        connected = self._uplink.connected
        return AgentStatus(
            outbox_depth=self._outbox.depth(),
            messages_published=tally.messages,
            readings_taken=tally.readings,
            polls_failed=sum(meter.polls_failed for meter in self._meters()),
            connected=connected,
            last_fault=tally.last_fault,
            readings_settled=tally.settled,
            readings_rejected=tally.rejected,
            readings_evicted=self._outbox.evicted,
            readings_sent=tally.sent,
            gaps_sent=tally.gaps,
            unreadable=tally.unreadable,
            connection_losses=tally.losses,
            refusals=self._uplink.refusals,
            callback_faults=self._uplink.callback_faults,
            commits=tally.commits,
            commit_s=tally.commit_s,
            commit_total_s=tally.commit_total_s,
            uptime_s=now_s - self._made_s,
            away_s=0.0 if connected else now_s - self._connected_s,
            disk_fault=tally.disk_fault,
            broker_fault="" if connected else self._uplink.last_fault,
            clock=self._clock_state(),
            meters=self._meter_statuses(),
        )

    def health(self) -> dict[str, Any]:
        """``status`` as a person needs it, with the reasons why not all is well."""
        parts = self.progress.standings()
        facts = {"agent": self.settings.agent.id, "software": _software()}
        return facts | vitals.health(self.status(), self._facts(), parts, self._clock.now_ms())

    def metrics(self) -> Iterator[Metric]:
        """``status`` as figures, with those of the process."""
        yield from vitals.metrics(self.status(), self._facts(), self._clock.now_ms())
        yield from progress_metrics(vitals.PREFIX, self.progress)
        yield from usage_metrics(vitals.PREFIX)
        yield build_metric(vitals.PREFIX)

    def close(self) -> None:
        """Stop when running, and let go of links, broker and outbox."""
        if self._schedule is not None:
            self.stop()
        with self._forwarding:
            self._uplink.close()
        for bus in self._buses:
            bus.close()
        self._outbox.close()

    def _heard(self) -> None:
        """Called from paho's thread: something has come, an acknowledgement at least."""
        self._times_heard += 1
        self._news.set()

    def _meters(self) -> list[PolledMeter]:
        return [meter for bus in self._buses for meter in bus.meters]

    def _meter_statuses(self) -> dict[str, vitals.MeterStatus]:
        now_s = self._clock.monotonic_s()
        return {
            meter.settings.id: vitals.meter_status(meter, now_s, bus.settings.id)
            for bus in self._buses
            for meter in bus.meters
        }

    def _facts(self) -> Facts:
        return read_facts(_outbox_path(self.settings))

    def _poll(self, bus: Bus) -> poll.LinkReport:
        report = poll.run_once(bus, self._sink, self._clock)
        self._counts.polled(report)
        return report

    def _birth(self, connection: int) -> Birth:
        return Birth(
            agent=self.settings.agent.id,
            epoch=self._outbox.epoch,
            connection=connection,
            software=_software(),
            at_ms=self._clock.now_ms(),
            meters=tuple(_card(meter) for meter in self._meters()),
        )

    def _parts(self) -> dict[str, Bus]:
        return {f"link {bus.settings.id}": bus for bus in self._buses}

    def _new_schedule(self) -> Schedule:
        schedule = Schedule(self._network_clock, self.progress, self._counts.note)
        every = self.settings.poll
        for part, bus in self._parts().items():
            work = partial(self._poll, bus)
            within_s = max(_within_s(bus.settings.host), bus.longest_request_s())
            schedule.add(part, work, every.every_s, every.align_s, within_s=within_s)
        commit_every_s = self.settings.outbox.commit_every_s
        schedule.add(_COMMIT, self.commit, commit_every_s, within_s=WITHIN_S)
        return schedule

    def _forward_loop(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(FORWARD_EVERY_S)
            self._news.clear()
            # Opening a connection may wait for name servers; nothing else here takes long.
            within_s = WITHIN_S if self._uplink.connected else NAMES_WITHIN_S
            self.progress.expect(_FORWARD, within_s)
            try:
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
        self._counts.note(_FORWARD, str(error))
        log.critical("forwarding has ended: %s", error)
        self._stopping.set()

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


def _outbox_path(settings: AgentSettings) -> Path:
    return settings.agent.state_dir / "outbox.sqlite"


def _outbox(settings: AgentSettings, clock: Clock) -> Outbox:
    bounds = settings.outbox
    return Outbox(
        _outbox_path(settings),
        max_mb=bounds.max_mb,
        max_days=bounds.max_days,
        clock=clock,
        wait_s=settings.clock.wait_s,
    )


def _unknown() -> ClockState:
    return "unknown"


def _software() -> str:
    return f"mieruka {version('mieruka')}"


def _pace(settings: AgentSettings) -> Pace:
    delivery = settings.delivery
    return Pace(delivery.backlog_readings_per_s, delivery.backlog_jitter_s, random.Random())


def _within_s(host: str) -> float:
    """How long opening a line to ``host`` may take at most, "" being none to look up."""
    try:
        ip_address(host or "127.0.0.1")
    except ValueError:
        return NAMES_WITHIN_S
    return WITHIN_S


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
