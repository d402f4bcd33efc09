"""What stamping writes into a board: names, colours, currency, choices."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.boards.names import CIRCUIT_BLUES
from collector.boards.places import places
from collector.boards.shipped import board_texts
from collector.boards.stamp import stamped, stamped_fleet
from collector.boards.wanted import wanted_at
from collector.errors import StopError
from collector.site_config import SiteSettings
from tests.collector.boards.case import AUSTIN, SENDAI, settings_for

METERS = [
    *SENDAI["meters"],
    {"id": "pieces", "name": "生産数, 個", "medium": "production"},
]
SITE = SiteSettings.model_validate({**SENDAI, "meters": METERS})
OTHER = SiteSettings.model_validate(AUSTIN)
EUR = {"tariff": "test-eur", "from": date(2026, 4, 1)}
JPY = {"tariff": "jp-kyushu-industrial-tou-a-6kv", "from": date(2025, 4, 1)}


def _board(uid: str) -> dict[str, Any]:
    return next(one for one in board_texts(uid[-2:]) if one["uid"] == uid)


def _variable(board: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(v for v in board["templating"]["list"] if v["name"] == name)
    return found


def _colours(panel: dict[str, Any]) -> dict[str, str]:
    """Fixed colours of a panel by the id of their series."""
    return {
        one["matcher"]["options"]: prop["value"]["fixedColor"]
        for one in panel["fieldConfig"]["overrides"]
        for prop in one["properties"]
        if prop["id"] == "color" and one["matcher"]["options"] in ("press", "pieces", "main")
    }


def _of_meters(board: dict[str, Any], kind: str) -> dict[str, Any]:
    """The first panel of a kind with a series a meter."""
    found: dict[str, Any] = next(
        panel
        for panel in board["panels"]
        if panel["type"] == kind
        for target in panel["targets"]
        if target.get("alias") == "$tag_meter"
    )
    return found


@pytest.mark.parametrize(("language", "whole"), [("ja", "拠点全体"), ("en", "Whole site")])
@pytest.mark.parametrize("name", ["meter", "other"])
def test_a_meter_is_picked_by_its_name(language: str, whole: str, name: str) -> None:
    """The whole site first, then every meter of electricity; a link may still choose."""
    own = _variable(stamped(_board(f"mieruka-load-profile-{language}"), SITE), name)
    assert own["type"] == "custom"
    assert own["query"] == f"{whole} : _site,受電 : main,プレス : press"
    assert own["current"] == {"selected": True, "text": whole, "value": "_site"}
    assert [one["value"] for one in own["options"]] == ["_site", "main", "press"]
    assert "(" not in own["label"], "what an id means needs no telling beside names"
    assert (own["hide"], own["skipUrlSync"], own["multi"]) == (0, False, False)


def test_a_product_is_one_of_the_production_meters() -> None:
    """A comma in a name would end the entry, so it is left out."""
    own = _variable(stamped(_board("mieruka-intensity-en"), SITE), "product")
    assert own["query"] == "生産数  個 : pieces"
    assert own["current"]["value"] == "pieces"


@pytest.mark.parametrize("meters", [(), SENDAI["meters"]])
def test_without_production_meters_the_reader_picks(meters: list[dict[str, Any]]) -> None:
    """Nothing to offer: the shipped query stays."""
    site = SiteSettings.model_validate({**SENDAI, "meters": meters})
    assert _variable(stamped(_board("mieruka-intensity-en"), site), "product")["type"] == "query"


@pytest.mark.parametrize("kind", ["piechart", "timeseries"])
def test_neighbouring_areas_are_told_apart(kind: str) -> None:
    """The slices of a ring and the layers of a stack have shades of their own."""
    panel = _of_meters(stamped(_board("mieruka-energy-en"), SITE), kind)
    assert _colours(panel) == {"press": CIRCUIT_BLUES[0], "pieces": CIRCUIT_BLUES[1]}


def test_what_is_not_stacked_keeps_its_colours() -> None:
    """A state timeline's colour says a state."""
    panel = _of_meters(stamped(_board("mieruka-energy-en"), SITE), "state-timeline")
    assert _colours(panel) == {}


