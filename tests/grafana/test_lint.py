"""Rules of every built board, whatever it shows; a new board is held to them by being listed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from collector.storage.schema import READING, TOTAL_FIELDS, TOTAL_MEASUREMENTS
from edge_agent.contract.quantity import QUANTITIES
from grafana.boards import BOARDS
from grafana.build import built
from grafana.look import RAW, TOTALS

Json = dict[str, Any]
BOARD_JSON: dict[str, Json] = {name: json.loads(text) for name, text in built().items()}
PANEL_TYPES = {
    "timeseries", "barchart", "stat", "gauge", "bargauge", "table", "heatmap", "state-timeline",
    "piechart", "text",
}  # fmt: skip
MEANT_COLOURS = {"#0072B2", "#E69F00", "#009E73", "#56B4E9", "#8C8C8C", "#D55E00"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
COUNTER_VERBS = re.compile(r"\b(spread|difference|derivative|integral|elapsed)\s*\(")
SHOWN_KEYS = {"title", "description", "noValue", "label", "text", "alias", "displayName"}
each_board = pytest.mark.parametrize("board", BOARD_JSON.values(), ids=BOARD_JSON.keys())


def _panels(board: Json) -> list[Json]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def _targets(board: Json) -> Iterator[tuple[Json, Json]]:
    for panel in _panels(board):
        for target in panel["targets"]:
            yield panel, target


def _shown_texts(thing: Any) -> Iterator[str]:
    """Every text a reader sees: headings, explanations, empty states, series, states."""
    if isinstance(thing, list):
        for one in thing:
            yield from _shown_texts(one)
    elif isinstance(thing, dict):
        if thing.get("id") == "displayName":
            yield thing["value"]
        for key, value in thing.items():
            if key in SHOWN_KEYS and isinstance(value, str):
                yield value
            yield from _shown_texts(value)


def _structure(thing: Any) -> Any:
    """Take the words out of a board; keys, numbers and places stay."""
    if isinstance(thing, dict):
        return {key: _structure(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [_structure(one) for one in thing]
    return "text" if isinstance(thing, str) else thing


@each_board
def test_board_is_classic_json(board: Json) -> None:
    """Classic JSON of schema 42, which Grafana 9 to 13 read, with a uid that fits."""
    assert board["schemaVersion"] == 42
    assert re.fullmatch(r"[a-z0-9-]{8,40}", board["uid"])
    assert (board["timezone"], board["fiscalYearStartMonth"]) == ("Asia/Tokyo", 3)
    assert {"mieruka", board["uid"][-2:]} <= set(board["tags"])


def test_uids_are_unique() -> None:
    """No two boards share a uid."""
    assert len({board["uid"] for board in BOARD_JSON.values()}) == len(BOARD_JSON)


@each_board
def test_panels_are_of_the_known_kinds(board: Json) -> None:
    """Only panel types that were seen to work, each with a heading, a reason and an empty state."""
    assert {panel["type"] for panel in _panels(board)} <= PANEL_TYPES
    for panel in _panels(board):
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["noValue"].endswith((".", "。"))


@each_board
def test_units_thresholds_and_colours_are_explicit(board: Json) -> None:
    """Every panel has a unit and its own thresholds, in colours that have a meaning."""
    for panel in _panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"], panel["title"]
        assert defaults["thresholds"]["steps"][0]["value"] is None
        assert defaults["color"]["mode"] in ("fixed", "thresholds", "palette-classic")
        used = set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(panel)))
        assert used <= MEANT_COLOURS, panel["title"]


@each_board
def test_panels_do_not_overlap_and_fill_the_grid(board: Json) -> None:
    """No panel covers another or leaves the 24 columns; rows of panels leave no hole."""
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
    assert len(taken) == 24 * (1 + max(y for _, y in taken))


@each_board
def test_panels_are_readable_on_a_phone_and_a_desk(board: Json) -> None:
    """No panel is so narrow or flat that its figure or its empty text does not fit."""
    for panel in _panels(board):
        assert panel["gridPos"]["w"] >= 4
        assert panel["gridPos"]["h"] >= 4


@each_board
def test_panel_ids_are_unique(board: Json) -> None:
    """Links to single panels stay right."""
    ids = [panel["id"] for panel in board["panels"]]
    assert ids == list(range(1, len(ids) + 1))


@each_board
def test_targets_are_complete_raw_influxql(board: Json) -> None:
    """Each target has its ref, its data source by uid, its format and its name."""
    for panel, target in _targets(board):
        assert target["datasource"]["type"] == "influxdb"
        assert target["datasource"]["uid"] in (TOTALS, RAW)
        assert target["rawQuery"] is True
        assert target["resultFormat"] in ("time_series", "table")
        assert target["alias"], panel["title"]
    for panel in _panels(board):
        refs = [target["refId"] for target in panel["targets"]]
        assert refs == [chr(ord("A") + index) for index in range(len(refs))]


@each_board
def test_queries_do_not_depend_on_the_screen(board: Json) -> None:
    """No ``$__interval``; grouping by an hour or more names its zone; each query is bounded."""
    for panel, target in _targets(board):
        text = target["query"]
        assert "interval" not in text, panel["title"]
        assert "$timeFilter" in text or "LIMIT" in text
        for width in re.findall(r"time\((\w+)\)", text):
            assert width in ("30m", "1d")
            assert width == "30m" or text.endswith("tz('Asia/Tokyo')")


@each_board
def test_no_energy_arithmetic_on_registers(board: Json) -> None:
    """Boards never subtract raw registers: that loses energy at each edge."""
    for _, target in _targets(board):
        assert not COUNTER_VERBS.search(target["query"].lower())
        if READING in target["query"]:
            assert not re.search(r'_wh"\s*[-)]\s*[-+]|sum\("\w+_wh"', target["query"])


@each_board
def test_queries_use_the_schema(board: Json) -> None:
    """Measurements and fields are the store's, each in the bucket that holds it."""
    for panel, target in _targets(board):
        text = target["query"]
        measurements = set(re.findall(r'FROM "(\w+)"', text))
        fields = set(re.findall(r'"(\w+_(?:kwh|kw|kg|id|w|wh)|kwh|coverage|provisional)"', text))
        if target["datasource"]["uid"] == RAW:
            assert measurements == {READING}, panel["title"]
            assert fields <= set(QUANTITIES)
        else:
            assert measurements <= set(TOTAL_MEASUREMENTS.values())
            assert fields <= set(TOTAL_FIELDS), fields


