"""The people of the fake Grafana: organisations, users, teams, folder permissions, tokens."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import unquote

from tests.grafana.fake_state import Json, Organisation, Refusal

VIEW, EDIT = 1, 2


class _Server(Protocol):
    orgs: dict[int, Organisation]
    accounts: dict[str, Json]
    tokens: dict[str, tuple[int, str]]

    @property
    def here(self) -> Organisation: ...

    @property
    def caller(self) -> str: ...

    @property
    def query(self) -> dict[str, str]: ...


class People:
    """Calls about who may do what."""

    def read_org(self: _Server, body: Json) -> tuple[int, Json]:
        """Say which organisation the call is in."""
        return 200, {"id": self.here.id, "name": self.here.name}

    def org_by_name(self: _Server, name: str, body: Json) -> tuple[int, Json]:
        """Find an organisation (server administrators)."""
        for org in self.orgs.values():
            if org.name == unquote(name):
                return 200, {"id": org.id, "name": org.name}
        raise Refusal(404, "Organization not found")

    def make_org(self: _Server, body: Json) -> tuple[int, Json]:
        """Take a new organisation (server administrators)."""
        if any(org.name == body["name"] for org in self.orgs.values()):
            raise Refusal(409, "Organization name taken")
        number = max(self.orgs) + 1
        self.orgs[number] = Organisation(number, body["name"], alerts_ready=False)
        return 200, {"message": "Organization created", "orgId": number}

    def list_users(self: _Server, body: Json) -> tuple[int, list[Json]]:
        """Give the organisation's users."""
        return 200, [_user(self, number) for number in self.here.users]

    def add_user(self: _Server, body: Json) -> tuple[int, Json]:
        """Take a user of the server into the organisation; one nobody knows is refused."""
        who = body["loginOrEmail"]
        known = next(
            (one for one in self.accounts.values() if who in (one["login"], one["email"])), None
        )
        if known is None:
            raise Refusal(404, "User not found")
        if known["id"] in self.here.users:
            raise Refusal(409, "User is already member of this organization")
        self.here.users[known["id"]] = body["role"]
        return 200, {"message": "User added to organization", "userId": known["id"]}

    def drop_user(self: _Server, number: str, body: Json) -> tuple[int, Json]:
        """Take a user out; one without any organisation left is deleted."""
        if int(number) not in self.here.users:
            raise Refusal(404, "User not found")
        del self.here.users[int(number)]
        for members in self.here.members.values():
            if int(number) in members:
                members.remove(int(number))
        if not any(int(number) in org.users for org in self.orgs.values()):
            gone = [login for login, one in self.accounts.items() if one["id"] == int(number)]
            for login in gone:
                del self.accounts[login]
            return 200, {"message": "User deleted"}
        return 200, {"message": "User removed from organization"}

    def find_teams(self: _Server, body: Json) -> tuple[int, Json]:
        """Give the teams of a name, or all."""
        name = self.query.get("name")
        found = [(n, team) for n, team in self.here.teams.items() if name in (None, team)]
        teams = [{"id": number, "name": team} for number, team in found]
        return 200, {"totalCount": len(teams), "teams": teams}

    def make_team(self: _Server, body: Json) -> tuple[int, Json]:
        """Take a new team; a user who makes it is in it at once."""
        if body["name"] in self.here.teams.values():
            raise Refusal(409, "Team name taken")
        number = max(self.here.teams, default=0) + 1
        self.here.teams[number] = body["name"]
        own = [one["id"] for one in self.accounts.values() if one["login"] == self.caller]
        self.here.members[number] = own
        return 200, {"message": "Team created", "teamId": number}

    def drop_team(self: _Server, number: str, body: Json) -> tuple[int, Json]:
        """Take a team away, and its rights on folders."""
        if int(number) not in self.here.teams:
            raise Refusal(404, "Failed to delete Team. ID not found")
        del self.here.teams[int(number)], self.here.members[int(number)]
        for uid, items in self.here.permissions.items():
            kept = [one for one in items if one.get("teamId") != int(number)]
            self.here.permissions[uid] = kept
        return 200, {"message": "Team deleted"}

    def list_members(self: _Server, number: str, body: Json) -> tuple[int, list[Json]]:
        """Give the members of a team."""
        if int(number) not in self.here.teams:
            raise Refusal(404, "Team not found")
        return 200, [_user(self, one) for one in self.here.members[int(number)]]

    def add_member(self: _Server, number: str, body: Json) -> tuple[int, Json]:
        """Take a user of the organisation into a team."""
        if int(number) not in self.here.teams:
            raise Refusal(404, "Team not found")
        if body["userId"] in self.here.members[int(number)]:
            raise Refusal(400, "User is already added to this team")
        self.here.members[int(number)].append(body["userId"])
        return 200, {"message": "Member added to Team"}

    def drop_member(self: _Server, number: str, user: str, body: Json) -> tuple[int, Json]:
        """Take a user out of a team."""
        if int(user) not in self.here.members.get(int(number), []):
            raise Refusal(404, "Team member not found")
        self.here.members[int(number)].remove(int(user))
        return 200, {"message": "Team Member removed"}

    def read_permissions(self: _Server, uid: str, body: Json) -> tuple[int, list[Json]]:
        """Give who may do what with a folder."""
        if uid not in self.here.folders:
            raise Refusal(404, "folder not found", status="not-found")
        empty: Json = {"userId": 0, "teamId": 0, "inherited": False}
        return 200, [{**empty, **one} for one in self.here.permissions[uid]]

    def change_permissions(self: _Server, uid: str, body: Json | list[Json]) -> tuple[int, Json]:
        """Replace who may do what: the whole list under ``items``, a bare list is refused."""
        if uid not in self.here.folders:
            raise Refusal(404, "folder not found", status="not-found")
        if not isinstance(body, dict) or "items" not in body:
            raise Refusal(400, "bad request data")
        for item in body["items"]:
            if item.get("teamId") and item["teamId"] not in self.here.teams:
                raise Refusal(400, "team not found")
        self.here.permissions[uid] = list(body["items"])
        return 200, {"message": "Dashboard permissions updated"}

    def make_account(self: _Server, body: Json) -> tuple[int, Json]:
        """Take a new service account; no organisation of the server has one of the name."""
        everywhere = [one for org in self.orgs.values() for one in org.accounts.values()]
        if any(one["name"] == body["name"] for one in everywhere):
            raise Refusal(400, "Failed to create service account")
        number = max(self.here.accounts, default=0) + 1
        self.here.accounts[number] = {"id": number, **body, "keys": {}}
        return 201, {"id": number, **body}

    def find_accounts(self: _Server, body: Json) -> tuple[int, Json]:
        """Give the service accounts whose name holds the text asked for."""
        asked = self.query.get("query", "")
        found = [one for one in self.here.accounts.values() if asked in one["name"]]
        shown = [{key: one[key] for key in ("id", "name", "role")} for one in found]
        return 200, {"totalCount": len(found), "serviceAccounts": shown}

    def make_key(self: _Server, number: str, body: Json) -> tuple[int, Json]:
        """Give a token that holds from now on; its name is new in the organisation."""
        names = [name for one in self.here.accounts.values() for name in one["keys"]]
        if body["name"] in names:
            raise Refusal(409, "service account token with given name already exists")
        key = f"glsa_{number}_{body['name']}"
        account = self.here.accounts[int(number)]
        account["keys"][body["name"]] = body
        self.tokens[key] = (self.here.id, account["role"])
        return 200, {"id": len(names) + 1, "name": body["name"], "key": key}


def _user(server: _Server, number: int) -> Json:
    account = next(one for one in server.accounts.values() if one["id"] == number)
    role = server.here.users.get(number, "")
    return {"userId": number, "login": account["login"], "email": account["email"], "role": role}
