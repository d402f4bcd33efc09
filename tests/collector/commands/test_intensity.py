"""`collector intensity` as people meet it: files in, a day and hints out, one line for a fault."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from collector.commands.intensity import app
from collector.intensity.point import SIGNAL
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Total
from collector.storage.sqlite import SqliteStore
from tests.collector.intensity.area_file import DIRECT_G, LIFECYCLE_G, MIX, sjis

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
id = "kanazawa"
time_zone = "Asia/Tokyo"
[[sites.contracts]]
region = "JP"
supplier = "A0271"
menu = "B"
from = 2024-04-01
[[sites.certificates]]
kind = "green_power"
kwh = 1000.0
vintage_from = 2024-04-01
vintage_to = 2025-04-01
applies_from = 2024-04-01
applies_to = 2025-04-01
[[sites.meters]]
id = "main"
"""
TOKYO = ZoneInfo("Asia/Tokyo")
CLEAN = MIX.replace("10000,5000,0,800", "100,0,0,0")
FIRST = date(2024, 4, 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, made the current one."""
    (tmp_path / "collector.toml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*words: object) -> Result:
    """Run the group in this process; a fault that is no exit fails the test."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result


def told(*words: object) -> dict[str, Any]:
    """The document of a verb that goes well."""
    result = invoke(*words, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def fault(*words: object) -> str:
    """The one line of a verb that goes wrong."""
    result = invoke(*words)
    assert result.exit_code == 1, result.output
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith(")"), "a hint is missing"
    return lines[0]


def area_month(folder: Path, days: int = 1, dirty: str = MIX) -> Path:
    """Days of the Hokuriku area that are clean from 10:00 to 14:00."""
    rows = [
        f"{FIRST + timedelta(days=n // 48):%Y/%m/%d},{n % 48 // 2}:{n % 2 * 30:02},"
        + (CLEAN if 20 <= n % 48 < 28 else dirty)
        for n in range(48 * days)
    ]
    file = folder / "eria_jukyu_202404_05.csv"
    file.write_bytes(sjis(rows))
    return file


def write_use(folder: Path) -> None:
    """A day of the site: 10 kWh in each half hour, reported at 0.455 kg/kWh."""
    store = SqliteStore(folder / "store.sqlite")
    store.check()
    day_ms = midnight_ms(TOKYO, FIRST)
    slots = [
        Total("kanazawa", SITE_METER, "30m", day_ms + n * 1_800_000, 10.0, 0.0, 1.0, 20.0)
        for n in range(48)
    ]
    day = Total(
        "kanazawa", SITE_METER, "1d", day_ms, 480.0, 0.0, 1.0, 20.0, 218.4, 0.0, "jp-A0271-B"
    )
    store.write_totals([*slots, day])
    store.close()


# Import.


def test_a_dry_run_needs_no_settings(tmp_path: Path) -> None:
    """Whoever has a file can see what it holds."""
    file = area_month(tmp_path)
    found = told("import", file, "--source", "area-supply", "--dry-run", "-c", tmp_path / "none")
    assert (found["areas"], found["taken"], found["stored"]) == (["jp-05"], 48, None)
    assert (found["from"], found["to"]) == (
        "2024-04-01T00:00:00+09:00",
        "2024-04-02T00:00:00+09:00",
    )
    assert found["label"] == SIGNAL


def test_importing_again_is_harmless(folder: Path) -> None:
    """The second time nothing is written."""
    file = area_month(folder)
    first = told("import", file, "--source", "area-supply")
    again = told("import", file, "--source", "area-supply")
    assert first["stored"] == {"written": 48, "unchanged": 0, "kept": 0}
    assert again["stored"] == {"written": 0, "unchanged": 48, "kept": 0}


def test_refused_lines_are_listed_with_their_reasons(folder: Path) -> None:
    """Text in a number is told with line and column; the rest is taken."""
    file = area_month(folder)
    file.write_bytes(file.read_bytes().replace(b",5000,", b",n/a,", 1))
    result = invoke("import", file, "--source", "area-supply")
    assert result.exit_code == 0
    assert "47 intervals of jp-05 北陸 (47 actual)" in result.stdout
    assert "47 written, 0 unchanged, 0 kept" in result.stdout
    assert "refused line 3: 火力(石炭): 'n/a' is not a number" in result.stdout


def test_a_file_of_which_nothing_is_taken_fails(folder: Path) -> None:
    """A month of zero thermal power ends with exit code 1."""
    file = area_month(folder, dirty=CLEAN)
    file.write_bytes(file.read_bytes().replace(b",100,0,0,0,", b",0,0,0,0,"))
    result = invoke("import", file, "--source", "area-supply", "--dry-run")
    assert result.exit_code == 1
    assert "refused 2024-04 (lines 3 to 50) (48 rows): thermal power is zero" in result.stdout
    assert "nothing of eria_jukyu_202404_05.csv was taken" in result.stderr


def test_the_other_boundary_needs_replace(folder: Path) -> None:
    """Direct and life cycle never come to stand side by side by accident."""
    file = area_month(folder)
    told("import", file, "--source", "area-supply")
    words = ("import", file, "--source", "area-supply", "--boundary", "lifecycle")
    assert "already holds direct figures" in fault(*words)
    assert told(*words, "--replace")["stored"]["written"] == 48
    shown = told("show", "jp-05", "--day", FIRST)
    assert shown["boundary"] == "lifecycle"
    assert shown["intervals"][0]["g_per_kwh"] == LIFECYCLE_G


def test_a_british_forecast_does_not_displace_the_actual_figure(folder: Path) -> None:
    """An older answer may be imported after a newer one."""
    half_hour = {"from": "2024-04-01T12:00Z", "to": "2024-04-01T12:30Z"}
    for name, figures in (
        ("new", {"forecast": 90, "actual": 100}),
        ("old", {"forecast": 90, "actual": None}),
    ):
        text = json.dumps({"data": [{**half_hour, "intensity": figures}]})
        (folder / f"{name}.json").write_text(text)
    told("import", folder / "new.json", "--source", "carbonintensity-uk")
    again = told("import", folder / "old.json", "--source", "carbonintensity-uk")
    assert (again["kinds"], again["stored"]["kept"]) == ({"forecast": 1}, 1)
    (interval,) = told("show", "gb", "--day", FIRST)["intervals"]
    assert (interval["from"], interval["g_per_kwh"]) == ("2024-04-01T13:00:00+01:00", 100.0)


def test_electricity_maps_and_a_csv_are_imported(folder: Path) -> None:
    """Each under the area it names or is given."""
    hour = {"carbonIntensity": 300, "datetime": "2024-04-01T00:00Z", "isEstimated": False}
    doc = {"zone": "DE", "history": [{**hour, "emissionFactorType": "lifecycle"}]}
    (folder / "de.json").write_text(json.dumps(doc))
    found = told("import", folder / "de.json", "--source", "electricity-maps")
    assert (found["areas"], found["boundary"]) == (["de"], ["lifecycle"])
    (folder / "own.csv").write_text("when,kg\n2024-04-01 00:00,0.3\n2024-04-01 01:00,0.2\n")
    found = told(
        *("import", folder / "own.csv", "--source", "csv", "--area", "fr", "--unit", "kg/kWh"),
        *("--boundary", "direct", "--time-zone", "Europe/Paris", "--kind", "estimated"),
        *("--time-column", "when", "--value-column", "kg"),
    )
    assert (found["taken"], found["kinds"]) == (2, {"estimated": 2})
    assert found["from"] == "2024-03-31T22:00:00+00:00"
    assert "the time zone of fr is not known" in fault("show", "fr", "--day", FIRST)
    assert len(told("show", "fr", "--day", FIRST, "--time-zone", "Europe/Paris")["intervals"]) == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("nowhere.csv", "--source", "area-supply"), "nowhere.csv"),
        (("x.csv", "--source", "area-supply"), "x.csv: its name holds no area"),
        (("x.csv", "--source", "area-supply", "--area", "12"), "12 is not an area of Japan"),
        (("x.csv", "--source", "csv"), "--area, --unit, --boundary"),
        (("x.csv", "--source", "csv", "--time-zone", "Asia/Tokio"), "Asia/Tokio is not a time"),
    ],
)
def test_a_wrong_import_is_one_line_with_a_hint(
    folder: Path, words: tuple[str, ...], line: str
) -> None:
    """No traceback, and what to write instead."""
    (folder / "x.csv").write_text("a,b\n1,2\n")
    assert line in fault("import", *words)


