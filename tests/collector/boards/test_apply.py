"""Boards into a Grafana that keeps the real one's rules."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from collector.boards import BoardsReport, apply
from collector.boards.stamp import fitted_uid, stamped
from collector.config import CollectorSettings
from collector.errors import CollectorError, RetryLaterError, StopError
from tests.collector.boards import case
from tests.grafana.fake_grafana import (
    ADMIN,
    PASSWORD,
    USER,
    VIEWER,
    FakeGrafana,
    running_grafana,
)

JA, EN = "mieruka-today-ja-sendai", "mieruka-today-en-sendai"
FOLDER = "mieruka-sendai"
SOURCES = ("mieruka-totals", "mieruka-raw")
SENDAI: dict[str, Any] = {
    "id": "sendai",
    "name": "仙台工場",
    "time_zone": "Asia/Tokyo",
    "contract_power_kw": 300.0,
    "meters": [
        {"id": "main", "name": "受電"},
        {"id": "press", "name": "プレス", "parent": "main"},
        {"id": "furnace", "parent": "main"},
    ],
}
AUSTIN: dict[str, Any] = {
    "id": "austin",
    "name": "Austin plant",
    "time_zone": "America/Chicago",
    "fiscal_year_starts": 1,
}


def _settings(state: Path, url: str, **changes: Any) -> CollectorSettings:
    sections: dict[str, Any] = {
        "collector": {"id": "hq", "state_dir": str(state)},
        "mqtt": {"url": "mqtt://127.0.0.1:1883"},
        "store": {
            "kind": "influx",
            "url": "http://127.0.0.1:8086",
            "org": "mieruka",
            "token": "influx-secret",
        },
        "sites": [SENDAI],
        "grafana": {"url": url, "token": ADMIN},
    }
    return CollectorSettings.model_validate({**sections, **changes})


def _variables(board: dict[str, Any]) -> dict[str, Any]:
    listed = board["templating"]["list"]
    return {one["name"]: one["current"]["value"] for one in listed if "current" in one}


def test_first_run_makes_everything(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Folder, both data sources and a board in each language are made, and say so."""
    report = apply(_settings(tmp_path, grafana.url))
    assert report.created == (*SOURCES, FOLDER, JA, EN)
    assert (report.updated, report.unchanged, report.left, report.unhealthy) == ((), (), (), ())
    assert {board["folderUid"] for board in grafana.boards.values()} == {FOLDER}
    assert grafana.boards[JA]["dashboard"]["title"] == "今日 - 仙台工場"
    assert "healthy: mieruka-totals" in report.lines
    assert report.lines[0].startswith("Grafana 13.0.0 at http://127.0.0.1:")


