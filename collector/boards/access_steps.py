"""Steps for who may look: a team a site, its right on the site's folder, guests for a time. Pure.

A permission of a folder is written as a whole list, so the list that stands there is sent again
with ours added. It is given once: who takes it away by hand is not overruled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.boards.found import Found
from collector.boards.record import Note, digest
from collector.boards.stamp import Json
from collector.boards.step import Call, Given, Step
from collector.boards.wanted import Folder, Wanted, folder_uid
from collector.roles import RIGHTS
from collector.state.grafana_access import Grant

VIEW, EDIT = 1, 2
VIEWER, EDITOR = "Viewer", "Editor"
_FRESH: tuple[Json, ...] = (
    {"role": "Editor", "permission": EDIT},
    {"role": VIEWER, "permission": VIEW},
)
"""What Grafana gives on a new folder."""
MEMBER, BROUGHT = Note("member"), Note("brought")
"""A guest who was in the organisation already, and one we took into it."""
Notes = Mapping[str, Note]


def team_steps(wanted: Wanted, found: Found, notes: Notes) -> Iterator[Step]:
    """Teams, and their right to see the folder."""
    for team in wanted.teams:
        if team.uid in found.teams:
            yield Step("keep", "team", team.uid)
        else:
            call = Call("POST", ("teams",), {"name": team.title}, _key(team), "teamId")
            yield Step("create", "team", team.uid, calls=(call,), note=Note(digest(team.title)))
        yield _permission(team, wanted, found, notes)


def member_steps(wanted: Wanted, found: Found, notes: Notes) -> Iterator[Step]:
    """Guests whose time runs, and those whose time is over."""
    teams = {team.uid: team for team in wanted.teams}
    alive = {_name(one): one for one in wanted.grants if one.alive(wanted.now_ms)}
    for uid, grant in alive.items():
        yield _welcome(uid, grant, teams[folder_uid(grant.site)], found, notes)
    over = {_name(one): one for one in wanted.grants if _name(one) not in alive}
    staying = {one.login for one in alive.values()}
    for uid, grant in over.items():
        if notes.get(f"member:{uid}") != _over(grant):
            yield _farewell(uid, grant, found, grant.login in staying, notes)


def _key(team: Folder) -> str:
    return f"team:{team.uid}"


def _name(grant: Grant) -> str:
    return f"{folder_uid(grant.site)}/{grant.login}"


def _role(grant: Grant) -> str:
    """The role in the organisation of someone we take into it; who is there keeps theirs."""
    return EDITOR if RIGHTS[grant.role].edits else VIEWER


def _over(grant: Grant) -> Note:
    """The mark of a grant that was taken away: once, so that a later right by hand stays."""
    return Note(f"over:{grant.id}")


def _permission(team: Folder, wanted: Wanted, found: Found, notes: Notes) -> Step:
    number = found.teams.get(team.uid)
    there = found.permissions.get(team.uid, _FRESH)
    if number is not None and any(one.get("teamId") == number for one in there):
        return Step("keep", "permission", team.uid)
    if f"permission:{team.uid}" in notes and number is not None:
        return Step("leave", "permission", team.uid, "taken from the team by hand")
    kept = [_sent(one) for one in there if not one.get("inherited")]
    if wanted.private:
        kept = [one for one in kept if one.get("role") != VIEWER]
    ours = {"teamId": number or Given(_key(team)), "permission": VIEW}
    call = Call("POST", ("folders", team.uid, "permissions"), {"items": [*kept, ours]})
    return Step("create", "permission", team.uid, calls=(call,), note=Note("given"))


def _sent(item: Json) -> Json:
    """A permission as Grafana takes it, out of one as it gives it."""
    who = {key: item[key] for key in ("role", "teamId", "userId") if item.get(key)}
    return {**who, "permission": item["permission"]}


def _welcome(uid: str, grant: Grant, team: Folder, found: Found, notes: Notes) -> Step:
    user = found.users.get(grant.login)
    number = found.teams.get(team.uid)
    group: int | Given = number if number is not None else Given(_key(team))
    members = {one["userId"] for one in found.members.get(team.uid, ())}
    note = BROUGHT if user is None or notes.get(f"member:{uid}") == BROUGHT else MEMBER
    if user is not None and user["userId"] in members:
        return Step("keep", "member", uid, note=note)
    join = ("teams", group, "members")
    hint = f"invite {grant.login} in Grafana first (Administration, Users), then run again"
    if user is not None:
        call = Call("POST", join, {"userId": user["userId"]})
        return Step("create", "member", uid, calls=(call,), note=note, hint=hint)
    who = f"user:{grant.login}"
    order = {"loginOrEmail": grant.login, "role": _role(grant)}
    enter = Call("POST", ("org", "users"), order, who, "userId")
    call = Call("POST", join, {"userId": Given(who)})
    return Step("create", "member", uid, calls=(enter, call), note=note, hint=hint)


def _farewell(uid: str, grant: Grant, found: Found, staying: bool, notes: Notes) -> Step:
    team, user = folder_uid(grant.site), found.users.get(grant.login)
    number = found.teams.get(team)
    why = "ended" if grant.ended_at_ms is not None else "its time is over"
    calls: list[Call] = []
    if user is not None and number is not None:
        members = {one["userId"] for one in found.members.get(team, ())}
        if user["userId"] in members:
            calls.append(Call("DELETE", ("teams", number, "members", user["userId"])))
    brought = notes.get(f"member:{uid}") == BROUGHT
    if user is not None and brought and not staying and user.get("role") == _role(grant):
        calls.append(Call("DELETE", ("org", "users", user["userId"])))
    return Step("remove", "member", uid, why, calls=tuple(calls), note=_over(grant))
