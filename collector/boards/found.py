"""What stands in Grafana now, as far as it matters to what is wanted. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from collector.boards.connection import Grafana
from collector.boards.stamp import Json
from collector.boards.wanted import Folder, Wanted

ALERTING = "/v1/provisioning"


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, by uid; teams and users by name, as they have nothing else on old Grafanas.

    ``rules`` is None when nobody looked. ``permissions`` and ``members`` are lists as Grafana
    gives them, by folder uid.
    """

    major: int | None = None
    organisation: int | None = None
    folders: Mapping[str, Json] = field(default_factory=dict)
    sources: Mapping[str, Json] = field(default_factory=dict)
    boards: Mapping[str, Json] = field(default_factory=dict)
    rules: Sequence[Json] = ()
    contacts: Sequence[Json] = ()
    teams: Mapping[str, int] = field(default_factory=dict)
    permissions: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    members: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    users: Mapping[str, Json] = field(default_factory=dict)


def major_of(version: str) -> int | None:
    """The first number of a version; None when it is hidden or odd."""
    first = version.split(".")[0]
    return int(first) if first.isdigit() else None


def look(grafana: Grafana, wanted: Wanted, major: int | None, organisation: int) -> Found:
    """Read from the organisation what is there of the things wanted."""
    teams = {team.uid: _team(grafana, team.title) for team in wanted.teams}
    folders = _each(grafana, "/folders/{}", [one.uid for one in wanted.folders])
    return Found(
        major=major,
        organisation=organisation,
        folders=folders,
        sources=_each(grafana, "/datasources/uid/{}", [one.uid for one in wanted.sources]),
        boards=_each(grafana, "/dashboards/uid/{}", [one.uid for one in wanted.boards]),
        rules=all_rules(grafana, _names(wanted)) if wanted.groups else (),
        contacts=contacts(grafana) if wanted.contact else (),
        teams={uid: number for uid, number in teams.items() if number is not None},
        permissions=_permissions(grafana, wanted.teams, folders),
        members=_members(grafana, teams) if wanted.grants else {},
        users=users(grafana) if wanted.grants else {},
    )


def all_rules(grafana: Grafana, groups: Collection[tuple[str, str]]) -> list[Json]:
    """Every alert rule; those of the groups (folder uid and name) with their provenance.

    The list of Grafana 9.4 does not tell who made a rule, so ours are read one by one.
    """
    listed = grafana.get(f"{ALERTING}/alert-rules") or ()
    whole = [
        grafana.get(f"{ALERTING}/alert-rules/{rule['uid']}")
        if (rule["folderUID"], rule["ruleGroup"]) in groups
        else rule
        for rule in listed
    ]
    return [rule for rule in whole if rule is not None]


def contacts(grafana: Grafana) -> list[Json]:
    """Every contact point; several may share a name."""
    return list(grafana.get(f"{ALERTING}/contact-points") or ())


def users(grafana: Grafana) -> dict[str, Json]:
    """The organisation's users by login and by mail address."""
    listed = grafana.get("/org/users") or ()
    by_mail = {str(user.get("email")): user for user in listed}
    return by_mail | {str(user["login"]): user for user in listed}


def _names(wanted: Wanted) -> set[tuple[str, str]]:
    return {(group.folder, group.name) for group in wanted.groups}


def _each(grafana: Grafana, path: str, uids: Sequence[str]) -> dict[str, Any]:
    there = {uid: grafana.get(path.format(uid)) for uid in uids}
    return {uid: one for uid, one in there.items() if one is not None}


def _team(grafana: Grafana, name: str) -> int | None:
    answer = grafana.get(f"/teams/search?name={quote(name, safe='')}") or {}
    listed = answer.get("teams") or ()
    return next((int(team["id"]) for team in listed if team["name"] == name), None)


def _permissions(
    grafana: Grafana, teams: Sequence[Folder], folders: Mapping[str, Json]
) -> dict[str, list[Json]]:
    here = [team.uid for team in teams if team.uid in folders]
    return {uid: list(grafana.get(f"/folders/{uid}/permissions") or ()) for uid in here}


def _members(grafana: Grafana, teams: Mapping[str, int | None]) -> dict[str, list[Json]]:
    known = {uid: number for uid, number in teams.items() if number is not None}
    return {uid: list(grafana.get(f"/teams/{n}/members") or ()) for uid, n in known.items()}
