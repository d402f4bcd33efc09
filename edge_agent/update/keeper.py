"""One update at a time, in a thread of its own: polling and sending go on meanwhile.

The collector asks the same again until it hears the end; whatever ends the process, the next one
goes on from what the disk says.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from edge_agent.clock import Clock
from edge_agent.config import AgentSettings
from edge_agent.errors import AgentError, RetryLaterError, StopError
from edge_agent.packages.keys import trusted_in
from edge_agent.packages.manifest import PackageError
from edge_agent.update.fetch import Part, fetched
from edge_agent.update.handed import is_waiting, outcome_in
from edge_agent.update.kinds import Case, use
from edge_agent.update.parts import part_of
from edge_agent.update.standing import Standing, StandingFile, Wish
from edge_agent.words import said

log = logging.getLogger(__name__)
FOLDER = "update"
TAKEN_WITHIN_MS = 30 * 60_000
"""Root's helper takes a package within a minute, and watches a new version for as long again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agent's updates are: its settings and their file, its program's version."""

    settings: Callable[[], AgentSettings]
    path: Path
    version: str

    @property
    def folder(self) -> Path:
        """Where packages and their standing are kept."""
        return self.settings().agent.state_dir / FOLDER


class Updates:
    """The updates of one agent. Any thread may call it; ``part`` is for tests."""

    def __init__(self, place: Place, clock: Clock, part: Part | None = None) -> None:
        self._place, self._clock, self._part = place, clock, part
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None
        self._stopped = threading.Event()

    def take(self, wish: Wish) -> Standing:
        """See that the package is used, and tell how it stands now.

        Raises ``StopError`` where updates are not possible at all, ``RetryLaterError`` while
        another one is under way or the disk refuses.
        """
        settings = self._place.settings()
        trusted_or_stop(settings)
        if self._part is None and not settings.fleet.url:
            hint = said("enrol this agent: collector fleet enrol")
            raise StopError(said("this agent knows no fleet server to fetch from"), hint)
        with self._lock:
            before = self._file.load()
            standing = self._looked_at(before)
            news = standing != before
            if standing.is_of(wish) and (news or standing.phase in ("handed", "done")):
                return standing
            if self._worker is not None and self._worker.is_alive():
                if standing.is_of(wish):
                    return standing
                what = said("another package is being fetched: {name}", name=standing.package)
                raise RetryLaterError(what, said("it is tried again"))
            return self._begin(wish, standing)

    def close(self) -> None:
        """Fetch nothing more; what has come stays."""
        self._stopped.set()

    def wait(self, within_s: float) -> None:
        """Wait until nothing is under way."""
        worker = self._worker
        if worker is not None:
            worker.join(within_s)

    def _begin(self, wish: Wish, before: Standing) -> Standing:
        if before.is_of(wish) and before.phase == "failed":
            self._save(Standing())  # asked for anew: what failed may have been mended
        now_ms = self._clock.now_ms()
        begun = Standing(wish.package, wish.sha256, wish.length, "fetching", since_ms=now_ms)
        self._save(begun)
        self._worker = threading.Thread(
            target=self._work, args=(wish, begun), name="update", daemon=True
        )
        self._worker.start()
        return begun

    def _work(self, wish: Wish, begun: Standing) -> None:
        try:
            ended = self._ended(wish, begun)
        except (AgentError, PackageError) as error:
            hint = getattr(error, "hint", "")
            message = getattr(error, "message", str(error))
            ended = replace(begun, phase="failed", reason=f"{message} ({hint})"[:2_000])
            log.error(said("the update failed: {reason}", reason=ended.reason))
        except OSError as error:
            ended = replace(begun, phase="failed", reason=error.strerror or str(error))
            log.error(said("the update failed: {reason}", reason=ended.reason))
        with self._lock:
            if self._file.load().is_of(wish):
                self._file.save(replace(ended, since_ms=self._clock.now_ms()))

    def _ended(self, wish: Wish, begun: Standing) -> Standing:
        settings = self._place.settings()
        part = self._part or part_of(settings)
        package = fetched(wish, self._place.folder, part, self._stopped.wait)
        if package is None:
            return begun
        case = Case(
            *(package, trusted_or_stop(settings), self._place.version, self._place.folder),
            self._place.path.resolve().parent,
        )
        phase, version = use(case)
        if phase == "handed":
            log.warning(said("package {name} is here, and handed to root", name=wish.package))
        else:
            log.warning(said("package {name} is here, and in its place", name=wish.package))
        return replace(begun, phase=phase, version=version)

    @property
    def _file(self) -> StandingFile:
        return StandingFile(self._place.folder)

    def _looked_at(self, standing: Standing) -> Standing:
        """The standing, with what root's helper has said since."""
        if standing.phase != "handed":
            return standing
        ended = self._helpers_word(standing)
        if ended != standing:
            self._save(ended)
        return ended

    def _helpers_word(self, standing: Standing) -> Standing:
        outcome = outcome_in(self._place.folder)
        if outcome is not None and outcome.sha256 == standing.sha256:
            if outcome.well and self._place.version == standing.version:
                return replace(standing, phase="done")
            if not outcome.well:
                return replace(standing, phase="failed", reason=outcome.reason)
        if self._clock.now_ms() - standing.since_ms > TAKEN_WITHIN_MS:
            waits = is_waiting(self._place.folder)
            reason = (
                said("nobody installs packages here; systemctl enable --now mieruka-update.path")
                if waits
                else said("the new version did not come up in time")
            )
            return replace(standing, phase="failed", reason=str(reason))
        return standing

    def _save(self, standing: Standing) -> None:
        try:
            self._file.save(standing)
        except OSError as error:
            reason = error.strerror or str(error)
            what = said("the standing of updates cannot be kept: {reason}", reason=reason)
            raise RetryLaterError(what, said("free space on that disk")) from error


def trusted_or_stop(settings: AgentSettings) -> tuple[str, ...]:
    """The keys that are believed. Raises ``StopError`` without any."""
    try:
        return trusted_in(settings.update.keys_file)
    except PackageError as error:
        hint = said("put the maker's public key into a file, and name it as [update] keys_file")
        raise StopError(str(error), hint) from error
