"""What `collector factors add` and `import` say of the plant whose factors they change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector import config
from collector.app import Collector
from collector.commands import accounts
from collector.commands.factors import app
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER
from tests.collector.commands.plant_files import APRIL_MS, DAY, invoke, land, settings_file, steady
from tests.collector.commands.test_factors import EDITION, ROW
from tests.collector.factors.ministry_sample import LAYOUT

OWN = '[factors]\nfolder = "own"\n'
METHODS = {
    "jp_shk_basic": ("8678.4", "8640", "-38.4"),
    "jp_shk_adjusted": ("8678.4", "8640", "-38.4"),
    "location": ("8121.6", "8140.8", "19.2"),
    "market": ("8678.4", "8640", "-38.4"),
}
"""FY2025 of 19,200 kWh: menu M falls from 0.452 to 0.450, the average rises from 0.423 to 0.424."""


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plant of 20 kW for 40 days from 1 April 2025, its factor folder not there yet."""
    monkeypatch.chdir(tmp_path)
    file = settings_file(tmp_path)
    land(file, {"main": steady(APRIL_MS, APRIL_MS + 40 * DAY, 20)})
    settings_file(tmp_path, OWN)
    (tmp_path / "list.txt").write_text(LAYOUT, encoding="utf-8")
    return file


def answer(*words: object) -> dict[str, Any]:
    """What `factors` says of the plant, as JSON."""
    result = invoke(app, *words, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)["plant"]
    return told


def test_each_figure_before_and_after(plant: Path) -> None:
    """Every method of the fiscal year, with status and factors, and where to recompute from."""
    told = answer("import", "list.txt", *EDITION)
    assert {
        one["method"]: (one["old_kg"], one["new_kg"], one["difference_kg"])
        for one in told["figures"]
    } == METHODS
    first = told["figures"][0]
    assert (first["site"], first["period"], first["from"], first["to"]) == (
        *("sendai", "FY2025"),
        *("2025-04-01", "2026-04-01"),
    )
    assert (first["old_status"], first["new_status"]) == ("official", "official")
    assert first["old_factor_ids"] != first["new_factor_ids"]
    assert first["closed"] is None
    assert (told["recompute_from"], told["pending"], told["unknown"]) == ("2025-04-01", 0, None)


def test_what_is_told_is_what_comes(plant: Path) -> None:
    """After the import the account holds these very figures; totals wait for a recompute."""
    told = answer("import", "list.txt", *EDITION)
    shown = invoke(accounts.app, "show", "sendai", "FY2025", "--json")
    now = {one["method"]: one["kg"] for one in json.loads(shown.stdout)["scope_2"]}
    assert now == {one["method"]: one["new_kg"] for one in told["figures"]}
    collector = Collector(config.load(plant))
    try:
        site = collector.settings.sites[0]
        start_ms = midnight_ms(site.zone, date(2025, 4, 1))
        (day,) = collector.store.read_totals("sendai", SITE_METER, "1d", start_ms, start_ms + 1)
    finally:
        collector.close()
    assert day.co2_adjusted_kg == 480 * 0.452


def test_people_read_it_and_what_to_do_last(plant: Path) -> None:
    """Figures with their units, thousands separated; the last line is the command to run."""
    result = invoke(app, "import", "list.txt", *EDITION, "-c", plant)
    lines = result.stdout.splitlines()
    assert "sendai  FY2025  (2025-04-01 to 2026-03-31)" in lines
    assert "  market: 8,678.4 kg before, 8,640 kg after (-38.4 kg), official" in lines
    assert "  location: 8,121.6 kg before, 8,140.8 kg after (+19.2 kg), official" in lines
    assert lines[-1].endswith(f"collector recompute --from 2025-04-01 -c {plant}")


def test_months_are_listed_when_asked_for(plant: Path) -> None:
    """April's 30 days and the 10 of May, beside the fiscal year and adding up to it."""
    told = answer("import", "list.txt", *EDITION, "--months", "--dry-run")
    kg = {one["period"]: one["new_kg"] for one in told["figures"] if one["method"] == "market"}
    assert kg == {"FY2025": "8640", "2025-04": "6480", "2025-05": "2160"}


def test_a_dry_run_says_the_same_and_leaves_all_as_it_is(plant: Path) -> None:
    """Neither file nor folder is made, and the real run then says the same again."""
    before = answer("import", "list.txt", *EDITION, "--dry-run")
    assert not (plant.parent / "own").exists()
    assert answer("import", "list.txt", *EDITION) == before


