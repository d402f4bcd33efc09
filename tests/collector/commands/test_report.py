"""`collector report` as people meet it: the list, a report, and every wrong input in one line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import typer
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from typer.testing import CliRunner, Result

from collector.commands.report import report
from collector.reporting.table import KINDS
from tests.collector.reporting.plants import quarter
from tests.services.mosquitto import free_port

app = typer.Typer()
app.command()(report)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant with totals from April to June 2025."""
    return quarter(tmp_path_factory.mktemp("plant"))


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def run(*words: object) -> Result:
    """Run the verb."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_list_names_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each report with what it is for, its periods and options, in the language spoken here."""
    told = run("--list")
    assert told.exit_code == 0
    for name in KINDS:
        assert f"\n{name}  " in f"\n{told.stdout}"
    assert "--option target_kw=…: the demand target (kW)" in told.stdout
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert "daily  日報" in run("--list").stdout


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (
            "en_US.UTF-8",
            "in the language of this machine (English) alone unless --language is given",
        ),
        ("ja_JP.UTF-8", "--language がなければ、この端末の言語(日本語)だけで作ります。"),
    ],
)
def test_the_list_says_in_which_language_files_are_made(
    monkeypatch: pytest.MonkeyPatch, machine: str, words: str
) -> None:
    """A PDF or workbook has one language, that of the machine unless another is asked for."""
    monkeypatch.setenv("LANG", machine)
    assert words in run("--list").stdout.replace("\n", "")


def test_the_list_as_json_is_one_line() -> None:
    """A program reads names, periods, formats and options."""
    told = run("--list", "--json")
    (line,) = told.stdout.splitlines()
    found = {kind["name"]: kind for kind in json.loads(line)}
    assert found["daily"]["periods"] == ["day"]
    assert found["daily"]["options"] == {"target_kw": ""}


def test_a_report_is_made_and_told_of(plant: Path, tmp_path: Path) -> None:
    """The file is where it is said to be; the only site need not be named."""
    told = run("daily", "--period", "2025-06-10", "--out", tmp_path, "-c", plant)
    assert told.exit_code == 0, told.stderr
    (path,) = tmp_path.iterdir()
    assert str(path) in told.stdout
    assert "gathering" in told.stderr
    assert 'lang="en"' in path.read_text(encoding="utf-8")


def test_the_result_as_json_has_digests(plant: Path, tmp_path: Path) -> None:
    """Files with their SHA-256 and the seconds of each phase, and nothing else on stdout."""
    told = run(
        *("daily", "--period", "2025-06-10", "--language", "both", "--out", tmp_path),
        *("--format", "csv, html", "--json", "-c", plant, "--option", "target_kw=150"),
    )
    assert told.exit_code == 0, told.stderr
    found = json.loads(told.stdout)
    assert {Path(file["path"]).suffix for file in found["files"]} == {".html", ".zip"}
    for file in found["files"]:
        assert hashlib.sha256(Path(file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert set(found["seconds"]) == {"gather", "build", "render"}
    assert told.stderr == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dialy", "--period", "2025-06-10"], "there is no report dialy (did you mean daily?)"),
        ([], "which report? (collector report --list tells them)"),
        (["daily"], "which period?"),
        (["daily", "--period", "soon"], "soon is not a period"),
        (["daily", "--period", "2025-06"], "the report daily is not made for 2025-06"),
        (["daily", "--period", "2031-01-01"], "no totals in 2031-01-01"),
        (["daily", "--period", "2025-06-10", "--site", "tokyo"], "there is no site tokyo"),
        (["daily", "--period", "2025-06-10", "--language", "fr"], "--language fr is not known"),
        (["daily", "--period", "2025-06-10", "--format", "docx"], "there is no format docx"),
        (["daily", "--period", "2025-06-10", "--format", "html,xls"], "did you mean xlsx?"),
        (["daily", "--period", "2025-06-10", "--option", "x"], "--option x has no value"),
        (["daily", "--period", "2025-06-10", "--option", "x=1"], "has no option x"),
        (
            ["daily", "--period", "2025-06-10", "--option", "a=1", "--option", "a=2"],
            "--option a is given twice",
        ),
        (["daily", "--period", "2025-06-10", "--to", "me"], "--to me is not a mail address"),
        (["daily", "--period", "2025-06-10", "--to", "a@b.jp"], "name no mail server"),
        (["monthly", "--period", "2025-06", "--option", "month=x"], "month=x is not known"),
        (["portfolio", "--period", "2025-06", "--site", "sendai"], "is of all sites"),
        (["mail-test"], "to whom?"),
    ],
)
def test_a_wrong_input_is_one_line_with_a_hint(
    plant: Path, tmp_path: Path, words: list[str], told: str
) -> None:
    """Exit code 1, one line that says what is wrong and what to write, and no file."""
    found = run(*words, "--out", tmp_path / "out", "-c", plant)
    assert found.exit_code == 1
    (line,) = [line for line in found.stderr.splitlines() if line.startswith("collector: ")]
    assert told in line
    assert line.endswith(")")
    assert not (tmp_path / "out").exists()


def test_settings_with_faults_end_with_two(tmp_path: Path) -> None:
    """A file that is not there is a fault of the settings."""
    found = run("daily", "--period", "2025-06-10", "-c", tmp_path / "nothing.toml")
    assert found.exit_code == 2


def test_with_several_sites_one_must_be_named(plant: Path) -> None:
    """Which site is asked for with the ids there are."""
    two = plant.with_name("two.toml")
    text = plant.read_text(encoding="utf-8")
    two.write_text(text + '\n[[sites]]\nid = "osaka"\ntime_zone = "Asia/Tokyo"\n', "utf-8")
    found = run("daily", "--period", "2025-06-10", "-c", two)
    assert found.exit_code == 1
    assert "give --site with one of: sendai, osaka" in found.stderr


def test_a_report_and_a_test_mail_are_sent(plant: Path, tmp_path: Path) -> None:
    """With --to the made report goes out by the settings' server; mail-test sends no report."""
    port = free_port()
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        mailing = plant.with_name("mailing.toml")
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "m@b.jp"\n'
        mailing.write_text(f"{plant.read_text(encoding='utf-8')}\n{mail}", encoding="utf-8")
        words = ("--to", "a@b.jp", "-c", mailing)
        told = run("daily", "--period", "2025-06-10", "--out", tmp_path, *words)
        assert told.exit_code == 0, told.stderr
        assert "sent to: a@b.jp" in told.stdout
        told = run("mail-test", *words)
        assert told.exit_code == 0, told.stderr
        assert told.stdout == "127.0.0.1 has taken a mail to a@b.jp\n"
    finally:
        server.stop()
    away = run("mail-test", "--to", "a@b.jp", "-c", mailing)
    assert away.exit_code == 1
    assert "Connection refused" in away.stderr
