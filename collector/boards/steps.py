"""From what is wanted, what is found and what we wrote last to a list of steps. Pure.

Plan and apply share this one pass, so they cannot differ. What a user changed by hand is left
and named, unless ``replace`` says otherwise; what is provisioned from a file is left even then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.boards.access_steps import member_steps, team_steps
from collector.boards.contact import refusal
from collector.boards.found import ALERTING, Found
from collector.boards.places import Place
from collector.boards.record import Note, digest, only_ours, same_where_ours
from collector.boards.rule_steps import group_step
from collector.boards.sources import SECRET, DataSource
from collector.boards.stamp import Json
from collector.boards.step import Call, Step
from collector.boards.wanted import Folder, PlacedBoard, Wanted

LEFT_HINT = "collector boards apply --replace writes over it"
FILE_HINT = "provisioned from a file; change it there"
_USERS: tuple[str, ...] = ("isDefault", "basicAuth", "withCredentials")
"""Settings of a data source that a PUT would take from the users."""
Notes = Mapping[str, Note]


def steps(
    place: Place, wanted: Wanted, found: Found, notes: Notes, *, replace: bool = False
) -> list[Step]:
    """Everything to be done, in an order in which each step finds what it needs."""
    listed: list[Step] = []
    if found.organisation is None:
        call = Call("POST", ("orgs",), {"name": place.tenant}, "organisation", "orgId")
        listed.append(Step("create", "organisation", place.tenant, calls=(call,)))
    listed += [_source(one, found, notes, replace) for one in wanted.sources]
    listed += [_folder(one, found, notes) for one in wanted.folders]
    listed += team_steps(wanted, found, notes)
    listed += member_steps(wanted, found, notes)
    listed += [_board(one, found, notes, replace) for one in wanted.boards]
    # Alerts last: an organisation just made is not ready for them, and nothing else waits for it.
    listed += _contact(place, wanted, found)
    listed += [group_step(one, wanted, found, notes, replace=replace) for one in wanted.groups]
    return listed


def no_longer_wanted(wanted: Wanted, notes: Notes) -> Iterator[Step]:
    """Boards and rules we once wrote that the settings no longer ask for: named, not touched."""
    names = {f"board:{one.uid}" for one in wanted.boards}
    names |= {f"rules:{one.uid}" for one in wanted.groups}
    for name in sorted(set(notes) - names):
        kind, _, uid = name.partition(":")
        why = f"no longer in the settings; collector boards remove --only {uid} takes it away"
        if kind == "board":
            yield Step("leave", "board", uid, why)
        elif kind == "rules":
            yield Step("leave", "rules", uid, why)


def _folder(folder: Folder, found: Found, notes: Notes) -> Step:
    note = Note(digest(folder.title))
    there = found.folders.get(folder.uid)
    if there is None:
        body = {"uid": folder.uid, "title": folder.title}
        hint = f'rename the other folder "{folder.title}", then run again'
        call = Call("POST", ("folders",), body)
        return Step("create", "folder", folder.uid, calls=(call,), note=note, hint=hint)
    adopted = f"folder:{folder.uid}" not in notes and there["title"] == folder.title
    return Step("keep", "folder", folder.uid, note=note if adopted else None)


def _source(source: DataSource, found: Found, notes: Notes, replace: bool) -> Step:
    uid, there, last = source.uid, found.sources.get(source.uid), notes.get(f"source:{source.uid}")
    note = Note(digest(source.shown), secret=digest(source.secret))
    if there is None:
        call = Call("POST", ("datasources",), source.body)
        hint = "rename the other data source, then run again"
        return Step("create", "source", uid, calls=(call,), note=note, hint=hint)
    if there.get("readOnly"):
        return Step("leave", "source", uid, FILE_HINT)
    here = only_ours(there, source.shown)
    if here == source.shown and last == note:
        return Step("keep", "source", uid)
    ours = here == source.shown or (last is not None and digest(here) == last.sha256)
    if not ours and not replace:
        return Step("leave", "source", uid, f"{_changed(here, source.shown)}; {LEFT_HINT}")
    call = Call("PUT", ("datasources", "uid", uid), _merged(there, source))
    return Step("update", "source", uid, calls=(call,), note=note)


def _changed(here: Json, wanted: Json) -> str:
    keys = [key for key in wanted if here.get(key) != wanted[key]]
    return f"{', '.join(keys)} not as we wrote it, changed by hand"


def _merged(there: Json, source: DataSource) -> Json:
    """Our settings over what stands there: a PUT replaces all, and the rest is the users'."""
    kept = {key: there[key] for key in _USERS if key in there}
    json_data = {**there.get("jsonData", {}), **source.body["jsonData"]}
    return {**kept, **source.body, "jsonData": json_data, SECRET: source.secret}


def _contact(place: Place, wanted: Wanted, found: Found) -> Iterator[Step]:
    body, settings = wanted.contact, place.grafana.contact
    if body is None or settings is None:
        return
    name = str(body["name"])
    if any(one["name"] == name for one in found.contacts):
        yield Step("keep", "contact", name, "made once, yours to change")
    elif why := refusal(settings, found.major):
        yield Step("leave", "contact", name, why)
    else:
        call = Call("POST", (ALERTING.strip("/"), "contact-points"), body)
        yield Step("create", "contact", name, calls=(call,), note=Note(digest(body)))


def _board(placed: PlacedBoard, found: Found, notes: Notes, replace: bool) -> Step:
    uid, board = placed.uid, placed.board
    there, last = found.boards.get(uid), notes.get(f"board:{uid}")
    if there is None:
        return Step(
            "create", "board", uid, calls=(_save(board, placed.folder, None),), note=_as(board)
        )
    if there["meta"].get("provisioned"):
        return Step("leave", "board", uid, FILE_HINT)
    version = int(there["dashboard"]["version"])
    if _is_current(board, there["dashboard"], last):
        return Step("keep", "board", uid, note=Note(digest(board), version))
    if not replace and not _is_ours(there["dashboard"], last):
        why = f"changed in Grafana since we wrote it; {LEFT_HINT}"
        return Step("leave", "board", uid, why)
    folder = str(there["meta"].get("folderUid") or "")
    return Step("update", "board", uid, calls=(_save(board, folder, version),), note=_as(board))


def _as(board: Json) -> Note:
    return Note(digest(board))


def _save(board: Json, folder: str, version: int | None) -> Call:
    body = board if version is None else {**board, "version": version}
    # Without folderUid Grafana would move the board to its root; never `overwrite`.
    order = {"dashboard": body, "folderUid": folder, "overwrite": False, "message": "Mieruka"}
    return Call("POST", ("dashboards", "db"), order)


def _is_ours(there: Json, last: Note | None) -> bool:
    if last is None:
        return False
    # A board that was only moved has a new version and still our content.
    return last.version == there["version"] or last.sha256 == digest(bare(there))


def _is_current(board: Json, there: Json, last: Note | None) -> bool:
    if last is not None and last.version == there["version"]:
        return last.sha256 == digest(board)
    # Without a record (a new state folder, a run that was cut off) equal content is taken as ours.
    return same_where_ours(bare(there), board) and set(bare(there)) == set(board)


def bare(board: Json) -> Json:
    """The board without what Grafana adds to one it was given."""
    return {key: value for key, value in board.items() if key not in ("id", "version")}
