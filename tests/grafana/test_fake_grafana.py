"""The fake Grafana refuses what the real one refuses.

Seen: on a real Grafana 9.4 (built from its source), call by call, with the answers quoted here.
The rest comes from Grafana's documentation and issues for the version named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.grafana.fake_grafana import (
    ADMIN,
    PASSWORD,
    USER,
    VIEWER,
    FakeGrafana,
    running_grafana,
)
from tests.grafana.fake_state import Organisation

Json = dict[str, Any]
Ask = Callable[..., tuple[int, Any]]
SOURCE: Json = {"uid": "s", "name": "S", "type": "influxdb", "access": "proxy"}
RULE: Json = {
    "uid": "r", "title": "R", "folderUID": "f", "ruleGroup": "g",
    "data": [{"refId": "A", "model": {"refId": "A"}}],
}  # fmt: skip
ALERTING = "/v1/provisioning"


@pytest.fixture(params=["9.4.0", "13.0.0"])
def grafana(request: pytest.FixtureRequest) -> Iterator[FakeGrafana]:
    """Run the oldest and the newest that we know the rules of."""
    with running_grafana(version=request.param) as running:
        yield running


@pytest.fixture
def ask(grafana: FakeGrafana) -> Ask:
    """Ask as an administrator, or with other headers; answers status and body."""

    def call(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {ADMIN}", **headers}
        answer = requests.request(
            method, f"{grafana.url}/api{path}", json=body, headers=sent, timeout=5
        )
        return answer.status_code, answer.json() if answer.content else None

    return call


def _board(**changes: Any) -> Json:
    board = {"uid": "b", "title": "B", **changes}
    return {"dashboard": board, "folderUid": "f", "overwrite": False}


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_folder_is_known_by_uid_and_title(ask: Ask) -> None:
    """Seen: a second of the title is 409, a second of the uid 412 version-mismatch."""
    assert ask("POST", "/folders", {"uid": "f", "title": "F"})[0] == 200
    assert ask("POST", "/folders", {"uid": "g", "title": "F"})[0] == 409
    status, body = ask("POST", "/folders", {"uid": "f", "title": "G"})
    assert (status, body["status"]) == (412, "version-mismatch")
    assert ask("GET", "/folders/none")[0] == 404


@pytest.mark.parametrize(
    ("other", "alike_to_9"),
    [
        ("Mieruka 宇部工場", True),
        ("MIERUKA", True),
        ("Mieruka 仙台工場 (sendai)", False),
        ("宇部工場", False),
    ],
)
def test_titles_of_the_same_latin_letters_are_one(
    grafana: FakeGrafana, ask: Ask, other: str, alike_to_9: bool
) -> None:
    """Seen on 9.4: folders are told apart by Latin letters and digits, where they have any."""
    assert ask("POST", "/folders", {"uid": "f", "title": "Mieruka 仙台工場"})[0] == 200
    assert ask("POST", "/folders", {"uid": "h", "title": "仙台工場"})[0] == 200
    refused = alike_to_9 and grafana.major == 9
    assert ask("POST", "/folders", {"uid": "g", "title": other})[0] == (409 if refused else 200)


def test_a_new_folder_is_open_to_viewers_and_editors(ask: Ask) -> None:
    """Seen: rights come as a list and go as one under ``items``; a bare list is 400."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    rights = [(one["role"], one["permission"]) for one in ask("GET", "/folders/f/permissions")[1]]
    assert rights == [("Editor", 2), ("Viewer", 1)]
    assert ask("POST", "/folders/f/permissions", [{"role": "Editor", "permission": 2}])[0] == 400
    items = {"items": [{"role": "Editor", "permission": 2}]}
    assert ask("POST", "/folders/f/permissions", items)[0] == 200
    assert len(ask("GET", "/folders/f/permissions")[1]) == 1


def test_a_board_is_saved_over_the_version_it_was_read_at(ask: Ask) -> None:
    """Seen: without the version, or with an old one, 412 version-mismatch."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    assert ask("POST", "/dashboards/db", _board())[1]["version"] == 1
    status, body = ask("POST", "/dashboards/db", _board())
    assert (status, body["status"]) == (412, "version-mismatch")
    assert ask("POST", "/dashboards/db", _board(version=1))[1]["version"] == 2
    assert ask("POST", "/dashboards/db", _board(version=1))[0] == 412


def test_boards_that_cannot_be(ask: Ask) -> None:
    """Seen: same title in a folder 412, uid over 40 400, no title 400, unknown folder 400."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", "/dashboards/db", _board())
    status, body = ask("POST", "/dashboards/db", _board(uid="c"))
    assert (status, body["status"]) == (412, "name-exists")
    assert ask("POST", "/dashboards/db", _board(uid="c" * 41, title="C"))[0] == 400
    assert ask("POST", "/dashboards/db", _board(uid="c", title=""))[0] == 400
    lost = {**_board(uid="c", title="C"), "folderUid": "none"}
    assert ask("POST", "/dashboards/db", lost)[0] == 400


