"""`collector tenants` as people meet it, and what is asked of a token where there are customers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector import config
from collector.state import open_state
from tests.collector.commands.plant_files import HEAD

SITES = """
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
[[sites]]
id = "austin"
time_zone = "America/Chicago"
"""
CUSTOMERS = """
[[tenants]]
id = "acme"
name = "Acme 株式会社"
sites = ["austin"]
[tenants.store]
path = "acme.sqlite"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A collector with a plant of its own and a customer's."""
    file = tmp_path / "collector.toml"
    file.write_text(HEAD + SITES + CUSTOMERS, encoding="utf-8")
    return file


def run(path: Path, *words: str) -> Result:
    """Run the command."""
    result = CliRunner().invoke(command.app, [*words, "-c", str(path)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def made(path: Path, *words: str) -> dict[str, object]:
    """A token made so, as JSON tells it."""
    result = run(path, "api", "token", "create", *words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_customers_token_opens_its_sites_for_a_viewer(path: Path) -> None:
    """Neither sites nor role need be said: least rights, all sites of the customer."""
    view = made(path, "--tenant", "acme")
    assert (view["sites"], view["role"]) == (["austin"], "viewer")
    assert made(path, "--tenant", "hq", "--role", "admin")["sites"] == ["*"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--tenant", "acme", "--site", "sendai"), "sendai is not acme's"),
        (("--tenant", "hq", "--site", "austin"), "austin is not hq's"),
        (("--tenant", "acme", "--all-sites"), "there are customers"),
        (("--tenant", "acme", "--role", "boss"), "write one of: viewer, manager"),
        (("--tenant", "acme", "--role", "consultant"), "write --expires DATE"),
        (
            ("--tenant", "acme", "--role", "consultant", "--expires", "2999-01-01"),
            "more than 366 days ahead",
        ),
        (("--tenant", "nobody"), "or a customer of [[tenants]]: acme"),
        (("--tenant", "acme", "--role", "admin"), "admin opens all customers, and acme is one"),
        (("--tenant", "acme", "--role", "admin", "--all-sites"), "acme is one (acme's own people"),
    ],
)
def test_what_a_token_may_not_be_is_told(path: Path, words: tuple[str, ...], line: str) -> None:
    """One line with what to write instead, and no token is made."""
    result = run(path, "api", "token", "create", *words)
    assert result.exit_code == 1
    assert line in " ".join(result.stderr.split())
    assert json.loads(run(path, "api", "token", "list", "--json").stdout) == []


def test_the_list_tells_what_is_apart_and_how_many_may_look(path: Path) -> None:
    """One row a customer; who may look, each with role and end, is asked by its id."""
    end = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    made(path, "--tenant", "acme", "--role", "consultant", "--expires", end)
    made(path, "--tenant", "hq", "--role", "admin")
    state = open_state(config.load(path).collector.state_dir)
    state.grafana_access.add("austin", "tanaka", 4_000_000_000_000, "sato", 1, "manager")
    state.database.close()
    (row,) = json.loads(run(path, "tenants", "list", "--json").stdout)
    assert row["store"].endswith("acme.sqlite")
    assert (row["tokens"], row["people"]) == (2, 1)
    held = json.loads(run(path, "tenants", "who", "acme", "--json").stdout)
    assert [(one["by"], one["role"]) for one in held] == [
        ("API", "consultant"),
        ("API", "admin"),
        ("Grafana", "manager"),
    ]
    assert held[0]["until"] == end
    listed = run(path, "tenants", "list").stdout
    assert "Acme" in listed
    assert " no " in listed  # whether Grafana knows it
    assert "tanaka" in run(path, "tenants", "who", "acme").stdout


def test_no_customer_is_an_answer_and_an_unknown_one_is_told(path: Path) -> None:
    """Empty lists say what to add; a wrong name says which there are."""
    wrong = run(path, "tenants", "who", "acne")
    assert (wrong.exit_code, "one of: acme" in wrong.stderr) == (1, True)
    assert "nobody may look" in run(path, "tenants", "who", "acme").stdout
    path.write_text(HEAD + SITES, encoding="utf-8")
    assert "add [[tenants]]" in run(path, "tenants", "list").stdout


def test_roles_are_explained() -> None:
    """Every role with what it opens."""
    result = CliRunner().invoke(command.app, ["tenants", "roles"])
    assert all(role in result.stdout for role in ("viewer", "manager", "consultant", "admin"))