def test_sites_are_shown_by_name() -> None:
    """In every table's column and wherever a series is a site."""
    own = stamped_fleet(_board("mieruka-portfolio-en"), [SITE, OTHER])
    names = {"sendai": {"text": "仙台工場"}, "austin": {"text": "Austin plant"}}
    tables = series = 0
    for panel in own["panels"]:
        overrides = panel.get("fieldConfig", {}).get("overrides", [])
        found = {one["matcher"]["options"]: one["properties"] for one in overrides}
        if "site" in found:
            tables += 1
            mapping = {"id": "mappings", "value": [{"type": "value", "options": names}]}
            assert mapping in found["site"]
        if any(target.get("alias") == "$tag_site" for target in panel.get("targets", ())):
            series += 1
            assert found["austin"][0] == {"id": "displayName", "value": "Austin plant"}
            assert found["sendai"][0] == {"id": "displayName", "value": "仙台工場"}
            hues = {json.dumps(look[1]) for look in (found["austin"], found["sendai"]) if look[1:]}
            assert len(hues) == (2 if panel["type"] == "timeseries" else 0)
    assert (tables, series) == (3, 5)


@pytest.mark.parametrize(
    ("currency", "unit"),
    [("", "currencyJPY"), ("JPY", "currencyJPY"), ("EUR", "currencyEUR"), ("THB", "currency:THB ")],
)
def test_money_has_the_unit_of_its_currency(currency: str, unit: str) -> None:
    """One that Grafana has no unit for is written before the figure."""
    own = stamped(_board("mieruka-cost-en"), SITE, currency)
    units = {
        one["fieldConfig"]["defaults"].get("unit") for one in own["panels"] if "fieldConfig" in one
    }
    assert {one for one in units if one and one.startswith("currency")} == {unit}


TARIFF = """
[[tariff]]
id = "test-eur"
name_en = "Invented"
area = "anywhere"
supplier = "none"
voltage = "any"
currency = "EUR"
status = "example"
valid_from = 2000-01-01
source = { title = "Invented", url = "none", published_on = "2026-11", confidence = "low" }
tax = { mode = "none" }
energy = [{ price = 0.25 }]
"""


@pytest.mark.parametrize(
    ("site", "unit"),
    [(SENDAI, "currencyJPY"), ({**SENDAI, "tariffs": [JPY, EUR]}, "currencyEUR")],
)
def test_the_newest_tariff_says_what_a_site_pays_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: dict[str, Any], unit: str
) -> None:
    """Of two tariffs it is the one that begins last; without any, boards stay as shipped."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", board_texts)
    (tmp_path / "eur.toml").write_text(TARIFF, encoding="utf-8")
    changes = {"sites": [site], "tariffs": {"folder": str(tmp_path)}}
    (place,) = places(settings_for(tmp_path, "http://127.0.0.1:3000", **changes))
    boards = {one.uid: str(one.board) for one in wanted_at(place, (), 0).boards}
    assert set(re.findall(r"'(currency\w+)'", boards["mieruka-cost-en-sendai"])) == {unit}
    told = "円" if unit == "currencyJPY" else "EUR"
    assert f"今日の電力量料金({told})" in boards["mieruka-today-ja-sendai"]
    assert f"This month so far ({unit[-3:]})" in boards["mieruka-cost-en-sendai"]


def test_english_boards_say_english_names() -> None:
    """Of the site and its meters, where the settings have them; Japanese boards the others."""
    named = {**SENDAI, "name_en": "Sendai works", "meters": [
        {"id": "main", "name": "受電", "name_en": "Intake"}, {"id": "press", "name": "プレス"},
    ]}  # fmt: skip
    site = SiteSettings.model_validate(named)
    english, japanese = (
        stamped(_board(f"mieruka-load-profile-{one}"), site) for one in ("en", "ja")
    )
    assert english["title"].endswith("- Sendai works")
    assert japanese["title"].endswith("- 仙台工場")
    assert _variable(english, "meter")["query"] == "Whole site : _site,Intake : main,プレス : press"
    assert _variable(japanese, "meter")["query"] == "拠点全体 : _site,受電 : main,プレス : press"
    fleet = str(stamped_fleet(_board("mieruka-fleet-en"), [site]))
    assert "Sendai works" in fleet
    assert "仙台工場" not in fleet


def test_power_quality_begins_with_a_real_meter() -> None:
    """The whole site has no phases: the incoming meter comes first, the site is not offered."""
    meters = [{"id": "press", "name": "プレス", "parent": "main"}, {"id": "main", "name": "受電"}]
    site = SiteSettings.model_validate({**SENDAI, "meters": meters})
    own = _variable(stamped(_board("mieruka-power-quality-ja"), site), "meter")
    assert own["query"] == "受電 : main,プレス : press"
    assert own["current"]["value"] == "main"


def _override(board: dict[str, Any], title: str, field: str) -> dict[str, Any]:
    """The properties of a table's column; each may be named but once."""
    (panel,) = (one for one in board["panels"] if one["title"] == title)
    overrides = panel["fieldConfig"]["overrides"]
    (found,) = (one["properties"] for one in overrides if one["matcher"]["options"] == field)
    names = [one["id"] for one in found]
    assert len(names) == len(set(names)), "Grafana takes one of two"
    return {one["id"]: one["value"] for one in found}


