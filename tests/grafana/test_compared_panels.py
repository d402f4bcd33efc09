"""The panels that compare and those that colour what is too low: what Grafana is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.look import BLUE, VERMILION, Band, Card, Column, Query, Series
from grafana.panels import figure, rows
from grafana.panels.alarms import coloured_cells, figure_at_least
from grafana.panels.compared import mean_day, pick, ratio_over_time, shifted

CARD = Card(title="t", about="a", empty="e.", unit="kwatt", width=6, height=4)
ASKED = Query("SELECT 1 LIMIT 1", "asked")


def _json(builder: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(builder.build(), cls=JSONEncoder))
    return made


def _coloured(panel: dict[str, Any], value: float) -> str | None:
    """The colour that a panel's mappings give a value."""
    for mapping in panel["fieldConfig"]["defaults"]["mappings"]:
        if mapping["options"]["from"] <= value <= mapping["options"]["to"]:
            return str(mapping["options"]["result"]["color"])
    return None


@pytest.mark.parametrize(("value", "colour"), [(84.9, VERMILION), (85, None), (99, None)])
def test_figure_alarms_below_its_least(value: float, colour: str | None) -> None:
    """The least itself is still fine; below it the figure is an alarm."""
    assert _coloured(_json(figure_at_least(CARD, ASKED, 85)), value) == colour


def test_shift_moves_the_range() -> None:
    """A moved panel keeps Grafana's English words for it to itself: its heading says it."""
    panel = _json(shifted(figure(CARD, ASKED), "28d"))
    assert panel["timeShift"] == "28d"
    assert panel["hideTimeOverride"]


def test_pick_begins_with_the_first() -> None:
    """The reader picks among texts, the first of them chosen."""
    variable = _json(pick("shift", "label", {"four weeks": "28d", "a year": "364d"}))
    assert variable["query"] == "four weeks : 28d,a year : 364d"
    assert variable["current"] == {"selected": True, "text": "four weeks", "value": "28d"}
    assert [one["selected"] for one in variable["options"]] == [True, False]


def test_mean_day_averages_columns_into_bars() -> None:
    """Each column becomes a bar at its mean, under one name."""
    panel = _json(mean_day(CARD, ASKED, Series("mean", BLUE)))
    (reduced,) = panel["transformations"]
    assert reduced == {"id": "reduce", "options": {"reducers": ["mean"]}}
    labels, override = panel["fieldConfig"]["overrides"]
    assert labels["matcher"] == {"id": "byName", "options": "Field"}
    assert labels["properties"] == [{"id": "noValue", "value": ""}]
    assert override["matcher"] == {"id": "byType", "options": "number"}


def test_ratio_divides_where_both_are_known() -> None:
    """The first query's values are divided by the second's, by the names they come under."""
    below = Query("SELECT 2 LIMIT 1", "output")
    panel = _json(ratio_over_time(CARD, ASKED, below, Series("ratio", BLUE)))
    joined, divided = panel["transformations"]
    assert joined["options"] == {"mode": "inner"}
    assert divided["options"]["binary"] == {"left": "asked", "operator": "/", "right": "output"}
    assert [target["alias"] for target in panel["targets"]] == ["asked", "output"]


def test_only_named_columns_take_their_bands_colours() -> None:
    """The other columns stay as they are."""
    band = (Band(0, 0, "away", VERMILION),)
    columns = [Column("online", "Link", bands=band), Column("holes", "Holes", "none")]
    panel = _json(coloured_cells(rows(CARD, ASKED, columns), "online"))
    ids = [{one["id"] for one in of["properties"]} for of in panel["fieldConfig"]["overrides"]]
    assert [("custom.cellOptions" in one, "custom.displayMode" in one) for one in ids] == [
        (True, True),
        (False, False),
    ]
