"""The collector's wiring: settings in, threads out.

`ingest` runs in one thread of its own, `summarise` and the rounds of `delivery` on a schedule;
they meet only in the store and in the durable list of windows to recompute, so that each may fail
alone. Each part says when it has got a step further; who is silent for too long is stuck.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import date

from collector import ingest, marking, summarise
from collector.care.station import EVERY_S as CARE_EVERY_S
from collector.care.station import CareStation
from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.delivery.counted import Member
from collector.delivery.lending import Lending
from collector.delivery.rounds import DeliveryRounds
from collector.delivery.silence import Heartbeat
from collector.errors import CollectorError, ConfigError, RetryLaterError
from collector.figures import again, live, station
from collector.figures.station import FiguresReport
from collector.ingest import Conveyor, IngestReport
from collector.inlet.opened import group_of, open_inlet
from collector.rollup.periods import Window
from collector.schedule import Schedule
from collector.site_config import SiteSettings
from collector.site_faults import faults_between_sections
from collector.state import CollectorState, open_state
from collector.storage import open_stores
from collector.storage.port import ReadingStore
from collector.summarise import SummariseReport
from collector.summarise.evidence import Evidence
from collector.summarise.library import library_of
from collector.summarise.rebook import RebookReport, rebook
from collector.update.station import UpdateStation
from collector.vitals.counts import Counts, link_of
from collector.vitals.status import CollectorStatus
from collector.vitals.watched import watched
from collector.voice import Voice
from edge_agent.process.progress import Progress

LONGEST_PAUSE_S = 30.0
WATCH_EVERY_S = 60.0
DEMAND_EVERY_S, FIGURES_EVERY_S = 60.0, 300.0
INGEST, NETWORK, SUMMARISE, WATCH = "ingest", "network", "summarise", "watch"
FIGURES, DEMAND, CARE = "figures", "demand", "care"
INGEST_WITHIN_S = 50.0
"""A batch is stored within this time, or the store has said that it is away."""
NETWORK_WITHIN_S = 150.0
"""The longest pause between two attempts to connect, and what an attempt may take."""
STEP_WITHIN_S = 300.0
"""A scheduled job comes from one call of the store to the next within this time ..."""
STEP_WITHIN_S_A_DAY = 10.0
"""... and so much more for each day of the longest window that it adds up."""
DAY_MS = 86_400_000
_NOT_DONE = {
    SUMMARISE: "totals not brought up to date",
    WATCH: "meters and holes not looked at",
    FIGURES: "figures of boards not brought up to date",
    DEMAND: "demand of this minute not looked at",
    CARE: "questions to agents not looked at",
}
log = logging.getLogger(__name__)


class Collector:
    """One collector: made from its settings, driven by steps or by its own threads.

    ``ingest_once`` and ``summarise_once`` work without ``start``; the inlet connects at the first
    of them. Raises ``StopError`` when state or store can never work as they are set.
    """

    def __init__(self, settings: CollectorSettings, clock: Clock | None = None) -> None:
        _require_sound(settings)
        self.settings = settings
        self._clock = clock or SystemClock()
        self._inlet = open_inlet(settings)
        self.state: CollectorState = open_state(settings.collector.state_dir)
        try:
            self.store: ReadingStore = open_stores(settings)
            self.library = library_of(settings)
        except CollectorError:
            self.state.database.close()
            raise
        self.evidence = _evidence_of(self.state)
        self.progress = Progress()
        """Which parts move: nothing is expected of any before ``start``."""
        self._lending = Lending(settings.delivery.backlog_readings_per_s, self._inlet.send_credit)
        self._ratings = _ratings(settings.sites)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._schedule: Schedule | None = None
        self._summarising, self._figuring = threading.Lock(), threading.Lock()
        self._summarised_s = time.monotonic()
        self._stepped_ms, self._turned_s = self._clock.now_ms(), 0.0
        self._rounds = self._make_rounds()
        self._care, self._updates = self._make_care()
        self._checking = threading.Lock()
        self._checked = self._store_ok = False
        self._counts = Counts(time.monotonic())
        self._voice = Voice()
        self.failure = ""
        """Why the ingest thread has ended by itself; empty while it is well."""

    def _make_care(self) -> tuple[CareStation, UpdateStation]:
        care = CareStation(self.state, self._inlet.put_question, self._clock)
        return care, UpdateStation(self.state, self._clock)

    def _make_rounds(self) -> DeliveryRounds:
        member = Member(self.settings.collector.id, group_of(self.settings))
        store = watched(self.store, lambda: self.progress.made(WATCH))
        return DeliveryRounds(
            *(store, self.state, self.settings.sites, self._inlet.ask_again),
            *(self._clock, member),
        )

    # Steps.

    def ingest_once(self, wait_s: float = 0.0) -> IngestReport:
        """Take, store and receipt one batch, waiting up to ``wait_s`` seconds for a message.

        A store that is away is told in the report's ``fault``; the batch is kept and taken again
        by the next call. Raises ``StopError`` when a person must act; nothing is lost then.
        """
        return self._ingest(lambda: self._take(self._inlet, wait_s))

    def _ingest(self, step: Callable[[], IngestReport]) -> IngestReport:
        self._inlet.start()
        try:
            self._check_store()
        except RetryLaterError as error:
            report = IngestReport(fault=str(error))
        else:
            report = step()
        self._stepped_ms = self._clock.now_ms()
        self.progress.made(INGEST)
        self._look_at_network()
        self._note(report)
        self._lending.note(report.backlog, time.monotonic())
        return report

    def _look_at_network(self) -> None:
        # With messages waiting it may rightly stand still: it waits for room in the queue.
        turned_s, self._turned_s = self._turned_s, self._inlet.turned_s
        if self._turned_s != turned_s or self._inlet.queued_messages:
            self.progress.made(NETWORK)

    def _take(self, source: ingest.Source, wait_s: float) -> IngestReport:
        return ingest.run_once(
            *(source, self.store, self.state, self._clock), ratings=self._ratings, wait_s=wait_s
        )

    def take_in(self, source: ingest.Source) -> IngestReport:
        """Take, judge and store one batch of messages that lie elsewhere than at the broker.

        Raises ``CollectorError`` when the store cannot be used at all; one that is away while
        it writes is told in the report's ``fault``.
        """
        self._check_store()
        return self._take(source, 0.0)

    def watch_once(self) -> None:
        """Look after meters, holes and completeness. Raises ``CollectorError``: tried again."""
        self._check_store()
        own = self.settings.collector.id
        beat = Heartbeat(own, self._inlet.connected, self._stepped_ms)
        for line in self._rounds.run(beat).lines:
            self._voice.say(line)

    def summarise_once(self) -> SummariseReport:
        """Bring all totals up to date. Raises ``CollectorError`` when that is not possible now."""
        self._check_store()
        with self._summarising:
            begun_s = time.monotonic()
            store = watched(self.store, lambda: self.progress.made(SUMMARISE))
            report = summarise.run_once(
                store,
                self.state.dirty,
                self.evidence,
                self.settings.sites,
                self.library,
                self._clock,
                self.state.stale_figures,
            )
            self._summarised_s = begun_s
        self._counts.add("summaries")
        for line in (*report.events, *report.notes):
            self._voice.say(line, logging.INFO)
        for fault in report.faults:
            self._voice.say(fault)
        return report

    def figures_once(self) -> FiguresReport:
        """Make the figures of all days whose totals changed. Raises ``CollectorError``: later."""
        self._check_store()
        store = watched(self.store, lambda: self.progress.made(FIGURES))
        with self._figuring:
            return station.run_once(
                *(store, self.state.stale_figures, self.settings.sites, self.library, self._clock)
            )

    def care_once(self) -> None:
        """Send what agents are asked, and note what came of it. Raises as the others."""
        for line in (*self._care.run_once().lines, *self._updates.run_once()):
            self._voice.say(line)

    def demand_once(self) -> int:
        """Write this minute's demand and agents; answers how many rows. Raises as the others."""
        self._check_store()
        store = watched(self.store, lambda: self.progress.made(DEMAND))
        return live.run_once(
            *(store, self.state, self.evidence, self.settings.sites, self.library, self._clock)
        )

    def mark(self, first: date | None, last: date | None) -> int:
        """Mark every reading of the configured sites from ``first`` to ``last`` for recomputing.

        Days are the site's own and both included; None leaves that side open. Answers the number
        of meters marked.
        """
        self._check_store()
        sites, days = self.settings.sites, (first, last)
        for site in sites:
            self._mark_figures(site, Window(*self.span_ms(site, *days)))
        return marking.mark(self.store, self.state.dirty, sites, days, self._clock)

    def span_ms(self, site: SiteSettings, first: date | None, last: date | None) -> tuple[int, int]:
        """Answer the instants (UTC ms, end excluded) of local days, open to the past and to now."""
        return marking.span_ms(site, first, last, self._clock)

    def rebook(
        self, site: SiteSettings, first: date | None, last: date | None, cost: bool = False
    ) -> RebookReport:
        """Book the CO2 (and cost) of a site's local days anew, from the energy that is stored.

        Raises ``CollectorError`` when that is not possible now.
        """
        self._check_store()
        span = Window(*self.span_ms(site, first, last))
        with self._summarising:
            report = rebook(self.store, self.evidence, site, self.library, span, cost)
            self._mark_figures(site, span)
        return report

    def _mark_figures(self, site: SiteSettings, span: Window) -> None:
        again.mark_again(self.store, self.state.stale_figures, site, span)

    # Threads.

    def start(self) -> None:
        """Ingest and summarise in the background until ``stop``. Idempotent."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self.failure = ""
        self._inlet.start()
        self.progress.expect(INGEST, INGEST_WITHIN_S)
        self.progress.expect(NETWORK, NETWORK_WITHIN_S)
        self._thread = threading.Thread(target=self._ingest_forever, name="ingest", daemon=True)
        self._thread.start()
        self._schedule = Schedule(self.progress, self._job_failed)
        every_s = self.settings.summarise.every_s
        self._schedule.add(SUMMARISE, self.summarise_once, every_s, self._longest_step_s)
        self._schedule.add(WATCH, self.watch_once, WATCH_EVERY_S, lambda: STEP_WITHIN_S)
        self._schedule.add(CARE, self.care_once, CARE_EVERY_S, lambda: STEP_WITHIN_S)
        self._schedule.add(DEMAND, self.demand_once, DEMAND_EVERY_S, lambda: STEP_WITHIN_S)
        self._schedule.add(FIGURES, self.figures_once, FIGURES_EVERY_S, lambda: STEP_WITHIN_S)
        self._schedule.start()

    def stop(self) -> None:
        """End the threads after their present batch, and the connection. Idempotent."""
        self._stopping.set()
        for part in (INGEST, NETWORK):
            self.progress.forget(part)
        schedule, self._schedule = self._schedule, None
        if schedule is not None:
            schedule.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self._inlet.stop()

    def close(self) -> None:
        """Stop, and give back store and state. Idempotent."""
        self.stop()
        self.store.close()
        self.state.database.close()

    def _ingest_forever(self) -> None:
        conveyor = Conveyor(
            *(self._inlet, self.store, self.state, self._clock), ratings=self._ratings
        )
        try:
            self._convey(conveyor)
        except CollectorError as error:
            self._ended(str(error))
            log.error("ingest has stopped, nothing is lost: %s", error)
        except Exception as error:
            self._ended(f"a fault in the program: {error!r}")
            log.exception("ingest has stopped, nothing is lost (please report this)")
        finally:
            conveyor.close()

    def _convey(self, conveyor: Conveyor) -> None:
        pause_s = 1.0
        while not self._stopping.is_set():
            if self._ingest(lambda: conveyor.step(wait_s=0.5)).fault:
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                pause_s = 1.0

    def _ended(self, reason: str) -> None:
        self.failure = self._voice.last_fault = reason

    def _longest_step_s(self) -> float:
        windows = self.state.dirty.pending()
        longest_ms = max((window.to_ms - window.from_ms for window in windows), default=0)
        return STEP_WITHIN_S + STEP_WITHIN_S_A_DAY * longest_ms / DAY_MS

    def _job_failed(self, part: str, error: Exception) -> None:
        if part == SUMMARISE:
            self._counts.add("summaries_failed")
        if isinstance(error, CollectorError):
            self._voice.say(f"{_NOT_DONE[part]}, tried again later: {error}")
            return
        self._voice.last_fault = f"{part}: {error!r}"
        log.error("%s (please report this)", _NOT_DONE[part], exc_info=error)

    # Counts.

    def status(self) -> CollectorStatus:
        """Tell how the collector is. Cheap enough for every second."""
        inlet, thread, newest = self._inlet, self._thread, self._rounds.newest
        agents, now_s = self.state.agents.all(), time.monotonic()
        return CollectorStatus(
            **self._counts.done(now_s),
            **link_of(inlet),
            dead_letters=self.state.dead_letters.count(),
            store_ok=self._store_ok,
            last_fault=("" if inlet.connected else inlet.last_fault) or self._voice.last_fault,
            ingest_running=thread is not None and thread.is_alive(),
            holes=newest.holes,
            agents=len(agents),
            agents_online=sum(agent.online for agent in agents),
            unsummarised_s=now_s - self._summarised_s if self.state.dirty.pending() else 0.0,
            meters=newest.silence.states,
            days=newest.days,
            credit=self._lending.rates(now_s),
        )

    def _check_store(self) -> None:
        with self._checking:
            if not self._checked:
                self.store.check()
                self._checked = self._store_ok = True

    def _note(self, report: IngestReport) -> None:
        self._counts.note(report, time.monotonic())
        for line in report.lines:
            self._voice.say(line)
        if report.fault:
            self._store_ok = False
            kept = "nothing can be stored now, all is kept and tried again"
            self._voice.say(f"{kept}: {report.fault}")
        elif report.messages and not self._store_ok:
            self._store_ok = True
            self._voice.well_again(f"the store is back: {report.readings_stored} readings stored")


def _evidence_of(state: CollectorState) -> Evidence:
    return Evidence(
        state.cards,
        state.rulings,
        state.identities,
        state.events,
        state.imports,
        state.usual_powers,
    )


def _require_sound(settings: CollectorSettings) -> None:
    faults = list(faults_between_sections(settings.sites))
    if faults:
        raise ConfigError(faults, "correct the settings, check again")


def _ratings(sites: tuple[SiteSettings, ...]) -> dict[tuple[str, str], float | None]:
    return {
        (site.id, meter.id): None if meter.rated_power_kw is None else meter.rated_power_kw * 1000
        for site in sites
        for meter in site.meters
    }
