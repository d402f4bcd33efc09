"""Every query of the energy manager's boards on a real InfluxDB: none empty, none slow.

The plant is written through the store's own adapter; each target is rendered as Grafana renders
it and asked of InfluxDB. That the answers are right is proved board by board, beside this file.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from collector.boards.shipped import board_texts
from grafana.boards import BOARDS as LISTED
from tests.grafana import asking, built_boards
from tests.grafana.asking import BOARDS, ask, every_panel, panel
from tests.grafana.plant import SITE
from tests.grafana.rendering import with_variables
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services
LONGEST_MS = 2000.0
"""No machine that is merely busy is so slow; a query without a bound in time or site is."""


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", BOARDS)
def test_no_target_is_empty(plant_influx: InfluxServer, name: str, language: str) -> None:
    """Every target finds values in a plant where all of it occurs."""
    asked = 0
    for one in every_panel(name, language):
        for target in one.body["targets"]:
            rows = [row for found in ask(plant_influx, one, target) for row in found["values"]]
            assert any(cell is not None for row in rows for cell in row[1:]), (
                one.body["title"],
                one.render(target),
            )
            asked += 1
    assert asked >= 10


@pytest.mark.parametrize("name", BOARDS)
def test_no_target_scans_everything(plant_influx: InfluxServer, name: str) -> None:
    """Each target answers at once over a year of slots."""
    for one in every_panel(name, "en"):
        for target in one.body["targets"]:
            took = asking.took_ms(plant_influx, one, target)
            assert took < LONGEST_MS, (one.body["title"], one.render(target))


def test_tables_show_only_known_columns(plant_influx: InfluxServer) -> None:
    """Every column that a table names comes back under that name, so no override is idle."""
    for name in BOARDS:
        for one in every_panel(name, "en"):
            if one.body["type"] == "table":
                (target,) = one.body["targets"]
                (first, *_) = ask(plant_influx, one, target)
                found = {"Time", *first["columns"], *first.get("tags", {})}
                named = {
                    override["matcher"]["options"]
                    for override in one.body["fieldConfig"]["overrides"]
                }
                assert named <= found, (one.body["title"], named - found)


def test_another_site_has_no_part_in_any_answer(plant_influx: InfluxServer) -> None:
    """The other site's figures, a thousand times larger, are in no answer."""
    for name in BOARDS:
        for one in every_panel(name, "en"):
            if one.body["fieldConfig"]["defaults"]["unit"] == "kwatt":
                for target in one.body["targets"]:
                    for found in ask(plant_influx, one, target):
                        cells = [cell for row in found["values"] for cell in row[1:]]
                        numbers = [cell for cell in cells if isinstance(cell, int | float)]
                        assert max(numbers) < 1000, one.body["title"]


def test_pickers_find_sites_and_meters(plant_influx: InfluxServer) -> None:
    """In a board from files the reader picks from the sites and meters that have totals."""
    (board,) = (one for one in board_texts("en") if one["uid"] == "mieruka-co2-en")
    queries = {one["name"]: one["query"] for one in board["templating"]["list"]}
    chosen = [
        {"name": "site", "current": {"value": "sendai"}},
        {"name": "incoming", "current": {"value": ["main", "solo"]}},
    ]

    def found(name: str) -> list[str]:
        series = plant_influx.query(asking.TOTALS, with_variables(queries[name], chosen))
        return [row[1] for row in series[0]["values"]]

    assert found("site") == ["sendai"]
    assert found("incoming") == ["furnace", "main", "press", "solo"]
    assert found("circuits") == ["furnace", "press"]
    assert found("grid_area") == ["jp-02"]


def test_board_of_another_zone_asks_in_its_zone(plant_influx: InfluxServer) -> None:
    """A site elsewhere has its own midnight in the same query."""
    site = SITE.model_copy(update={"time_zone": "America/Chicago"})
    coverage = panel("energy", "Coverage per day", site)
    text = coverage.render(coverage.body["targets"][0])
    assert text.endswith("tz('America/Chicago')")
    hours = {
        datetime.fromtimestamp(row[0] / 1000, tz=UTC).astimezone(site.zone).hour
        for one in plant_influx.query(asking.TOTALS, text)
        for row in one["values"]
    }
    assert hours == {0}
    assert json.dumps(coverage.board).count("Asia/Tokyo") == 0


def test_every_board_has_a_plant_that_judges_its_queries() -> None:
    """A board is judged here, or it is one of those with a plant of their own."""
    elsewhere = {"load-profile", "intensity", "power-quality", "fleet", "portfolio"}
    names = {uid.removeprefix("mieruka-") for uid in LISTED}
    assert names <= {*BOARDS} | elsewhere


@pytest.mark.parametrize("board", built_boards.boards().values(), ids=built_boards.boards().keys())
def test_no_query_asks_for_more_rows_than_a_screen_shows(board: built_boards.Json) -> None:
    """A query that is bounded by rows alone asks for a screenful, not for a history."""
    for asked, target in built_boards.targets(board):
        limits = [int(text.split()[0]) for text in target["query"].split("LIMIT ")[1:]]
        assert all(limit <= 200 for limit in limits), asked["title"]
