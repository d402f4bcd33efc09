"""`collector meters import` of Green Button files and of what was made."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from collector.commands.meters import app
from collector.frames import Store
from collector.rollup.periods import midnight_ms
from tests.collector.commands.plant_files import invoke, settings_file
from tests.collector.imports.green_button_files import block, feed, kind, meter

METERS = """
[[sites.meters]]
id = "portal"
[[sites.meters]]
id = "made"
medium = "production"
quantity = "production_count"
unit = "pcs"
unit_per_count = 10.0
"""
FIRST = date(2025, 4, 1)


def imported(plant: Path, meter_id: str, file: Path, kind_name: str, *more: str) -> dict[str, Any]:
    """What the import says as JSON."""
    words = ("--kind", kind_name, "--by", "sato", "--config", plant, "--json", *more)
    result = invoke(app, "import", "sendai", meter_id, file, *words)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_green_button_becomes_the_energy_of_a_meter(tmp_path: Path) -> None:
    """Quarter hours of a utility's file are half hours and days of the store, and can go again."""
    plant = settings_file(tmp_path, METERS)
    with Store.open(plant) as store:
        zone = store.site("sendai").zone
    start_s = midnight_ms(zone, FIRST) // 1000
    file = tmp_path / "usage.xml"
    rows = [(start_s + n * 900, 900, 500) for n in range(96)]
    file.write_bytes(feed(meter(1, "Delivered"), kind(), block([*rows, (start_s, 900, -1)])))
    found = imported(plant, "portal", file, "green-button")
    assert (found["taken"], found["amount"], found["unit"]) == (96, 48.0, "kWh")
    assert found["refused"][0]["reason"] == "-1 is below zero"
    with Store.open(plant) as store:
        kwh = store.slots("sendai", "portal", FIRST, FIRST + timedelta(days=1))["kwh"]
        assert kwh.tolist() == [1.0] * 48
    assert imported(plant, "portal", file, "green-button")["id"] is None
    assert invoke(app, "undo", "1", "--by", "sato", "-c", plant).exit_code == 0
    with Store.open(plant) as store:
        kwh = store.slots("sendai", "portal", FIRST, FIRST + timedelta(days=1))["kwh"]
        assert kwh.isna().all()


def test_what_was_made_becomes_amounts_by_the_day(tmp_path: Path) -> None:
    """Pieces of a list are the production of the frames, whatever a count of the meter stands for.

    A day that the list leaves out is unknown, and zero when that is told.
    """
    plant = settings_file(tmp_path, METERS)
    file = tmp_path / "made.csv"
    file.write_text("生産日,生産数\n2025/4/1,120\n2025/4/1,5\n2025/4/3,80\n", encoding="cp932")
    tried = imported(plant, "made", file, "production", "--dry-run")
    assert (tried["id"], tried["taken"], tried["dry_run"]) == (None, 2, True)
    found = imported(plant, "made", file, "production")
    assert found["id"] == 1
    assert (found["taken"], found["amount"], found["unit"]) == (2, 205.0, "pcs")
    days = FIRST, FIRST + timedelta(days=3)
    with Store.open(plant) as store:
        made = store.production("sendai", *days)
        assert made is not None
        assert made["made"].fillna(-1).round(6).tolist() == [125.0, -1.0, 80.0]
    told = imported(plant, "made", file, "production", "--rest-is-zero")
    assert (told["taken"], told["known"]) == (1, 2)
    with Store.open(plant) as store:
        made = store.production("sendai", *days)
        assert made is not None
        assert made["made"].round(6).tolist() == [125.0, 0.0, 80.0]


def test_files_for_another_kind_of_meter_are_refused_in_one_line(tmp_path: Path) -> None:
    """Pieces for a meter of electricity; a bomb for any."""
    plant = settings_file(tmp_path, METERS)
    file = tmp_path / "file"
    file.write_text("date,pieces\n2025-04-01,1\n", encoding="utf-8")
    words = ("--by", "sato", "--config", plant)
    wrong = invoke(app, "import", "sendai", "portal", file, "--kind", "production", *words)
    assert wrong.exit_code == 1
    assert 'write medium = "production"' in wrong.stderr
    file.write_text('<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', encoding="utf-8")
    bomb = invoke(app, "import", "sendai", "portal", file, "--kind", "green-button", *words)
    assert bomb.exit_code == 1
    assert bomb.stderr.count("\n") == 1
    assert "refused for safety" in bomb.stderr


