"""Boards into Grafana: folders, data sources and boards by its HTTP API, as often as you like.

The last room of the walk; it runs on request (``collector boards``) and reads no data. A second
run changes nothing. What a user has changed by hand stays: a board is only ever written over the
version this collector wrote last, unless ``replace`` says otherwise, and it stays in the folder
it was moved to. One folder a site, one board a site, kind and language: a board's zone, fiscal
year, contract power and meters are then fixed facts of it, and a folder is what Grafana gives
permissions on. The boards' JSON comes out of the package ``grafana`` as data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from collector.boards.connection import ConflictError, Grafana
from collector.boards.record import Record, Written, digest
from collector.boards.shipped import board_texts
from collector.boards.sources import DataSource, data_sources
from collector.boards.stamp import Json, fitted_uid, stamped
from collector.config import CollectorSettings, GrafanaSettings
from collector.errors import StopError
from collector.site_config import SiteSettings

LEFT_HINT = "collector boards --replace writes over it"


@dataclass(slots=True)
class _Log:
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unhealthy: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def note(self, what: str, uid: str, why: str = "") -> None:
        getattr(self, what).append(uid)
        self.lines.append(f"{what}: {uid}{f' ({why})' if why else ''}")


@dataclass(frozen=True, slots=True)
class BoardsReport:
    """What a run did: uids by outcome, and one line each, in the order of the work.

    ``left`` holds what was not touched because somebody else keeps it (changed by hand, or
    provisioned from a file); ``unhealthy`` the data sources that Grafana cannot read.
    """

    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    left: tuple[str, ...]
    unhealthy: tuple[str, ...]
    lines: tuple[str, ...]


def apply(settings: CollectorSettings, *, replace: bool = False) -> BoardsReport:
    """Bring Grafana to what the settings say; see the module for what is left alone.

    ``replace`` writes our boards over versions changed by hand. Raises ``StopError`` when a
    person must act (settings, credentials, rights), ``RetryLaterError`` when Grafana is away;
    what was written until then is remembered and the next run goes on from there.
    """
    wanted = _wanted(settings)
    log = _Log()
    with Grafana(wanted) as grafana:
        log.lines.append(f"Grafana {grafana.version()} at {wanted.url}")
        record = Record.load(settings.collector.state_dir / "boards.json", wanted.url)
        sources = data_sources(settings.store)
        for source in sources:
            _place_source(grafana, record, source, log)
        for site in settings.sites:
            folder = _place_folder(grafana, site, log)
            for board in _boards_of(site, wanted):
                _Placing(grafana, record, log, replace).place(board, folder)
        for source in sources:
            _check_source(grafana, source, log)
    return _report(log)


def _wanted(settings: CollectorSettings) -> GrafanaSettings:
    if settings.grafana is None:
        raise StopError(
            "the settings name no Grafana",
            "add [grafana] with url and token_file to collector.toml",
        )
    if settings.store.kind != "influx":
        raise StopError(
            f"boards read InfluxDB, and the store is {settings.store.kind}",
            'set [store] kind = "influx"; without it, read the report page instead',
        )
    return settings.grafana


def _report(log: _Log) -> BoardsReport:
    return BoardsReport(
        created=tuple(log.created),
        updated=tuple(log.updated),
        unchanged=tuple(log.unchanged),
        left=tuple(log.left),
        unhealthy=tuple(log.unhealthy),
        lines=tuple(log.lines),
    )


def _boards_of(site: SiteSettings, wanted: GrafanaSettings) -> Iterator[Json]:
    for language in wanted.languages:
        for board in board_texts(language):
            yield stamped(board, site)


def _place_source(grafana: Grafana, record: Record, source: DataSource, log: _Log) -> None:
    found = grafana.get(f"/datasources/uid/{source.uid}")
    ours = digest(source.body)
    if found is None:
        grafana.post("/datasources", source.body)
        outcome = "created"
    elif found.get("readOnly"):
        log.note("left", source.uid, "provisioned from a file; change it there")
        return
    elif record.sources.get(source.uid) == ours:
        outcome = "unchanged"
    else:
        grafana.put(f"/datasources/uid/{source.uid}", source.body)
        outcome = "updated"
    record.sources[source.uid] = ours
    record.save()
    log.note(outcome, source.uid)


def _check_source(grafana: Grafana, source: DataSource, log: _Log) -> None:
    fault = grafana.health(source.uid)
    if fault:
        log.unhealthy.append(source.uid)
        hint = f"Grafana itself must reach {source.url} and its token must read {source.bucket}"
        log.lines.append(f"unhealthy: {source.uid}: {fault} ({hint})")
    else:
        log.lines.append(f"healthy: {source.uid}")


def _place_folder(grafana: Grafana, site: SiteSettings, log: _Log) -> str:
    uid = fitted_uid(f"mieruka-{site.id}")
    if grafana.get(f"/folders/{uid}") is not None:
        log.note("unchanged", uid)
        return uid
    try:
        grafana.post("/folders", {"uid": uid, "title": f"Mieruka {site.name}"})
    except ConflictError as error:
        raise StopError(
            f"Grafana refuses the folder of {site.id}: {error.message}",
            f'rename the other folder "Mieruka {site.name}", then run again',
        ) from error
    log.note("created", uid)
    return uid


@dataclass(frozen=True, slots=True)
class _Placing:
    grafana: Grafana
    record: Record
    log: _Log
    replace: bool

    def place(self, board: Json, folder: str) -> None:
        """Write one board, or leave it and say why."""
        uid = str(board["uid"])
        found = self.grafana.get(f"/dashboards/uid/{uid}")
        if found is None:
            self._write(board, folder, None)
        elif found["meta"].get("provisioned"):
            self.log.note("left", uid, "provisioned from a file; change it there")
        elif self._is_current(board, found["dashboard"]):
            self._remember(board, int(found["dashboard"]["version"]))
            self.log.note("unchanged", uid)
        elif self.replace or self._is_ours(uid, found["dashboard"]):
            where = str(found["meta"].get("folderUid") or "")
            self._write(board, where, int(found["dashboard"]["version"]))
        else:
            self.log.note("left", uid, f"changed in Grafana since we wrote it; {LEFT_HINT}")

    def _is_ours(self, uid: str, there: Json) -> bool:
        written = self.record.boards.get(uid)
        if written is None:
            return False
        # A board that was only moved has a new version and still our content.
        return written.version == there["version"] or written.sha256 == digest(_bare(there))

    def _is_current(self, board: Json, there: Json) -> bool:
        written = self.record.boards.get(str(board["uid"]))
        if written is not None and written.version == there["version"]:
            return written.sha256 == digest(board)
        # Without a record (a new state folder) equal content is taken over as ours.
        return _bare(there) == board

    def _write(self, board: Json, folder: str, version: int | None) -> None:
        uid = str(board["uid"])
        body = board if version is None else {**board, "version": version}
        # Without folderUid Grafana would move the board to its root; never `overwrite`.
        order = {"dashboard": body, "folderUid": folder, "overwrite": False, "message": "Mieruka"}
        try:
            answer = self.grafana.post("/dashboards/db", order)
        except ConflictError as error:
            self.log.note("left", uid, f"Grafana says: {error.message}; {error.hint}")
            return
        self._remember(board, int(answer["version"]))
        self.log.note("created" if version is None else "updated", uid)

    def _remember(self, board: Json, version: int) -> None:
        self.record.boards[str(board["uid"])] = Written(sha256=digest(board), version=version)
        self.record.save()


def _bare(board: Json) -> Json:
    """Take away what Grafana adds to a board it was given."""
    return {key: value for key, value in board.items() if key not in ("id", "version")}
