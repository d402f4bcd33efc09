"""What stamping writes into a board: names, colours, currency, choices."""

from __future__ import annotations

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
            assert found["austin"] == [{"id": "displayName", "value": "Austin plant"}]
            assert found["sendai"] == [{"id": "displayName", "value": "仙台工場"}]
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
    for uid in ("mieruka-cost-en-sendai", "mieruka-today-ja-sendai"):
        assert set(re.findall(r"'(currency\w+)'", boards[uid])) == {unit}


def test_an_unknown_tariff_is_one_line(tmp_path: Path) -> None:
    """Its currency cannot be known: told with ids like it."""
    wrong = {"tariff": "jp-kyushu-industrial-tou-a-7kv", "from": date(2025, 4, 1)}
    with pytest.raises(StopError) as caught:
        places(settings_for(tmp_path, "http://x", sites=[{**SENDAI, "tariffs": [wrong]}]))
    assert "jp-kyushu-industrial-tou-a-7kv" in caught.value.message
    assert caught.value.hint
