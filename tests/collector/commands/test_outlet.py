"""`collector outlet`: the open data on the screen, from a store on the disk."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from collector.commands.outlet import outlet
from tests.collector.commands.plant_files import APRIL_MS, DAY, invoke, land, settings_file, steady

app = typer.Typer()
app.command()(outlet)


def plant(folder: Path, *more: str) -> Path:
    """A site with a day of readings long ago."""
    file = settings_file(folder, *more)
    land(file, {"main": steady(APRIL_MS, APRIL_MS + DAY, 60.0)})
    return file


def test_it_shows_the_tree_without_a_broker(tmp_path: Path) -> None:
    """Also while it is switched off: what would be there, from the stored totals."""
    result = invoke(app, "-c", plant(tmp_path))
    assert result.exit_code == 0
    lines = dict(line.split(" ", 1) for line in result.stdout.splitlines())
    assert lines["energy/sendai/main/energy_kwh"] == "1440"
    assert lines["energy/sendai/main/state"] == "unknown"
    assert "energy/sendai/press/energy_kwh" not in lines
    assert not [topic for topic in lines if topic.startswith("homeassistant/")]


def test_home_assistants_messages_and_the_settings_names(tmp_path: Path) -> None:
    """As JSON, with the root that the settings name."""
    file = plant(tmp_path, '[outlet]\nroot = "plant/power"\nlanguage = "ja"\n')
    result = invoke(app, "-c", file, "--home-assistant", "--json", "--site", "sendai")
    found = json.loads(result.stdout)
    assert "plant/power/sendai/main/energy_kwh" in found
    told = json.loads(found["homeassistant/device/mieruka-sendai-main/config"])
    assert told["device"]["name"] == "受電"


def test_an_unknown_site_is_one_line(tmp_path: Path) -> None:
    """With the sites there are."""
    result = invoke(app, "-c", settings_file(tmp_path), "--site", "osaka")
    assert result.exit_code == 1
    assert "osaka" in result.stderr
    assert "sendai" in result.stderr
