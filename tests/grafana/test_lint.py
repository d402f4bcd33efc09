"""Rules of every built board, whatever it shows; a new board is held to them by being listed."""

from __future__ import annotations

import json
import re

import pytest

from grafana import look
from grafana.boards import BOARDS
from tests.grafana.built_boards import Json, asking, boards, panels, shown_texts, structure, targets

PANEL_TYPES = {
    "timeseries", "barchart", "stat", "gauge", "bargauge", "table", "heatmap", "state-timeline",
    "piechart", "xychart", "text",
}  # fmt: skip
WITHOUT_THRESHOLDS = {"heatmap"}
MEANT_COLOURS = {
    look.BLUE, look.ORANGE, look.GREEN, look.SKY, look.GREY, look.VERMILION, look.SECOND_GREEN,
    *look.COST_SHADES,
}  # fmt: skip
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
LANGUAGE_NEUTRAL = re.compile(r"\$.*|\d+(\.\d+)?|[A-Za-z]?[\d./:%~-]*|CO2|_site|main")
each_board = pytest.mark.parametrize("board", boards().values(), ids=boards().keys())


@each_board
def test_board_is_classic_json(board: Json) -> None:
    """Classic JSON of schema 42, which Grafana 9 to 13 read, with a uid that fits."""
    assert board["schemaVersion"] == 42
    assert re.fullmatch(r"[a-z0-9-]{8,40}", board["uid"])
    assert (board["timezone"], board["fiscalYearStartMonth"]) == ("Asia/Tokyo", 3)
    assert {"mieruka", board["uid"][-2:]} <= set(board["tags"])
    assert re.fullmatch(r"\d+[sm]", board["refresh"])


def test_uids_are_unique_and_leave_room_for_a_site() -> None:
    """No two boards share a uid; with a short site's name it is still within 40 characters."""
    uids = {board["uid"] for board in boards().values()}
    assert len(uids) == len(boards())
    assert max(len(uid) for uid in uids) <= 30


@pytest.mark.parametrize("site", ["", " - 仙台工場", " - Plant A"])
def test_titles_differ_in_what_old_grafana_compares(site: str) -> None:
    """Within a folder Grafana 9 compares titles by their Latin letters and digits alone."""
    slugs = {
        re.sub(r"[^a-z0-9]+", "-", f"{board['title']}{site}".lower()).strip("-")
        for board in boards().values()
    }
    assert len(slugs) == len(boards())


@each_board
def test_panels_are_of_the_known_kinds(board: Json) -> None:
    """Only panel types that were seen to work, each with a heading, a reason and an empty state."""
    assert {panel["type"] for panel in panels(board)} <= PANEL_TYPES
    for panel in asking(board):
        assert panel["title"]
        assert panel["description"]
        empty = panel["fieldConfig"]["defaults"]["noValue"]
        assert empty.endswith((".", "。")), (panel["title"], empty)


@each_board
def test_empty_states_say_what_to_do(board: Json) -> None:
    """An empty panel is no dead end: it names a setting, a command or what to check."""
    for panel in asking(board):
        empty = panel["fieldConfig"]["defaults"]["noValue"]
        assert len(empty) >= 7, panel["title"]


@each_board
def test_units_thresholds_and_colours_are_explicit(board: Json) -> None:
    """Every panel has a unit and its own thresholds, in colours that have a meaning."""
    for panel in asking(board):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"], panel["title"]
        assert defaults["thresholds"]["steps"][0]["value"] is None
        assert defaults["color"]["mode"] in ("fixed", "thresholds", "continuous-BlPu")
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
    for panel in panels(board):
        assert panel["gridPos"]["w"] >= 4
        assert panel["gridPos"]["h"] >= 4


@each_board
def test_a_shown_fiscal_year_is_asked_for_as_such(board: Json) -> None:
    """No panel hands the shown range on in words: Grafana 9 would make it a calendar year."""
    for panel in asking(board):
        assert panel.get("timeFrom") or panel["timeShift"], panel["title"]
        assert panel["hideTimeOverride"], panel["title"]


@each_board
def test_panel_ids_are_unique(board: Json) -> None:
    """Links to single panels stay right."""
    ids = [panel["id"] for panel in board["panels"]]
    assert ids == list(range(1, len(ids) + 1))


@each_board
def test_data_quality_is_the_last_row(board: Json) -> None:
    """How far the figures can be trusted stands on every board, at its end."""
    headings = [panel["title"] for panel in board["panels"] if panel["type"] == "row"]
    assert headings[-1] in ("データの質", "Data quality")


@each_board
def test_xy_charts_have_a_table_beside(board: Json) -> None:
    """A panel kind that changed between Grafanas is never the only place of its figures."""
    kinds = [panel["type"] for panel in panels(board)]
    assert "xychart" not in kinds or "table" in kinds


@each_board
def test_links_lead_to_boards_that_exist(board: Json) -> None:
    """Each board leads to every other of its language and to its twin, keeping site and time."""
    uids = {one["uid"]: one for one in boards().values()}
    ways = [link["url"].removeprefix("/d/") for link in board["links"]]
    language = board["uid"][-2:]
    own = {uid for uid in uids if uid.endswith(language)} - {board["uid"]}
    twin = board["uid"][:-2] + {"ja": "en", "en": "ja"}[language]
    assert ways == [*(uid for uid in uids if uid in own), twin]
    for link in board["links"]:
        assert link["keepTime"]
        assert link["includeVars"]
        assert link["tags"] == uids[link["url"].removeprefix("/d/")]["tags"]


@each_board
def test_links_in_panels_lead_to_boards_that_exist(board: Json) -> None:
    """A cell or figure that leads to a board leads to one that is shipped."""
    uids = {one["uid"] for one in boards().values()}
    found = re.findall(r'"url": "/d/([a-z0-9-]+)', json.dumps(panels(board)))
    assert set(found) <= uids


@each_board
def test_no_text_in_the_other_language(board: Json) -> None:
    """English boards hold no Japanese; Japanese boards hold no text without any."""
    texts = [text for text in shown_texts(board) if not LANGUAGE_NEUTRAL.fullmatch(text)]
    assert len(texts) > 30
    if board["uid"].endswith("-en"):
        assert [text for text in texts if JAPANESE.search(text)] == []
        assert not JAPANESE.search(json.dumps(board, ensure_ascii=False))
    else:
        assert [text for text in texts if not JAPANESE.search(text)] == []


@pytest.mark.parametrize("uid", BOARDS)
def test_languages_have_the_same_structure(uid: str) -> None:
    """Both languages show the same panels, queries and places; only words differ."""
    ja, en = (boards()[f"{uid}-{language}.json"] for language in ("ja", "en"))
    assert structure(ja) == structure(en)
    for (_, mine), (_, other) in zip(targets(ja), targets(en), strict=True):
        told = [target["query"].replace('circuits_en"', 'circuits"') for target in (mine, other)]
        bare = [re.sub(r' AS "[^"]+"', "", text) for text in told]
        assert bare[0] == bare[1]
