"""The panel vocabulary: what each kind of panel promises, seen in the JSON it becomes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import panels
from grafana.look import BLUE, GREY, KW, VERMILION, Band, Card, Column, Named, Query, Series
from grafana.panels import Panel
from grafana.panels.alarms import figure_at_least
from grafana.panels.shown_names import AGENT, series_shortened, without
from grafana.words import Words

CARD = Card(title="t", about="a", empty="e.", unit=KW, width=6, height=4)
QUERY = Query("SELECT 1", "one")


def _json(panel: Panel) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(panel.build(), cls=JSONEncoder))
    return made


def _override(panel: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (
        one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == name
    )
    return {one["id"]: one["value"] for one in found["properties"]}


def test_figure_is_neutral_unless_it_is_an_alarm() -> None:
    """A large figure has no colour of its own; an alarm colours only its own range."""
    plain = _json(panels.figure(CARD, QUERY))
    assert plain["options"]["colorMode"] == "none"
    high = _json(panels.figure(CARD, QUERY, alarm=300.0))
    (mapping,) = high["fieldConfig"]["defaults"]["mappings"]
    assert (mapping["options"]["from"], mapping["options"]["result"]["color"]) == (300.0, VERMILION)
    low = _json(panels.figure(CARD, QUERY, low=True))
    (mapping,) = low["fieldConfig"]["defaults"]["mappings"]
    assert mapping["options"]["to"] < 0


def test_usual_range_is_a_pale_area_between_two_unseen_lines() -> None:
    """The upper edge is filled down to the lower one; neither is drawn as a line or a bar."""
    series = (
        Series("bars", BLUE, QUERY),
        Series("high", GREY, QUERY, edge=True, below="low"),
        Series("low", GREY, QUERY, edge=True),
    )
    made = _json(panels.bars_over_time(CARD, series, stacked=True))
    high, low = _override(made, "high"), _override(made, "low")
    assert high["custom.fillBelowTo"] == "low"
    assert (high["custom.lineWidth"], low["custom.lineWidth"]) == (0, 0)
    assert "custom.fillBelowTo" not in low
    assert low["custom.stacking"]["mode"] == "none"


def test_lines_to_keep_are_told_apart() -> None:
    """Contract and target are both grey: one is dashed, the other dotted, and neither stacks."""
    series = (
        Series("bars", BLUE, QUERY),
        Series("contract", GREY, QUERY, dashed=True),
        Series("target", GREY, QUERY, dotted=True),
    )
    made = _json(panels.bars_over_time(CARD, series, stacked=True))
    dashes = [_override(made, name)["custom.lineStyle"]["dash"] for name in ("contract", "target")]
    assert dashes[0] != dashes[1]
    assert _override(made, "contract")["custom.drawStyle"] == "line"


def test_curve_is_ordered_by_its_axis() -> None:
    """Rows come newest first; the curve sorts them by the share of time."""
    made = _json(panels.curve(CARD, QUERY, "pct", "percent", [Series("kw", BLUE)]))
    assert made["type"] == "barchart"
    assert made["options"]["xField"] == "pct"
    (order,) = made["transformations"]
    assert order["options"]["sort"] == [{"field": "pct"}]


def test_point_cloud_is_written_as_the_oldest_grafana_reads_it() -> None:
    """The XY chart's options are those of Grafana 9, without a plugin version, to be converted."""
    made = _json(panels.cloud(CARD, QUERY, "amount", [Series("kwh", BLUE)]))
    assert made["options"]["seriesMapping"] == "auto"
    assert made["options"]["dims"] == {"frame": 0, "x": "amount", "exclude": ["Time"]}
    assert "pluginVersion" not in made


def test_heat_map_takes_rows_as_they_are() -> None:
    """Hours are stored ready: Grafana must not count them into buckets of its own."""
    made = _json(panels.heat(CARD, QUERY))
    assert made["options"]["calculate"] is False
    assert made["options"]["color"]["scheme"] == "Blues"


def test_states_are_words_in_colours() -> None:
    """A stored text and a range of numbers are both shown as words."""
    bands, names = (Band(0, 1, "low", BLUE),), (Named("stale", "silent", VERMILION),)
    made = _json(panels.states(CARD, QUERY, bands, names))
    ranged, valued = made["fieldConfig"]["defaults"]["mappings"]
    assert ranged["options"]["result"]["text"] == "low"
    assert valued["options"]["stale"] == {"text": "silent", "color": VERMILION, "index": 1}