def test_the_help_says_who_fetches() -> None:
    """No licence statement was found for the operators' files: we fetch none."""
    text = " ".join(invoke("import", "--help").output.split())
    assert "no licence statement was found" in text.replace("│ ", "")


# Show.


def test_a_day_is_shown_figures_first(folder: Path) -> None:
    """Mean, cleanest and dirtiest hour, then every interval, and the label."""
    told("import", area_month(folder), "--source", "area-supply")
    result = invoke("show", "jp-05", "--day", FIRST)
    lines = result.stdout.splitlines()
    assert lines[0] == "338 g/kWh mean of jp-05 北陸 on 2024-04-01 (direct)"
    assert lines[1] == "22 g/kWh cleanest, 10:00 to 11:00"
    assert lines[2] == "401 g/kWh dirtiest, 00:00 to 01:00"
    assert lines[-1] == f"({SIGNAL})"


def test_a_shown_day_is_exact_in_json(folder: Path) -> None:
    """The mean over time to the last digit: 40 half hours dirty, 8 clean."""
    told("import", area_month(folder), "--source", "area-supply")
    found = told("show", "jp-05", "--day", FIRST)
    clean = Decimal(str(found["intervals"][20]["g_per_kwh"]))
    mean = (40 * Decimal(str(DIRECT_G)) + 8 * clean) / 48
    assert Decimal(found["mean_g_per_kwh"]) == pytest.approx(mean, rel=Decimal("1e-25"))
    assert Decimal(found["known_share"]) == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("jp-05", "--day", "2024-04-01"), "no grid intensity of jp-05 is held for these days"),
        (("jp-05", "--day", "April"), "April is not a day"),
        (("j p", "--day", "2024-04-01"), "'j p' is not the name of an area"),
    ],
)
def test_a_day_that_cannot_be_shown_is_one_line(
    folder: Path, words: tuple[str, ...], line: str
) -> None:
    """It says what is missing and what to do."""
    assert line in fault("show", *words)


