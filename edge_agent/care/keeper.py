"""Settings pushed from afar: looked at, put in place, on trial, and kept or taken back.

What is under way is in the journal before it is done, so that the end of the process at any point
leaves the old settings or the new ones, and the next start goes on (``resume``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from edge_agent.care.crash_points import crash_point
from edge_agent.care.journal import Journal, JournalFile, decided
from edge_agent.care.plant import Plant
from edge_agent.care.proof import Expected, Seen, fails, holds
from edge_agent.care.pushed import Pushed, means_the_same, part_digest, pushed_in, whole_text
from edge_agent.care.resume import FOLDER, digest_of, take_back
from edge_agent.care.told import Told, fault, short_text
from edge_agent.clock import Clock, SystemClock
from edge_agent.contract.care import Ask, ConfigState, Decision, settings_digest
from edge_agent.contract.wire import ClockState
from edge_agent.errors import AgentError, ConfigError, RetryLaterError, StopError
from edge_agent.outbox import clock_state
from edge_agent.words import joined, said

log = logging.getLogger(__name__)
FRESH_POLLS, FRESH_S, RECEIPT_FRESH_S = 3, 60.0, 600.0
"""A meter answers that did so within three of its polls or a minute; a receipt is as fresh as ten
minutes: a collector may be restarted."""
RETRY_S = 10.0


class Keeper:
    """One for the process; it outlives starts of the agent. Any thread may call it."""

    def __init__(
        self,
        plant: Plant,
        clock: Clock | None = None,
        state_of_clock: Callable[[], ClockState] = clock_state,
    ) -> None:
        self._plant, self._clock = plant, clock or SystemClock()
        self._state_of_clock = state_of_clock
        self._file = JournalFile(plant.settings().agent.state_dir / FOLDER)
        self._journal = self._file.load()
        self._lock = threading.RLock()
        self._since_s: float | None = None
        self._retry_s = 0.0
        self._told = ""
        self.changes = 0
        """Counts decisions and trials: each is news for the collector."""

    @property
    def path(self) -> Path:
        """The settings file."""
        return self._plant.path

    def state(self) -> ConfigState:
        """Which pushed settings the agent runs with."""
        with self._lock:
            journal, digest = self._journal, part_digest(self.path)
            return ConfigState(
                agent=self._plant.settings().agent.id,
                at_ms=self._clock.now_ms(),
                version=journal.version,
                digest=journal.digest,
                part_digest=digest,
                drifted=self._drifted(digest),
                on_trial=journal.trial_version if journal.phase else 0,
                newest=journal.newest,
                decision=journal.decision,
                reason=short_text(journal.reason),
            )

    def push(self, ask: Ask) -> Told:
        """Take the settings in the message over, on trial. Raises ``StopError``: no settings.

        Raises ``RetryLaterError`` while the agent starts anew, and when its disk refuses.
        """
        pushed = pushed_in(ask)
        with self._lock:
            told = self._under_way(pushed) or self._settled(pushed)
            try:
                return told or self._held_back(pushed) or self._take(pushed)
            except OSError as error:
                raise _no_room(error) from error

    def look(self) -> None:
        """Judge the trial, when there is one. To be called about twice a second."""
        with self._lock:
            if not self._journal.phase or self._clock.monotonic_s() < self._retry_s:
                return
            if self._plant.starting():
                self._since_s = None
                return
            try:
                self._judge()
            except (OSError, ValueError, AgentError) as error:
                self._retry_s = self._clock.monotonic_s() + RETRY_S
                self._tell(error)

    # A push.

    def _under_way(self, pushed: Pushed) -> Told | None:
        journal = self._journal
        if not journal.phase:
            return None
        if (pushed.version, pushed.digest) == (journal.trial_version, journal.trial_digest):
            return Told("accepted", said("version {n} is on trial", n=pushed.version))
        what = said("version {n} is on trial", n=journal.trial_version)
        return Told("failed", what, said("it is tried again when the trial is over"))

    def _settled(self, pushed: Pushed) -> Told | None:
        """What was decided about this version before."""
        journal, this = self._journal, (pushed.version, pushed.digest)
        if this == (journal.version, journal.digest) and not self._drifted():
            return Told("done", said("version {n} is in use", n=pushed.version))
        if this == (journal.newest, journal.newest_digest) and journal.decision != "in-use":
            return Told("refused", journal.reason, said("push other settings as a new version"))
        newest = max(journal.newest, journal.version)
        if pushed.version <= newest and this != (journal.version, journal.digest):
            what = said("version {n} is not above {newest}", n=pushed.version, newest=newest)
            return Told("refused", what, said("push it as a new version"))
        return None

    def _held_back(self, pushed: Pushed) -> Told | None:
        if self._plant.starting():
            return Told("failed", said("the agent starts anew"), said("it is tried again soon"))
        if not self._drifted() or pushed.over_local:
            return None
        what = said(
            "the settings were changed at the plant since version {n}", n=self._journal.version
        )
        hint = said("look at them first; push with --over-local-changes to replace them")
        return self._refuse(pushed, StopError(what, hint))

    def _take(self, pushed: Pushed) -> Told:
        begun = self._begun(pushed)
        try:
            text = whole_text(self.path, pushed)
            if means_the_same(text, self.path):
                self._save(decided(begun, "in-use", part_digest=part_digest(self.path)))
                return Told("done", said("the settings are the same as before"))
            begun = replace(begun, trial_file_digest=settings_digest(text))
            backup = self._replaced(begun, text)
        except (ConfigError, StopError) as error:
            return self._refuse(pushed, error)
        self._save(replace(begun, phase="trial"))
        crash_point("trial")
        self._since_s, self._told = None, ""
        log.warning(said("settings version {n} from afar are on trial", n=pushed.version))
        self._plant.start_anew(backup)
        return Told("accepted", said("version {n} is on trial", n=pushed.version))

    def _replaced(self, begun: Journal, text: str) -> Path:
        from edge_agent import settings_file

        def noted() -> None:
            self._file.keep_before(self.path.read_bytes().decode("utf-8"))
            crash_point("kept")
            self._save(begun)
            crash_point("noted")

        backup = settings_file.put(self.path, text, noted)
        crash_point("replaced")
        return backup

    def _begun(self, pushed: Pushed) -> Journal:
        expected = self._expected()
        return replace(
            self._journal,
            phase="placing",
            trial_version=pushed.version,
            trial_digest=pushed.digest,
            before_digest=digest_of(self.path),
            meters=tuple(sorted(expected.meters)),
            receipts=expected.receipts,
            starts=0,
        )

    def _refuse(self, pushed: Pushed, error: StopError) -> Told:
        faults = list(map(str, error.faults)) if isinstance(error, ConfigError) else []
        reason = joined("; ", faults) if faults else error.message
        trial: dict[str, Any] = {
            "trial_version": pushed.version,
            "trial_digest": pushed.digest,
        }
        self._save(decided(replace(self._journal, **trial), "refused", reason[:2_000]))
        told = fault(error)
        return replace(told, message=reason, body={"faults": faults} if faults else {})

    # A trial.

    def _judge(self) -> None:
        journal = self._journal
        if journal.phase == "going-back":
            self._go_back(journal.reason)
            return
        digest = digest_of(self.path)
        if digest != journal.trial_file_digest:
            self._decide("rolled-back", self._left_behind(digest))
            return
        expected, seen = Expected(frozenset(journal.meters), journal.receipts), self._seen()
        trial_s = self._plant.settings().care.trial_s
        if reason := fails(expected, seen, trial_s):
            self._go_back(reason)
        elif holds(expected, seen, trial_s):
            self._decide("in-use")

    def _go_back(self, reason: str) -> None:
        self._save(replace(self._journal, phase="going-back", reason=str(reason)))
        take_back(self.path, self._file)
        self._decide("rolled-back", reason)
        self._plant.start_anew(None)

    def _left_behind(self, digest: str) -> str:
        """Why the file is not that of the trial any more."""
        if digest == self._journal.before_digest:
            return self._plant.start_fault() or said("the agent did not run with them")
        return said("somebody at the plant changed the settings during the trial")

    def _decide(self, decision: Decision, reason: str = "") -> None:
        version = self._journal.trial_version
        self._save(decided(self._journal, decision, reason, part_digest(self.path)))
        self._file.forget_before()
        if decision == "in-use":
            log.info(said("settings version {n} from afar are in use", n=version))
        else:
            text = said("settings version {n} were taken back: {reason}", n=version, reason=reason)
            log.error(text)

    def _save(self, journal: Journal) -> None:
        self._file.save(journal)
        self._journal = journal
        self.changes += 1

    def _tell(self, error: Exception) -> None:
        if str(error) != self._told:
            self._told = str(error)
            log.error(said("the trial of settings cannot go on: {error}", error=str(error)))

    # What is seen of the plant.

    def _drifted(self, digest: str | None = None) -> bool:
        journal = self._journal
        if not journal.version or journal.phase:
            return False
        return (part_digest(self.path) if digest is None else digest) != journal.part_digest

    def _expected(self) -> Expected:
        settings, now_ms = self._plant.settings(), self._clock.now_ms()
        latest = self._plant.latest()
        answered = set()
        for row in settings.meters:
            fresh_s = max(FRESH_POLLS * (row.every_s or settings.poll.every_s), FRESH_S)
            reading = latest.get(row.id)
            if reading is not None and now_ms - reading.at_ms <= fresh_s * 1000:
                answered.add(row.id)
        stored = [self._plant.stored_up_to(row.id) for row in settings.meters]
        receipts = any(s is not None and now_ms - s <= RECEIPT_FRESH_S * 1000 for s in stored)
        # A start holds readings anew for a right clock: no receipt can be expected then.
        held = self._state_of_clock() == "unsynchronised" and settings.clock.wait_s > 0
        return Expected(frozenset(answered), receipts and not held)

    def _seen(self) -> Seen:
        now_s = self._clock.monotonic_s()
        if self._since_s is None:
            self._since_s = now_s
        rows = [row.id for row in self._plant.settings().meters]
        receipts = any(self._plant.stored_up_to(row) is not None for row in rows)
        return Seen(rows, self._plant.latest(), receipts, now_s - self._since_s)


def _no_room(error: OSError) -> RetryLaterError:
    reason = error.strerror or str(error)
    what = said("the journal of pushed settings cannot be kept: {reason}", reason=reason)
    return RetryLaterError(what, said("free space on that disk"))