def test_second_run_writes_nothing(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Running again finds everything as it is and sends no write at all."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.calls.clear()
    report = apply(settings)
    assert report.unchanged == (*SOURCES, FOLDER, JA, EN)
    assert grafana.writes == []


def test_data_sources_read_both_buckets(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Each bucket has its data source; the token goes into the secret part only."""
    apply(_settings(tmp_path, grafana.url))
    buckets = {uid: one["jsonData"]["dbName"] for uid, one in grafana.sources.items()}
    assert buckets == {"mieruka-totals": "mieruka", "mieruka-raw": "mieruka_raw"}
    assert "influx-secret" not in json.dumps(grafana.sources)
    assert grafana.secrets["mieruka-raw"] == {"httpHeaderValue1": "Token influx-secret"}
    assert "influx-secret" not in (tmp_path / "boards.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("quiet", [False, True])
def test_changed_settings_reach_grafana(grafana: FakeGrafana, tmp_path: Path, quiet: bool) -> None:
    """New store settings and a new contract power are written, also when Grafana answers 204."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.quiet_put = quiet
    store = settings.store.model_copy(update={"bucket_totals": "sums"})
    sites = (settings.sites[0].model_copy(update={"contract_power_kw": 310.5}),)
    report = apply(settings.model_copy(update={"store": store, "sites": sites}))
    assert report.updated == ("mieruka-totals", JA, EN)
    assert grafana.sources["mieruka-totals"]["jsonData"]["dbName"] == "sums"
    assert _variables(grafana.boards[JA]["dashboard"])["contract_kw"] == "310.5"


def test_board_changed_by_hand_is_left(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A user's edit survives, is reported with what to do, and yields only to ``replace``."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.edit(JA, title="my own")
    report = apply(settings)
    assert report.left == (JA,)
    assert "collector boards apply --replace" in next(line for line in report.lines if JA in line)
    assert grafana.boards[JA]["dashboard"]["title"] == "my own"
    assert apply(settings, replace=True).updated == (JA,)
    assert grafana.boards[JA]["dashboard"]["title"] == "今日 - 仙台工場"
    assert apply(settings).left == ()


def test_moved_board_stays_where_it_was_put(grafana: FakeGrafana, tmp_path: Path) -> None:
    """An update goes into the folder the user chose, not back and not to the root."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.move(JA, "management")
    sites = (settings.sites[0].model_copy(update={"contract_power_kw": 400.0}),)
    assert apply(settings.model_copy(update={"sites": sites})).updated == (JA, EN)
    assert grafana.boards[JA]["folderUid"] == "management"
    assert grafana.boards[EN]["folderUid"] == FOLDER


def test_renamed_folder_is_not_renamed_back(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A folder is known by its uid; its title is the user's."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.folders[FOLDER]["title"] = "Sendai (old plant)"
    assert apply(settings).unchanged == (*SOURCES, FOLDER, JA, EN)
    assert grafana.folders[FOLDER]["title"] == "Sendai (old plant)"


def test_provisioned_board_and_source_are_left(grafana: FakeGrafana, tmp_path: Path) -> None:
    """What an operator provisions from files is left with a line, also with ``replace``."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.provision(EN)
    grafana.sources["mieruka-raw"]["readOnly"] = True
    grafana.calls.clear()
    report = apply(settings, replace=True)
    assert report.left == ("mieruka-raw", EN)
    assert all("file" in line for line in report.lines if line.startswith("left"))
    assert grafana.writes == []


def test_lost_state_adopts_equal_boards_only(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Without its record the collector takes over what is equal and leaves what is not."""
    apply(_settings(tmp_path / "old", grafana.url))
    grafana.edit(EN, title="my own")
    report = apply(_settings(tmp_path / "new", grafana.url))
    assert report.left == (EN,)
    assert JA in report.unchanged
    assert JA in apply(_settings(tmp_path / "new", grafana.url)).unchanged


def test_save_that_meets_another_is_left(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A board saved by a user between our reading and our writing is not written over (412)."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.race = True
    sites = (settings.sites[0].model_copy(update={"contract_power_kw": 400.0}),)
    report = apply(settings.model_copy(update={"sites": sites}))
    assert report.left == (JA, EN)
    assert "changed by someone else" in report.lines[-3]


def test_deleted_board_comes_back(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A board that is no longer there is made again."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    del grafana.boards[JA]
    assert apply(settings).created == (JA,)


def test_only_the_wanted_languages(grafana: FakeGrafana, tmp_path: Path) -> None:
    """The settings choose the languages."""
    wanted = {"url": grafana.url, "token": ADMIN, "languages": ("en",)}
    apply(_settings(tmp_path, grafana.url, grafana=wanted))
    assert list(grafana.boards) == [EN]


def test_two_sites_have_their_own_calendar(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Each site has folder and boards of its own, in its zone and with its fiscal year."""
    apply(_settings(tmp_path, grafana.url, sites=[SENDAI, AUSTIN]))
    assert set(grafana.folders) == {FOLDER, "mieruka-austin"}
    austin = grafana.boards["mieruka-today-en-austin"]["dashboard"]
    assert (austin["timezone"], austin["fiscalYearStartMonth"]) == ("America/Chicago", 0)
    assert "tz('America/Chicago')" in json.dumps(austin)
    assert "Asia/Tokyo" not in json.dumps(austin)
    sendai = grafana.boards[JA]["dashboard"]
    assert (sendai["timezone"], sendai["fiscalYearStartMonth"]) == ("Asia/Tokyo", 3)


def test_site_facts_are_written_into_the_board(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Contract power, incoming meters, circuits and names come from the settings."""
    apply(_settings(tmp_path, grafana.url, sites=[SENDAI, AUSTIN]))
    sendai = grafana.boards[JA]["dashboard"]
    assert _variables(sendai) == {
        "site": "sendai",
        "incoming": ["main"],
        "circuits": ["press", "furnace"],
        "contract_kw": "300",
        "target_kw": "0",
    }
    assert all(one["hide"] == 2 for one in sendai["templating"]["list"])
    assert '"value": "プレス"' in json.dumps(sendai, ensure_ascii=False)
    assert '{"text": "プレス"}' in json.dumps(sendai, ensure_ascii=False)
    ring = next(panel for panel in sendai["panels"] if panel["type"] == "piechart")
    shown = [one["matcher"]["options"] for one in ring["fieldConfig"]["overrides"]]
    assert shown == ["press", "furnace", "main"], "one override a meter"
    austin = grafana.boards["mieruka-today-en-austin"]["dashboard"]
    types = {one["name"]: one["type"] for one in austin["templating"]["list"]}
    assert types["incoming"] == "query", "without meters in the settings the reader picks"
    assert _variables(austin)["contract_kw"] == "0"


def test_shipped_board_is_not_changed_by_stamping(tmp_path: Path) -> None:
    """Stamping one site leaves nothing behind for the next."""
    settings = _settings(tmp_path, "http://127.0.0.1", sites=[SENDAI, AUSTIN])
    board = case.board("today", "ja")
    before = json.dumps(board)
    stamped(board, settings.sites[0])
    assert json.dumps(board) == before


def test_long_site_names_keep_uids_apart() -> None:
    """A uid stays within 40 characters, and long ones stay different and stable."""
    one, two = (fitted_uid(f"mieruka-today-ja-{'x' * 40}{end}") for end in "ab")
    assert len(one) == len(two) == 40
    assert one != two
    assert fitted_uid("mieruka-sendai") == "mieruka-sendai"


def test_unreachable_database_is_reported(grafana: FakeGrafana, tmp_path: Path) -> None:
    """When Grafana cannot read a bucket, the line says why and what to check."""
    grafana.unreachable = {"mieruka-raw"}
    report = apply(_settings(tmp_path, grafana.url))
    assert report.unhealthy == ("mieruka-raw",)
    assert "connection refused" in report.lines[-1]
    assert "http://127.0.0.1:8086" in report.lines[-1]


def test_grafana_under_a_sub_path(tmp_path: Path) -> None:
    """An address with a sub path is kept to."""
    with running_grafana("/grafana") as grafana:
        assert apply(_settings(tmp_path, grafana.url)).created == (*SOURCES, FOLDER, JA, EN)


def test_user_and_password(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A user name with its password works where there is no token."""
    wanted = {"url": grafana.url, "username": USER, "password": PASSWORD}
    assert JA in apply(_settings(tmp_path, grafana.url, grafana=wanted)).created


def _refused(settings: CollectorSettings) -> CollectorError:
    with pytest.raises(CollectorError) as caught:
        apply(settings)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_wrong_token_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """401: stop, and say where the token belongs."""
    wanted = {"url": grafana.url, "token": "stale"}
    error = _refused(_settings(tmp_path, grafana.url, grafana=wanted))
    assert isinstance(error, StopError)
    assert "401" in error.message
    assert "token_file" in error.hint


def test_missing_rights_are_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """403: stop, and name the role that is needed."""
    wanted = {"url": grafana.url, "token": VIEWER}
    error = _refused(_settings(tmp_path, grafana.url, grafana=wanted))
    assert isinstance(error, StopError)
    assert "403" in error.message
    assert "Admin" in error.hint


def test_no_credentials_are_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Without token and password nothing is even asked."""
    error = _refused(_settings(tmp_path, grafana.url, grafana={"url": grafana.url}))
    assert "credentials" in error.message
    assert grafana.calls == []


def test_wrong_path_is_one_line(tmp_path: Path) -> None:
    """404: an address that is a Grafana, but not its root, leads to a hint about the address."""
    with running_grafana("/grafana") as grafana:
        error = _refused(_settings(tmp_path, f"{grafana.url}/api/login"))
    assert isinstance(error, StopError)
    assert "404" in error.message
    assert "sub path" in error.hint


def test_some_other_page_is_one_line(tmp_path: Path) -> None:
    """An address that answers, but is no Grafana, is told apart from one that is silent."""
    with running_grafana("/grafana") as grafana:
        error = _refused(_settings(tmp_path, grafana.url.removesuffix("/grafana")))
    assert isinstance(error, StopError)
    assert "page" in error.message


def test_silent_host_is_tried_again_later(tmp_path: Path) -> None:
    """Nobody at the address: keep everything and come back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = _refused(_settings(tmp_path, f"http://127.0.0.1:{port}"))
    assert isinstance(error, RetryLaterError)
    assert f"127.0.0.1:{port}" in error.message


def test_taken_folder_name_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Another folder of that name: say which to rename."""
    grafana.folders["other"] = {"uid": "other", "title": "Mieruka 仙台工場 (sendai)"}
    error = _refused(_settings(tmp_path, grafana.url))
    assert isinstance(error, StopError)
    assert "Mieruka 仙台工場 (sendai)" in error.hint


def test_taken_board_name_leaves_the_rest(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A board of the same title that is not ours is left; the other language is still made."""
    settings = _settings(tmp_path, grafana.url)
    apply(settings)
    grafana.boards["own-board"] = grafana.boards.pop(JA)
    report = apply(settings)
    assert report.left == (JA,)
    assert EN in report.unchanged


def test_taken_source_name_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A data source of that name under another uid: one line, nothing overwritten."""
    grafana.sources["other"] = {"uid": "other", "name": "Mieruka totals"}
    error = _refused(_settings(tmp_path, grafana.url))
    assert "same name" in error.message
    assert list(grafana.sources) == ["other"]


def test_damaged_record_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A record that cannot be read stops before anything is written."""
    (tmp_path / "boards.json").write_text("{half", encoding="utf-8")
    error = _refused(_settings(tmp_path, grafana.url))
    assert "boards.json" in error.message
    assert grafana.writes == []


def test_boards_need_influxdb(tmp_path: Path) -> None:
    """The embedded store has no boards: say what to set, or what to read instead."""
    store = {"kind": "sqlite", "path": "store.sqlite"}
    error = _refused(_settings(tmp_path, "http://127.0.0.1", store=store))
    assert isinstance(error, StopError)
    assert 'kind = "influx"' in error.hint


def test_boards_need_a_grafana(tmp_path: Path) -> None:
    """Without [grafana] in the settings the line says what to add."""
    assert "[grafana]" in _refused(_settings(tmp_path, "", grafana=None)).hint


def test_report_is_frozen(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A report is a record: it cannot be changed."""
    report = apply(_settings(tmp_path, grafana.url))
    assert isinstance(report, BoardsReport)
    with pytest.raises(AttributeError):
        report.lines = ()  # type: ignore[misc]
