"""Every command that a guide shows is run, on a year's plant and on the demo."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.__main__ import app as collector
from collector.commands import terminal
from edge_agent.__main__ import app as edge_agent
from simulators.__main__ import app as plant_sim
from tests.collector.plant_year import plant_year
from tests.deploy.guide_text import (
    ASKED_OF_THE_SHELL,
    GUIDES,
    PROGRAMS,
    Command,
    is_shown,
    run_commands,
)

APPS = dict(zip(PROGRAMS, (collector, edge_agent, plant_sim), strict=True))
VERDICTS = ("meters balance",)
"""These end with 1 when what they look at is off: a verdict, no failure."""
RUN = ("installation", "installation.ja", "operation", "accounting", "consultant", "developer")
MORE = """
[fleet]
listen = "127.0.0.1:8884"
url = "https://collector.example.com:8884"
broker_url = "mqtts://collector.example.com:8883"
update_keys_file = "update.keys"
reload_command = ["true"]
[[tenants]]
id = "kita"
name = "Kita Metal"
sites = ["sendai"]
"""
PROFILE = Path(__file__).resolve().parents[2] / "edge_agent/profiles/eastron_sdm630.toml"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the guides suppose it: settings and a season of a plant, and the demo."""
    folder = tmp_path_factory.mktemp("guides") / "work"
    settings = plant_year(folder, circuits=2, first=date(2025, 9, 1), end=date(2025, 12, 1))
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[[sites]]", MORE + "[[sites]]", 1), encoding="utf-8")
    shutil.copy(PROFILE, folder / "my_meter.toml")
    words = ["demo", "--days", "2", "--live", "0", "--every", "600", "--out", str(folder / "demo")]
    # In a process of its own: the embedded broker's loop leaves sockets to the garbage collector.
    command = [sys.executable, "-m", "simulators", *words]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    """A wide screen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "160")
        # Made when their file was first loaded, perhaps by a test that came before.
        for screen in (terminal.out, terminal.err):
            patch.setattr(screen, "width", 160)
        yield


@pytest.mark.parametrize("name", RUN)
def test_its_commands_do_what_the_guide_shows(
    name: str, prepared: Path, environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the guide, each ends well and prints the lines shown below it."""
    folder = tmp_path / "work"
    shutil.copytree(prepared, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8" if name.endswith(".ja") else "C.UTF-8")
    for command in run_commands(GUIDES / f"{name}.md"):
        said = _run(command)
        missing = [line for line in command.shown if not is_shown(line, said)]
        assert missing == [], f"{command.text}\n{said}"


def _run(command: Command) -> str:
    text = ASKED_OF_THE_SHELL.sub(_filled_in, command.text)
    words = Command(command.guide, text).words
    if words[-2] == ">":
        result = CliRunner().invoke(APPS[words[0]], words[1:-2])
        said = _well(result, command.text)
        Path(words[-1]).write_text(result.stdout, encoding="utf-8")
        return said
    if words[0] in APPS:
        result = CliRunner().invoke(APPS[words[0]], words[1:])
        verdict = " ".join(words[1:3]) in VERDICTS and result.exit_code == 1
        return result.output if verdict else _well(result, command.text)
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, command.text + done.stderr
    return done.stdout


def _filled_in(asked: re.Match[str]) -> str:
    """What the shell says to `$(date ...)`."""
    done = subprocess.run(["sh", "-c", f"echo {asked[0]}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _well(result: Result, text: str) -> str:
    why = f"{text}\n{result.output}\n{result.exception!r}"
    assert result.exit_code == 0, why
    return result.output