def test_table_column_leads_and_hides() -> None:
    """A column may lead to a board, and a column that only orders rows stays hidden."""
    columns = (Column("site", "Site", url="/d/mieruka-today-en"), Column("n", "n", hidden=True))
    made = _json(panels.rows(CARD, QUERY, columns, largest="n"))
    assert _override(made, "site")["links"][0]["url"] == "/d/mieruka-today-en"
    assert _override(made, "n")["custom.hidden"] is True
    assert made["transformations"][0]["options"]["sort"] == [{"field": "n", "desc": True}]


def test_note_asks_nothing() -> None:
    """A text stands there without any query."""
    made = _json(panels.note("t", "**x**", 12, 4))
    assert made["type"] == "text"
    assert not made.get("targets")


def test_unknown_word_is_an_error() -> None:
    """A text that the catalogue does not have stops the build, instead of showing its key."""
    with pytest.raises(KeyError, match=r"no\.such"):
        Words("en")("no.such")


@pytest.mark.parametrize(
    ("empty", "shown"),
    [
        ("No totals yet. Run collector run.", "No totals yet."),
        ("計測値がありません。エージェントを確認してください。", "計測値がありません。"),
        ("Nothing to report.", "Nothing to report."),
        ("異常はありません。", "異常はありません。"),
    ],
)
def test_an_empty_figure_says_first_what_is_missing(empty: str, shown: str) -> None:
    """Grafana shrinks a long text beyond reading; what to do then stands in the explanation."""
    card = replace(CARD, empty=empty)
    for made in (panels.figure(card, QUERY), figure_at_least(card, QUERY, 1)):
        panel = _json(made)
        assert panel["fieldConfig"]["defaults"]["noValue"] == shown
        assert panel["description"] == ("a" if shown == empty else f"a\n\n{empty}")


def test_a_table_says_its_own_order_and_leaves_cells_blank() -> None:
    """Answers put tags last, and Grafana would write the whole empty text into each empty cell."""
    columns = [Column("Time", "at"), Column("meter", "meter"), Column("kw", "power", KW)]
    made = _json(panels.rows(CARD, QUERY, columns, largest="kw"))
    order, places = made["transformations"]
    assert order["options"]["sort"] == [{"field": "kw", "desc": True}]
    assert places["options"]["indexByName"] == {"Time": 0, "meter": 1, "kw": 2}
    assert [_override(made, one.field)["noValue"] for one in columns] == ["–"] * 3
    assert made["fieldConfig"]["defaults"]["noValue"] == "e."


def test_a_cell_is_rewritten_by_its_pattern() -> None:
    """An agent's name without the collector's beginning, beside the names of states."""
    column = Column("meter", "agent", names=(Named("x", "X", BLUE),), rewritten=without(AGENT))
    texts, pattern = _override(_json(panels.rows(CARD, QUERY, [column])), "meter")["mappings"]
    assert texts["type"] == "value"
    assert pattern["options"]["pattern"] == "/^_agent_(.*)$/"
    assert pattern["options"]["result"]["text"] == "$1"


def test_series_lose_the_beginning_of_their_machines_name() -> None:
    """Wherever in the name it stands; other transformations stay."""
    made = _json(series_shortened(panels.meters_over_time(CARD, QUERY), AGENT))
    (renamed,) = made["transformations"]
    assert re.sub(renamed["options"]["regex"], r"\1\2", "sendai _agent_pi-1") == "sendai pi-1"


def test_a_range_may_end_where_its_values_end() -> None:
    """Drawn in steps it would go on to the chart's right end."""
    series = [Series("high", GREY, QUERY, edge=True, below="low", stepped=False)]
    made = _json(panels.lines_over_time(CARD, series))
    assert _override(made, "high")["custom.lineInterpolation"] == "linear"


def test_a_band_without_a_text_colours_alone() -> None:
    """The value is written as it is."""
    column = Column("kw", "power", bands=(Band(5, 9, "", VERMILION),))
    (mapping,) = _override(_json(panels.rows(CARD, QUERY, [column])), "kw")["mappings"]
    assert mapping["options"]["result"] == {"color": VERMILION, "index": 0}
