"""One pass over every organisation: look, compute the steps, then print or carry them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector.boards.carry_out import Carrier
from collector.boards.connection import Grafana
from collector.boards.found import Found, look
from collector.boards.opening import Opened, opened
from collector.boards.places import Place, places
from collector.boards.record import Record
from collector.boards.removal import Standing, removal
from collector.boards.report import BoardsReport, Log
from collector.boards.sources import DataSource
from collector.boards.standing import standing
from collector.boards.step import Step
from collector.boards.steps import no_longer_wanted, steps
from collector.boards.wanted import Wanted, only, only_access, wanted_at
from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.errors import StopError
from collector.state import FILE_NAME, open_state
from collector.state.grafana_access import Grant

RECORD_FILE = "boards.json"


@dataclass(frozen=True, slots=True)
class _At:
    """One opened place with all that a pass needs there."""

    place: Place
    open: Opened
    wanted: Wanted
    record: Record

    def look(self) -> Found:
        organisation = self.open.organisation
        if organisation is None:  # not made yet: nothing is in it
            return Found(major=self.open.major)
        return look(self.open.grafana, self.wanted, self.open.major, organisation)


def plan(
    settings: CollectorSettings,
    *,
    replace: bool = False,
    uids: Sequence[str] = (),
    access_only: bool = False,
    clock: Clock | None = None,
) -> BoardsReport:
    """Every step that ``apply`` would do with the same arguments; writes nothing anywhere.

    Raises as ``apply`` does.
    """
    log = Log()

    def one(at: _At) -> None:
        log.planned(_steps(at, replace, whole=not uids and not access_only))

    _everywhere(settings, log, one, _narrowed(settings, uids, access_only, clock))
    return log.report()


def apply(
    settings: CollectorSettings,
    *,
    replace: bool = False,
    uids: Sequence[str] = (),
    access_only: bool = False,
    clock: Clock | None = None,
) -> BoardsReport:
    """Bring Grafana to what the settings say; see the package for what is left alone.

    ``replace`` writes over what was changed by hand, ``uids`` narrows it to some boards or groups
    of rules, ``access_only`` to who may look. Raises ``StopError`` when a person must act
    (settings, credentials, rights), ``RetryLaterError`` when Grafana is away; what was written
    until then is remembered and the next run goes on from there.
    """
    log = Log()

    def one(at: _At) -> None:
        carrier = Carrier(at.open.grafana, at.record)
        for step in _steps(at, replace, whole=not uids and not access_only):
            log.done(carrier.carry_out(step))
        for source in at.wanted.sources:
            _check_source(at.open.grafana, source, log)

    _everywhere(settings, log, one, _narrowed(settings, uids, access_only, clock))
    return log.report()


def remove(
    settings: CollectorSettings, *, uids: Sequence[str] = (), dry: bool = False
) -> BoardsReport:
    """Take away what the record says is ours and nobody changed; ``dry`` only tells.

    Raises as ``apply`` does, and ``StopError`` for a uid that the record does not hold.
    """
    log, known = Log(), set[str]()

    def one(at: _At) -> None:
        if at.open.organisation is None:
            return
        notes = at.record.notes
        known.update(name.partition(":")[2] for name in notes)
        listed = removal(notes, _standing(at), uids)
        carrier = Carrier(at.open.grafana, at.record)
        if dry:
            log.planned(listed)
        for step in () if dry else listed:
            log.done(carrier.carry_out(step))

    _everywhere(settings, log, one, _narrowed(settings, (), False, None))
    unknown = [uid for uid in uids if uid not in known]
    if unknown:
        hint = f"ours are: {', '.join(sorted(known)) or 'none'}"
        raise StopError(f"we made nothing called {', '.join(unknown)}", hint)
    return log.report()


def _standing(at: _At) -> Standing:
    return standing(at.open.grafana, at.record.notes, at.wanted, at.place.grafana.username)


def _steps(at: _At, replace: bool, whole: bool) -> list[Step]:
    notes = at.record.notes
    listed = steps(at.place, at.wanted, at.look(), notes, replace=replace)
    return [*listed, *(no_longer_wanted(at.wanted, notes) if whole else ())]


@dataclass(frozen=True, slots=True)
class _Asked:
    grants: Sequence[Grant]
    now_ms: int
    narrow: Callable[[list[Wanted]], list[Wanted]]


def _narrowed(
    settings: CollectorSettings, uids: Sequence[str], access_only: bool, clock: Clock | None
) -> _Asked:
    now_ms = (clock or SystemClock()).now_ms()

    def narrow(listed: list[Wanted]) -> list[Wanted]:
        if access_only:
            return [only_access(one) for one in listed]
        return only(listed, uids) if uids else listed

    places(settings)  # its faults come before any file is made
    return _Asked(grants_of(settings), now_ms, narrow)


def grants_of(settings: CollectorSettings) -> Sequence[Grant]:
    """Every access ever given, out of the collector's state; none where there is no state yet."""
    if not (settings.collector.state_dir / FILE_NAME).exists():
        return ()
    state = open_state(settings.collector.state_dir)
    try:
        return state.grafana_access.list()
    finally:
        state.database.close()


def _everywhere(
    settings: CollectorSettings, log: Log, one: Callable[[_At], None], asked: _Asked
) -> None:
    here = places(settings)
    wanted = asked.narrow([wanted_at(place, asked.grants, asked.now_ms) for place in here])
    path = settings.collector.state_dir / RECORD_FILE
    known: dict[int, str] = {}
    for place, at_place in zip(here, wanted, strict=True):
        with opened(place, known) as open_:
            where = f" in {place.tenant}" if place.tenant else ""
            log.lines.append(f"Grafana {open_.version} at {place.grafana.url}{where}")
            log.lines += [line for line in place.warnings if line not in log.lines]
            one(_At(place, open_, at_place, Record.load(path, place.key)))


def _check_source(grafana: Grafana, source: DataSource, log: Log) -> None:
    fault = grafana.health(source.uid)
    if fault:
        log.unhealthy.append(source.uid)
        hint = f"Grafana itself must reach {source.url} and its token must read {source.bucket}"
        log.lines.append(f"unhealthy: {source.uid}: {fault} ({hint})")
    else:
        log.lines.append(f"healthy: {source.uid}")
