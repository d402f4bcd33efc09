"""`pipx install 'mieruka[edge]'`, really, from a wheel of this tree: all that an agent needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"numpy", "pandas", "orjson", "scipy", "influxdb_client", "amqtt", "jinja2"}
"""What the collector or the demo has, and an agent must not carry."""
TIMEOUT_S = 240
pytestmark = [pytest.mark.timeout(600), pytest.mark.services]


@dataclass(frozen=True, slots=True)
class Installed:
    """The program as pipx has put it down, with no other Python path in sight."""

    bin: Path
    home: Path
    environment: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`edge-agent` with these words, in an empty folder."""
        return subprocess.run(
            [str(self.bin / "edge-agent"), *words],
            cwd=self.home.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )


def _wheel(folder: Path) -> Path:
    source = folder / "source"
    for name in ("edge_agent", "collector", "grafana", "simulators"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=leave)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("mieruka-*.whl")
    return wheel


def _must(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S
    )
    if done.returncode == 0:
        return
    if re.search("resolution|connection|timed out|No matching", done.stderr, re.IGNORECASE):
        if os.environ.get("CI"):
            pytest.fail(done.stderr)
        pytest.skip(f"no package index can be reached: {done.stderr[-200:]}")
    pytest.fail(done.stdout[-2000:] + done.stderr[-2000:])


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh pipx, and the wheel installed by it."""
    folder = tmp_path_factory.mktemp("pipx")
    home, programs = folder / "home", folder / "bin"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    places = {"PIPX_HOME": str(home), "PIPX_BIN_DIR": str(programs), "LC_ALL": "C.UTF-8"}
    environment = {**kept, **places, "PIPX_DEFAULT_PYTHON": sys.executable}
    own = folder / "own"
    _must([sys.executable, "-m", "venv", str(own)], environment)
    pip = [str(own / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _must([*pip, "pipx"], environment)
    _must([str(own / "bin/pipx"), "install", f"{_wheel(folder)}[edge]"], environment)
    return Installed(programs, home, environment)


def test_it_says_its_version(installed: Installed) -> None:
    """The one of this tree."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert installed.run("--version").stdout == f"edge-agent {version}\n"


def test_its_meter_models_came_along(installed: Installed) -> None:
    """Data files are in the wheel: every profile of this tree is listed."""
    listed = installed.run("profile", "list", "--json")
    shipped = {path.stem for path in (ROOT / "edge_agent/profiles").glob("*.toml")}
    assert listed.returncode == 0, listed.stderr
    assert all(f'"{name}"' in listed.stdout for name in shipped)


def test_its_first_settings_are_sound(installed: Installed) -> None:
    """`init` without a question, then `check`; in Japanese, so that the words came along too."""
    options = ("--yes", "--offline", "--agent-id", "a-1", "--language", "ja")
    done = installed.run("init", *options)
    assert done.returncode == 0, done.stderr
    assert "次の手順" in done.stdout
    checked = installed.run("check")
    assert checked.returncode == 0, checked.stderr


def test_every_verb_loads(installed: Installed) -> None:
    """None needs a library that the extra does not bring."""
    from edge_agent.commands.verbs import VERBS

    failed = {verb.name: installed.run(verb.name, "--help").stderr for verb in VERBS}
    assert {name: told for name, told in failed.items() if told} == {}


def test_it_is_light(installed: Installed) -> None:
    """Nothing heavy, nothing of the collector."""
    (packages,) = installed.home.glob("venvs/mieruka/lib/python*/site-packages")
    assert (packages / "pydantic").is_dir()
    assert [name for name in HEAVY if (packages / name).exists()] == []
