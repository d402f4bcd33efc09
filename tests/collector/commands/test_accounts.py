"""`collector accounts`: show, close, list, restate, progress."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from collector.commands.accounts import app
from tests.collector.commands.plant_files import (
    APRIL_MS,
    DAY,
    invoke,
    land,
    settings_file,
    steady,
)

MAIN = steady(APRIL_MS, APRIL_MS + 40 * DAY, 20)
TARGET = """
[sites.target]
base_t = 100.0
"""


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A plant of 20 kW for 40 days from 1 April 2025."""
    file = settings_file(tmp_path, TARGET)
    land(file, {"main": MAIN})
    return file


def answer(file: Path, *words: str) -> Any:
    """What a command answers as JSON."""
    result = invoke(app, *words, "-c", file, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusal(file: Path, *words: str) -> str:
    """The one line with which a command refuses."""
    result = invoke(app, *words, "-c", file)
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.strip().splitlines()
    return str(line)


def kg(figures: list[dict[str, Any]], method: str = "jp_shk_adjusted") -> str | None:
    """A method's figure."""
    found: dict[str, str | None] = {one["method"]: one["kg"] for one in figures}
    return found[method]


def test_the_account_of_a_month(plant: Path) -> None:
    """14,400 kWh at 0.452, side by side with the other methods."""
    found = answer(plant, "show", "sendai", "2025-04")
    assert (found["kwh"], kg(found["scope_2"])) == ("14400", "6508.8")
    assert kg(found["scope_2"], "location") == "6091.2"
    assert found["coverage"] == 1.0
    assert (found["closed"], found["since_closed"], found["pending"]) == (None, None, 0)
    shown = invoke(app, "show", "sendai", "2025-04", "-c", plant).stdout
    assert re.search(r"6,508\.8 . jp_shk_adjusted . official", shown)


def test_readings_that_are_not_summed_yet_are_said(plant: Path) -> None:
    """A figure that will change soon must not look final."""
    land(plant, {"main": steady(APRIL_MS + 40 * DAY, APRIL_MS + 41 * DAY, 20, 19_200_000)}, False)
    shown = invoke(app, "show", "sendai", "2025-04", "-c", plant).stdout
    assert "stretches are not summed yet" in shown


def test_a_year_shows_how_far_the_laws_thresholds_are(plant: Path) -> None:
    """Only of a year: a month has no distance to a yearly limit."""
    year = answer(plant, "show", "sendai", "FY2025")["energy_law_thresholds"]
    assert [way["kl"] for way in year] == ["300", "1500", "3000"]
    assert answer(plant, "show", "sendai", "2025-04")["energy_law_thresholds"] == []
    text = invoke(app, "show", "sendai", "FY2025", "-c", plant).stdout
    assert "kL so far, 1,500 kL (company)" in text


def test_a_period_is_closed_and_stays(plant: Path) -> None:
    """Its figures, who closed it, and the day whose knowledge they are of."""
    closed = answer(plant, "close", "sendai", "2025-04", "--by", "佐藤")
    assert (closed["by"], kg(closed["scope_2"])) == ("佐藤", "6508.8")
    assert closed["known_on"] is not None
    assert closed["software_version"].startswith("mieruka ")
    found = answer(plant, "show", "sendai", "2025-04")
    assert found["closed"]["id"] == closed["id"]
    assert found["since_closed"]["changed"] is False
    assert [one["period"] for one in answer(plant, "list", "sendai")] == ["2025-04"]
    assert "closed already" in refusal(plant, "close", "sendai", "2025-04", "--by", "b")


def test_late_energy_is_seen_restated_and_both_figures_kept(plant: Path) -> None:
    """A correction of the last hours: the difference is energy, and the old figure stays."""
    answer(plant, "close", "sendai", "2025-04-01/2025-05-10", "--by", "a")
    more = steady(APRIL_MS + 40 * DAY, APRIL_MS + 41 * DAY, 20, 19_200_000)
    ahead = [(at_ms, wh + 500) for at_ms, wh in MAIN[-100:]] + [(at, wh + 500) for at, wh in more]
    land(plant, {"main": ahead})
    since = answer(plant, "show", "sendai", "2025-04-01/2025-05-10")["since_closed"]
    assert since["changed"] is True
    change = next(one for one in since["methods"] if one["method"] == "jp_shk_adjusted")
    assert change["energy_kg"] == change["difference_kg"]
    assert change["factor_kg"] == "0"
    words = ("restate", "sendai", "2025-04-01/2025-05-10", "--by", "b", "--reason", "late data")
    restated = answer(plant, *words)
    assert restated["since"]["causes"][0].startswith("energy: 19,200 kWh on 40 days then")
    assert [one["restates"] for one in answer(plant, "list", "sendai")] == [None, 1]
    assert "nothing has changed" in refusal(plant, *words)


def test_a_restatement_shows_what_the_difference_is_made_of(plant: Path) -> None:
    """For people: then, now, and the effects, with the causes in words."""
    words = ("sendai", "2025-04-01/2025-04-02", "--by", "b")
    answer(plant, "close", *words, "--known-on", "2025-10-01", "--incomplete")
    result = invoke(app, "restate", *words, "--reason", "official factors", "-c", plant)
    assert result.exit_code == 0, result.output
    assert "because of factor: jp_shk_adjusted" in result.stdout
    assert "restated by b as no. 2, of no. 1" in result.stdout
    listed = invoke(app, "list", "sendai", "-c", plant).stdout
    assert "2025-04-01/2025-04-02" in listed


def test_an_old_figure_as_known_then(plant: Path) -> None:
    """What was closed with the knowledge of a day can be made again from it, to the digit."""
    words = ("sendai", "2025-04")
    known = ("--known-on", "2025-10-01")
    closed = answer(plant, "close", *words, "--by", "a", *known, "--incomplete")
    again = answer(plant, "show", *words, *known)
    now = answer(plant, "show", *words)
    assert again["scope_2"] == closed["scope_2"]
    assert again["since_closed"]["changed"] is False
    assert now["scope_2"] != closed["scope_2"]
    assert now["since_closed"]["changed"] is True


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("close", "sendai", "2999", "--by", "a"), "2999 is not over"),
        (("close", "sendai", "2024-04", "--by", "a"), "no energy of sendai is known"),
        (("close", "sendai", "FY2025", "--by", "a"), "40 of the 365 days"),
        (("close", "sendai", "2025-04", "--by", " "), "name of who closes"),
        (("restate", "sendai", "2025-04", "--by", "a", "--reason", "r"), "is not closed"),
        (("show", "sendai", "gestern"), "is not a period"),
        (("show", "nowhere", "2025"), "there is no site nowhere"),
        (("progress", "sendai", "--base-rule", "any"), "is not a base rule"),
        (("progress", "sendai", "--on", "any"), "is not a day"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    plant: Path, words: tuple[str, ...], says: str
) -> None:
    """With a hint what to do."""
    line = refusal(plant, *words)
    assert says in line
    assert line.endswith(")")


