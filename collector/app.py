"""The collector's wiring: settings in, threads out.

`ingest` runs in one thread of its own, `summarise` on a schedule; they meet only in the store and
in the durable list of windows to recompute, so that either may fail alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from collector import ingest, summarise
from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.delivery.rounds import DeliveryRounds
from collector.delivery.silence import Heartbeat
from collector.errors import CollectorError, ConfigError, RetryLaterError
from collector.ingest import IngestReport
from collector.inlet import Inlet
from collector.rollup.periods import Window, midnight_ms
from collector.site_config import SiteSettings
from collector.site_faults import faults_between_sections
from collector.state import CollectorState, open_state
from collector.state.dirty import Mark
from collector.storage import open_store
from collector.storage.port import ReadingStore
from collector.summarise import SummariseReport
from collector.summarise.evidence import Evidence
from collector.summarise.library import library_of
from collector.summarise.rebook import RebookReport, rebook
from collector.summarise.series import IMPORT

SAY_AGAIN_S = 600.0
"""The same fault is said again after this time at the earliest."""
LONGEST_PAUSE_S = 30.0
WATCH_EVERY_S = 60.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CollectorStatus:
    """What the collector has done since it was made, and how it is now.

    ``dead_letters`` counts the different messages kept, over restarts too. ``last_fault`` is the
    newest fault, empty when there was none.
    """

    messages_received: int
    readings_stored: int
    readings_rejected: int
    dead_letters: int
    store_ok: bool
    connected: bool
    last_fault: str
    receipts_sent: int = 0
    gaps: int = 0
    store_faults: int = 0
    summaries: int = 0
    summaries_failed: int = 0
    connection_losses: int = 0
    ingest_running: bool = False


class Collector:
    """One collector: made from its settings, driven by steps or by its own threads.

    ``ingest_once`` and ``summarise_once`` work without ``start``; the inlet connects at the first
    of them. Raises ``StopError`` when state or store can never work as they are set.
    """

    def __init__(self, settings: CollectorSettings, clock: Clock | None = None) -> None:
        _require_sound(settings)
        self.settings = settings
        self._clock = clock or SystemClock()
        self.state: CollectorState = open_state(settings.collector.state_dir)
        try:
            self.store: ReadingStore = open_store(settings.store)
            self.library = library_of(settings)
        except CollectorError:
            self.state.database.close()
            raise
        self.evidence = _evidence_of(self.state)
        self._inlet = Inlet(settings.mqtt, settings.collector.id)
        self._ratings = _ratings(settings.sites)
        self._quantities = {(s.id, m.id): m.quantity for s in settings.sites for m in s.meters}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._scheduler: BackgroundScheduler | None = None
        self._summarising = threading.Lock()
        self._stepped_ms = self._clock.now_ms()
        self._rounds = DeliveryRounds(
            *(self.store, self.state, settings.sites, self._inlet.ask_again), self._clock
        )
        self._checking = threading.Lock()
        self._checked = False
        self._store_ok = False
        self._counts = Counter[str]()
        self._last_fault = ""
        self._said: dict[str, float] = {}
        self.failure = ""
        """Why the ingest thread has ended by itself; empty while it is well."""

    # Steps.

    def ingest_once(self, wait_s: float = 0.0) -> IngestReport:
        """Take, store and receipt one batch, waiting up to ``wait_s`` seconds for a message.

        A store that is away is told in the report's ``fault``; the batch is kept and taken again
        by the next call. Raises ``StopError`` when a person must act; nothing is lost then.
        """
        self._inlet.start()
        try:
            self._check_store()
        except RetryLaterError as error:
            report = IngestReport(fault=str(error))
        else:
            report = self._take(self._inlet, wait_s)
        self._stepped_ms = self._clock.now_ms()
        self._note(report)
        return report

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
        for line in self._rounds.run(Heartbeat(self._inlet.connected, self._stepped_ms)):
            self._say(line)

    def summarise_once(self) -> SummariseReport:
        """Bring all totals up to date. Raises ``CollectorError`` when that is not possible now."""
        self._check_store()
        with self._summarising:
            report = summarise.run_once(
                *(self.store, self.state.dirty, self.evidence),
                *(self.settings.sites, self.library, self._clock),
            )
        self._counts["summaries"] += 1
        for line in (*report.events, *report.notes):
            self._say(line, logging.INFO)
        for fault in report.faults:
            self._say(fault)
        return report

    def mark(self, first: date | None, last: date | None) -> int:
        """Mark every reading of the configured sites from ``first`` to ``last`` for recomputing.

        Days are the site's own and both included; None leaves that side open. Answers the number
        of meters marked.
        """
        self._check_store()
        meters = self.store.meters()
        marks = [
            mark
            for site in self.settings.sites
            for site_id, meter in meters
            if site_id == site.id
            and (mark := self._mark_of(site.id, meter, *self.span_ms(site, first, last)))
        ]
        self.state.dirty.mark_all(marks)
        return len(marks)

    def span_ms(self, site: SiteSettings, first: date | None, last: date | None) -> tuple[int, int]:
        """Answer the instants (UTC ms, end excluded) of local days, open to the past and to now."""
        end = last and last + timedelta(days=1)
        from_ms = midnight_ms(site.zone, first) if first else 0
        return from_ms, midnight_ms(site.zone, end) if end else self._clock.now_ms() + 1

    def _mark_of(self, site: str, meter: str, from_ms: int, to_ms: int) -> Mark | None:
        quantity = self._quantities.get((site, meter), IMPORT)
        oldest = self.store.first_from(site, meter, quantity, from_ms)
        newest = self.store.last_before(site, meter, quantity, to_ms)
        if oldest is None or newest is None or oldest[0] > newest[0]:
            return None
        return site, meter, oldest[0], newest[0] + 1

    def rebook(
        self, site: SiteSettings, first: date | None, last: date | None, cost: bool = False
    ) -> RebookReport:
        """Book the CO2 (and cost) of a site's local days anew, from the energy that is stored.

        Raises ``CollectorError`` when that is not possible now.
        """
        self._check_store()
        span = Window(*self.span_ms(site, first, last))
        with self._summarising:
            return rebook(self.store, self.evidence, site, self.library, span, cost)

    # Threads.

    def start(self) -> None:
        """Ingest and summarise in the background until ``stop``. Idempotent."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self.failure = ""
        self._inlet.start()
        self._thread = threading.Thread(target=self._ingest_forever, name="ingest", daemon=True)
        self._thread.start()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        for job, every_s in (
            (self._summarise_on_schedule, self.settings.summarise.every_s),
            (self._watch_on_schedule, WATCH_EVERY_S),
        ):
            self._scheduler.add_job(
                *(job, "interval"),
                seconds=every_s,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """End the threads after their present batch, and the connection. Idempotent."""
        self._stopping.set()
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)
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
        pause_s = 1.0
        try:
            while not self._stopping.is_set():
                if self.ingest_once(wait_s=0.5).fault:
                    self._stopping.wait(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                else:
                    pause_s = 1.0
        except CollectorError as error:
            self._ended(str(error))
            log.error("ingest has stopped, nothing is lost: %s", error)
        except Exception as error:
            self._ended(f"a fault in the program: {error!r}")
            log.exception("ingest has stopped, nothing is lost (please report this)")

    def _ended(self, reason: str) -> None:
        self.failure = self._last_fault = reason

    def _summarise_on_schedule(self) -> None:
        try:
            self.summarise_once()
        except CollectorError as error:
            self._counts["summaries_failed"] += 1
            self._say(f"totals not brought up to date, tried again later: {error}")
        except Exception as error:
            self._counts["summaries_failed"] += 1
            self._last_fault = f"summarise: {error!r}"
            log.exception("totals not brought up to date (please report this)")

    def _watch_on_schedule(self) -> None:
        try:
            self.watch_once()
        except CollectorError as error:
            self._say(f"meters and holes not looked at, tried again later: {error}")
        except Exception as error:
            self._last_fault = f"watch: {error!r}"
            log.exception("meters and holes not looked at (please report this)")

    # Words and counts.

    def status(self) -> CollectorStatus:
        """Tell how the collector is. Cheap enough for every second."""
        inlet, counts, thread = self._inlet, self._counts, self._thread
        return CollectorStatus(
            messages_received=counts["messages"],
            readings_stored=counts["stored"],
            readings_rejected=counts["rejected"],
            receipts_sent=counts["receipts"],
            gaps=counts["gaps"],
            store_faults=counts["store_faults"],
            summaries=counts["summaries"],
            summaries_failed=counts["summaries_failed"],
            dead_letters=self.state.dead_letters.count(),
            store_ok=self._store_ok,
            connected=inlet.connected,
            last_fault=("" if inlet.connected else inlet.last_fault) or self._last_fault,
            connection_losses=inlet.connection_losses,
            ingest_running=thread is not None and thread.is_alive(),
        )

    def _check_store(self) -> None:
        with self._checking:
            if not self._checked:
                self.store.check()
                self._checked = self._store_ok = True

    def _note(self, report: IngestReport) -> None:
        counts = self._counts
        counts.update(
            messages=report.messages,
            stored=report.readings_stored,
            rejected=report.readings_rejected,
            receipts=report.receipts,
            gaps=report.gaps,
        )
        for line in report.lines:
            self._say(line)
        if report.fault:
            counts["store_faults"] += 1
            self._store_ok = False
            self._say(f"nothing can be stored now, all is kept and tried again: {report.fault}")
        elif report.messages and not self._store_ok:
            self._store_ok = True
            self._said.clear()
            log.info("the store is back: %d readings stored", report.readings_stored)

    def _say(self, line: str, level: int = logging.WARNING) -> None:
        """Log a line, but not the same one in every batch."""
        if level >= logging.WARNING:
            self._last_fault = line
        now_s = time.monotonic()
        if now_s - self._said.get(line, -SAY_AGAIN_S) < SAY_AGAIN_S:
            return
        if len(self._said) > 1000:
            self._said.clear()
        self._said[line] = now_s
        log.log(level, "%s", line)


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
