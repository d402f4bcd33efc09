"""`collector weather`: temperatures in, listed, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collector.commands.meters import app as meters
from collector.commands.weather import app
from tests.collector.commands.plant_files import invoke, settings_file

TEMPERATURES = "日時,外気温(℃)\n2026-04-01 00:00,4.5\n2026-04-01 01:00,4.0\n2026-04-01 02:00,-999\n"


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """Settings, and a file of temperatures beside them."""
    (tmp_path / "temp.csv").write_text(TEMPERATURES, encoding="cp932")
    return settings_file(tmp_path)


def taken(plant: Path, *words: object) -> dict[str, Any]:
    """What the import says as JSON."""
    file = plant.parent / "temp.csv"
    options = ("--by", "sato", "--config", plant, "--json", *words)
    result = invoke(app, "import", "sendai", file, *options)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_rows_taken_and_refused_are_told(plant: Path) -> None:
    """How many, from when to when, how warm, which lines were refused and why."""
    found = taken(plant)
    assert (found["id"], found["taken"], found["mean_c"]) == (1, 2, 4.25)
    assert found["from"] == "2026-04-01T00:00:00+09:00"
    assert found["refused"] == [
        {"line": 4, "reason": "-999 °C is no temperature of the air"},
    ]
    again = taken(plant)
    assert (again["id"], again["same_as"], again["known"]) == (None, 1, 2)


def test_a_dry_run_takes_nothing(plant: Path) -> None:
    """It says what would be taken, and that some stands already afterwards."""
    told = taken(plant, "--dry-run")
    assert (told["id"], told["taken"], told["dry_run"]) == (None, 2, True)
    assert taken(plant)["id"] == 1
    file = plant.parent / "temp.csv"
    words = ("import", "sendai", file, "--by", "sato", "--config", plant, "--dry-run")
    assert "nothing to take: all 2 temperatures stand already" in invoke(app, *words).stdout
    file.write_text("time,temp\n2026-04-02 00:00,1\n2026-04-02 01:00,2\n", encoding="utf-8")
    assert "nothing is taken: 2 temperatures would be" in invoke(app, *words).stdout


def test_people_read_the_same(plant: Path) -> None:
    """In lines, with the way to take it back."""
    file = plant.parent / "temp.csv"
    result = invoke(app, "import", "sendai", file, "--by", "sato", "--config", plant)
    assert "mean 4.2 °C" in result.stdout
    assert "import 1: 2 temperatures taken" in result.stdout
    assert "take it back with: collector weather undo 1 --by NAME" in result.stdout
    assert "refused: line 4:" in result.stdout
    listed = invoke(app, "imports", "sendai", "--config", plant)
    assert "temp.csv, 2 temperatures, by sato" in listed.stdout


def test_taken_back_it_is_listed_as_such(plant: Path) -> None:
    """By whom; a second time is refused in one line."""
    taken(plant)
    undone = invoke(app, "undo", "1", "--by", "suzuki", "--config", plant)
    assert "import 1 (" in undone.stdout or "import 1 is taken back" in undone.stdout
    rows = json.loads(invoke(app, "imports", "sendai", "--config", plant, "--json").stdout)
    assert rows["imports"][0]["taken_back_by"] == "suzuki"
    again = invoke(app, "undo", "1", "--by", "suzuki", "--config", plant)
    assert again.exit_code == 1
    assert "was taken back before" in again.stderr


def test_weather_is_not_among_the_meters(plant: Path) -> None:
    """Neither listed nor taken back there: the right verb is named."""
    taken(plant)
    listed = invoke(meters, "imports", "sendai", "--config", plant)
    assert "no file has been taken in" in listed.stdout
    undone = invoke(meters, "undo", "1", "--by", "sato", "--config", plant)
    assert undone.exit_code == 1
    assert "collector weather undo 1" in undone.stderr


def test_nobody_and_nothing_are_refused(plant: Path) -> None:
    """Who takes it in is wanted, and a file that holds something."""
    file = plant.parent / "temp.csv"
    nobody = invoke(app, "import", "sendai", file, "--by", " ", "--config", plant)
    assert nobody.exit_code == 1
    assert "write --by NAME" in nobody.stderr
    file.write_text("time,temp\n2026-04-01 00:00,-999\n2026-04-01 01:00,-999\n", encoding="utf-8")
    nothing = invoke(app, "import", "sendai", file, "--by", "sato", "--config", plant)
    assert nothing.exit_code == 1
    assert "nothing in it can be taken: line 2" in nothing.stderr
    assert "no file has been taken in" in invoke(app, "imports", "sendai", "-c", plant).stdout
