"""`collector findings`: list, show, set, verify, rules, in both languages, and every wrong use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from collector.commands.findings import app
from tests.collector.commands.plant_files import invoke
from tests.collector.plant_year import plant_year

FIRST, END = date(2025, 6, 1), date(2025, 10, 1)
WHEN = ("--from", str(FIRST), "--to", str(END - timedelta(days=1)))
COMPRESSOR = """
[sites.meters.equipment]
kind = "compressor"
unload_percent = 40.0
pressure_mpa = 0.75
"""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant with a summer in its store and its compressor described."""
    path = plant_year(tmp_path_factory.mktemp("findings"), first=FIRST, end=END)
    text = path.read_text(encoding="utf-8")
    head, sep, rest = text.partition('id = "air"\n')
    head = head.removesuffix("[[sites.meters]]\n")
    path.write_text(f"{head}{COMPRESSOR}[[sites.meters]]\n{sep}{rest}", encoding="utf-8")
    return path


@pytest.fixture
def plant(year: Path) -> Iterator[Path]:
    """The plant, with nothing said of its findings yet."""
    yield year
    for file in (year.parent / "state").glob("*"):
        file.unlink()


def said(plant: Path, *words: object) -> Result:
    """The verb, with the plant's settings."""
    return invoke(app, *words, "--config", plant)


def told(plant: Path, *words: object) -> Any:
    """What the verb prints as JSON."""
    result = said(plant, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(plant: Path, *words: object) -> str:
    """The one line of a verb that cannot do as asked."""
    result = said(plant, *words)
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.strip().splitlines()
    return line


def test_findings_are_listed_by_yen_with_a_total(plant: Path) -> None:
    """The dearest first, the total no more than their sum, and what could not be looked at."""
    found = told(plant, "list", "sendai", *WHEN)
    yen = [item["finding"]["yen"]["mid"] for item in found["findings"]]
    assert yen == sorted(yen, reverse=True)
    assert len(yen) >= 5
    assert max(yen) < found["total"]["yen"]["mid"] <= sum(yen) + 1e-6
    rules = {item["finding"]["rule"] for item in found["findings"]}
    assert {"standby", "power_factor", "peak", "compressor_pressure", "air_conditioning"} <= rules
    assert any(silence["rule"] == "transformer_unused" for silence in found["silences"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", ("仙台工場の改善提案", "待機電力", "合計(重複を除く)", "確度", "未着手")),
        ("en", ("Findings of Sendai works", "standby", "total, nothing twice", "confidence")),
    ],
)
def test_people_read_the_list_in_their_language(
    plant: Path, language: str, words: tuple[str, ...]
) -> None:
    """Title, measures, total and what is lacking, in Japanese or English."""
    result = said(plant, "list", "sendai", *WHEN, "--language", language, "--all")
    assert result.exit_code == 0, result.output
    for word in words:
        assert word in result.stdout.replace("\n", "")
    assert "! transformer_unused" in result.stdout
    assert "· contract_power" in result.stdout


def test_a_window_is_told_as_it_is_asked_for(plant: Path) -> None:
    """Its last day is the one of --to, for people and programs."""
    text = said(plant, "list", "sendai", *WHEN, "--language", "en").stdout
    assert text.startswith("Findings of Sendai works, 2025-06-01 to 2025-09-30\n")
    found = told(plant, "list", "sendai", *WHEN)
    assert (found["from"], found["to"]) == ("2025-06-01", "2025-09-30")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "  ! totals end on 2025-09-30: give --to 2025-09-30\n"),
        ("ja", "  ! 集計値は2025-09-30で終わっている: --to 2025-09-30 を付ける\n"),
    ],
)
def test_data_that_ended_are_one_line(plant: Path, language: str, line: str) -> None:
    """Not a line a circuit, and no word that is none to a reader."""
    days = ("--from", FIRST, "--to", "2026-05-31")
    text = said(plant, "list", "sendai", *days, "--language", language).stdout
    assert text.count(line) == 1
    assert "slots are known" not in text
    assert "既知の時限が" not in text
    assert "general" not in text


def test_data_that_ended_before_the_days_asked_for_are_named(plant: Path) -> None:
    """A year after the end nothing is known, and the line has the day to write; before, none is."""
    later = said(plant, "list", "sendai", "--from", "2026-11-01", "--to", "2026-12-31")
    assert "  ! totals end on 2025-09-30: give --to 2025-09-30\n" in later.stdout
    early = said(plant, "list", "sendai", "--from", "2024-01-01", "--to", "2024-03-31")
    assert "no energy is known from 2024-01-01 on: give --to a day that has some" in early.stdout


