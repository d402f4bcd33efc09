"""The agent's wiring: settings in, stations and their threads out.

One worker a link polls on the wall clock's marks, one commits the outbox, one forwards. They meet
only in the outbox, so each may fail or wait alone. Everything also works step by step, without
``start``, in the caller's thread and under the caller's clock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from edge_agent import built, forward, poll, vitals
from edge_agent.bus import Fault, LinkReport, Station, UnitStatistics
from edge_agent.clock import Clock, SystemClock
from edge_agent.config import AgentSettings, LinkSettings
from edge_agent.contract import topics
from edge_agent.contract.health import Health
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth, ClockState, encode_birth
from edge_agent.counts import Counts
from edge_agent.errors import AgentError, RetryLaterError, StopError
from edge_agent.forward import ForwardReport
from edge_agent.intake import Intake, Watcher
from edge_agent.lines import card_of
from edge_agent.meter_link import MeterLink, open_link
from edge_agent.onlookers import Onlookers
from edge_agent.outbox import clock_state
from edge_agent.outbox.facts import Facts, read_facts
from edge_agent.process.machine import machine
from edge_agent.process.metrics import Metric, build_metric, progress_metrics
from edge_agent.process.progress import Progress
from edge_agent.process.usage import usage, usage_metrics
from edge_agent.schedule import Schedule
from edge_agent.uplink import Uplink
from edge_agent.vitals import AgentStatus
from edge_agent.wiring.verdict import Judgement
from edge_agent.words import language_of, said

if TYPE_CHECKING:
    from edge_agent.care import Care

log = logging.getLogger(__name__)

FORWARD_EVERY_S = 1.0
"""The forward thread looks at least so often; news (a commit, a receipt) wakes it at once."""
HAND_OVER_S = 5.0
COUNTS_EVERY_S = 60.0
"""A reading of each meter carries so often how its unit answers; not in a replay."""
JOIN_S = 10.0
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

    ``progress`` tells which parts still move once it runs by itself; ``care`` answers questions
    from afar, of which none is heard without it.
    Raises ``StopError`` when a profile is missing or the outbox cannot be opened.
    """

    def __init__(
        self,
        settings: AgentSettings,
        clock: Clock | None = None,
        *,
        opener: poll.Opener = open_link,
        watchers: tuple[Watcher, ...] = (),
        care: Care | None = None,
    ) -> None:
        self.settings, self.language = settings, language_of(settings.agent.language)
        self.progress = Progress()
        self._clock = clock or SystemClock()
        self._network_clock = SystemClock()
        self._lines = built.lines(settings, opener, None if clock else COUNTS_EVERY_S)
        self._clock_state = clock_state if clock is None else _unknown
        self._outbox = built.outbox(settings, self._clock)
        self._pace = built.pace(settings) if clock is None else None
        self._news = threading.Event()
        number = self._outbox.next_connection
        self._uplink = Uplink(
            settings.mqtt, settings.agent.id, number=number, birth=self._birth, news=self._heard
        )
        self.onlookers = self._onlookers()
        self._intake = Intake(self._outbox, self._clock_state, (self.onlookers.take, *watchers))
        self._outbox.stored = self._intake.stored
        self._counts, self._care = Counts(), care
        if care is not None:
            care.news = self._news.set
        self._forwarding = threading.Lock()
        self._times_heard, self._heard_before_sent = 0, -1
        self._born_with: tuple[str, ...] = ()
        self._stopping = threading.Event()
        self._schedule: Schedule | None = None
        self._thread: threading.Thread | None = None
        self._failure: StopError | None = None
        for part, station in self._lines.parts().items():
            station.watch(partial(self.progress.made, part))
        self._made_s = self._connected_s = self._network_clock.monotonic_s()
        self._teller = vitals.Teller(self._made_s, self._counts.note)

    def poll_once(self) -> PollReport:
        """Read every link's due meters once, at the clock's now, in the caller's thread."""
        reports = [self._poll(station) for station in self._lines]
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
        if self._care is not None:
            self._care.serve(self._uplink)
        if report.messages:
            self._heard_before_sent = before
        if not report.connected or self._heard_before_sent != self._times_heard:
            self.progress.made(_UPLINK)
        if report.connected:
            self._connected_s = self._network_clock.monotonic_s()
            self._renew_birth()
            self.onlookers.send(self._uplink.announce)
            self._teller.tell(self._connected_s, self.report, self._uplink.tell)
        self._counts.forwarded(report, self._uplink.connection if report.connected else 0)
        self._counts.note("uplink", self._uplink.last_fault)
        return report

    def ask(self, link: str) -> MeterLink:
        """The line with that id, for requests of others: they take turns with polling."""
        return self._lines.ask(link)

    def take(self, link: str) -> AbstractContextManager[LinkSettings]:
        """Have the port of a link for oneself; polling on it pauses until the ``with`` is left.

        Raises ``StopError`` for an unknown link, ``LineLentError`` when another part has it.
        """
        return self._lines.take(link)

    def latest(self) -> Mapping[str, Reading]:
        """The newest values of each meter that has been read, by its id."""
        return self._intake.latest()

    def statistics(self) -> Mapping[str, UnitStatistics]:
        """How each meter's unit has answered since the start, by the meter's id."""
        return self._lines.statistics()

    def stored_up_to(self, meter: str) -> int | None:
        """The newest instant (ms) of a meter that the collector has; None as long as of none."""
        return self._intake.stored_up_to(meter)

    def standing(self) -> Mapping[str, Judgement]:
        """How each meter is wired by the newest judgement, by its id."""
        return self.onlookers.wiring()

    def start(self) -> None:
        """Begin to poll, commit and forward by threads of our own. Returns at once."""
        if self._schedule is not None:
            return
        self._stopping.clear()
        self._schedule = self._new_schedule()
        self.onlookers.start()
        self._schedule.start()
        self.progress.expect(_FORWARD, built.NAMES_WITHIN_S)
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
            for station in self._lines:
                station.halt()
            schedule.stop()
            self.onlookers.stop()
        for part in (*self._lines.parts(), _COMMIT, built.RENEWAL):
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
        now_s, connected = self._network_clock.monotonic_s(), self._uplink.connected
        return vitals.gathered(
            self._counts.tally(),
            self._outbox,
            self._uplink,
            self._lines,
            clock=self._clock_state(),
            polled_s=self._clock.monotonic_s(),
            uptime_s=now_s - self._made_s,
            away_s=0.0 if connected else now_s - self._connected_s,
        )

    def health(self) -> dict[str, Any]:
        """``condition`` in the agent's language, as ``/health`` tells it."""
        return vitals.in_words(self.condition(), self.language)

    def condition(self) -> dict[str, Any]:
        """``status`` as a person needs it, with the reasons why not all is well.

        Its texts can still be said in the language of whoever reads them.
        """
        parts = self.progress.standings()
        facts = {"agent": self.settings.agent.id, "software": _software()}
        told = vitals.health(self.status(), self._facts(), parts, self._clock.now_ms())
        told["notes"] += self.onlookers.notes()
        return facts | told | self.onlookers.health()

    def report(self) -> Health:
        """``status`` as the collector is told it each minute."""
        now_ms = self._clock.now_ms()
        return vitals.health_report(
            *(self.settings.agent.id, _software(), self.status(), self._facts()),
            *((machine(self.settings.agent.state_dir), usage()), now_ms),
            certificate_days=built.certificate_days(self.settings, now_ms),
            lines=tuple(vitals.line_reports(tuple(self._lines))),
            wiring=tuple(vitals.wiring_reports(self._lines.meters(), self.standing())),
        )

    def metrics(self) -> Iterator[Metric]:
        """``status`` as figures, with those of the process."""
        yield from vitals.metrics(self.status(), self._facts(), self._clock.now_ms())
        yield from self.onlookers.metrics(vitals.PREFIX)
        yield from progress_metrics(vitals.PREFIX, self.progress)
        yield from usage_metrics(vitals.PREFIX)
        yield build_metric(vitals.PREFIX)

    def close(self) -> None:
        """Stop when running, and let go of links, broker and outbox."""
        if self._schedule is not None:
            self.stop()
        with self._forwarding:
            self._uplink.close()
        for station in self._lines:
            station.close()
        self._outbox.close()

    def _onlookers(self) -> Onlookers:
        meters = self._lines.meters()
        return Onlookers(self.settings, meters, self._clock.now_ms)

    def _heard(self) -> None:
        """Called from paho's thread: something has come, an acknowledgement at least."""
        self._times_heard += 1
        self._news.set()

    def _facts(self) -> Facts:
        return read_facts(built.outbox_path(self.settings))

    def _poll(self, station: Station) -> LinkReport:
        report = built.run(station, self._intake, self._clock)
        self._counts.polled(report)
        return report

    def _keep_up(self, station: Station) -> None:
        """Poll until nothing is due: a line that is late does not wait for the next mark."""
        self._poll(station)
        while station.behind(self._clock.now_ms()) and not self._stopping.is_set():
            self._poll(station)

    def _renew_birth(self) -> None:
        """Announce the meters again when one of them has told another serial number."""
        if self._born_with != self._lines.serials():
            topic = topics.up(self.settings.agent.id, "birth")
            birth = encode_birth(self._birth(self._uplink.connection))
            if not self._uplink.announce(topic, birth):
                self._born_with = ()

    def _birth(self, connection: int) -> Birth:
        self._born_with = self._lines.serials()
        return Birth(
            agent=self.settings.agent.id,
            epoch=self._outbox.epoch,
            connection=connection,
            software=_software(),
            at_ms=self._clock.now_ms(),
            meters=tuple(card_of(meter) for meter in self._lines.meters()),
        )

    def _new_schedule(self) -> Schedule:
        schedule = Schedule(self._network_clock, self.progress, self._counts.note)
        align_s = self.settings.poll.align_s
        for part, station in self._lines.parts().items():
            station.begin()
            work = partial(self._keep_up, station)
            within_s = max(built.within_s(station.settings.host), station.longest_request_s())
            schedule.add(part, work, station.tick_s, align_s, within_s=within_s, paced=False)
        commit_every_s = self.settings.outbox.commit_every_s
        schedule.add(_COMMIT, self.commit, commit_every_s, within_s=built.WITHIN_S)
        built.add_renewal(schedule, self.settings, self._network_clock)
        return schedule

    def _forward_loop(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(FORWARD_EVERY_S)
            self._news.clear()
            # Opening a connection may wait for name servers; nothing else here takes long.
            within_s = built.WITHIN_S if self._uplink.connected else built.NAMES_WITHIN_S
            self.progress.expect(_FORWARD, within_s)
            try:
                self.forward_once()
            except RetryLaterError:
                self._stopping.wait(FORWARD_EVERY_S)
            except StopError as error:
                self._fail(error)
            except Exception as error:
                hint = said("a fault in the program: please report this line")
                self._fail(StopError(f"{type(error).__name__}: {error}", hint))
                log.debug("traceback of the fault above", exc_info=True)

    def _fail(self, error: StopError) -> None:
        self._failure = error
        self._counts.note(_FORWARD, error.told)
        log.critical(said("forwarding has ended: {fault}", fault=error.told))
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
            log.warning(said("what is left stays in the outbox: {fault}", fault=error.told))
        self._outbox.commit()


def _unknown() -> ClockState:
    return "unknown"


def _software() -> str:
    return f"mieruka {version('mieruka')}"