def test_the_fleet_says_names_that_all_sites_agree_on() -> None:
    """A meter's name where each site with such a meter calls it so, else the id; agents' own."""
    elsewhere = {
        **AUSTIN,
        "meters": [{"id": "main", "name": "受電"}, {"id": "press", "name": "Press"}],
    }
    own = stamped_fleet(_board("mieruka-fleet-ja"), [SITE, SiteSettings.model_validate(elsewhere)])
    (mapping,) = _override(own, "計測器の最新の状態", "meter")["mappings"]
    assert mapping["options"] == {"main": {"text": "受電"}, "pieces": {"text": "生産数, 個"}}
    regex, names = _override(own, "エージェントの最新の状態", "meter")["mappings"]
    assert (regex["type"], names["type"]) == ("regex", "value")


def test_series_of_the_fleet_say_names_for_ids() -> None:
    """The site's first, then the meter's; of forty and more each answer would take too long."""

    def patterns(sites: list[SiteSettings]) -> list[str]:
        own = stamped_fleet(_board("mieruka-fleet-ja"), sites)
        (panel,) = (one for one in own["panels"] if one["title"] == "応答時間")
        return [one["options"]["renamePattern"] for one in panel.get("transformations", ())]

    assert patterns([SITE, OTHER])[:3] == ["仙台工場 $1", "Austin plant $1", "$1 受電"]
    many = [SITE.model_copy(update={"id": f"s{n}"}) for n in range(41)]
    assert patterns(many) == []


def test_lines_of_a_sites_meters_have_its_colour() -> None:
    """Found by how their names begin, as they are shown."""
    own = stamped_fleet(_board("mieruka-fleet-ja"), [SITE, OTHER])
    (panel,) = (one for one in own["panels"] if one["title"] == "応答時間")
    found = {
        one["matcher"]["options"]: one["properties"][0]["value"]["fixedColor"]
        for one in panel["fieldConfig"]["overrides"]
        if one["matcher"]["id"] == "byRegexp"
    }
    assert set(found) == {"/^仙台工場 /", r"/^Austin\ plant /"}
    assert len(set(found.values())) == 2


def test_the_whole_site_is_told_in_words() -> None:
    """In tables of meters the collector's pseudo meters have names as well."""
    own = stamped(_board("mieruka-load-profile-ja"), SITE)
    (mapping,) = _override(own, "計測器ごとの数字(今年度)", "meter")["mappings"]
    assert mapping["options"]["_site"] == {"text": "拠点全体"}
    assert mapping["options"]["_unmeasured"] == {"text": "未計測分"}


def test_an_unknown_tariff_is_one_line(tmp_path: Path) -> None:
    """Its currency cannot be known: told with ids like it."""
    wrong = {"tariff": "jp-kyushu-industrial-tou-a-7kv", "from": date(2025, 4, 1)}
    with pytest.raises(StopError) as caught:
        places(settings_for(tmp_path, "http://x", sites=[{**SENDAI, "tariffs": [wrong]}]))
    assert "jp-kyushu-industrial-tou-a-7kv" in caught.value.message
    assert caught.value.hint