@each_board
def test_every_query_is_of_one_site(board: Json) -> None:
    """No query mixes sites."""
    for panel, target in _targets(board):
        assert "\"site\" = '${site:raw}'" in target["query"], panel["title"]


@each_board
def test_data_quality_is_the_last_row(board: Json) -> None:
    """How far the figures can be trusted stands on every board, at its end."""
    headings = [panel["title"] for panel in board["panels"] if panel["type"] == "row"]
    assert headings[-1] in ("データの質", "Data quality")


@each_board
def test_no_text_in_the_other_language(board: Json) -> None:
    """English boards hold no Japanese; Japanese boards hold no text without any."""
    texts = [text for text in _shown_texts(board) if not text.startswith("$") and text != "0"]
    assert len(texts) > 50
    if board["uid"].endswith("-en"):
        assert [text for text in texts if JAPANESE.search(text)] == []
        assert not JAPANESE.search(json.dumps(board, ensure_ascii=False))
    else:
        assert [text for text in texts if not JAPANESE.search(text)] == []


@pytest.mark.parametrize("uid", BOARDS)
def test_languages_have_the_same_structure(uid: str) -> None:
    """Both languages show the same panels, queries and places; only words differ."""
    ja, en = (BOARD_JSON[f"{uid}-{language}.json"] for language in ("ja", "en"))
    assert _structure(ja) == _structure(en)
    pairs = zip(_targets(ja), _targets(en), strict=True)
    for (_, mine), (_, other) in pairs:
        bare = [re.sub(r' AS "[^"]+"', "", target["query"]) for target in (mine, other)]
        assert bare[0] == bare[1]