def test_a_closed_period_keeps_its_figures(plant: Path) -> None:
    """It is listed though nobody asked for months, with what was signed and the next step."""
    (plant.parent / "own").mkdir()
    closing = ("sendai", "2025-04", "--by", "Sato")
    assert invoke(accounts.app, "close", *closing).exit_code == 0
    told = answer("import", "list.txt", *EDITION, "--dry-run")
    closed = {one["period"]: one["closed"] for one in told["figures"] if one["method"] == "market"}
    assert closed == {"FY2025": None, "2025-04": {"id": 1, "by": "Sato", "kg": "6508.8"}}
    text = invoke(app, "import", "list.txt", *EDITION).stdout
    assert "  closed by Sato as no. 1 with the figures before, which stay" in text
    assert "collector accounts restate sendai 2025-04" in text
    listed = json.loads(invoke(accounts.app, "list", "sendai", "--json").stdout)
    assert [one["scope_2"][3]["kg"] for one in listed] == ["6508.8"]


def test_what_was_signed_is_told_where_it_is_no_longer_the_figure(plant: Path) -> None:
    """After an import without a restatement the next one still names what was signed."""
    (plant.parent / "own").mkdir()
    closing = ("sendai", "2025-04", "--by", "Sato")
    assert invoke(accounts.app, "close", *closing).exit_code == 0
    assert invoke(app, "import", "list.txt", *EDITION).exit_code == 0
    later = LAYOUT.replace("0.000450     0.000450", "0.000440     0.000440")
    (plant.parent / "list.txt").write_text(later, encoding="utf-8")
    edition = [one.replace("2026-08-03", "2026-09-01") for one in EDITION]
    lines = invoke(app, "import", "list.txt", *edition).stdout.splitlines()
    assert "  market: 6,480 kg before, 6,336 kg after (-144 kg), official" in lines
    at = lines.index("  closed by Sato as no. 1 with these figures, which stay:")
    assert "    market: 6,508.8 kg" in lines[at:]


def test_a_row_of_another_supplier_changes_nothing(plant: Path) -> None:
    """Said in a line, without a next step."""
    told = answer("add", *ROW, "--dry-run")
    assert (told["figures"], told["recompute_from"], told["unknown"]) == ([], None, None)
    lines = invoke(app, "add", *ROW).stdout.splitlines()
    assert "no figure of this plant changes" in lines
    assert lines[-1].startswith("own-1: written to ")


def test_only_a_standing_changes(plant: Path) -> None:
    """The same value in the year's own row: provisional before, official after, the same kg."""
    text = plant.read_text("utf-8")
    whole = text.replace("A0269", "A9100").replace('menu = "M"\n', "")
    plant.write_text(whole, encoding="utf-8")
    early = ("--valid-from", "2024-04-01", "--valid-to", "2025-04-01", "--known-on", "2025-01-09")
    assert invoke(app, "add", *ROW, "--id", "own-0", *early).exit_code == 0
    lines = invoke(app, "add", *ROW).stdout.splitlines()
    told = "5,760 kg before and after, provisional before, official after"
    assert f"  jp_shk_basic: {told}" in lines
    assert lines[-1].endswith("collector recompute --from 2025-04-01")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (OWN, "", "the settings do not read factors from own (write [factors] with folder"),
        ('path = "store.sqlite"', 'path = "none.sqlite"', "there is no store at "),
        ('"Asia/Tokyo"', '"Asia/Tokio"', "sites[0].time_zone"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(plant: Path, old: str, new: str, reason: str) -> None:
    """The import works all the same."""
    text = plant.read_text("utf-8")
    assert old in text
    plant.write_text(text.replace(old, new), encoding="utf-8")
    result = invoke(app, "import", "list.txt", *EDITION, "--folder", "own")
    assert result.exit_code == 0, result.output
    told = [line for line in result.stdout.splitlines() if "this plant" in line]
    assert len(told) == 1
    assert told[0].startswith("what changes in this plant is not known: ")
    assert reason in told[0]
    assert (plant.parent / "own" / "jp-shk-fy2025-20260803.toml").exists()
    assert not (plant.parent / "none.sqlite").exists()


def test_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library for others is kept without a plant; the line says how to name one."""
    monkeypatch.chdir(tmp_path)
    told = answer("add", *ROW, "--folder", "own")
    assert told["unknown"] == "there are no settings here (name them: -c collector.toml)"
    assert (tmp_path / "own" / "own.toml").exists()
