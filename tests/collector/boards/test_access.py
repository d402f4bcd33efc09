"""Who may look, until when: teams, consultants for a time, tokens that only read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.boards import apply, guests
from collector.config import CollectorSettings
from collector.errors import RetryLaterError, StopError
from collector.state import open_state
from tests.collector.boards.case import AUSTIN, DAY_MS, NOW_MS, SENDAI, At, settings_for
from tests.grafana.fake_grafana import FakeGrafana, running_grafana

UNTIL = date(2026, 12, 31)
TEAM = "Mieruka 仙台工場 (sendai)"


def _give(settings: CollectorSettings, login: str = "tanaka", **changes: Any) -> None:
    known: dict[str, Any] = {"until": UNTIL, "by": "sato", "clock": At(), **changes}
    guests.give(settings, settings.sites[0], login, **known)


def _members(grafana: FakeGrafana, team: str = TEAM) -> list[str]:
    numbers = {name: number for number, name in grafana.here.teams.items()}
    logins = {one["id"]: login for login, one in grafana.accounts.items()}
    return [logins[one] for one in grafana.here.members.get(numbers.get(team, 0), [])]


def test_a_team_sees_its_sites_folder_alone(each_grafana: FakeGrafana, tmp_path: Path) -> None:
    """With teams, a folder is seen by editors and its own team; other rights given stay."""
    apply(settings_for(tmp_path, each_grafana.url, grafana={"teams": True}))
    teams = {name: number for number, name in each_grafana.here.teams.items()}
    assert set(teams) == {TEAM, "Mieruka Austin plant (austin)"}
    assert each_grafana.here.permissions["mieruka-sendai"] == [
        {"role": "Editor", "permission": 2},
        {"teamId": teams[TEAM], "permission": 1},
    ]


def test_rights_given_by_hand_stay(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Giving the team its right sends the list that stands there again, with ours added."""
    apply(settings_for(tmp_path, grafana.url, sites=[SENDAI]))
    mine = {"userId": 7, "permission": 4}
    grafana.here.permissions["mieruka-sendai"].append(mine)
    apply(settings_for(tmp_path, grafana.url, sites=[SENDAI], grafana={"teams": True}))
    items = grafana.here.permissions["mieruka-sendai"]
    assert mine in items
    assert {"role": "Viewer", "permission": 1} not in items


def test_right_taken_by_hand_is_not_given_again(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Who takes the team's right away by hand is not overruled, and a line says so."""
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI], grafana={"teams": True})
    apply(wanted)
    grafana.here.permissions["mieruka-sendai"].pop()
    report = apply(wanted)
    assert any("taken from the team by hand" in line for line in report.lines)
    assert len(grafana.here.permissions["mieruka-sendai"]) == 1


