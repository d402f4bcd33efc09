"""Plan and apply are one pass: what is told is what is done, whatever stands in Grafana."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.boards import BoardsReport, apply, plan
from collector.boards.step import Step
from collector.errors import RetryLaterError, StopError
from tests.collector.boards import case
from tests.collector.boards.case import AUSTIN, SENDAI, At, settings_for
from tests.grafana.fake_grafana import FakeGrafana, running_grafana

pytestmark = pytest.mark.usefixtures("all_boards", "with_alerts")
CONTACT = {"kind": "webhook", "url": "https://hooks.example.jp/secret"}
ALL: dict[str, Any] = {"teams": True, "contact": CONTACT}
JA = "mieruka-today-ja-sendai"


def _told(report: BoardsReport) -> list[tuple[str, str, str]]:
    return [(step.verb, step.kind, step.uid) for step in report.steps]


def test_plan_writes_nothing_anywhere(each_grafana: FakeGrafana, tmp_path: Path) -> None:
    """A plan tells every step of a first run; Grafana and the record stay as they were."""
    report = plan(settings_for(tmp_path, each_grafana.url, grafana=ALL))
    assert each_grafana.writes == []
    assert not (tmp_path / "boards.json").exists()
    assert {step.verb for step in report.steps} == {"create"}
    kinds = {step.kind for step in report.steps}
    assert kinds == {"source", "folder", "team", "permission", "contact", "rules", "board"}
    assert f"create: board {JA}" in report.lines


def test_apply_does_what_plan_told_and_then_nothing(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """The steps of apply are those of the plan before it; after it the plan has none left."""
    wanted = settings_for(tmp_path, each_grafana.url, grafana=ALL)
    planned = plan(wanted)
    done = apply(wanted)
    assert _told(done) == _told(planned)
    each_grafana.calls.clear()
    again = apply(wanted)
    assert each_grafana.writes == []
    assert {step.verb for step in again.steps} == {"keep"}
    assert _told(plan(wanted)) == _told(again)


def _edit(grafana: FakeGrafana, uid: str) -> None:
    if uid in grafana.boards:
        grafana.edit(uid, title="my own")


def _drop(grafana: FakeGrafana, uid: str) -> None:
    grafana.boards.pop(uid, None)


def _move(grafana: FakeGrafana, uid: str) -> None:
    if uid in grafana.boards:
        grafana.move(uid, "elsewhere")


def _keep_by_file(grafana: FakeGrafana, uid: str) -> None:
    if uid in grafana.boards:
        grafana.provision(uid)


def _source_by_hand(grafana: FakeGrafana, uid: str) -> None:
    if "mieruka-raw" in grafana.sources:
        grafana.sources["mieruka-raw"]["url"] = f"http://{uid}"


def _unlock(grafana: FakeGrafana, uid: str) -> None:
    for rule in grafana.here.rules.values():
        rule["provenance"] = ""


def _rule_gone(grafana: FakeGrafana, uid: str) -> None:
    grafana.here.rules.pop("mieruka-silent-sendai", None)


def _right_taken(grafana: FakeGrafana, uid: str) -> None:
    for items in grafana.here.permissions.values():
        items[:] = [one for one in items if not one.get("teamId")]


EVENTS: list[Callable[[FakeGrafana, str], None]] = [
    _edit, _drop, _move, _keep_by_file, _source_by_hand, _unlock, _rule_gone, _right_taken,
]  # fmt: skip
UIDS = [JA, "mieruka-demand-ja-sendai", "mieruka-today-en-austin", "mieruka-portfolio-ja"]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    version=st.sampled_from(["9.4.0", "11.6.0", "13.0.0"]),
    before=st.booleans(),
    events=st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(UIDS)), max_size=5),
    replace=st.booleans(),
    kw=st.sampled_from([300.0, 310.0]),
)
def test_plan_and_apply_never_differ(
    version: str,
    before: bool,
    events: list[tuple[Callable[[FakeGrafana, str], None], str]],
    replace: bool,
    kw: float,
) -> None:
    """Whatever users and operators did, apply does what plan tells, and a second apply nothing."""
    with tempfile.TemporaryDirectory() as folder, running_grafana(version=version) as grafana:
        first = settings_for(Path(folder), grafana.url, grafana=ALL)
        if before:
            apply(first)
        for event, uid in events:
            event(grafana, uid)
        sites = [{**SENDAI, "contract_power_kw": kw}, AUSTIN]
        wanted = settings_for(Path(folder), grafana.url, grafana=ALL, sites=sites)
        planned = plan(wanted, replace=replace)
        assert _told(apply(wanted, replace=replace)) == _told(planned)
        writes = len(grafana.writes)
        left = [step for step in apply(wanted).steps if step.verb == "leave"]
        assert len(grafana.writes) == writes
        assert replace is False or all(
            "file" in one.why or "right" in one.why for one in left if one.kind != "permission"
        )


@pytest.mark.parametrize(
    ("version", "before"), [("9.4.0", False), ("13.0.0", False), ("13.0.0", True)]
)
def test_a_run_cut_off_anywhere_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, before: bool
) -> None:
    """Whichever write is the last that Grafana hears or answers, the next run brings all there."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", case.one_board)
    with running_grafana(version=version) as whole:
        apply(settings_for(tmp_path / "whole", whole.url, grafana=ALL, sites=[SENDAI]))
        count, goal = len(whole.writes), _content(whole)
    assert count == 13
    for number in range(1, count + 1):
        with running_grafana(version=version) as grafana:
            wanted = settings_for(tmp_path / str(number), grafana.url, grafana=ALL, sites=[SENDAI])
            grafana.break_at, grafana.break_before = number, before
            with pytest.raises(RetryLaterError):
                apply(wanted)
            grafana.break_at = 0
            assert apply(wanted).left == ()
            assert _content(grafana) == goal
            assert {step.verb for step in plan(wanted).steps} == {"keep"}


