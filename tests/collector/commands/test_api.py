"""`collector api` as people meet it: tokens made, listed, revoked; a server that cannot start."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector import config
from collector.state import open_state
from tests.collector.commands.plant_files import settings_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A plant's settings."""
    return settings_file(tmp_path)


def api(path: Path, *words: str) -> Result:
    """Run the command."""
    result = CliRunner().invoke(command.app, ["api", *words, "-c", str(path)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_token_is_shown_once_and_opens_what_was_said(path: Path) -> None:
    """Alone on the standard output, so that it can be put into a file; the rest on stderr."""
    words = ("--tenant", "Customer A", "--site", "sendai", "--from", "2025-04-01")
    result = api(path, "token", "create", *words, "--to", "2026-03-31")
    assert result.exit_code == 0, result.output
    text = result.stdout.strip()
    assert text.startswith("mieruka_")
    assert text not in result.stderr
    state = open_state(config.load(path).collector.state_dir)
    token = state.api_tokens.find(text)
    state.database.close()
    assert token is not None
    assert token.tenant == "Customer A"
    assert token.reach.sites == ("sendai",)
    assert str(token.reach.first) == "2025-04-01"
    assert str(token.reach.end) == "2026-04-01", "the last day is included"
    listed = api(path, "token", "list", "--json").stdout
    assert text not in listed
    (view,) = json.loads(listed)
    assert (view["from"], view["to"], view["state"]) == ("2025-04-01", "2026-03-31", "alive")


def test_the_list_says_what_its_days_mean(path: Path) -> None:
    """The day given as --to is the one listed, and that it is included stands below."""
    words = ("--tenant", "t", "--all-sites", "--to", "2026-03-31")
    api(path, "token", "create", *words)
    text = api(path, "token", "list").stdout
    assert "2026-03-31" in text
    assert "first and last local day it may see, both included" in text


def test_a_token_lives_a_year_unless_said_otherwise(path: Path) -> None:
    """Nobody has to remember to end it."""
    made = json.loads(api(path, "token", "create", "--tenant", "t", "--all-sites", "--json").stdout)
    ends = datetime.fromisoformat(made["expires"]).date() - datetime.now(UTC).date()
    assert timedelta(364) <= ends <= timedelta(366)
    assert made["sites"] == ["*"]
    day = "2099-01-01"
    words = ("--tenant", "t", "--all-sites", "--expires", day, "--json")
    assert json.loads(api(path, "token", "create", *words).stdout)["expires"] == day


def test_a_revoked_token_is_listed_as_such(path: Path) -> None:
    """And a second time is no fault."""
    assert "there is no token" in api(path, "token", "list").stdout
    api(path, "token", "create", "--tenant", "tenant b", "--all-sites")
    assert "opens nothing any more" in api(path, "token", "revoke", "1").stdout
    assert api(path, "token", "revoke", "1").exit_code == 0
    listed = api(path, "token", "list").stdout
    assert "revoked" in listed
    assert "tenant b" in listed


WRONG = [
    (("token", "create", "--tenant", "t"), "which sites it opens is not said"),
    (("token", "create", "--tenant", "t", "--site", "sendai", "--all-sites"), "both given"),
    (("token", "create", "--tenant", " ", "--all-sites"), "who gets the token is not said"),
    (("token", "create", "--tenant", "t", "--site", "kyoto"), "there is no site kyoto"),
    (
        ("token", "create", "--tenant", "t", "--all-sites", "--from", "2025-04-02",
         "--to", "2025-04-01"),
        "--to is before --from",
    ),
    (
        ("token", "create", "--tenant", "t", "--all-sites", "--expires", "2020-01-01"),
        "--expires 2020-01-01 is over",
    ),
    (("token", "revoke", "7"), "there is no token 7"),
    (("serve",), "[api] listen is empty"),
    (("serve", "--listen", "9880"), "9880"),
    (("serve", "--log", "xml"), "--log xml is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_wrong_wish_is_one_line(path: Path, words: tuple[str, ...], said: str) -> None:
    """Exit code 1, with a hint in brackets."""
    result = api(path, *words)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert said in line
    assert line.endswith(")")


def test_a_port_in_use_is_one_line(path: Path) -> None:
    """And exit code 1, at once."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        place = f"127.0.0.1:{other.getsockname()[1]}"
        result = api(path, "serve", "--listen", place)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert f"{place} is in use" in line
