"""``plant-sim`` as a person calls it: wrong words give one line and a hint, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def _plant_sim(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulators", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plant", "nowhere"), "there is no plant nowhere"),
        (("--csv", "missing.csv", "--time-column", "t", "--energy-column", "e"), "missing.csv"),
    ],
)
def test_a_wrong_word_is_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """The error names what is wrong, says what to do, and the exit code is 1."""
    done = _plant_sim("demo", "--out", str(tmp_path / "demo"), *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert "(" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_column_names_the_near_one(tmp_path: Path) -> None:
    """A misspelt column is answered with the one that was probably meant."""
    file = tmp_path / "load.csv"
    file.write_text("time,kwh\n2026-01-01 00:00,1\n2026-01-01 00:30,1\n", encoding="utf-8")
    words = ("--csv", str(file), "--time-column", "time", "--energy-column", "kWh")
    done = _plant_sim("demo", "--out", str(tmp_path / "demo"), *words)
    assert done.returncode == 1
    assert "did you mean kwh?" in done.stderr.replace("\n", " ")


def test_plants_are_listed() -> None:
    """The shipped plants are named."""
    assert _plant_sim("plants").stdout.split() == ["commissioning", "sendai"]
