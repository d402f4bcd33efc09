"""The built wheel in an empty environment: what a user gets, not what the checkout has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("edge-agent", "collector", "plant-sim")


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=ROOT)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands' folder of an environment that holds the locked packages and the wheel."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    pip = (home / "bin" / "python", "-m", "pip", "install", "--quiet")
    _run(*pip, "--disable-pip-version-check", "--require-hashes", "-r", ROOT / "requirements.lock")
    _run(*pip, "--disable-pip-version-check", "--no-deps", wheel)
    return home / "bin"


def test_wheel_holds_the_data_files(wheel: Path) -> None:
    """Profiles, factors, boards, page templates and plants are inside the wheel."""
    names = zipfile.ZipFile(wheel).namelist()
    for folder, ending in (
        ("edge_agent/profiles/", ".toml"),
        ("collector/factors/", ".toml"),
        ("grafana/dashboards/", ".json"),
        ("collector/exports/templates/", ""),
        ("simulators/plants/", ".toml"),
    ):
        assert [n for n in names if n.startswith(folder) and n.endswith(ending)], folder


def test_all_commands_answer_in_an_empty_environment(installed: Path, tmp_path: Path) -> None:
    """Each console script runs from the installed wheel, away from the checkout."""
    for command in COMMANDS:
        assert "Usage" in _run(installed / command, "--help", cwd=tmp_path)


def test_demo_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The installed demo plays a day through everything and loses nothing."""
    out = _run(
        installed / "plant-sim", "demo", "--days", "1", "--live", "0", "--out", "demo", "--json",
        cwd=tmp_path,
    )  # fmt: skip
    verdict = json.loads(out.splitlines()[-1])
    assert (verdict["lost"], verdict["duplicated"]) == (0, 0)
    assert verdict["co2_kg"] > 0
    assert Path(tmp_path / "demo" / "report.html").is_file()


def test_edge_extra_brings_neither_numpy_nor_pandas(wheel: Path, tmp_path: Path) -> None:
    """What an agent installs is small."""
    report = tmp_path / "report.json"
    _run(
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--dry-run", "--ignore-installed", "--report", report, f"{wheel}[edge]",
    )  # fmt: skip
    found = json.loads(report.read_text("utf-8"))["install"]
    names = {item["metadata"]["name"].lower() for item in found}
    assert "pymodbus" in names
    assert not names & {"numpy", "pandas", "influxdb-client", "amqtt", "grafana-api"}