def test_a_board_without_folder_moves_to_the_root(grafana: FakeGrafana, ask: Ask) -> None:
    """Documented: a save without folderUid moves the board."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", "/dashboards/db", _board())
    ask("POST", "/dashboards/db", {"dashboard": _board(version=1)["dashboard"]})
    assert grafana.boards["b"]["folderUid"] == ""


def test_provisioned_boards_refuse(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: neither saved ("Cannot save provisioned dashboard") nor deleted, both 400."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", "/dashboards/db", _board())
    grafana.provision("b")
    assert ask("POST", "/dashboards/db", _board(version=1))[0] == 400
    assert ask("DELETE", "/dashboards/uid/b")[0] == 400


def test_a_folder_goes_with_its_boards_but_not_with_alerts(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: 400 "folder contains alert rules"; else the boards in it are gone as well."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", "/dashboards/db", _board())
    ask("POST", f"{ALERTING}/alert-rules", RULE)
    assert ask("DELETE", "/folders/f")[0] == 400
    ask("DELETE", f"{ALERTING}/alert-rules/r")
    assert ask("DELETE", "/folders/f")[0] == 200
    assert grafana.boards == {}


def test_search_does_not_filter_by_folder(ask: Ask) -> None:
    """Seen: 9.4 answers ``folderUIDs`` with other folders' things too; each names its folder."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", "/dashboards/db", _board())
    found = ask("GET", "/search?type=dash-db&folderUIDs=other&limit=5000")[1]
    assert [(one["uid"], one["folderUid"]) for one in found] == [("b", "f")]
    assert [one["uid"] for one in ask("GET", "/search?type=dash-folder")[1]] == ["f"]


