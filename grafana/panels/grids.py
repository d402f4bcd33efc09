"""Tables, the heat map of hours by days, and text."""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.models import heatmap as models
from grafana_foundation_sdk.models.text import TextMode

from grafana.look import BLUE, TEXT, Card, Column, Query
from grafana.panels.dress import (
    Built,
    Panel,
    c,
    d,
    dressed,
    heatmap,
    mappings,
    own,
    table,
    text,
)
from grafana.panels.shown_names import rewritten

NO_VALUE = "–"
LEAST_WIDTH_PX, NAME_PX, AIR_PX = 90, 130, 22
ASCII_PX, WIDE_PX = 8.0, 14.5
"""How wide a letter of a heading is drawn, and one of Japanese."""


def rows(card: Card, query: Query, columns: Sequence[Column], *, largest: str = "") -> Panel:
    """Show a table with a heading, unit and texts for each column.

    ``largest`` names the column whose largest value comes first; else rows stand as they come.
    """
    panel = dressed(table.Panel(), card, [query], TEXT)
    # Grafana's own 150 px push the last columns out of a panel of half a page; with less than
    # its heading needs, a column is cut on a phone, where a table is moved sideways anyway.
    panel.filterable(False).min_width(LEAST_WIDTH_PX)
    if largest:
        order = {"fields": {}, "sort": [{"field": largest, "desc": True}]}
        panel.with_transformation(d.DataTransformerConfig(id_val="sortBy", options=order))
    # The store answers tags and fields in an order of its own.
    places = {column.field: place for place, column in enumerate(columns)}
    ordered = {"excludeByName": {}, "indexByName": places, "renameByName": {}}
    panel.with_transformation(d.DataTransformerConfig(id_val="organize", options=ordered))
    for column in columns:
        panel.override_by_name(column.field, _looks(column))
    return panel


def _looks(column: Column) -> list[d.DynamicConfigValue]:
    # A cell without a value must not repeat what the whole table says when it is empty.
    looks = [own("displayName", column.heading), own("noValue", NO_VALUE)]
    looks += [own("unit", column.unit)] if column.unit else []
    looks += [own("decimals", column.decimals)] if column.unit else []
    told = mappings(column.bands, column.names)
    told += [rewritten(*column.rewritten)] if column.rewritten else []
    looks += [own("mappings", told)] if told else []
    looks += [_width(column)]
    looks += [own("custom.hidden", True)] if column.hidden else []
    looks += [own("links", [_table_link(column)])] if column.url else []
    return looks


def _width(column: Column) -> d.DynamicConfigValue:
    """Never less than the heading needs, or a written instant; a name has room."""
    told = [column.heading, column.unit.removeprefix("time:")]
    widest = max(sum(ASCII_PX if one.isascii() else WIDE_PX for one in text) for text in told)
    needed = round(widest) + AIR_PX
    if column.width_px:
        return own("custom.width", max(column.width_px, needed))
    least = LEAST_WIDTH_PX if column.unit or column.bands else NAME_PX
    return own("custom.minWidth", max(least, column.least_px, needed))


def _table_link(column: Column) -> dict[str, object]:
    return {"title": column.heading, "url": column.url, "targetBlank": False}


def heat(card: Card, query: Query) -> Panel:
    """Draw one column a day and one row a series, darker where the value is higher.

    The query answers one series an hour (``influxql.hours_of_day`` with the alias ``$col``); a
    missing value is a blank cell.
    """
    panel = dressed(heatmap.Panel(), card, [query], BLUE)
    panel.calculate(False).cell_gap(0).show_value(c.VisibilityMode.NEVER).show_legend()
    panel.color(Built(_BLUES))
    panel.rows_frame(heatmap.RowsHeatmapOptions().layout(c.HeatmapCellLayout.AUTO))
    panel.y_axis(heatmap.YAxisConfig().unit("none").axis_placement(c.AxisPlacement.LEFT))
    return panel.cell_values(heatmap.CellValues().unit(card.unit))


def note(title: str, markdown: str, width: int, height: int) -> Panel:
    """Show text: what stands elsewhere, or what to do. It asks nothing of the store."""
    panel = text.Panel().title(title).mode(TextMode.MARKDOWN).content(markdown)
    return panel.span(width).height(height)


_BLUES = models.HeatmapColorOptions(
    mode=models.HeatmapColorMode.SCHEME,
    scheme="Blues",
    fill=BLUE,
    scale=models.HeatmapColorScale.EXPONENTIAL,
    exponent=0.5,
    steps=64,
)
"""One hue from pale to dark: told apart without seeing red or green."""
