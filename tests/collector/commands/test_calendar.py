"""`collector calendar`: working days as the plant's settings say."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from collector.commands.calendar import calendar

SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
[sites.calendar]
holidays = "JP"
closed = ["2026-08-13/2026-08-16"]
working = ["2026-08-22"]
"""
app = typer.Typer()
app.command()(calendar)


def run(folder: Path, *words: str) -> Result:
    """Run the verb on the settings."""
    path = folder / "collector.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return CliRunner().invoke(app, [*words, "-c", str(path)])


def test_a_month_of_days_with_their_kinds(tmp_path: Path) -> None:
    """August 2026: Obon closed, one Saturday worked, Mountain Day off."""
    answer = json.loads(run(tmp_path, "sendai", "2026-08", "--json").stdout)
    assert answer["working_days"] == 19
    assert answer["kinds"] == {
        "working": 19, "saturday": 3, "sunday": 4, "holiday": 1, "closed": 4
    }  # fmt: skip
    assert answer["days"][10] == {
        "day": "2026-08-11", "kind": "holiday", "works": False, "name": "山の日"
    }  # fmt: skip


def test_people_read_the_count_first(tmp_path: Path) -> None:
    """The first line answers; a month is listed, a year only counted."""
    lines = run(tmp_path, "sendai", "2026-08").stdout.splitlines()
    assert lines[0] == "19 working days of 31  sendai  2026-08"
    assert any("2026-08-22" in line and "working" in line for line in lines)
    assert len(run(tmp_path, "sendai", "FY2026").stdout.splitlines()) == 2


def test_a_wrong_period_is_one_line(tmp_path: Path) -> None:
    """Nothing but the line and its hint."""
    result = run(tmp_path, "sendai", "soon")
    assert result.exit_code == 1
    assert result.stderr.startswith("collector: soon is not a period")