def test_one_finding_is_shown_whole(plant: Path) -> None:
    """Figures, prices, factor, evidence, threshold with its source, caveats and overlaps."""
    text = said(
        plant, "show", "sendai", "compressor_pressure:compressor", *WHEN, "--language", "en"
    )
    for part in (
        "lower the pressure of Compressor by 0.1 MPa",
        "JPY/kWh with adjustments and levy",
        "jp-shk-",
        "2025-06-01 to 2025-09-30",
        "compressor_pressure.above_mpa",
        "rule of thumb",
        "not counted twice",
        "status: open",
    ):
        assert part in text.stdout
    found = told(plant, "show", "sendai", "compressor_pressure:compressor", *WHEN)
    assert found["finding"]["key"] == "compressor_pressure:sendai:compressor"


def test_a_status_stays_with_its_finding(plant: Path) -> None:
    """Doing, with owner and cost: listed so, and all that was said is in its history."""
    words = ("standby:office", "--status", "doing", "--owner", "佐藤", "--cost", "100000")
    assert "doing, 佐藤" in said(plant, "set", "sendai", *words, *WHEN).stdout
    said(plant, "set", "sendai", "standby:office", "--status", "open", "--by", "suzuki", *WHEN)
    found = told(plant, "show", "sendai", "standby:office", *WHEN)
    assert found["status"] == "open"
    assert found["owner"] == "佐藤"
    assert [entry["by"] for entry in found["history"]] == ["佐藤", "suzuki"]
    payback = found["finding"]["payback_years"]
    assert payback["mid"] == pytest.approx(100_000 / found["finding"]["yen"]["mid"])
    text = said(plant, "show", "sendai", "standby:office", *WHEN, "--language", "ja").stdout
    assert "回収年数" in text
    assert "実施中, 佐藤" in text


def test_a_muted_finding_is_hidden_until_its_day(plant: Path) -> None:
    """Muted for ever it is hidden, --all shows it; muted until yesterday it is open again."""
    reason = ("--status", "muted", "--by", "sato", "--reason", "lease ends")
    said(plant, "set", "sendai", "peak", *reason, *WHEN)
    keys = [item["key"] for item in told(plant, "list", "sendai", *WHEN)["findings"]]
    assert "peak:sendai:_site" not in keys
    every = told(plant, "list", "sendai", *WHEN, "--all")["findings"]
    assert {item["key"]: item["status"] for item in every}["peak:sendai:_site"] == "muted"
    said(plant, "set", "sendai", "peak", *reason, "--until", "2026-05-01", *WHEN)
    found = told(plant, "show", "sendai", "peak", *WHEN)
    assert found["status"] == "open"


def test_a_done_finding_is_verified_against_its_frozen_baseline(plant: Path) -> None:
    """Done on 1 September without any change in the load: nothing was saved since."""
    done = ("--status", "done", "--by", "sato", "--done-on", "2025-09-01")
    change = told(plant, "set", "sendai", "standby:office", *done, "--from", str(FIRST))
    assert change["promise"]["first"] == str(FIRST)
    assert change["promise"]["end"] == "2025-09-01"
    found = told(plant, "verify", "sendai", "standby:office")
    assert found["option"] == "B"
    assert found["days"] >= 28
    assert found["at_90"]["low_kwh"] < found["kwh"] < found["at_90"]["high_kwh"]
    assert found["outcome"] in ("missed", "unsure")
    for language, word in (("ja", "ベースライン"), ("en", "baseline 2025-06-01")):
        text = said(plant, "verify", "sendai", "standby:office", "--language", language)
        assert word in text.stdout
    hidden = told(plant, "list", "sendai", *WHEN)["findings"]
    assert "standby:sendai:office" not in [item["key"] for item in hidden]


def test_a_price_stands_in_for_a_tariff(plant: Path) -> None:
    """With --price each kWh is worth that, and the basis says so."""
    price = ("--price", "16.13", "--kw-price", "20000")
    found = told(plant, "show", "sendai", "standby:office", *WHEN, *price)
    finding = found["finding"]
    assert finding["yen"]["mid"] == pytest.approx(finding["kwh"]["mid"] * 16.13)
    assert "16.13" in finding["price_basis_en"]