def test_a_source_keeps_its_secret(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: a secret is never given back, only that there is one; uid and name are unique."""
    secret = {"secureJsonData": {"httpHeaderValue1": "Token x"}}
    assert ask("POST", "/datasources", {**SOURCE, **secret})[0] == 200
    assert ask("POST", "/datasources", SOURCE)[0] == 409
    assert ask("POST", "/datasources", {**SOURCE, "uid": "t"})[0] == 409
    there = ask("GET", "/datasources/uid/s")[1]
    assert there["secureJsonFields"] == {"httpHeaderValue1": True}
    assert "Token x" not in str(there)
    assert ask("PUT", "/datasources/uid/none", SOURCE)[0] == 404
    grafana.sources["s"]["readOnly"] = True
    assert ask("PUT", "/datasources/uid/s", SOURCE)[0] == 403
    assert ask("DELETE", "/datasources/uid/s")[0] == 403


def test_a_put_takes_the_default_choice(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: a PUT without ``isDefault`` makes the data source no longer the default."""
    ask("POST", "/datasources", {**SOURCE, "isDefault": True})
    ask("PUT", "/datasources/uid/s", SOURCE)
    assert grafana.sources["s"]["isDefault"] is False


def test_numeric_ids_are_gone_in_13(grafana: FakeGrafana, ask: Ask) -> None:
    """Documented: data source calls by numeric id are off by default from 13 on."""
    ask("POST", "/datasources", SOURCE)
    assert ask("GET", "/datasources/1")[0] == (200 if grafana.major < 13 else 404)


def test_a_source_that_cannot_be_reached_is_a_400(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: the health call of a data source answers 400 with the reason and status ERROR."""
    ask("POST", "/datasources", SOURCE)
    grafana.unreachable.add("s")
    status, body = ask("GET", "/datasources/uid/s/health")
    assert (status, body["status"]) == (400, "ERROR")


def test_old_grafana_puts_only_rules_it_knows(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen on 9.4: a PUT of a group with a new uid is 500; a POST makes the rule, once."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    group = {"title": "g", "folderUid": "f", "interval": 60, "rules": [RULE]}
    path = f"{ALERTING}/folder/f/rule-groups/g"
    assert ask("PUT", path, group)[0] == (500 if grafana.major < 10 else 200)
    if grafana.major < 10:
        assert ask("POST", f"{ALERTING}/alert-rules", RULE)[0] == 201
        assert ask("POST", f"{ALERTING}/alert-rules", RULE)[0] == 500
    assert ask("PUT", path, group)[0] == 200
    assert ask("PUT", path, {**group, "interval": 61})[0] == 400


def test_a_group_is_put_whole(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: rules that a PUT does not name are gone (grafana/grafana#120448)."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    for uid in ("r", "q"):
        ask("POST", f"{ALERTING}/alert-rules", {**RULE, "uid": uid, "title": uid})
    group = {"title": "g", "folderUid": "f", "interval": 60, "rules": [RULE]}
    ask("PUT", f"{ALERTING}/folder/f/rule-groups/g", group)
    assert list(grafana.here.rules) == ["r"]


def test_rules_are_locked_unless_asked_otherwise(ask: Ask) -> None:
    """Seen: one rule tells its provenance, the list does not; the header leaves it out."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", f"{ALERTING}/alert-rules", RULE)
    free = {**RULE, "uid": "q", "title": "Q"}
    ask("POST", f"{ALERTING}/alert-rules", free, **{"X-Disable-Provenance": "true"})
    assert ask("GET", f"{ALERTING}/alert-rules/r")[1]["provenance"] == "api"
    assert "provenance" not in ask("GET", f"{ALERTING}/alert-rules/q")[1]
    assert all("provenance" not in one for one in ask("GET", f"{ALERTING}/alert-rules")[1])


def test_rules_gain_defaults_and_lose_routes(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: queries gain intervalMs and maxDataPoints; 9.4 drops notification settings."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", f"{ALERTING}/contact-points", _mail("c"))
    routed = {**RULE, "notification_settings": {"receiver": "c"}}
    assert ask("POST", f"{ALERTING}/alert-rules", routed)[0] == 201
    (rule,) = ask("GET", f"{ALERTING}/alert-rules")[1]
    assert rule["data"][0]["model"]["intervalMs"] == 1000
    assert ("notification_settings" in rule) is (grafana.major >= 11)


def _mail(uid: str) -> Json:
    return {"uid": uid, "name": uid, "type": "email", "settings": {"addresses": "a@example.jp"}}


def test_a_deletion_of_a_rule_says_nothing(ask: Ask) -> None:
    """Seen: 204 without a body, also for a rule that is not there."""
    assert ask("DELETE", f"{ALERTING}/alert-rules/none") == (204, None)


def test_contact_points_hide_secrets(ask: Ask) -> None:
    """Seen: 202; a second of the uid 500, an unknown type 500, without its address 400."""
    path = f"{ALERTING}/contact-points"
    slack = {"uid": "s", "name": "S", "type": "slack", "settings": {"url": "http://h"}}
    assert ask("POST", path, slack)[0] == 202
    assert ask("POST", path, slack)[0] == 500
    assert ask("POST", path, {**slack, "uid": "l", "type": "line"})[0] == 500
    assert ask("POST", path, {**slack, "uid": "w", "type": "webhook", "settings": {}})[0] == 400
    assert ask("GET", path)[1][0]["settings"] == {"url": "[REDACTED]"}


def test_teams_and_their_members(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: names are unique (409), a second joining is 400, a second leaving 404."""
    number = grafana.sign_up("u", 1)
    assert ask("POST", "/teams", {"name": "T"})[1]["teamId"] == 1
    assert ask("POST", "/teams", {"name": "T"})[0] == 409
    assert ask("GET", "/teams/search?name=T")[1]["totalCount"] == 1
    assert ask("POST", "/teams/1/members", {"userId": number})[0] == 200
    assert ask("POST", "/teams/1/members", {"userId": number})[0] == 400
    assert [one["login"] for one in ask("GET", "/teams/1/members")[1]] == ["u"]
    assert ask("DELETE", f"/teams/1/members/{number}")[0] == 200
    assert ask("DELETE", f"/teams/1/members/{number}")[0] == 404
    assert ask("DELETE", "/teams/1")[0] == 200
    assert ask("DELETE", "/teams/1")[0] == 404


def test_who_makes_a_team_is_in_it(grafana: FakeGrafana) -> None:
    """Seen: a team made with a user's password has that user as its first member."""
    number = grafana.sign_up(USER, 1)
    made = requests.post(
        f"{grafana.url}/api/teams", json={"name": "T"}, auth=(USER, PASSWORD), timeout=5
    )
    assert grafana.here.members == {made.json()["teamId"]: [number]}


def test_users_come_from_the_server(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: unknown 404, a member already 409; without any organisation left a user is deleted."""
    order = {"loginOrEmail": "u", "role": "Viewer"}
    assert ask("POST", "/org/users", order)[0] == 404
    number = grafana.sign_up("u")
    assert ask("POST", "/org/users", order)[1]["userId"] == number
    assert ask("POST", "/org/users", order)[0] == 409
    assert ask("DELETE", f"/org/users/{number}")[1] == {"message": "User deleted"}
    assert grafana.accounts == {}


def test_organisations_are_for_server_administrators(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: a token may not make or find one (403), and stays in its own whatever it sends."""
    assert ask("POST", "/orgs", {"name": "A"})[0] == 403
    assert ask("GET", "/orgs/name/A")[0] == 403
    grafana.orgs[2] = Organisation(2, "A")
    assert ask("GET", "/org", **{"X-Grafana-Org-Id": "2"})[1]["id"] == 1
    session = requests.Session()
    session.auth = (USER, PASSWORD)
    url = f"{grafana.url}/api"
    second = session.get(f"{url}/org", headers={"X-Grafana-Org-Id": "2"}, timeout=5)
    assert second.json()["id"] == 2
    lost = session.get(f"{url}/org", headers={"X-Grafana-Org-Id": "99"}, timeout=5)
    assert lost.status_code == 404
    assert session.post(f"{url}/orgs", json={"name": "A"}, timeout=5).status_code == 409
    session.close()


def test_a_new_organisation_has_no_alertmanager_yet(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen: for up to a minute contact points of an organisation just made are 500."""
    url = f"{grafana.url}/api"
    with requests.Session() as session:
        session.auth = (USER, PASSWORD)
        number = session.post(f"{url}/orgs", json={"name": "A"}, timeout=5).json()["orgId"]
        session.headers["X-Grafana-Org-Id"] = str(number)
        answer = session.post(f"{url}{ALERTING}/contact-points", json=_mail("c"), timeout=5)
    assert answer.status_code == 500
    assert "Alertmanager configuration" in answer.text


def test_a_viewer_looks_at_folders_and_sources_only(ask: Ask) -> None:
    """Seen: alerts, teams and users are 403 for a viewer, writing too; a wrong token is 401."""
    ask("POST", "/datasources", SOURCE)
    assert ask("GET", "/datasources/uid/s", **_as(VIEWER))[0] == 200
    assert ask("GET", "/org", **_as(VIEWER))[0] == 200
    for path in (f"{ALERTING}/alert-rules", f"{ALERTING}/contact-points", "/teams/search"):
        assert ask("GET", path, **_as(VIEWER))[0] == 403
    assert ask("GET", "/org/users", **_as(VIEWER))[0] == 403
    assert ask("POST", "/folders", {"uid": "f", "title": "F"}, **_as(VIEWER))[0] == 403
    assert ask("GET", "/org", **_as("bad"))[0] == 401


def test_tokens_have_names_of_their_own(ask: Ask) -> None:
    """Seen: a service account is 201, a second of the name 400; a token's name is unique (409)."""
    assert ask("POST", "/serviceaccounts", {"name": "a", "role": "Viewer"})[0] == 201
    assert ask("POST", "/serviceaccounts", {"name": "a", "role": "Viewer"})[0] == 400
    key = ask("POST", "/serviceaccounts/1/tokens", {"name": "t"})[1]["key"]
    assert key.startswith("glsa_")
    assert ask("GET", "/org", **_as(key))[0] == 200
    assert ask("POST", "/serviceaccounts/1/tokens", {"name": "t"})[0] == 409


def test_public_links(grafana: FakeGrafana, ask: Ask) -> None:
    """Seen on 9.4: 404 while off or without one; a second POST makes a second link."""
    ask("POST", "/folders", {"uid": "f", "title": "F"})
    ask("POST", "/dashboards/db", _board())
    path = "/dashboards/uid/b/public-dashboards"
    assert ask("GET", path)[0] == 404
    link = ask("POST", path, {"isEnabled": True})[1]
    assert ask("POST", f"{path}/", {"isEnabled": True})[0] == (200 if grafana.major < 10 else 400)
    assert ask("DELETE", f"{path}/{link['uid']}") == (200, None)
    assert ask("DELETE", f"{path}/{link['uid']}")[0] == 404
    grafana.public_enabled = False
    assert ask("GET", path)[0] == 404