def test_a_green_button_file_of_another_kind_is_told_its_kind(tmp_path: Path) -> None:
    """Taken for half hours, its XML names the kind to give; other XML is no table."""
    plant = settings_file(tmp_path, METERS)
    file = tmp_path / "gb.xml"
    words = ("--kind", "half-hours", "--by", "sato", "--config", plant)
    for text in (feed(meter(1, "Delivered"), kind(), block([(0, 900, 1)])), b"\xef\xbb\xbf<feed/>"):
        file.write_bytes(text)
        wrong = invoke(app, "import", "sendai", "portal", file, *words)
        assert wrong.exit_code == 1
        told = f"collector: {file} looks like Green Button (use --kind green-button)\n"
        assert wrong.stderr.endswith(told)
    file.write_text("<html><table></table></html>", encoding="utf-8")
    wrong = invoke(app, "import", "sendai", "portal", file, *words)
    assert "is XML or HTML, not a table (save it as CSV UTF-8)" in wrong.stderr


def test_what_a_green_button_file_says_itself_is_refused(tmp_path: Path) -> None:
    """A unit or a column for one is not passed over in silence; nor another unit for pieces."""
    plant = settings_file(tmp_path, METERS)
    file = tmp_path / "gb.xml"
    file.write_bytes(feed(meter(1, "Delivered"), kind(), block([(0, 900, 1)])))
    words = ("import", "sendai", "portal", file, "--kind", "green-button", "--by", "sato")
    wrong = invoke(app, *words, "--config", plant, "--unit", "MWh")
    assert wrong.exit_code == 1
    assert wrong.stderr == (
        "collector: --unit: a Green Button file says that itself (leave out --unit)\n"
    )
    wrong = invoke(app, *words, "--config", plant, "--label", "end", "--slot-minutes", "30")
    assert "leave out --label, --slot-minutes" in wrong.stderr
    file.write_text("date,pieces\n2025-04-01,1\n", encoding="utf-8")
    made = ("import", "sendai", "made", file, "--kind", "production", "--by", "sato")
    wrong = invoke(app, *made, "--config", plant, "--unit", "kg", "--value-column", "pieces")
    assert "write --unit pcs" in wrong.stderr


def test_slots_that_are_missing_are_told_beside_those_taken(tmp_path: Path) -> None:
    """Two holes of three half hours; a file without one says nothing of holes."""
    plant = settings_file(tmp_path, METERS)
    file = tmp_path / "half.csv"
    words = ("import", "sendai", "portal", file, "--kind", "half-hours", "--by", "sato")
    times = ("0:00", "0:30", "1:00", "2:00", "2:30", "4:00", "4:30")
    rows = "".join(f"2025/4/1 {time},1\n" for time in times)
    file.write_text(f"日時,使用量(kWh)\n{rows}", encoding="utf-8")
    tried = invoke(app, *words, "--config", plant, "--dry-run", "--label", "start")
    assert "7 slots would be, 3 missing in 2 holes, 0 stand already" in tried.stdout
    told = imported(plant, "portal", file, "half-hours", "--label", "start", "--dry-run")
    assert (told["taken"], told["missing"], told["holes"]) == (7, 3, 2)
    taken = invoke(app, *words, "--config", plant, "--label", "start")
    assert "import 1: 7 slots taken, 3 missing in 2 holes, 0 stood already" in taken.stdout
    whole = "".join(f"2025/4/2 {hour}:00,1\n2025/4/2 {hour}:30,1\n" for hour in range(3))
    file.write_text(f"日時,使用量(kWh)\n{whole}", encoding="utf-8")
    taken = invoke(app, *words, "--config", plant, "--label", "start")
    assert "6 slots taken, 0 stood already" in taken.stdout