def test_rules_are_told_with_thresholds_and_how_to_change_them(plant: Path) -> None:
    """Every rule with its formula; a plant's own value shows with its reason."""
    own = plant.parent / "my.toml"
    own.write_text(
        '[[threshold]]\nid = "standby.share"\nvalue = 0.3\nreason = "cold store"\n',
        encoding="utf-8",
    )
    settings = plant.parent / "own.toml"
    text = plant.read_text(encoding="utf-8")
    settings.write_text(text + '\n[findings]\nthresholds = "my.toml"\n', encoding="utf-8")
    english = said(settings, "rules", "--language", "en").stdout
    assert "19,260 kWh" in english
    assert "standby.share = 0.3" in english
    assert "cold store" in english
    assert 'thresholds = "my.toml"' in english
    assert "待機電力" in said(plant, "rules", "--language", "ja").stdout
    rules = told(plant, "rules")
    assert len(rules) == 15
    assert all(rule["thresholds"] and rule["formula"] for rule in rules)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("list", "nowhere"), "there is no site nowhere"),
        (("list", "sendai", "--from", "yesterday"), "yesterday is not a day"),
        (("list", "sendai", "--from", "2026-04-01", "--to", "2026-03-31"), "has no day"),
        (("list", "sendai", "--language", "fr"), "--language fr is not known"),
        (("list", "sendai", "--kw-price", "5"), "--kw-price alone"),
        (("list", "sendai", "--price", "-1", *WHEN), "a price of -1"),
        (("show", "sendai", "standby:ofice", *WHEN), "standby:sendai:office"),
        (("show", "sendai", "contract_power", *WHEN), "set by demand"),
        (("show", "sendai", "grid_shift:press", *WHEN), "can_shift = true"),
        (
            ("set", "sendai", "standby:ofice", "--status", "open", "--by", "a", *WHEN),
            "no finding standby:ofice",
        ),
        (("set", "sendai", "peak", "--status", "open", *WHEN), "--by NAME"),
        (("set", "sendai", "peak", "--status", "muted", "--by", "a", *WHEN), "--reason TEXT"),
        (
            ("set", "sendai", "peak", "--status", "doing", "--by", "a", "--until", "2027-01-01"),
            "does not end by itself",
        ),
        (
            ("set", "sendai", "peak", "--status", "done", "--by", "a", "--done-on", "2025-01-01"),
            "leaves no baseline",
        ),
        (
            ("set", "sendai", "peak", "--status", "don", "--by", "a"),
            "collector: there is no status don (did you mean done?)",
        ),
        (
            ("set", "sendai", "peak", "--status", "x", "--by", "a"),
            "collector: there is no status x (write one of: open, doing, done, muted)",
        ),
        (("verify", "sendai", "peak"), "only a done finding is verified"),
    ],
)
def test_each_wrong_use_is_one_clear_line(plant: Path, words: tuple[str, ...], line: str) -> None:
    """What is wrong and what to write, on stderr, with exit code 1."""
    given = words if "--from" in words or words[0] != "set" else (*words, *WHEN)
    assert line in refused(plant, *given)


def test_a_demand_finding_is_verified_by_bills_not_by_energy(plant: Path) -> None:
    """A done peak shift promises no kWh: the line names the verb that compares bills."""
    done = ("--status", "done", "--by", "sato", "--done-on", "2025-09-01")
    said(plant, "set", "sendai", "peak", *done, "--from", str(FIRST))
    assert "collector bill" in refused(plant, "verify", "sendai", "peak")


def test_a_site_without_tariff_or_contract_says_what_to_write(plant: Path) -> None:
    """No tariff asks for [[sites.tariffs]], no contract for [[sites.contracts]]."""
    text = plant.read_text(encoding="utf-8")
    bare = plant.parent / "bare.toml"
    bare.write_text(
        text.replace(
            "from = 2020-04-01\n\n[[sites.meters]]", "from = 2030-04-01\n\n[[sites.meters]]"
        ),
        encoding="utf-8",
    )
    told = refused(bare, "list", "sendai", *WHEN)
    assert "[[sites.tariffs]]" in told
    assert "--price" in told
    bare.write_text(
        text.replace('menu = "M"\nfrom = 2020-04-01', 'menu = "M"\nfrom = 2030-04-01'),
        encoding="utf-8",
    )
    assert "[[sites.contracts]]" in refused(bare, "list", "sendai", *WHEN)


@pytest.mark.parametrize(
    ("old", "new", "said_of"),
    [
        ('kind = "compressor"', 'kind = "kompressor"', "equipment.kind"),
        ("unload_percent = 40.0", "unload_percent = 140.0", "unload_percent"),
        ("unload_percent = 40.0", "unload = 40.0", "unknown key"),
        ('holidays = "JP"', 'holidays = "JP"\nhours = "8-17"', "calendar.hours"),
        ('holidays = "JP"', 'holidays = "JP"\nlunch = "12:00-12:00"', "calendar.lunch"),
        ("[tariffs]", '[findings]\nthreshold = "x"\n[tariffs]', "findings.threshold"),
    ],
)
def test_wrong_settings_of_equipment_and_hours_are_faults(
    plant: Path, old: str, new: str, said_of: str
) -> None:
    """Each wrong value is named with its place and what to write; exit code 2."""
    text = plant.read_text(encoding="utf-8")
    assert old in text
    wrong = plant.parent / "wrong.toml"
    wrong.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = said(wrong, "list", "sendai", *WHEN)
    assert result.exit_code == 2
    assert said_of in result.stderr
