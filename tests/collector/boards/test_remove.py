"""Taking away: only what the record says is ours and nobody changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.boards import apply, guests, remove
from collector.errors import RetryLaterError, StopError
from tests.collector.boards.case import AUSTIN, SENDAI, At, settings_for
from tests.grafana.fake_grafana import PASSWORD, USER, FakeGrafana, running_grafana

pytestmark = pytest.mark.usefixtures("with_alerts")
ALL: dict[str, Any] = {"teams": True, "contact": {"kind": "mail", "to": ["a@example.jp"]}}
JA = "mieruka-today-ja-sendai"
NOTHING_OF_OURS = {"boards": 0, "sources": 0, "folders": 0, "rules": 0, "teams": 0}


def _count(grafana: FakeGrafana) -> dict[str, int]:
    return {name: len(getattr(grafana.here, name)) for name in NOTHING_OF_OURS}


def test_everything_of_ours_goes(each_grafana: FakeGrafana, tmp_path: Path) -> None:
    """Rules, boards, data sources, teams and folders go; the contact point is named and stays."""
    wanted = settings_for(tmp_path, each_grafana.url, grafana=ALL)
    apply(wanted)
    planned = remove(wanted, dry=True)
    report = remove(wanted)
    assert [step.uid for step in report.steps] == [step.uid for step in planned.steps]
    assert _count(each_grafana) == NOTHING_OF_OURS
    assert report.left == ("Mieruka",)
    assert len(each_grafana.here.contacts) == 1
    assert apply(wanted).left == ()
    assert JA in each_grafana.boards, "what was taken away can be made again"


def test_telling_takes_nothing_away(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A dry run writes nothing."""
    wanted = settings_for(tmp_path, grafana.url, grafana=ALL)
    apply(wanted)
    grafana.calls.clear()
    assert JA in remove(wanted, dry=True).removed
    assert grafana.writes == []


def test_what_others_made_or_changed_stays(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A board changed by hand, a data source changed by hand, a team with others in it: named."""
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI], grafana=ALL)
    apply(wanted)
    grafana.edit(JA, title="my own")
    grafana.sources["mieruka-raw"]["url"] = "http://elsewhere"
    grafana.here.members[1].append(grafana.sign_up("boss", 1))
    report = remove(wanted)
    assert set(report.left) == {JA, "mieruka-raw", "mieruka-sendai", "Mieruka"}
    assert _count(grafana) == {"boards": 1, "sources": 1, "folders": 1, "rules": 0, "teams": 1}
    lines = [line for line in report.lines if line.startswith("left: folder")]
    assert lines == ["left: folder mieruka-sendai (holds others: my own)"]


def test_folder_with_others_boards_or_alerts_stays(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Grafana would delete a folder's boards with it, so one that holds others' is left."""
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI])
    apply(wanted)
    mine = {"dashboard": {"title": "mine", "version": 1}, "folderUid": "mieruka-sendai"}
    grafana.boards["mine"] = {**mine, "provisioned": False}
    rule = {"uid": "r", "folderUID": "mieruka-sendai", "ruleGroup": "own", "title": "own rule"}
    grafana.here.rules["r"] = rule
    line = next(line for line in remove(wanted).lines if "left: folder" in line)
    assert line.endswith("(holds others: mine, own rule)")
    assert "mine" in grafana.boards


def test_unlocked_and_filed_things_stay(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Rules that a person unlocked, a board and a data source that a file keeps: left."""
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI])
    apply(wanted)
    grafana.here.rules["mieruka-silent-sendai"]["provenance"] = ""
    grafana.provision(JA)
    grafana.sources["mieruka-raw"]["readOnly"] = True
    report = remove(wanted)
    group = "mieruka-sendai/mieruka-alerts-demand"
    assert set(report.left) == {group, JA, "mieruka-raw", "mieruka-sendai"}


def test_only_one_board(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A uid narrows the taking away; a site that left the settings is cleared so."""
    apply(settings_for(tmp_path, grafana.url))
    fewer = settings_for(tmp_path, grafana.url, sites=[SENDAI])
    assert remove(fewer, uids=["mieruka-today-ja-austin"]).removed == ("mieruka-today-ja-austin",)
    assert "mieruka-today-en-austin" in grafana.boards
    assert remove(fewer, uids=["mieruka-today-en-austin", "mieruka-austin"]).left == (
        "mieruka-austin",
    ), "its alerts are still in the folder"


def test_unknown_uid_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """What we did not make cannot be asked away."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    with pytest.raises(StopError, match="we made nothing called mine"):
        remove(wanted, uids=["mine"])


def test_what_is_gone_already_is_forgotten(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Things deleted by hand leave the record without a call."""
    wanted = settings_for(tmp_path, grafana.url, sites=[AUSTIN], grafana={"teams": True})
    apply(wanted)
    for name in ("boards", "sources", "rules", "folders", "teams"):
        getattr(grafana.here, name).clear()
    grafana.calls.clear()
    remove(wanted)
    assert grafana.writes == []
    assert remove(wanted).steps == ()


def test_cut_off_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    """Whichever deletion was the last to be heard, the next run takes the rest away."""
    for number in (1, 2, 4, 6, 8):
        with running_grafana() as grafana:
            wanted = settings_for(
                tmp_path / str(number), grafana.url, sites=[SENDAI], grafana={"teams": True}
            )
            apply(wanted)
            grafana.break_at = len(grafana.writes) + number
            with pytest.raises(RetryLaterError):
                remove(wanted)
            grafana.break_at = 0
            assert remove(wanted).left == ()
            assert _count(grafana) == NOTHING_OF_OURS


def test_team_of_ourselves_and_of_guests_goes(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Who made the team with a password, and guests known by mail address, do not keep it."""
    login = {"token": "", "username": USER, "password": PASSWORD}
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI], grafana=login)
    grafana.sign_up(USER, 1)
    grafana.sign_up("tanaka", 1)
    guests.give(wanted, wanted.sites[0], "tanaka@example.jp", date(2026, 12, 1), "sato", At())
    assert grafana.here.members == {1: [1, 2]}
    assert remove(wanted).left == ()
    assert grafana.here.teams == {}


def test_whom_we_brought_leaves_the_organisation(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A guest taken into the organisation is out after the removal; one with a role stays."""
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI])
    for login in ("tanaka", "suzuki"):
        grafana.sign_up(login)
        guests.give(wanted, wanted.sites[0], login, date(2026, 12, 1), "sato", At())
    grafana.here.users[2] = "Editor"
    assert remove(wanted).left == ()
    assert grafana.here.users == {2: "Editor"}


def test_folder_with_a_folder_in_it_stays(
    grafana: FakeGrafana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders in a folder (Grafana 11) are seen as well, also on a later page of the list."""
    monkeypatch.setattr("collector.boards.standing.PAGE", 1)
    wanted = settings_for(tmp_path, grafana.url, sites=[SENDAI])
    apply(wanted)
    inner = {"uid": "inner", "title": "inner folder", "folderUid": "mieruka-sendai"}
    grafana.folders["inner"] = inner
    assert "holds others: inner folder" in next(
        line for line in remove(wanted).lines if "left: folder" in line
    )
