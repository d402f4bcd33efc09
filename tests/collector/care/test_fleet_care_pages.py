"""What `collector fleet ask` and `audit` print: calm, whole, and never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector.__main__ import app
from collector.commands import fleet_settings
from collector.commands.fleet_asking import failure_of, who
from collector.commands.fleet_care_text import show_answer
from collector.errors import CollectorError, RetryLaterError
from collector.state import open_state
from collector.state.care_requests import CareRequest, Ending
from edge_agent.contract.care import Answer
from tests.collector.care.stage import TABLES, Desk

SETTINGS = """
[collector]
id = "c"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "plant"
time_zone = "UTC"
[[sites.meters]]
id = "main"
"""
WIRING = {
    "meter": "main",
    "healthy": False,
    "load": "load on L1",
    "samples": 9,
    "verdicts": [{"severity": "fault", "title": "CT", "evidence": "-3 kW", "todo": "turn it"}],
}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a collector's settings, which knows agent a-1."""
    (tmp_path / "collector.toml").write_text(SETTINGS, "utf-8")
    desk = Desk(tmp_path / "state")
    desk.state.database.close()
    return tmp_path


def fleet(office: Path, *words: str) -> Result:
    """`collector fleet ...`."""
    return CliRunner().invoke(app, ["fleet", *words, "-c", str(office / "collector.toml")])


def shown(capsys: pytest.CaptureFixture[str], kind: str, **body: Any) -> str:
    """The page of an answer."""
    show_answer(Answer("q", "a-1", kind, "done", 1, body=body, cut=True))
    return capsys.readouterr().out


def test_a_page_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do, and that it was cut."""
    fault = {"meter": "press", "message": "no answer", "hint": "look at the cable"}
    text = shown(capsys, "read", readings=[], faults=[fault], not_asked=["boiler"])
    assert "meter press: no answer (look at the cable)" in text
    assert "no time was left for: boiler" in text
    assert "the rest was left out" in text
    text = shown(capsys, "wiring", meters=[WIRING], not_judged=["press"])
    assert "To do: turn it" in text
    assert "meter press: not judged yet" in text
    row = {"mark": "fault", "subject": "disk", "measured": "full", "meaning": "", "remedy": "clean"}
    assert "To do: clean" in shown(capsys, "doctor", findings=[row])
    assert "[agent]" in shown(capsys, "settings", text='[agent]\nid = "a"')


def test_a_text_of_an_agent_does_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither colours nor clearing the screen, and no markup of ours."""
    line = {"time": "t", "level": "info", "from": "x", "message": "\x1b[2J[red]\u202eowned\x07"}
    text = shown(capsys, "log", lines=[line])
    assert not {"\x1b", "\u202e", "\x07"} & set(text)
    assert "[red]owned" in text


@pytest.mark.parametrize("kind", ["status", "read", "wiring", "log", "doctor", "settings", "later"])
def test_an_answer_of_another_version_is_shown_as_it_came(
    capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """An agent of tomorrow may say more, or otherwise."""
    for body in ({"new": {"figure": 1}}, {"readings": 3, "lines": [1], "findings": [{}]}):
        assert "figure" in shown(capsys, kind, **body) or "readings" in body


def test_who_asks_is_the_name_or_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account without a name is no reason not to help."""
    monkeypatch.setattr("getpass.getuser", lambda: "pi")
    assert who("  Sato ") == ("Sato", "pi")
    assert who("") == ("pi", "pi")

    def nobody() -> str:
        raise KeyError("uid not found: 1000")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert who("") == ("unknown", "unknown")


def test_how_a_request_failed_is_one_line() -> None:
    """Silence may pass; a refusal stays one."""
    request = CareRequest("q", "a-1", "read", {}, "sato", "pi", 1, 2)
    silent = failure_of(_ended(request, "no answer", "the agent gave no answer in time"))
    assert isinstance(silent, RetryLaterError)
    refused = failure_of(_ended(request, "refused", "not here"))
    assert str(refused) == "agent a-1 refuses: not here (add it)"
    assert isinstance(refused, CollectorError)


def _ended(request: CareRequest, outcome: str, message: str) -> CareRequest:
    return CareRequest(
        *(request.id, request.agent, request.kind, request.arguments, "sato", "pi", 1, 2),
        ending=Ending(outcome, message, "add it"),
    )


def test_without_requests_the_audit_says_how_to_make_one(office: Path) -> None:
    """An empty list is no mistake."""
    assert "collector fleet ask AGENT status" in fleet(office, "audit").stdout
    assert fleet(office, "audit", "--json").stdout == "[]\n"
    assert "collector fleet config push" in fleet(office, "config", "list").stdout


def test_without_a_running_collector_a_question_is_one_line(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the request stays on record, with its end."""
    monkeypatch.setattr("collector.care.asking.TAKEN_WITHIN_S", 0.1)
    done = fleet(office, "ask", "a-1", "status")
    assert done.exit_code == 1
    assert "no running collector has sent it" in done.stderr
    assert "no answer" in fleet(office, "audit").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("push", "b-7", "new.toml"), "there is no agent b-7 (known: a-1)"),
        (("push", "a-1", "none.toml"), "none.toml cannot be read"),
        (("show", "a-1"), "no settings were ever pushed to agent a-1"),
        (("diff", "a-1"), "no settings were ever pushed"),
        (("rollback", "a-1"), "no version that was in use before"),
        (("rollback", "a-1", "--to", "3"), "no settings were ever pushed"),
    ],
)
def test_a_wrong_command_is_one_line(office: Path, words: tuple[str, ...], told: str) -> None:
    """With what to do."""
    (office / "new.toml").write_text(TABLES, "utf-8")
    verb, agent, *rest = words
    files = [str(office / one) if one.endswith(".toml") else one for one in rest]
    done = fleet(office, "config", verb, agent, *files)
    assert (done.exit_code, told in done.stderr) == (1, True)


def test_a_push_to_an_agent_that_is_away_waits_for_it(office: Path) -> None:
    """The command does not: it says that it will be sent, and the list shows it."""
    (office / "new.toml").write_text(TABLES, "utf-8")
    state = open_state(office / "state")
    with state.database.write() as connection:
        connection.execute("UPDATE agent SET online = 0")
    state.database.close()
    done = fleet(office, "config", "push", "a-1", str(office / "new.toml"), "--note", "first")
    assert done.exit_code == 0
    assert "waiting (the agent is offline); it is sent until the agent decides" in done.stdout
    assert "first" in fleet(office, "config", "list").stdout
    assert fleet(office, "config", "show", "a-1").stdout.strip() == TABLES.strip()
    assert '"state": "waiting"' in fleet(office, "config", "list", "a-1", "--json").stdout


def test_a_push_that_is_not_decided_on_in_time_says_so(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on without the command."""
    monkeypatch.setattr(fleet_settings, "DECIDED_WITHIN_S", 0.1)
    (office / "new.toml").write_text(TABLES, "utf-8")
    done = fleet(office, "config", "push", "a-1", str(office / "new.toml"))
    assert done.exit_code == 1
    assert "agent a-1 has not decided on it yet (see later: collector fleet config list)" in (
        done.stderr
    )
