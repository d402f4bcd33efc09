"""`collector boards` as a person calls it, on a Grafana that keeps the real one's rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.__main__ import app
from tests.collector.boards import case
from tests.grafana.fake_grafana import ADMIN, FakeGrafana, running_grafana

SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1883"
[store]
kind = "influx"
url = "http://127.0.0.1:8086"
org = "mieruka"
token = "influx-secret"
[[sites]]
id = "sendai"
name = "仙台工場"
time_zone = "Asia/Tokyo"
[[sites.meters]]
id = "main"
[grafana]
url = "{url}"
token = "{token}"
read_token = "read-only"
languages = ["ja"]
"""
JA = "mieruka-today-ja-sendai"


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGrafana]:
    """Run a Grafana, with one board to be shipped."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", case.one_board)
    monkeypatch.setattr("collector.boards.wanted.alert_texts", lambda language: iter(()))
    with running_grafana() as running:
        yield running


@pytest.fixture
def file(grafana: FakeGrafana, tmp_path: Path) -> Path:
    """Write the settings for it."""
    path = tmp_path / "collector.toml"
    path.write_text(SETTINGS.format(url=grafana.url, token=ADMIN), encoding="utf-8")
    return path


def _boards(file: Path, *words: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, ["boards", *words, "-c", str(file)], input=answer)


def test_alone_it_tells_what_there_is(grafana: FakeGrafana, file: Path) -> None:
    """Without a verb nothing is written: each thing, how it stands, and what to do next."""
    result = _boards(file)
    assert result.exit_code == 0, result.output
    assert f"missing: board {JA}" in result.stdout
    assert result.stdout.splitlines()[-1] == "4 steps to do: collector boards plan"
    assert grafana.writes == []
    assert _boards(file, "apply").exit_code == 0
    grafana.edit(JA, title="my own")
    shown = _boards(file).stdout
    assert "as wanted: folder mieruka-sendai" in shown
    assert f"left alone: board {JA} (changed in Grafana" in shown
    assert shown.splitlines()[-1] == "nothing to do"


def test_plan_apply_and_json(grafana: FakeGrafana, file: Path) -> None:
    """Plan tells the steps, apply does them; both as one line of JSON when asked."""
    assert f"create: board {JA}" in _boards(file, "plan").stdout
    planned = json.loads(_boards(file, "plan", "--json").stdout)
    assert [step["verb"] for step in planned["steps"]] == ["create"] * 4
    assert grafana.writes == []
    done = json.loads(_boards(file, "apply", "--json").stdout)
    assert done["created"] == planned["created"]
    assert json.loads(_boards(file, "--json").stdout)["created"] == []


def test_apply_ends_with_1_when_a_bucket_cannot_be_read(grafana: FakeGrafana, file: Path) -> None:
    """The exit code tells a script that the boards will stay empty."""
    grafana.unreachable = {"mieruka-raw"}
    assert _boards(file, "apply").exit_code == 1


def test_remove_asks_first(grafana: FakeGrafana, file: Path) -> None:
    """What would go is shown; a no leaves all, a yes or --yes takes it away."""
    _boards(file, "apply")
    refused = _boards(file, "remove", answer="n\n")
    assert refused.exit_code == 1
    assert f"remove: board {JA}" in refused.stdout
    assert JA in grafana.boards
    assert _boards(file, "remove", "--only", JA, answer="y\n").exit_code == 0
    assert JA not in grafana.boards
    assert _boards(file, "remove", "--yes", "--json").exit_code == 0
    assert grafana.folders == {}
    assert _boards(file, "remove").stdout.count("\n") == 1, "nothing is left to ask about"


def test_export_tells_what_to_mount(grafana: FakeGrafana, file: Path, tmp_path: Path) -> None:
    """The files, where they go, and the variables that Grafana needs."""
    shown = _boards(file, "export", str(tmp_path / "out"), "--mounted", "/srv/boards").stdout
    assert "/srv/boards" in shown
    assert "MIERUKA_INFLUX_TOKEN" in shown
    assert "MIERUKA_CONTACT_URL" not in shown
    listed = json.loads(_boards(file, "export", str(tmp_path / "out"), "--json").stdout)
    assert f"dashboards/mieruka-sendai/{JA}.json" in listed["files"]
    assert grafana.calls == []


def test_access_is_given_listed_and_ended(grafana: FakeGrafana, file: Path) -> None:
    """A consultant is let in, stands in the list with who let them in, and is let out."""
    empty = _boards(file, "access", "list").stdout
    assert "collector boards access add" in empty
    grafana.sign_up("tanaka", 1)
    given = ("access", "add", "tanaka", "--site", "sendai", "--until", "2099-01-01")
    refused = _boards(file, *given)
    assert refused.exit_code == 1
    assert "more than a year ahead" in refused.stderr
    from datetime import UTC, datetime, timedelta

    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    assert _boards(file, *given[:-1], until, "--by", "sato").exit_code == 0
    assert list(grafana.here.members.values()) == [[1]]
    (row,) = json.loads(_boards(file, "access", "list", "--json").stdout)
    assert (row["name"], row["by"], row["state"]) == ("tanaka", "sato", "alive")
    assert "tanaka" in _boards(file, "access", "list").stdout
    assert _boards(file, "access", "expire").exit_code == 0
    assert _boards(file, "access", "end", "tanaka", "--site", "sendai", "--json").exit_code == 0
    assert list(grafana.here.members.values()) == [[]]
    assert _boards(file, "access", "end", "tanaka", "--site", "osaka").exit_code == 1


def test_links_and_tokens(grafana: FakeGrafana, file: Path) -> None:
    """An address for strangers and a token for a program, each printed alone on stdout."""
    _boards(file, "apply")
    refused = _boards(file, "share", JA)
    assert refused.exit_code == 1
    assert "--copy" in refused.stderr
    shared = json.loads(_boards(file, "share", JA, "--copy", "--json").stdout)
    assert _boards(file, "share", JA, "--copy").stdout.strip() == shared["url"]
    assert "no public link any more" in _boards(file, "unshare", shared["uid"]).stdout
    assert _boards(file, "unshare", shared["uid"], "--json").exit_code == 1
    assert _boards(file, "token", "bi", "--days", "3").stdout.startswith("glsa_")
    assert json.loads(_boards(file, "token", "bo", "--json").stdout)["days"] == 90


def test_grafana_that_is_away_is_one_line(grafana: FakeGrafana, file: Path) -> None:
    """Every verb that asks Grafana says in one line that it is away, and what to check."""
    file.write_text(SETTINGS.format(url="http://127.0.0.1:9", token=ADMIN), encoding="utf-8")
    asked = (
        (), ("plan",), ("apply",), ("remove", "--yes"), ("share", JA), ("unshare", JA),
        ("token", "x"), ("access", "expire"),
    )  # fmt: skip
    for words in asked:
        result = _boards(file, *words)
        assert result.exit_code == 1, words
        (line,) = result.stderr.splitlines()
        assert "127.0.0.1:9 does not answer" in line
