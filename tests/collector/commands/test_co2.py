"""`collector co2`: the worked cases to the last digit, every method, and wrong questions."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from collector.commands.co2 import co2
from tests.collector.factors.sample import SET, text

app = typer.Typer()
app.command()(co2)
YEAR_KWH = "1234567"
"""The energy of the worked cases."""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(*arguments: str) -> dict[str, Any]:
    """The answer as JSON."""
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def kg(*arguments: str) -> dict[str, str]:
    """The kilograms by method."""
    return {one["method"]: one["kg"] for one in asked(YEAR_KWH, *arguments)["methods"]}


def test_case_1() -> None:
    """FY2025, Tokyo's residual M: 558.024284 t by menu and market; the average is location."""
    assert kg("--supplier", "A0269", "--menu", "M", "--on", "2025-10-01") == {
        "jp_shk_basic": "558024.284",
        "jp_shk_adjusted": "558024.284",
        "location": "522221.841",
        "market": "558024.284",
    }
    unknown = kg("--region", "JP", "--on", "2025-10-01")
    assert unknown["jp_shk_substitute"] == "513579.872"


@pytest.mark.parametrize(
    ("known_on", "tonnes"), [("2023-05-31", "658.024211"), ("2023-06-01", "656.789644")]
)
def test_case_3(known_on: str, tonnes: str) -> None:
    """FY2022, Shikoku's menu C as known before the correction and from its day on."""
    question = ("--supplier", "A0274", "--menu", "C", "--on", "2022-10-01")
    adjusted = kg(*question, "--known-on", known_on)["jp_shk_adjusted"]
    assert Decimal(adjusted) == Decimal(tonnes) * 1000


def test_case_4() -> None:
    """FY2025, V-Power's menu D: basic and adjusted differ."""
    found = kg("--supplier", "A0045", "--menu", "D", "--on", "2025-10-01")
    assert (found["jp_shk_basic"], found["jp_shk_adjusted"]) == ("664197.046", "595061.294")


@pytest.mark.parametrize(
    ("on", "value"),
    [
        ("2025-03-31", "0.464"),
        ("2025-04-01", "0.457"),
        ("2025-03-31T14:59:59Z", "0.464"),
        ("2025-03-31T15:00:00Z", "0.457"),
        ("2025-04-01T00:00:00+09:00", "0.457"),
    ],
)
def test_case_12(on: str, value: str) -> None:
    """The fiscal year turns at midnight in Japan, which is 15:00 UTC."""
    answer = asked("1", "--supplier", "A0274", "--menu", "C", "--on", on)
    assert answer["methods"][0]["kg_per_kwh"] == value


def test_the_answer_names_its_evidence() -> None:
    """Each figure comes with factor, status, gas, scope, source and windows."""
    answer = asked("100", "--supplier", "A0269", "--menu", "M", "--on", "2025-10-01")
    assert (answer["kwh"], answer["on"], answer["known_on"]) == ("100", "2025-10-01", None)
    assert len(answer["snapshot_id"]) == 64
    one = answer["methods"][0]
    assert (one["factor_id"], one["status"]) == ("jp-shk-r6-A0269-M-basic", "official")
    assert (one["gas"], one["scope"], one["kg"]) == ("CO2", "2", "45.2")
    assert one["source"]["publisher"] == "環境省・経済産業省"
    assert one["source"]["published_on"] == "2026-01-09"
    assert one["source"]["url"].startswith("https://policies.env.go.jp/")
    assert one["source"]["licence"].startswith("公共データ利用規約")
    assert (one["valid_from"], one["valid_to"]) == ("2025-04-01", "2026-04-01")
    assert one["known_on"] == "2026-01-09"


def test_other_regions() -> None:
    """Great Britain with losses and upstream; a subregion with each gas and its residual mix."""
    britain = asked("1000", "--region", "GB", "--on", "2026-05-01")["methods"]
    assert [(one["method"], one["part"], one["kg"], one["scope"]) for one in britain] == [
        ("location", "", "130.96", "2"),
        ("location", "", "129.43", "2"),
        ("market_residual", "", "130.96", "2"),
        ("scope3_td", "", "12.99", "3.3"),
        ("scope3_wtt", "generation", "36.82", "3.3"),
        ("scope3_wtt", "td", "3.59", "3.3"),
    ]
    camx = asked("1000", "--region", "US-CAMX", "--on", "2023-05-01")["methods"]
    assert [(one["gas"], one["gwp"], one["kg"]) for one in camx] == [
        ("CO2e", "AR5", "195.029"),
        ("CO2", "none", "194.3513"),
        ("CO2e", "as_published", "195.037"),
        ("CO2", "none", "196.959"),
    ]