# Hints.


def test_a_day_of_hints_to_the_last_digit(folder: Path) -> None:
    """Windows, the saving of a shift, the weighted mean beside what is reported."""
    write_use(folder)
    told("import", area_month(folder), "--source", "area-supply")
    words = ("hints", "kanazawa", "--area", "jp-05", "--day", FIRST, "--kw", 50, "--hours", 2)
    found = told(*words)
    low, high = found["lowest"], found["highest"]
    assert (low["from"], low["to"]) == ("2024-04-01T10:00:00+09:00", "2024-04-01T12:00:00+09:00")
    assert high["from"] == "2024-04-01T00:00:00+09:00"
    drop = Decimal(high["g_per_kwh"]) - Decimal(low["g_per_kwh"])
    assert Decimal(found["shift"]["kwh"]) == 100
    assert Decimal(found["shift"]["kg"]) == drop / 10
    assert Decimal(found["use"]["kwh"]) == 480
    assert found["use"]["weighted_g_per_kwh"] == found["use"]["flat_g_per_kwh"]
    assert Decimal(found["reported"]["g_per_kwh"]) == 455
    assert found["reported"]["factors"] == ["jp-A0271-B"]
    assert found["label"] == SIGNAL


def test_a_shift_between_stated_hours(folder: Path) -> None:
    """From 18:00 to 11:00 saves, the other way round costs: the same figure with its sign."""
    told("import", area_month(folder), "--source", "area-supply")
    words = ("hints", "kanazawa", "--area", "jp-05", "--day", FIRST, "--kw", 50)
    saved = told(*words, "--now", "18:00", "--then", "11:00")["shift"]
    assert saved["now"]["from"] == "2024-04-01T18:00:00+09:00"
    assert saved["then"]["to"] == "2024-04-01T13:00:00+09:00"
    cost = told(*words, "--now", "11:00", "--then", "18:00")["shift"]
    assert Decimal(cost["kg"]) == -Decimal(saved["kg"]) < 0
    shown = invoke(*words, "--now", "11:00", "--then", "18:00").stdout
    assert "37.9 kg CO2 more each time 50 kW for 2 h move from 11:00 to 18:00" in shown


