"""Rules of every query of every built board: bounded, of its site, by the schema's names."""

from __future__ import annotations

import re

import pytest

from collector.storage.schema import (
    GRID_INTENSITY,
    READING,
    ROW_FIELDS,
    SHORT_LIVED,
    TOTAL_FIELDS,
    TOTAL_MEASUREMENTS,
)
from edge_agent.contract.quantity import QUANTITIES
from grafana.look import RAW, TOTALS
from tests.grafana.built_boards import Json, asking, boards, scope, targets

COUNTER_VERBS = re.compile(r"\b(spread|difference|derivative|integral|elapsed)\s*\(")
RAW_BUCKET = {READING, *SHORT_LIVED}
FIELDS: dict[str, set[str]] = {
    READING: set(QUANTITIES),
    **{name: set(TOTAL_FIELDS) for name in TOTAL_MEASUREMENTS.values()},
    **{name: set(fields) for name, fields in ROW_FIELDS.items()},
}
"""Each measurement's own fields; tags are the same for all."""
TAGS = {"site", "meter", "time"}
each_board = pytest.mark.parametrize("board", boards().values(), ids=boards().keys())


@each_board
def test_targets_are_complete_raw_influxql(board: Json) -> None:
    """Each target has its ref, its data source by uid, its format and its name."""
    for panel, target in targets(board):
        assert target["datasource"]["type"] == "influxdb"
        assert target["datasource"]["uid"] in (TOTALS, RAW)
        assert target["rawQuery"] is True
        assert target["resultFormat"] in ("time_series", "table")
        assert target["alias"], panel["title"]
    for panel in asking(board):
        refs = [target["refId"] for target in panel["targets"]]
        assert refs == [chr(ord("A") + index) for index in range(len(refs))]


@each_board
def test_queries_do_not_depend_on_the_screen(board: Json) -> None:
    """No ``$__interval``; grouping by an hour or more names its zone; each query is bounded."""
    for panel, target in targets(board):
        text = target["query"]
        assert not re.search(r"\$(__)?interval|\$\{__interval", text), panel["title"]
        assert "$timeFilter" in text or "LIMIT" in text
        for width in re.findall(r"time\((\w+)\)", text):
            assert width in ("30m", "1d")
            assert width == "30m" or text.endswith("tz('Asia/Tokyo')")


@each_board
def test_no_energy_arithmetic_on_registers(board: Json) -> None:
    """Boards never subtract raw registers: that loses energy at each edge."""
    for _, target in targets(board):
        assert not COUNTER_VERBS.search(target["query"].lower())
        if READING in target["query"]:
            assert not re.search(r'_wh"\s*[-)]\s*[-+]|sum\("\w+_wh"', target["query"])


@each_board
def test_measurements_stand_in_the_bucket_that_is_asked(board: Json) -> None:
    """Measurements are the store's, each in the bucket that holds it."""
    for panel, target in targets(board):
        names = set(re.findall(r'FROM "(\w+)"', target["query"]))
        assert names
        assert names <= set(FIELDS), (panel["title"], names)
        in_raw = target["datasource"]["uid"] == RAW
        assert all((name in RAW_BUCKET) is in_raw for name in names), panel["title"]


@each_board
def test_fields_are_of_the_measurement(board: Json) -> None:
    """A query asks a measurement only for fields it has: a misspelt one would be empty for ever."""
    for panel, target in targets(board):
        text = target["query"]
        known = TAGS | set(re.findall(r' AS "([^"]+)"', text))
        for name in re.findall(r'FROM "(\w+)"', text):
            known |= FIELDS[name]
        assert set(re.findall(r'"([^"]+)"', text)) - set(FIELDS) <= known, (panel["title"], text)


@each_board
def test_every_query_is_of_its_sites(board: Json) -> None:
    """No query mixes sites; a board over many asks for the chosen ones."""
    wanted = {
        "site": "\"site\" = '${site:raw}'",
        "fleet": '"site" =~ /^${site:regex}$/',
        "portfolio": '"site" =~ /^${site:regex}$/',
    }[scope(board)]
    for panel, target in targets(board):
        if GRID_INTENSITY in target["query"]:
            assert "\"site\" = '${grid_area:raw}'" in target["query"]
        else:
            assert wanted in target["query"], (panel["title"], target["query"])


@each_board
def test_contract_power_zero_draws_nothing(board: Json) -> None:
    """Where a power to keep below is unknown (0), no line and no alarm is drawn from it."""
    for panel, target in targets(board):
        for name in ("contract", "target"):
            if f"${{{name}_kw:raw}}" in target["query"]:
                assert f'"{name}" > 0' in target["query"], panel["title"]