def test_an_incomplete_period_is_closed_only_when_it_is_meant(plant: Path) -> None:
    """The account itself says what is missing."""
    answer(plant, "close", "sendai", "2025-05", "--by", "a", "--incomplete")
    assert answer(plant, "list", "sendai")[0]["kwh"] == "4800"


def test_a_period_without_co2_is_not_closed_by_mistake(tmp_path: Path) -> None:
    """A supplier that is not held leaves SHK without a figure."""
    file = settings_file(tmp_path)
    file.write_text(file.read_text("utf-8").replace("A0269", "A9999"), encoding="utf-8")
    land(file, {"main": steady(APRIL_MS, APRIL_MS + DAY, 20)})
    words = ("close", "sendai", "2025-04-01", "--by", "a")
    assert "no CO2 figure by jp_shk_basic, jp_shk_adjusted" in refusal(file, *words)


def test_no_closed_period_says_what_to_do(plant: Path) -> None:
    """An empty list is a sentence for people and a list for programs."""
    assert answer(plant, "list", "sendai") == []
    assert "accounts close" in invoke(app, "list", "sendai", "-c", plant).stdout


def test_progress_against_the_path(plant: Path) -> None:
    """40 days of 480 kWh: 79,190.4 kg at the year's end, and what the path leaves."""
    found = answer(plant, "progress", "sendai", "--on", "2025-05-11")
    assert (found["kg"], found["days"]) == ("8678.4", 40)
    assert found["forecast"]["kg"] == "79190.4"
    assert found["forecast"]["method"] == "straight_line"
    assert found["path"]["target_kg"] == "54000"
    assert found["allowed_kg"].startswith("67529.41176")
    assert (found["on_path"], found["no_path"]) == (False, "")
    text = invoke(app, "progress", "sendai", "--on", "2025-05-11", "-c", plant).stdout
    assert "above the path" in text
    assert "confidence high" in text


def test_progress_without_a_base_year_says_what_to_write(tmp_path: Path) -> None:
    """FY2013 is not in the store and base_t is not given: no path, but the year itself."""
    file = settings_file(tmp_path)
    land(file, {"main": MAIN})
    found = answer(file, "progress", "sendai", "--on", "2025-05-11")
    assert found["path"] is None
    assert "base_t" in found["no_path"]
    assert found["forecast"]["kg"] == "79190.4"
    text = invoke(app, "progress", "sendai", "--on", "2025-05-11", "-c", file).stdout
    assert "no path" in text