def test_what_is_not_held_is_said() -> None:
    """An unknown supplier and an unknown subregion are notes, beside figures marked fallback."""
    supplier = asked("1", "--supplier", "東京電力", "--on", "2025-10-01")
    assert "A0269 東京電力エナジーパートナー(株)" in supplier["notes"][0]
    assert supplier["methods"][-1]["status"] == "fallback"
    region = asked("1", "--region", "US-CAMXX", "--on", "2023-10-01")
    assert "no factor of region US-CAMXX is held (near: US-CAMX" in region["notes"][0]
    assert {one["status"] for one in region["methods"]} == {"fallback"}


def test_a_plants_own_factors(tmp_path: Path) -> None:
    """Rows of one's own folder count, by --folder."""
    own = 'id = "x-1", supplier = "S1", supplier_name = "S", kind = "whole"'
    row = f'{own}, region = "DE", method = "market_supplier", value = "0.05"'
    (tmp_path / "own.toml").write_text(text(row, shared=SET), encoding="utf-8")
    question = ("10", "--region", "DE", "--supplier", "S1", "--on", "2025-10-01")
    found = asked(*question, "--folder", str(tmp_path))["methods"]
    market = next(one for one in found if one["method"] == "market_residual")
    assert (market["kg"], market["factor_id"], market["status"]) == ("0.5", "x-1", "official")


def test_figures_people_read() -> None:
    """Figures come first, thousands separated, units beside them, with the status."""
    arguments = [YEAR_KWH, "--supplier", "A0269", "--menu", "M", "--on", "2025-10-01"]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "160"})
    assert result.exit_code == 0
    assert result.stdout.startswith("1,234,567 kWh")
    assert "558,024.284" in result.stdout
    assert "official" in result.stdout


def test_today_is_the_day_when_none_is_given() -> None:
    """Without --on the answer is for today, and says so."""
    assert len(asked("1", "--region", "KR")["on"]) == 10


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["1,000", "--region", "GB"], "1,000 is not an energy in kWh", "1234567.8"),
        (["-5", "--region", "GB"], "No such option", ""),
        (["NaN", "--region", "GB"], "NaN is not an energy", "1234567.8"),
        (["1" * 31, "--region", "GB"], "is not an energy", "30 characters"),
        (["1"], "neither --region nor --supplier is given", "--region JP"),
        (["1", "--region", "ZZ"], "no emission factor for ZZ location", "no factor of region ZZ"),
        (["1", "--region", "GB", "--on", "2025-02-30"], "2025-02-30 is not a day", "2025-10-01"),
        (["1", "--region", "GB", "--on", "2025-02-03T25:00Z"], "is not an instant", "+09:00"),
        (["1", "--region", "GB", "--on", "2025-02-03T01:00"], "has no UTC offset", "Z or"),
        (["1", "--region", "GB", "--known-on", "May"], "May is not a day", "2025-10-01"),
        (["1", "--region", "GB", "--folder", "gone"], "the factor folder gone is not", "make it"),
        (["1", "--region", "GB", "-c", "gone.toml"], "gone.toml: cannot be read", "fault"),
    ],
)
def test_wrong_questions(arguments: list[str], message: str, hint: str) -> None:
    """Each wrong question is one line on stderr that says what to write."""
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code != 0
    assert result.stdout == ""
    assert message in result.stderr
    assert hint in result.stderr


@given(st.decimals(0, 10**12, places=6, allow_nan=False))
def test_kilograms_are_exact(energy: Decimal) -> None:
    """Whatever the energy, kg are the product to the last digit."""
    arguments = [format(energy, "f"), "--region", "US-CAMX", "--on", "2023-05-01", "--json"]
    result = CliRunner().invoke(app, arguments)
    for one in json.loads(result.stdout)["methods"]:
        assert Decimal(one["kg"]) == energy * Decimal(one["kg_per_kwh"])