def _content(grafana: FakeGrafana) -> dict[str, Any]:
    here = grafana.here
    boards = {
        uid: (one["dashboard"]["title"], one["folderUid"]) for uid, one in here.boards.items()
    }
    return {
        "boards": boards,
        "folders": sorted(here.folders),
        "secrets": dict(here.secrets),
        "rules": sorted(here.rules),
        "intervals": dict(here.intervals),
        "contacts": [one["name"] for one in here.contacts],
        "teams": dict(here.teams),
        "permissions": dict(here.permissions),
    }


def test_only_some_boards(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A shipped board's uid narrows a run to that board at every site, with what it needs."""
    wanted = settings_for(tmp_path, grafana.url, grafana=ALL)
    report = apply(wanted, uids=["mieruka-today-ja"])
    assert set(grafana.boards) == {JA, "mieruka-today-ja-austin"}
    assert set(grafana.folders) == {"mieruka-sendai", "mieruka-austin"}
    assert {step.kind for step in report.steps} == {"source", "folder", "board"}
    assert grafana.here.rules == {}


def test_only_a_group_of_rules(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A group's name narrows a run to that group, with the contact point it speaks to."""
    apply(settings_for(tmp_path, grafana.url, grafana=ALL), uids=["mieruka-alerts-fleet"])
    assert list(grafana.here.rules) == ["mieruka-completeness"]
    assert grafana.boards == {}
    assert [one["name"] for one in grafana.here.contacts] == ["Mieruka"]


def test_only_something_unknown_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A uid that is nothing here is told with those there are; nothing is written."""
    with pytest.raises(StopError) as caught:
        apply(settings_for(tmp_path, grafana.url), uids=["mieruka-todai"])
    assert "mieruka-todai" in caught.value.message
    assert JA in caught.value.hint
    assert grafana.calls == []


def test_two_sites_of_one_name_have_a_folder_each(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """The id in the title keeps them apart, also where Japanese signs are not compared (9.4)."""
    ube, twin = {**AUSTIN, "id": "ube", "name": "宇部工場"}, {**AUSTIN, "name": "仙台工場"}
    apply(settings_for(tmp_path, each_grafana.url, sites=[SENDAI, ube, twin]))
    titles = {one["title"] for one in each_grafana.folders.values()}
    names = ("仙台工場 (sendai)", "宇部工場 (ube)", "仙台工場 (austin)")
    assert titles == {"Mieruka 全拠点", *(f"Mieruka {name}" for name in names)}


def test_a_folder_of_another_title_is_not_renamed(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A folder keeps the title that it was made with, or that somebody gave it."""
    grafana.folders["mieruka-sendai"] = {"uid": "mieruka-sendai", "title": "Mieruka 仙台工場"}
    apply(settings_for(tmp_path, grafana.url, sites=[SENDAI]))
    assert [one["title"] for one in grafana.folders.values()] == ["Mieruka 仙台工場"]


def test_two_folders_alike_are_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Titles of the same letters and digits are told before anything is written."""
    one = {**AUSTIN, "id": "north-south", "name": "Works"}
    other = {**AUSTIN, "id": "south", "name": "Works: North"}
    with pytest.raises(StopError) as caught:
        plan(settings_for(tmp_path, grafana.url, sites=[one, other]))
    assert "mieruka-north-south and mieruka-south" in caught.value.message
    assert "another name" in caught.value.hint
    assert grafana.calls == []


def test_viewer_may_not_provision(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A viewer's token stops at the first thing it may not do, with the role that is needed."""
    wanted = settings_for(tmp_path, grafana.url, grafana={"token": "viewer-token"})
    with pytest.raises(StopError) as caught:
        apply(wanted)
    assert "Admin" in caught.value.hint
    assert grafana.boards == {}


def test_a_version_that_strangers_are_not_told(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Where /health hides the version it is read as a user."""
    grafana.hides_version = True
    assert plan(settings_for(tmp_path, grafana.url)).lines[0].startswith("Grafana 13.0.0 at ")


def test_what_the_settings_no_longer_ask_for_is_named(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A site taken out of the settings keeps its boards; a line says how they go away."""
    apply(settings_for(tmp_path, grafana.url))
    report = apply(settings_for(tmp_path, grafana.url, sites=[SENDAI]))
    assert "mieruka-today-ja-austin" in report.left
    line = next(one for one in report.lines if "mieruka-today-ja-austin" in one)
    assert "collector boards remove --only mieruka-today-ja-austin" in line
    assert "mieruka-today-ja-austin" in grafana.boards


def test_collectors_own_token_is_warned_of(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Without a read-only token a line says so, with the command that makes one."""
    report = plan(settings_for(tmp_path, grafana.url, grafana={"read_token": ""}))
    (warning,) = [line for line in report.lines if line.startswith("warning")]
    assert "influx auth create --org mieruka --read-bucket" in warning
    apply(settings_for(tmp_path, grafana.url))
    assert grafana.secrets["mieruka-raw"] == {"httpHeaderValue1": "Token read-only"}


def test_source_changed_by_hand_is_named_by_key(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A data source changed by hand is left, with what differs; ``replace`` writes over it."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    grafana.sources["mieruka-raw"]["jsonData"]["dbName"] = "other"
    report = apply(wanted)
    assert report.left == ("mieruka-raw",)
    assert "jsonData not as we wrote it" in next(one for one in report.lines if "left" in one)
    apply(wanted, replace=True)
    assert grafana.sources["mieruka-raw"]["jsonData"]["dbName"] == "mieruka_raw"


def test_users_settings_of_a_source_survive_an_update(grafana: FakeGrafana, tmp_path: Path) -> None:
    """What we do not set (default choice, a longer time-out) is sent again with a PUT."""
    apply(settings_for(tmp_path, grafana.url))
    grafana.sources["mieruka-raw"]["isDefault"] = True
    grafana.sources["mieruka-raw"]["jsonData"]["timeout"] = 60
    report = apply(settings_for(tmp_path, grafana.url, grafana={"read_token": "rolled"}))
    assert report.updated == ("mieruka-totals", "mieruka-raw")
    assert grafana.sources["mieruka-raw"]["isDefault"] is True
    assert grafana.sources["mieruka-raw"]["jsonData"]["timeout"] == 60
    assert grafana.secrets["mieruka-raw"] == {"httpHeaderValue1": "Token rolled"}


def test_report_for_a_program_holds_no_secret(grafana: FakeGrafana, tmp_path: Path) -> None:
    """The JSON of a plan tells methods and paths; tokens and hooks are not in it."""
    document = plan(settings_for(tmp_path, grafana.url, grafana=ALL)).document()
    assert "read-only" not in str(document)
    assert "secret" not in str(document)
    assert "POST /teams" in str(document)


def test_a_step_says_what_becomes_of_what() -> None:
    """A line names verb, kind, uid and reason."""
    assert Step("leave", "board", "b", "by hand").line("left") == "left: board b (by hand)"


def test_links_lead_to_boards_of_the_same_site(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Links between a site's boards name that site's; boards over all sites offer a choice."""
    apply(settings_for(tmp_path, grafana.url))
    today = grafana.boards[JA]["dashboard"]
    urls = [link["url"] for link in today["links"]]
    assert urls == [
        "/d/mieruka-demand-ja-sendai", "/d/mieruka-fleet-ja", "/d/mieruka-portfolio-ja",
    ]  # fmt: skip
    portfolio = grafana.boards["mieruka-portfolio-ja"]
    assert portfolio["folderUid"] == "mieruka-portfolio"
    kinds = [(link["type"], link.get("url")) for link in portfolio["dashboard"]["links"]]
    assert kinds == [("dashboards", None), ("dashboards", None), ("link", "/d/mieruka-fleet-ja")]
    assert "/d/mieruka-today-ja-${__value.raw}?${__url_time_range}" in str(portfolio)
    english = grafana.boards["mieruka-today-en-austin"]["dashboard"]
    assert english["links"] == [], "the boards it links to are not there in English"


def test_boards_over_all_sites_let_the_reader_choose_sites(
    grafana: FakeGrafana, tmp_path: Path
) -> None:
    """The choice shows the sites' names, all at first; zones that differ become UTC."""
    apply(settings_for(tmp_path, grafana.url))
    board = grafana.boards["mieruka-fleet-ja"]["dashboard"]
    (site,) = board["templating"]["list"]
    assert site["current"]["value"] == ["sendai", "austin"]
    assert site["query"] == "仙台工場 : sendai,Austin plant : austin"
    assert board["timezone"] == "UTC"


def test_one_site_has_no_portfolio(grafana: FakeGrafana, tmp_path: Path) -> None:
    """With one site its folder holds the fleet's board, and there is no portfolio."""
    apply(settings_for(tmp_path, grafana.url, sites=[SENDAI]))
    assert grafana.boards["mieruka-fleet-ja"]["folderUid"] == "mieruka-sendai"
    assert "mieruka-portfolio-ja" not in grafana.boards
    assert list(grafana.folders) == ["mieruka-sendai"]
    assert grafana.boards["mieruka-fleet-ja"]["dashboard"]["timezone"] == "Asia/Tokyo"


def test_clock_is_only_asked_for_grants(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Two plans at different instants are the same where nobody was given access."""
    wanted = settings_for(tmp_path, grafana.url)
    assert plan(wanted, clock=At(0)).steps == plan(wanted, clock=At()).steps
