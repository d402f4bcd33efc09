"""Reads what still stands of the things in our record, before they are taken away."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from collector.boards.access_steps import BROUGHT
from collector.boards.connection import Grafana
from collector.boards.found import all_rules, contacts, users
from collector.boards.record import Note, digest, only_ours
from collector.boards.removal import Standing
from collector.boards.stamp import Json
from collector.boards.wanted import Wanted

PAGE = 1000
"""Boards or folders a page: a folder is only empty when all have been seen."""


def standing(grafana: Grafana, notes: Mapping[str, Note], wanted: Wanted, own: str) -> Standing:
    """Read what the record names.

    ``wanted`` tells the keys of sources; ``own`` is our login, empty with a token.
    """
    uids = {kind: _of(notes, kind) for kind in ("board", "source", "rules", "folder", "contact")}
    sources = _there(grafana, "/datasources/uid/{}", uids["source"])
    keys = {source.uid: source.shown for source in wanted.sources}
    groups = {(uid.partition("/")[0], uid.partition("/")[2]) for uid in uids["rules"]}
    return Standing(
        boards=_there(grafana, "/dashboards/uid/{}", uids["board"]),
        shown={uid: only_ours(one, keys.get(uid, one)) for uid, one in sources.items()},
        locked=frozenset(uid for uid, one in sources.items() if one.get("readOnly")),
        rules=all_rules(grafana, groups) if uids["rules"] or uids["folder"] else (),
        contacts=contacts(grafana) if uids["contact"] else (),
        teams=_teams(grafana, notes, own),
        folders=frozenset(_there(grafana, "/folders/{}", uids["folder"])),
        search=_search(grafana) if uids["folder"] else (),
        users=users(grafana) if BROUGHT in notes.values() else {},
    )


def _of(notes: Iterable[str], kind: str) -> list[str]:
    return [name.partition(":")[2] for name in notes if name.startswith(f"{kind}:")]


def _there(grafana: Grafana, path: str, uids: Sequence[str]) -> dict[str, Json]:
    found = {uid: grafana.get(path.format(uid)) for uid in uids}
    return {uid: one for uid, one in found.items() if one is not None}


def _search(grafana: Grafana) -> list[Json]:
    # No filter by folder: Grafana 9.4 does not know one by uid.
    return [one for kind in ("dash-db", "dash-folder") for one in _pages(grafana, kind)]


def _pages(grafana: Grafana, kind: str) -> Iterator[Json]:
    for page in itertools.count(1):
        listed = grafana.get(f"/search?type={kind}&limit={PAGE}&page={page}") or ()
        yield from listed
        if len(listed) < PAGE:
            return


def _teams(
    grafana: Grafana, notes: Mapping[str, Note], own: str
) -> dict[str, tuple[int, frozenset[str]]]:
    ours = {notes[f"team:{uid}"].sha256: uid for uid in _of(notes, "team")}
    listed = (grafana.get("/teams/search?perpage=1000") or {}).get("teams") if ours else ()
    found: dict[str, tuple[int, frozenset[str]]] = {}
    for team in listed or ():
        uid = ours.get(digest(team["name"]))
        if uid is not None:
            guests = {name.partition("/")[2] for name in _of(notes, "member")}
            members = grafana.get(f"/teams/{team['id']}/members") or ()
            # Whoever makes a team is in it at once (seen on 9.4 with a user's password).
            others = [one for one in members if one["login"] != own and one["login"] not in guests]
            names = (str(one["login"]) for one in others if one.get("email") not in guests)
            found[uid] = (int(team["id"]), frozenset(names))
    return found
