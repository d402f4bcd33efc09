"""What we made, taken away again: only what is ours by our record and unchanged since. Pure.

Folders go last, and only when nothing of others lies in them; a data source or board changed by
hand, a team with other people in it, and what came from files stay and are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.boards.access_steps import BROUGHT, VIEWER
from collector.boards.found import ALERTING
from collector.boards.record import Note, digest
from collector.boards.rule_steps import BY_API, in_group
from collector.boards.stamp import Json
from collector.boards.step import Call, Kind, Step

Notes = Mapping[str, Note]
ORDER: tuple[Kind, ...] = (
    "rules", "board", "source", "member", "permission", "team", "contact", "folder",
)  # fmt: skip
HAND = "changed by hand since we wrote it; take it away in Grafana"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of the things in our record.

    ``search`` are all boards and folders with the folder they lie in; ``teams`` the number of
    ours and who is in it beside our guests, by folder uid; ``shown`` the data sources as far as
    we set them.
    """

    boards: Mapping[str, Json] = field(default_factory=dict)
    shown: Mapping[str, Json] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    rules: Sequence[Json] = ()
    contacts: Sequence[Json] = ()
    teams: Mapping[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    search: Sequence[Json] = ()
    users: Mapping[str, Json] = field(default_factory=dict)


def removal(notes: Notes, standing: Standing, uids: Sequence[str] = ()) -> list[Step]:
    """Steps that take away all of the record, or only what has one of the uids."""
    listed: list[Step] = []
    by_kind = {kind: _uids(notes, kind, uids) for kind in ORDER}
    for kind in ORDER[:-1]:
        for uid in by_kind[kind]:
            listed.append(_step(kind, uid, notes, standing))
    gone = {(step.kind, step.uid) for step in listed if step.verb == "remove"}
    return [*listed, *(_folder(uid, standing, gone) for uid in by_kind["folder"])]


def _uids(notes: Notes, kind: Kind, uids: Sequence[str]) -> list[str]:
    own = sorted(name.partition(":")[2] for name in notes if name.startswith(f"{kind}:"))
    return [uid for uid in own if not uids or uid in uids]


def _step(kind: Kind, uid: str, notes: Notes, standing: Standing) -> Step:
    note = notes[f"{kind}:{uid}"]
    if kind == "rules":
        return _rules(uid, standing)
    if kind == "board":
        return _board(uid, note, standing)
    if kind == "source":
        return _source(uid, note, standing)
    if kind == "team":
        return _team(uid, standing)
    if kind == "contact":
        return _contact(uid, standing)
    if kind == "member" and note == BROUGHT:
        return _brought(uid, standing)
    # A guest and a right end with the team they hang on.
    return Step("remove", kind, uid, "goes with its team", forget=True)


def _rules(uid: str, standing: Standing) -> Step:
    folder, _, name = uid.partition("/")
    there = in_group(standing.rules, folder, name)
    if any(rule.get("provenance") != BY_API for rule in there):
        return Step("leave", "rules", uid, HAND)
    paths = [(ALERTING.strip("/"), "alert-rules", str(rule["uid"])) for rule in there]
    calls = tuple(Call("DELETE", path) for path in paths)
    return Step("remove", "rules", uid, calls=calls, forget=True)


def _board(uid: str, note: Note, standing: Standing) -> Step:
    there = standing.boards.get(uid)
    if there is None:
        return Step("remove", "board", uid, "not there any more", forget=True)
    board = {
        key: value for key, value in there["dashboard"].items() if key not in ("id", "version")
    }
    same = there["dashboard"]["version"] == note.version or digest(board) == note.sha256
    if there["meta"].get("provisioned") or not same:
        return Step("leave", "board", uid, HAND)
    call = Call("DELETE", ("dashboards", "uid", uid))
    return Step("remove", "board", uid, calls=(call,), forget=True)


def _source(uid: str, note: Note, standing: Standing) -> Step:
    there = standing.shown.get(uid)
    if there is None:
        return Step("remove", "source", uid, "not there any more", forget=True)
    if uid in standing.locked or digest(there) != note.sha256:
        return Step("leave", "source", uid, HAND)
    call = Call("DELETE", ("datasources", "uid", uid))
    return Step("remove", "source", uid, calls=(call,), forget=True)


def _brought(uid: str, standing: Standing) -> Step:
    """A guest we took into the organisation leaves it, unless they have another role by now."""
    user = standing.users.get(uid.partition("/")[2])
    if user is None or user.get("role") != VIEWER:
        return Step("remove", "member", uid, "goes with its team", forget=True)
    call = Call("DELETE", ("org", "users", user["userId"]))
    return Step("remove", "member", uid, "we let them in", calls=(call,), forget=True)


def _team(uid: str, standing: Standing) -> Step:
    there = standing.teams.get(uid)
    if there is None:
        return Step("remove", "team", uid, "not there any more", forget=True)
    number, others = there
    if others:
        return Step("leave", "team", uid, f"holds others: {', '.join(sorted(others))}")
    call = Call("DELETE", ("teams", number))
    return Step("remove", "team", uid, calls=(call,), forget=True)


def _contact(uid: str, standing: Standing) -> Step:
    if any(one["name"] == uid for one in standing.contacts):
        why = "other alerts may use it; take it away in Grafana (Alerting, Contact points)"
        return Step("leave", "contact", uid, why)
    return Step("remove", "contact", uid, "not there any more", forget=True)


def _folder(uid: str, standing: Standing, gone: set[tuple[Kind, str]]) -> Step:
    if uid not in standing.folders:
        return Step("remove", "folder", uid, "not there any more", forget=True)
    others = sorted(_others(uid, standing, gone))
    if others:
        return Step("leave", "folder", uid, f"holds others: {', '.join(others)}")
    call = Call("DELETE", ("folders", uid))
    return Step("remove", "folder", uid, calls=(call,), forget=True)


def _others(uid: str, standing: Standing, gone: set[tuple[Kind, str]]) -> Iterator[str]:
    for one in standing.search:
        if one.get("folderUid") == uid and ("board", one["uid"]) not in gone:
            yield str(one["title"])
    for rule in standing.rules:
        name = f"{uid}/{rule['ruleGroup']}"
        if rule["folderUID"] == uid and ("rules", name) not in gone:
            yield str(rule["title"])