def test_a_shift_past_midnight_cannot_be_told(folder: Path) -> None:
    """The next day is not part of what was asked."""
    told("import", area_month(folder), "--source", "area-supply")
    words = ("hints", "kanazawa", "--area", "jp-05", "--day", FIRST, "--now", "23:00")
    assert told(*words)["shift"] is None
    assert "the shift cannot be told" in invoke(*words).stdout


def test_a_month_is_judged_by_its_typical_day(folder: Path) -> None:
    """Windows are times of the day, and unknown days are told."""
    told("import", area_month(folder, days=3), "--source", "area-supply")
    words = ("hints", "kanazawa", "--area", "jp-05", "--month", "2024-04")
    found = told(*words)
    assert (found["typical_day_of"], found["lowest"]["from"]) == (3, "10:00")
    lines = invoke(*words).stdout.splitlines()
    assert lines[0].endswith("typical day of 2024-04 (3 days) (direct)")
    assert lines[1] == "22 g/kWh cleanest, 10:00 to 12:00"
    assert "10.0% of the time is known; import the missing days" in lines
    assert lines[-1] == f"({SIGNAL})"


def test_hourly_matching_needs_a_profile(folder: Path) -> None:
    """A yearly certificate covers the day by volume; by the slot it needs the generation."""
    write_use(folder)
    told("import", area_month(folder), "--source", "area-supply")
    words = ("hints", "kanazawa", "--area", "jp-05", "--day", FIRST)
    without = told(*words)["hourly_matching"]
    assert Decimal(without["volume_share"]) == 1
    assert without["slot_share"] is None
    assert "no generation profile is given" in without["obstacles"][0]
    profile = folder / "solar.csv"
    profile.write_text("time,kwh\n2024-04-01 11:00,40\n2024-04-01 12:00,10\n")
    found = told(*words, "--generation", profile)["hourly_matching"]
    assert Decimal(found["by_slot_kwh"]) == 30
    assert Decimal(found["slot_share"]) == Decimal("0.0625")
    shown = invoke(*words, "--generation", profile).stdout
    assert "6.2% of the use could be matched slot by slot" in shown


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("tokyo", "--area", "jp-05", "--day", "2024-04-01"), "there is no site tokyo"),
        (("kanazawa", "--area", "jp-05"), "one of --day and --month is needed"),
        (("kanazawa", "--area", "jp-05", "--month", "April"), "April is not a month"),
        (
            ("kanazawa", "--area", "jp-05", "--day", "2024-04-01", "--now", "noon"),
            "noon is not a time of day",
        ),
        (("kanazawa", "--area", "jp-05", "--day", "2025-04-01"), "no grid intensity of jp-05"),
        (
            ("kanazawa", "--area", "jp-05", "--day", "2024-04-01", "--generation", "x.csv"),
            "x.csv: line 2: 'noon' is not a time",
        ),
    ],
)
def test_hints_that_cannot_be_given_are_one_line(
    folder: Path, words: tuple[str, ...], line: str
) -> None:
    """It says what is missing and what to do."""
    (folder / "x.csv").write_text("time,kwh\nnoon,1\n")
    told("import", area_month(folder), "--source", "area-supply")
    assert line in fault("hints", *words)


def test_hints_without_use_say_what_to_do(folder: Path) -> None:
    """The grid is known, the plant is not."""
    told("import", area_month(folder), "--source", "area-supply")
    shown = invoke("hints", "kanazawa", "--area", "jp-05", "--day", FIRST).stdout
    assert "no use of the site in this time: collector summarise" in shown


def test_the_area_may_stand_in_the_settings(folder: Path) -> None:
    """A site with a grid_area needs no --area; one without is told where to write it."""
    told("import", area_month(folder), "--source", "area-supply")
    write_use(folder)
    line = "the grid's area of site kanazawa is not known (add --area jp-03, or grid_area"
    assert line in fault("hints", "kanazawa", "--day", FIRST)
    named = told("hints", "kanazawa", "--area", "jp-05", "--day", FIRST)
    text = SETTINGS.replace(
        'time_zone = "Asia/Tokyo"', 'time_zone = "Asia/Tokyo"\ngrid_area = "jp-05"'
    )
    (folder / "collector.toml").write_text(text, encoding="utf-8")
    assert told("hints", "kanazawa", "--day", FIRST) == named