def test_consultant_sees_a_site_until_the_day_is_over(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """A user is let in at once; the first run after the last day, by the site's clock, ends it."""
    wanted = settings_for(tmp_path, each_grafana.url)
    each_grafana.sign_up("tanaka", 1)
    _give(wanted)
    assert _members(each_grafana) == ["tanaka"]
    (grant,) = guests.given(wanted)
    assert (grant.by_name, grant.made_at_ms) == ("sato", NOW_MS)
    assert grant.end_ms == NOW_MS + 41 * DAY_MS + 12 * 3_600_000, "1 January, 0:00 in Japan"
    apply(wanted, clock=At(grant.end_ms - 1))
    assert _members(each_grafana) == ["tanaka"]
    guests.expire(wanted, At(grant.end_ms))
    assert _members(each_grafana) == []
    assert each_grafana.accounts["tanaka"]["id"] in each_grafana.here.users, "was there before"


def test_user_of_another_organisation_is_brought_and_taken_out(
    grafana: FakeGrafana, tmp_path: Path
) -> None:
    """Whom we took into the organisation leaves it in the end; a role given since keeps them."""
    wanted = settings_for(tmp_path, grafana.url)
    for login in ("tanaka", "suzuki"):
        grafana.sign_up(login)
        _give(wanted, login)
    assert len(grafana.here.users) == 2
    grafana.here.users[grafana.accounts["suzuki"]["id"]] = "Editor"
    guests.expire(wanted, At(guests.given(wanted)[0].end_ms))
    assert list(grafana.accounts) == ["suzuki"]
    assert _members(grafana) == []


def test_access_to_two_sites_ends_one_by_one(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Who may still see another site stays in the organisation."""
    wanted = settings_for(tmp_path, grafana.url)
    grafana.sign_up("tanaka")
    _give(wanted)
    guests.give(wanted, wanted.sites[1], "tanaka", date(2027, 2, 1), "sato", At())
    guests.take_back(wanted, wanted.sites[0], "tanaka", At(NOW_MS + 1))
    assert _members(grafana) == []
    assert _members(grafana, "Mieruka Austin plant (austin)") == ["tanaka"]
    assert "tanaka" in grafana.accounts


def test_right_given_by_hand_after_the_end_stays(grafana: FakeGrafana, tmp_path: Path) -> None:
    """An ended access is taken away once; who is put into the team again by hand stays."""
    wanted = settings_for(tmp_path, grafana.url)
    number = grafana.sign_up("tanaka", 1)
    _give(wanted)
    end = At(guests.given(wanted)[0].end_ms)
    guests.expire(wanted, end)
    grafana.here.members[1].append(number)
    assert guests.expire(wanted, end).removed == ()
    assert _members(grafana) == ["tanaka"]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_cut_off_while_letting_in_still_ends(tmp_path: Path, number: int) -> None:
    """Whatever call is the last to be answered, whom we brought is out when the time is over."""
    with running_grafana() as grafana:
        wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI])
        grafana.sign_up("tanaka")
        grafana.break_at = number
        with pytest.raises(RetryLaterError):
            _give(wanted)
        grafana.break_at = 0
        guests.expire(wanted, At(guests.given(wanted)[0].end_ms))
        assert _members(grafana) == []
        assert grafana.here.users == {}


def test_unknown_user_is_one_line_and_nothing_is_given(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """A user whom Grafana does not know: say to invite them; the state holds no live access."""
    wanted = settings_for(tmp_path, each_grafana.url)
    with pytest.raises(StopError) as caught:
        _give(wanted)
    assert "invite tanaka in Grafana first" in caught.value.hint
    assert not guests.given(wanted)[0].alive(NOW_MS)
    apply(wanted, clock=At())


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"until": date(2026, 11, 19)}, "--until 2026-11-19 is over"),
        ({"until": date(2028, 1, 1)}, "more than a year"),
        ({"by": " "}, "not said"),
        ({"login": " "}, "not said"),
    ],
)
def test_wrong_access_is_one_line(
    grafana: FakeGrafana, tmp_path: Path, changes: dict[str, Any], part: str
) -> None:
    """A day that is over or too far, or nobody's name: told before anything is noted."""
    wanted = settings_for(tmp_path, grafana.url)
    with pytest.raises(StopError) as caught:
        _give(wanted, **changes)
    assert part in str(caught.value)
    assert guests.given(wanted) == []
    assert grafana.calls == []


def test_taking_back_what_was_not_given_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Ending an access that is not there, or is over, says so."""
    wanted = settings_for(tmp_path, grafana.url)
    with pytest.raises(StopError, match="tanaka has no access to sendai"):
        guests.take_back(wanted, wanted.sites[0], "tanaka", At())


def test_state_keeps_every_access(tmp_path: Path) -> None:
    """A second access of a user ends the first; both stay in the state with who gave them."""
    state = open_state(tmp_path)
    access = state.grafana_access
    access.add("sendai", "tanaka", NOW_MS + DAY_MS, "sato", NOW_MS)
    access.add("sendai", "tanaka", NOW_MS + 2 * DAY_MS, "ito", NOW_MS + 5)
    access.add("austin", "tanaka", NOW_MS + DAY_MS, "ito", NOW_MS)
    held = access.list()
    assert [(one.by_name, one.alive(NOW_MS + 6)) for one in held] == [
        ("sato", False), ("ito", True), ("ito", True),
    ]  # fmt: skip
    assert access.end("sendai", "tanaka", NOW_MS + 3 * DAY_MS) is False, "over by itself"
    state.database.close()


def test_viewer_token_is_made_once(each_grafana: FakeGrafana, tmp_path: Path) -> None:
    """A service account with the role Viewer and a token for some days; a taken name is told."""
    wanted = settings_for(tmp_path, each_grafana.url)
    text = guests.viewer_token(wanted, "bi-tool", 30)
    assert text.startswith("glsa_")
    (account,) = each_grafana.here.accounts.values()
    assert account["role"] == "Viewer"
    assert account["keys"]["bi-tool"]["secondsToLive"] == 30 * 86_400
    with pytest.raises(StopError, match="bi-tool already"):
        guests.viewer_token(wanted, "bi-tool", 30)
    with pytest.raises(StopError, match="no tenant Acme"):
        guests.viewer_token(wanted, "x", 30, "Acme")


def test_austin_is_another_site(tmp_path: Path) -> None:
    """The end of an access is by the clock of its own site."""
    with running_grafana() as grafana:
        wanted = settings_for(tmp_path, grafana.url, sites=[AUSTIN])
        grafana.sign_up("tanaka", 1)
        _give(wanted)
        assert guests.given(wanted)[0].end_ms == NOW_MS + 42 * DAY_MS + 3 * 3_600_000
